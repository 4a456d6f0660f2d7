"""Where a path lies, and where git stands there now."""

from pathlib import Path

from byline.model import Event
from byline_hooks import head as heads
from byline_hooks.place import Place, find_repository

__all__ = ["Place", "current_place", "place_of"]


def place_of(path: Path) -> Place | None:
    """The repository whose worktree holds `path`; a symbolic link belongs where its target is.

    None also for a name too long for the file system, or in a folder that may not be entered.
    """
    try:
        full = path.parent.resolve() / path.name
        if full.is_symlink():
            full = full.resolve()
        return find_repository(str(full if full.is_dir() else full.parent))
    except OSError:
        return None


def current_place(place: Place | None) -> Event:
    """An event of this moment that changes nothing: only where HEAD is and what git is in the middle of."""
    if place is None:
        return Event(v=1, id="", at=0, event="observe")
    return Event(
        v=1,
        id="",
        at=0,
        event="observe",
        worktree=place.worktree,
        head=heads.head(place),
        head_log=heads.log_length(place),
        merging=heads.merging(place) or None,
    )
