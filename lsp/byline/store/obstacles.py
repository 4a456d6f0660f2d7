"""What lies where byline keeps a file or a folder of its own, told in one sentence that says what to do."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from byline.store.paths import Folders

_FILES = ("index.db", "dropped", "anchors.lock", "looked.json", "turns.json", "packed", "githooks", "packs/lock")
_FOLDERS = ("spool", "blobs", "packs", "rejected", "away", "aside")
MEND = "move it away and try again"
_NO_FOLDER = (errno.EEXIST, errno.ENOTDIR)
_NO_RIGHT = (errno.EACCES, errno.EPERM)
"""Some systems say so where a folder is opened as a file; it may as well be what it says."""


def told(problem: OSError, *own: Path) -> str | None:
    """What is in the way at or above a path in one of byline's `own` folders; None where nothing is."""
    if not isinstance(problem.filename, str | bytes):
        return None
    path = Path(os.path.abspath(os.fsdecode(problem.filename)))  # noqa: PTH100  links are not to be followed
    for folder in own:
        if not path.is_relative_to(folder):
            continue
        above = [one for one in path.parents if one.is_relative_to(folder)]
        for one in reversed(above):
            if said := _as_folder(one):
                return f"{said}: {MEND}"
        said = None
        if problem.errno in _NO_FOLDER:
            said = _as_folder(path)
        elif problem.errno not in _NO_RIGHT or path.relative_to(folder).as_posix() in _FILES:
            said = _as_file(path)
        return said and f"{said}: {MEND}"
    return None


def found(folders: Folders) -> Iterator[tuple[Path, str]]:
    """Everything in the way below some store folders: where it is, and what that is."""
    for store in folders.all:
        if said := _as_folder(store):
            yield store, said
            continue
        for name in _FOLDERS:
            if said := _as_folder(store / name):
                yield store / name, said
        names = [store / name for name in _FILES]
        for folder, ending in (("spool", "*.jsonl"), ("packs", "*.pack")):
            names += sorted((store / folder).glob(ending))
        for path in names:
            if said := _as_file(path):
                yield path, said


def _as_folder(path: Path) -> str | None:
    """Why byline has no folder there; None where there is one, or nothing yet."""
    kind = _kind(path)
    return None if kind in (None, "a folder") else _sentence(path, kind, "a folder")


def _as_file(path: Path) -> str | None:
    """Why byline has no file there; None where there is one, or nothing yet."""
    kind = _kind(path)
    return None if kind in (None, "a file") else _sentence(path, kind, "a file")


def _sentence(path: Path, kind: str | None, wanted: str) -> str:
    return f"{path} is {kind}, and byline keeps {wanted} of that name"


def _kind(path: Path) -> str | None:
    """What is there, links followed; None for nothing, or where nobody may look."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return "a link to nothing" if os.path.islink(path) else None  # noqa: PTH114  no right to look is no answer
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a file" if stat.S_ISREG(mode) else "no regular file"
