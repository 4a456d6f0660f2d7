"""Where agents without hooks keep their records, and how each is read. Nothing is ever written there."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from byline.sessions.followed.steps import Told

RECENT_DAYS = 30
"""Older records are history: `byline import --transcripts` is for those."""
LARGEST = 64 << 20

Mark = tuple[int, int]
"""When a file was last changed (ns) and its size."""


class Source(NamedTuple):
    """One file (with those that belong to it) that tells of sessions."""

    agent: str
    path: Path
    mark: Mark
    read: Callable[[bool], list[Told]]
    """The sessions it tells of. Its argument: nothing is being written any more."""


def home(env: Mapping[str, str]) -> Path:
    """The home folder that `env` names, else the account's; for an account without one a place where nothing lies."""
    named = env.get("HOME") or env.get("USERPROFILE")
    try:
        return Path(named) if named else Path.home()
    except RuntimeError:
        return Path(os.devnull)


def sources(worktree: Path, env: Mapping[str, str]) -> Iterator[Source]:
    """The records that may tell of sessions in `worktree`."""
    yield from _aider(worktree, env)
    yield from _continue(env)
    yield from _zed(worktree, env)
    yield from _trae(worktree, env)


def aider_history(worktree: Path, env: Mapping[str, str]) -> Path:
    """Aider's chat history for a repository."""
    return worktree / (env.get("AIDER_CHAT_HISTORY_FILE") or ".aider.chat.history.md")


def continue_folder(env: Mapping[str, str]) -> Path:
    """Continue's sessions."""
    named = env.get("CONTINUE_GLOBAL_DIR")
    return (Path(named) if named else home(env) / ".continue") / "sessions"


def zed_database(env: Mapping[str, str]) -> Path:
    """Zed's threads."""
    if sys.platform == "darwin":
        root = home(env) / "Library" / "Application Support" / "Zed"
    elif sys.platform == "win32":
        root = Path(env.get("LOCALAPPDATA") or home(env) / "AppData" / "Local") / "Zed"
    else:
        root = Path(env.get("XDG_DATA_HOME") or home(env) / ".local" / "share") / "zed"
    return root / "threads" / "threads.db"


def trae_folders(env: Mapping[str, str]) -> list[Path]:
    """The workspaces' folders of every Trae on this machine."""
    if sys.platform == "darwin":
        root = home(env) / "Library" / "Application Support"
    elif sys.platform == "win32":
        root = Path(env.get("APPDATA") or home(env) / "AppData" / "Roaming")
    else:
        root = Path(env.get("XDG_CONFIG_HOME") or home(env) / ".config")
    return [root / name / "User" / "workspaceStorage" for name in ("Trae", "Trae CN")]


def _aider(worktree: Path, env: Mapping[str, str]) -> Iterator[Source]:
    path = aider_history(worktree, env)
    mark = _mark(path)
    if mark is not None:
        from byline.sessions.followed import aider  # a look that finds no record costs no import

        folder = os.path.realpath(worktree)
        yield Source("aider", path, mark, lambda done: aider.sessions(_text(path), folder, is_settled=done))


def _continue(env: Mapping[str, str]) -> Iterator[Source]:
    folder = continue_folder(env)
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        mark = _mark(path)
        if mark is not None and path.name != "sessions.json":
            yield Source("continue", path, mark, partial(_continued, path))


def _zed(worktree: Path, env: Mapping[str, str]) -> Iterator[Source]:
    path = zed_database(env)
    mark = _mark(path, path.with_name(f"{path.name}-wal"))
    if mark is not None:
        yield Source("zed", path, mark, partial(_threads, path, worktree))


def _trae(worktree: Path, env: Mapping[str, str]) -> Iterator[Source]:
    for root in trae_folders(env):
        for place in sorted(root.glob("*/workspace.json")) if root.is_dir() else ():
            path = place.with_name("state.vscdb")
            mark = _mark(path, path.with_name(f"{path.name}-wal"))
            if mark is not None and _is_of(place, worktree):
                yield Source("trae", path, mark, partial(_state, path, worktree))


def _continued(path: Path, _: bool) -> list[Told]:
    from byline.sessions.followed import continued

    told = continued.session(_text(path))
    return [told] if told is not None else []


def _threads(path: Path, worktree: Path, _: bool) -> list[Told]:
    from byline.workspace.following import databases

    return databases.zed(path, os.path.realpath(worktree))


def _is_of(workspace: Path, worktree: Path) -> bool:
    """Whether a `workspace.json` of Trae's names the folder `worktree`."""
    from byline.sessions.followed.continued import place

    try:
        folder = json.loads(workspace.read_bytes()).get("folder")
    except (OSError, ValueError, AttributeError):
        return False
    return isinstance(folder, str) and os.path.realpath(place(folder)) == os.path.realpath(worktree)


def _state(path: Path, worktree: Path, _: bool) -> list[Told]:
    from byline.workspace.following import databases

    return databases.trae(path, os.path.realpath(worktree))


def _mark(*paths: Path) -> Mark | None:
    """When the files were last changed and how large they are; None where the first is not there, or is old."""
    latest = size = 0
    for number, path in enumerate(paths):
        try:
            status = path.stat()
        except OSError:
            if number == 0:
                return None
            continue
        latest, size = max(latest, status.st_mtime_ns), size + status.st_size
    return (latest, size) if latest > time.time_ns() - RECENT_DAYS * 86_400_000_000_000 else None


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(LARGEST).decode("utf-8", "replace")
