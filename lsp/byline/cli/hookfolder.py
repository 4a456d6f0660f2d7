"""One folder of git hooks: byline put in, and taken out so that the old bytes, modes and links are back.

What was there is kept below the user data folder, one file for each hooks folder: several repositories may share one
(`core.hooksPath`).
"""

import base64
import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
from filelock import FileLock, Timeout

from byline.cli import githooks
from byline.errors import BylineError
from byline.privacy import make_folders
from byline.store import obstacles
from byline_hooks.enabled import MARK
from byline_hooks.system import read

LOCK_SECONDS = 20
How = Literal["alone", "below", "beside"]


class HooksUnusable(BylineError):
    """The folder of git hooks cannot be written."""


class Before(msgspec.Struct):
    """What a hook was before byline; no content and no link: there was none."""

    how: How
    written: str
    """SHA-256 of what byline wrote last."""
    content: str | None = None
    """Base64."""
    mode: int | None = None
    link: str | None = None


class Kept(msgspec.Struct):
    """What is known about one hooks folder."""

    folder: str
    hooks: dict[str, Before] = msgspec.field(default_factory=dict)
    made: list[str] = msgspec.field(default_factory=list)
    """Folders that byline made, outermost first."""
    repositories: list[str] = msgspec.field(default_factory=list)
    """The git folders of those that want byline here."""


class HookFolder:
    """The hooks of one or more repositories. Change it only inside `locked`."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder = folder
        self._file = data / "githooks" / f"{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}.json"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold off others that change git hooks. Raises BylineError when one does not end."""
        try:
            make_folders(self._file.parent)
            with FileLock(self._file.parent / ".lock", timeout=LOCK_SECONDS, mode=0o600):
                yield
        except Timeout:
            raise BylineError("another byline enable or disable is at work; try again") from None
        except OSError as problem:
            said = obstacles.told(problem, self._file.parent.parent)
            why = f"can't write {problem.filename or self.folder}: {problem.strerror}"
            raise HooksUnusable(said or why) from problem

    def hooks(self) -> dict[str, How | None]:
        """In which hooks byline is, and how; None: not."""
        kept = self._read()
        found: dict[str, How | None] = {}
        for hook in githooks.HOOKS:
            content = _content(self.folder / hook)
            is_in = content is not None and githooks.is_ours(content)
            found[hook] = (kept.hooks[hook].how if hook in kept.hooks else "below") if is_in else None
        return found

    def put_in(self, repository: Path, record: str, push: str) -> None:
        """Bring byline into every hook. `record` and `push` are the lines that start it."""
        kept = self._read()
        if self.folder.exists() and not self.folder.is_dir():
            raise HooksUnusable(f"git hooks are switched off here: core.hooksPath is {self.folder}")
        made = [str(folder) for folder in reversed((self.folder, *self.folder.parents)) if not folder.exists()]
        self.folder.mkdir(parents=True, exist_ok=True)
        kept.made = kept.made or made
        if str(repository) not in kept.repositories:
            kept.repositories.append(str(repository))
        for hook in githooks.HOOKS:
            self._put_in(hook, push if hook == "pre-push" else record, kept)
            self._write(kept)
        mark(repository, self.folder)

    def take_out(self, repository: Path) -> list[str]:
        """Take byline out of every hook unless other repositories want it; their git folders."""
        kept = self._read()
        with contextlib.suppress(NotADirectoryError):  # then it is not there either
            (repository / "byline" / MARK).unlink(missing_ok=True)
        others = self.others(repository)
        if others:
            kept.repositories = others
            self._write(kept)
            return others
        for hook in githooks.HOOKS:
            self._take_out(hook, kept.hooks.get(hook))
        for name in [str(self.folder / githooks.ASIDE), *reversed(kept.made)]:
            with contextlib.suppress(OSError):
                Path(name).rmdir()
        self._file.unlink(missing_ok=True)
        return []

    def others(self, repository: Path) -> list[str]:
        """The git folders of the other repositories that want byline in these hooks."""
        return [name for name in self._read().repositories if name != str(repository) and Path(name).is_dir()]

    def _put_in(self, hook: str, starts: str, kept: Kept) -> None:
        path = self.folder / hook
        content = _content(path)
        before = kept.hooks.get(hook)
        if content is not None and githooks.is_ours(content):
            is_untouched = before is not None and _digest(content) == before.written
            if before is not None and before.how == "beside":
                fresh = githooks.beside(hook, starts)
            else:
                own = githooks.without(content)
                fresh = githooks.alone(hook, starts) if _is_bare(own) else githooks.below(hook, starts, own)
            if fresh != content:
                _put(path, fresh, path.stat().st_mode)
            if before is not None:
                before.written = _digest(fresh) if is_untouched else ""
            return
        how, fresh, before = self._plan(hook, starts, path, content)
        if how == "beside":
            self._set_aside(hook, path, before)
        kept.hooks[hook] = before
        self._write(kept)  # what was there is safe before anything changes
        _put(path, fresh, 0o755 if before.mode is None or how == "beside" else before.mode | 0o100)

    def _plan(self, hook: str, starts: str, path: Path, content: bytes | None) -> tuple[How, bytes, Before]:
        """How byline goes in, what the hook is to be, and what it was."""
        if path.is_symlink():
            fresh = githooks.beside(hook, starts) if os.access(path, os.X_OK) else githooks.alone(hook, starts)
            how: How = "beside" if os.access(path, os.X_OK) else "alone"
            return how, fresh, Before(how, _digest(fresh), link=str(path.readlink()))
        if content is None:
            fresh = githooks.alone(hook, starts)
            return "alone", fresh, Before("alone", _digest(fresh))
        mode = path.stat().st_mode & 0o7777
        if os.name != "nt" and not mode & 0o111:  # git does not run it, so neither do we
            how, fresh = "alone", githooks.alone(hook, starts)
        elif githooks.is_shell(content):
            how, fresh = "below", githooks.below(hook, starts, content)
        else:
            how, fresh = "beside", githooks.beside(hook, starts)
        return how, fresh, Before(how, _digest(fresh), base64.b64encode(content).decode(), mode)

    def _set_aside(self, hook: str, path: Path, before: Before) -> None:
        aside = self.folder / githooks.ASIDE
        aside.mkdir(exist_ok=True)
        (aside / hook).unlink(missing_ok=True)
        if before.link is not None:
            (aside / hook).symlink_to(os.path.join(path.parent, before.link))  # noqa: PTH118  (absolute stays so)
        elif before.content is not None:
            _put(aside / hook, base64.b64decode(before.content), before.mode or 0o755)

    def _take_out(self, hook: str, before: Before | None) -> None:
        path = self.folder / hook
        content = _content(path)
        if content is not None and githooks.is_ours(content):
            aside = self.folder / githooks.ASIDE / hook
            if before is not None and before.how == "beside" and before.link is None and aside.is_file():
                aside.replace(path)  # with what the person may have changed in it since
            elif before is not None and (before.how == "beside" or _digest(content) == before.written):
                _restore(path, before)
            else:
                own = githooks.without(content)
                if _is_bare(own):
                    _restore(path, before or Before("alone", ""))
                else:
                    _put(path, own, path.stat().st_mode)
        (self.folder / githooks.ASIDE / hook).unlink(missing_ok=True)

    def _read(self) -> Kept:
        try:
            return msgspec.json.decode(read(str(self._file)), type=Kept)
        except (OSError, msgspec.MsgspecError):
            return Kept(str(self.folder))

    def _write(self, kept: Kept) -> None:
        _put(self._file, msgspec.json.encode(kept), 0o600)


