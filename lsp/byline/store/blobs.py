"""Snapshots: the bytes of a file at one moment, by git blob id."""

import contextlib
import hashlib
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from byline.store.packs import Packs
from byline.store.paths import Folders
from byline_hooks import system

LARGEST = 6 * 1024 * 1024
"""No snapshot is larger: the writer keeps none over 5 MiB."""
DROPPED = "dropped"
"""Beside the snapshots' folder: the ids of those that were deleted on purpose, one a line."""
_APPENDING = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)
"""A pipe of that name is refused, and not waited for."""
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Snapshots:
    """The snapshots of all folders."""

    def __init__(self, folders: Folders) -> None:
        self.damaged: set[str] = set()
        """Ids of snapshots that are there but do not hold the bytes their name says."""
        self.hidden: frozenset[str] = frozenset()
        """Ids answered as if they were not there: how tidying finds out what would be lost."""
        self._folders = [folder / "blobs" for folder in folders.all]
        self._names = [str(folder) for folder in self._folders]
        self._packs = [Packs(folder / "packs", _holds) for folder in folders.all]

    def get(self, blob_id: str) -> bytes | None:
        """The bytes of a snapshot; None if there is none, or only a damaged one."""
        if not _ID.fullmatch(blob_id) or blob_id in self.hidden:
            return None
        is_there = False
        for folder in self._names:
            try:
                packed = system.read(f"{folder}/{blob_id[:2]}/{blob_id[2:]}", LARGEST + (1 << 16))
            except (OSError, ValueError):
                continue
            is_there = True
            data = unpack(packed)
            if data is not None and _holds(data, blob_id):
                self.damaged.discard(blob_id)
                return data
        for packs in self._packs:
            if blob_id in packs.places():
                is_there = True
                data = packs.get(blob_id)
                if data is not None:
                    self.damaged.discard(blob_id)
                    return data
        if is_there:
            self.damaged.add(blob_id)
        return None

    def has(self, blob_id: str) -> bool:
        """Whether a snapshot of that name is there, be it damaged or not."""
        if not _ID.fullmatch(blob_id):
            return False
        return any(file.is_file() for file in self._files(blob_id)) or self._is_packed(blob_id)

    def all(self) -> Iterator[tuple[str, Path]]:
        """Every snapshot's id and file, in no order. A name that is none of ours is passed over."""
        for folder in self._folders:
            for file in folder.glob("??/*"):
                if _ID.fullmatch(file.parent.name + file.name):
                    yield file.parent.name + file.name, file
        for packs in self._packs:
            yield from packs.places().by_pack()

    def pack(self, told: Sequence[tuple[str, str]]) -> int:
        """Put snapshots together that are read seldom, each told by its path and its id; how many files that saved.

        Those of one path belong together, in the order in which they came. They are there all the while.
        """
        saved = 0
        for folder, packs in zip(self._folders, self._packs, strict=True):
            files = {name: folder / name[:2] / name[2:] for _, name in told}
            texts = [(path, name, data) for path, name in told if (data := _read(files[name], name)) is not None]
            with contextlib.suppress(OSError):  # no room for it, no right, or a lock for long: they stay as they are
                for name in packs.add(texts):
                    files[name].unlink(missing_ok=True)
                    saved += 1
        return saved

    def drop(self, ids: Iterable[str]) -> int:
        """Delete snapshots, and note that it was on purpose; how many there were."""
        gone = [name for name in ids if self.has(name)]
        for folder, packs in zip(self._folders, self._packs, strict=True):
            files = {name: file for name in gone if (file := folder / name[:2] / name[2:]).is_file()}
            packed = [name for name in gone if name in packs.places()]
            if not files and not packed:
                continue
            note = os.open(folder.parent / DROPPED, _APPENDING, 0o600)
            with os.fdopen(note, "a", encoding="ascii") as lines:
                lines.writelines(f"{name}\n" for name in dict.fromkeys((*files, *packed)))
            for file in files.values():
                file.unlink(missing_ok=True)
            packs.drop(packed)
        return len(gone)

    def dropped(self) -> frozenset[str]:
        """The ids of snapshots that were deleted on purpose."""
        found: set[str] = set()
        for folder in self._folders:
            with contextlib.suppress(OSError, UnicodeDecodeError):
                found.update(system.read(str(folder.parent / DROPPED)).decode("ascii").split())
        return frozenset(found)

    def _is_packed(self, blob_id: str) -> bool:
        return any(blob_id in packs.places() for packs in self._packs)

    def _files(self, blob_id: str) -> list[Path]:
        return [folder / blob_id[:2] / blob_id[2:] for folder in self._folders]


def _read(file: Path, blob_id: str) -> bytes | None:
    """What a snapshot's own file holds; None where it is not there, or not the bytes of that name."""
    try:
        data = unpack(system.read(str(file), LARGEST + (1 << 16)))
    except (OSError, ValueError):
        return None
    return data if data is not None and _holds(data, blob_id) else None


def unpack(packed: bytes) -> bytes | None:
    """What was compressed; None for what is no zlib stream, not all of one, or more than 6 MiB. Pure."""
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(packed, LARGEST + 1)
    except zlib.error:
        return None
    return data if stream.eof and len(data) <= LARGEST else None


def _holds(data: bytes, blob_id: str) -> bool:
    digest = hashlib.sha1(usedforsecurity=False) if len(blob_id) == 40 else hashlib.sha256()
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest() == blob_id
