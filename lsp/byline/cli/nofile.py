"""What is there where a person named a file, in words."""

from pathlib import Path

from byline.workspace.place import place_of


def no_file(path: Path, given: str) -> str | None:
    """Why what is there has no lines; None for a regular file, and where nothing is."""
    if path.is_file():
        return None
    if path.is_dir():
        inside = place_of(path)
        is_submodule = inside and (path / ".git").is_file() and path.resolve().as_posix() == inside.worktree
        return f"{given!r} is {'a submodule' if is_submodule else 'a folder'}; name a file in it"
    if path.exists():
        return f"{given!r} is no regular file: a device, a pipe or a socket has no lines to tell of"
    return f"{given!r} is a link to nothing" if path.is_symlink() else None
