"""What lies where byline keeps a file or a folder of its own, told in one sentence that says what to do."""

import contextlib
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
_NO_FILE = (errno.EISDIR, errno.ELOOP, errno.ENOENT, errno.ENXIO)
_NO_RIGHT = (errno.EACCES, errno.EPERM)
"""Some systems say so where a folder is opened as a file; it may as well be what it says."""


def told(problem: OSError, *own: Path) -> str | None:
    """What is in the way at or above a path in one of byline's `own` folders, or that there is no right to use it."""
    for name in (problem.filename2, problem.filename):
        if isinstance(name, str | bytes):
            path = Path(os.path.abspath(os.fsdecode(name)))  # noqa: PTH100  links are not to be followed
            for folder in own:
                if path.is_relative_to(folder) and (said := _below(folder, path, problem)):
                    return said
    return None


def _below(folder: Path, path: Path, problem: OSError) -> str | None:
    above = [one for one in path.parents if one.is_relative_to(folder)]
    said = next(filter(None, map(_as_folder, reversed(above))), None)
    if said is None and problem.errno in _NO_FOLDER:
        said = _as_folder(path)
    elif said is None and (problem.errno in _NO_FILE or path.relative_to(folder).as_posix() in _FILES):
        said = _as_file(path)
    if said is None and problem.errno in _NO_RIGHT:
        return f"{path} cannot be used: {problem.strerror}; see that you may read and write it"
    return said and f"{said}: {MEND}"


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
            with contextlib.suppress(OSError):  # no right to look
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
