"""One session as its transcript tells it: its life, its prompts, and what it wrote in a repository."""

from pathlib import Path

import msgspec

from byline.sessions.deeds import Deed, deeds
from byline.sessions.tally import Tally
from byline.sessions.transcripts import read
from byline.workspace.imported.found import Found, is_here
from byline_hooks import snapshots


class Story(msgspec.Struct):
    """What a transcript tells of a session. Paths are relative to the worktree, `/` between parts."""

    found: Found
    tally: Tally
    cwd: str | None
    first: int
    """Nanoseconds since 1970."""
    last: int
    deeds: dict[str, list[Deed]]
    """By path, in order; none for a path of which only its name is known. Nothing that is secret by name."""
    modified: int
    """When the transcript was last written, in ns since 1970."""


def story(found: Found, worktree: str) -> Story | None:
    """The session; None where the transcript tells nothing, has no times, or is of another folder's work."""
    reading = read(found.agent, found.path, is_subagent=found.parent is not None, session=found.session_id)
    if reading is None or not reading.tally.records:
        return None
    tally = reading.tally
    told = deeds(found.agent, found.path, found.session_id, is_subagent=found.parent is not None)
    cwd = tally.cwd
    by_path: dict[str, list[Deed]] = {}
    for deed in told:
        path = _inside(deed.step.path, cwd, worktree)
        if path is not None and deed.at and not snapshots.is_secret(path):
            told_of = by_path.setdefault(path, [])
            if deed.step.event == "write":
                told_of.append(deed)
    times = [at for at in (tally.first_at, tally.last_at, *(deed.at for deed in told)) if at]
    if not times or (not by_path and not is_here(cwd, worktree)):
        return None
    try:
        modified = found.path.stat().st_mtime_ns
    except OSError:
        return None
    return Story(found, tally, cwd, min(times), max(times), by_path, modified)


def _inside(path: str, cwd: str | None, worktree: str) -> str | None:
    """The path below the worktree; None for one elsewhere, in a `.git` folder, or in a repository of its own."""
    full = Path(cwd or "", path)
    if "\0" in path or not full.is_absolute():
        return None
    try:
        path.encode()
        full = full.parent.resolve() / full.name
        full = full.resolve() if full.is_symlink() else full
        relative = full.relative_to(worktree)
    except (OSError, ValueError, RuntimeError):
        return None
    if not relative.name or ".." in relative.parts or ".git" in relative.parts:
        return None
    if any((Path(worktree) / folder / ".git").exists() for folder in relative.parents if folder.parts):
        return None
    return relative.as_posix()
