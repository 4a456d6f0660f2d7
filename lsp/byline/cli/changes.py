"""The files that changed between two states of a repository, with the owners of their lines on both sides."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from byline.cli import revisions
from byline.errors import GitFailed, UnknownRevision
from byline.model import FileAttribution
from byline.repo import drivers
from byline.repo.run import DIFF_FLAGS, Git, path_text
from byline.workspace.workspace import Workspace


class Change(NamedTuple):
    """One changed file."""

    status: str
    """`A`, `D`, `M`, `R`, `C` or `T`, as git has them."""
    path: str
    old_path: str | None


class Compared(NamedTuple):
    """One changed file as it was and as it is; None for a side that does not have it."""

    change: Change
    old: FileAttribution | None
    new: FileAttribution | None

    @property
    def is_binary(self) -> bool:
        """Whether a side is no text."""
        return any(text is not None and text.text and not text.lines for text in (self.old, self.new))

    @property
    def lines(self) -> tuple[list[bytes], list[bytes]]:
        """The lines of both sides, as many as have an owner."""
        return _lines(self.old), _lines(self.new)


def inside(path: str, root: Path) -> str:
    """A path as the worktree has it; as it is where it lies outside."""
    full = Path(path).absolute()
    full = full.parent.resolve() / full.name
    return full.relative_to(root).as_posix() if full.is_relative_to(root) else path


def changes(git: Git, span: revisions.Range, paths: list[str]) -> Iterator[Change]:
    """What git says has changed, submodules left out; `paths` narrow it down, all of them for none."""
    old = span.old or git.run("hash-object", "-t", "tree", "--stdin", input=b"").decode().strip()
    ends = (old,) if span.new is None else (old, span.new)
    quiet = drivers.silenced(git) if span.new is None else ()
    data = git.run(*quiet, "diff", *DIFF_FLAGS, "--raw", "-z", "-M", "--no-abbrev", *ends, "--", *paths, timeout=120)
    fields = iter(data.split(b"\0"))
    for field in fields:
        if not field.startswith(b":"):
            continue
        status = field.rsplit(b" ", 1)[-1][:1].decode()
        first = path_text(next(fields))
        second = path_text(next(fields)) if status in "RC" else None
        if field.split(b" ")[0] == b":160000" or field.split(b" ")[1] == b"160000":
            continue  # a submodule has no lines
        yield Change(status, second or first, first if second else None)


def compared(workspace: Workspace, change: Change, span: revisions.Range) -> Compared:
    """The owners on both sides."""
    old = None if change.status == "A" else _text(workspace, change.old_path or change.path, span.old, True)
    new = None if change.status == "D" else _text(workspace, change.path, span.new, span.new is not None)
    return Compared(change, old, new)


def _text(workspace: Workspace, path: str, rev: str | None, committed: bool) -> FileAttribution | None:
    assert workspace.worktree is not None
    if committed and rev is None:
        return None
    file, asked = workspace.worktree / path, rev if committed else None
    try:
        answer = workspace.attribute(file, rev=asked, blame=False)
        if all(line.owner != "unknown" for line in answer.lines):
            return answer
        # What no event tells an anchor may, of the commit that git blame names.
        return workspace.attribute(file, rev=asked)
    except (UnknownRevision, GitFailed):
        return None


def _lines(text: FileAttribution | None) -> list[bytes]:
    """The lines with their ends, as many as have an owner."""
    if text is None:
        return []
    return text.text.split(b"\n")[: len(text.lines)]
