"""Moving files of a worktree out of the way and back, as they are."""

import os
import shutil
import stat
from pathlib import Path

from byline.privacy import make_folders
from byline.repo.travel.survey import CannotTravel


def is_file(root: Path, path: str) -> bool:
    """Whether `path` below `root` is something that is no folder: a file, or a symbolic link to whatever.

    What a link on the way leads to does not lie below `root`.
    """
    try:
        if stat.S_ISDIR((root / path).lstat().st_mode):
            return False
    except (OSError, ValueError):
        return False
    parts = path.split("/")
    return not any((root / "/".join(parts[:depth])).is_symlink() for depth in range(1, len(parts)))


def in_the_way(root: Path, path: str, leaving: frozenset[str]) -> str | None:
    """What keeps a file from being put at `path`, when the files of `leaving` are gone; None: nothing."""
    parts = path.split("/")
    for depth in range(1, len(parts)):
        above = "/".join(parts[:depth])
        if is_file(root, above):
            return None if above in leaving else above
    full = root / path
    if is_file(root, path):
        return None if path in leaving else path
    if full.is_dir():
        for folder, below, files in os.walk(full):
            inside = Path(folder)
            links = [name for name in below if (inside / name).is_symlink()]
            for name in (*files, *links):
                found = (inside / name).relative_to(root).as_posix()
                if found not in leaving:
                    return found
    return None


def move(source: Path, target: Path) -> None:
    """Move one file or symbolic link as it is, also from one file system to another. The target must not be there."""
    if os.path.lexists(target):
        raise CannotTravel(f"{target} is in the way")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.rename(target)
    except OSError:
        half = target.with_name(f"{target.name[:200]}.byline-part")
        shutil.copy2(source, half, follow_symlinks=False)
        half.rename(target)
        source.unlink()


def put_away(source: Path, target: Path) -> None:
    """As `move`, into folders of byline's own that nobody else may look into; the file keeps its mode."""
    make_folders(target.parent)
    move(source, target)


def prune(root: Path, path: str) -> None:
    """Remove the folders above `path` that became empty, but not one that is somebody's working directory: ours."""
    here = _here()
    folder = (root / path).parent
    while folder != root and folder != here and folder not in (here.parents if here else ()):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _here() -> Path | None:
    try:
        return Path.cwd()
    except OSError:
        return None


def clear(path: Path) -> None:
    """Remove empty folders where a file has to be."""
    if path.is_dir() and not path.is_symlink():
        for folder, _, _ in os.walk(path, topdown=False):
            Path(folder).rmdir()


def free(path: Path) -> Path:
    """`path`, or the first free name beside it."""
    number, found = 1, path
    while os.path.lexists(found):
        number += 1
        found = path.with_name(f"{path.name}.{number}")
    return found