def folders_of(data: Path, repository: Path) -> list[Path]:
    """The hooks folders into which byline was put for a repository, as the user data folder remembers them."""
    found = []
    for file in sorted((data / "githooks").glob("*.json")):
        try:
            kept = msgspec.json.decode(read(str(file)), type=Kept)
        except (OSError, msgspec.MsgspecError):
            continue
        if str(repository) in kept.repositories:
            found.append(Path(kept.folder))
    return found


def mark(repository: Path, folder: Path) -> None:
    """Leave the sign that the hooks may act there; where it cannot be written the record of the folder says it."""
    with contextlib.suppress(OSError):
        (repository / "byline").mkdir(mode=0o700, exist_ok=True)
        _put(repository / "byline" / MARK, os.fsencode(folder) + b"\n", 0o600)


def is_marked(repository: Path) -> bool:
    """Whether that sign is there."""
    return (repository / "byline" / MARK).exists()


def _restore(path: Path, before: Before) -> None:
    if before.link is not None:
        path.unlink()
        path.symlink_to(before.link)
    elif before.content is not None:
        _put(path, base64.b64decode(before.content), 0o755 if before.mode is None else before.mode)
    else:
        path.unlink()


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _is_bare(content: bytes) -> bool:
    """Whether a script is nothing but its first line."""
    return content.strip() in (b"", b"#!/bin/sh")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _put(path: Path, content: bytes, mode: int) -> None:
    """Replace a file, or a link, in one step."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        fresh.chmod(mode & 0o7777)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
