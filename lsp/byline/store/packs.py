"""Old snapshots, many in one file: the texts of one path differ in little, and take little together.

A pack is `MAGIC`, the length of its table (4 bytes, big-endian), the table as JSON, and the groups one after the
other, each a stream of LZMA2 that holds some texts of one path. It is written whole under a name of its own or not at
all, and a text is only taken from it whose hash is its id.
"""

import contextlib
import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from byline.store.packtable import Group, Place, Places
from byline_hooks import system

MAGIC = b"byline packed snapshots 1\n"
END = ".pack"
TEXTS = 64
"""How many texts a group has at most."""
LARGEST = 8 << 20
"""Bytes of text in a group of several, and of the largest pack that is made anew with what comes to it."""
_YOUNG = 2.0
"""Seconds in which a folder may change once more without another time on it."""
_STEP = 0.1
_LONGEST_TABLE = 64 << 20

Holds = Callable[[bytes, str], bool]


class Packs:
    """The packs of one store folder."""

    def __init__(self, folder: Path, holds: Holds) -> None:
        """`holds` says whether some bytes have an id."""
        self.folder = folder
        self._holds = holds
        self._seen: tuple[int, int] | None = None
        self._looked_at = 0.0
        self._places = Places()
        self._last: tuple[Place, Mapping[str, bytes]] | None = None

    def places(self) -> Places:
        """Where every packed text is, by id."""
        try:
            status = self.folder.stat()
        except OSError:
            self._places, self._seen = Places(), None
            return self._places
        stamp, now = (status.st_mtime_ns, status.st_ino), time.time()
        if stamp != self._seen or (self._looked_at - status.st_mtime < _YOUNG and now - self._looked_at > _STEP):
            self._looked_at, self._seen = now, stamp
            self._places = Places(place for pack in self._files() for place in _table(pack))
        return self._places

    def get(self, id: str) -> bytes | None:
        """A text; None where no pack has it, or only a damaged one."""
        place = self.places().get(id)
        if place is None:
            return None
        last = self._last
        if last is None or last[0] != place:
            last = self._last = place, _unpacked(place)
        data = last[1].get(id)
        return data if data is not None and self._holds(data, id) else None

    def add(self, texts: Sequence[tuple[str, str, bytes]]) -> frozenset[str]:
        """Pack texts, each told by its path, its id and its bytes; the ids of those that are safely there."""
        coders = _coders()
        if not texts or coders is None:
            return frozenset()
        with self._locked():
            self._seen = None
            there = self.places()
            new = [(_short(path), id, data) for path, id, data in texts if id not in there]
            if new:
                self._write([pack for pack in self._files() if pack.stat().st_size < LARGEST], new, frozenset())
            return frozenset(id for _, id, data in texts if self.get(id) == data)

    def drop(self, ids: Iterable[str]) -> int:
        """Make the packs anew without some texts; how many of them there were. OSError where that fails."""
        gone = frozenset(ids) & self.places().keys()
        if not gone or _coders() is None:  # who cannot read a group cannot take one text out of it
            return 0
        with self._locked():
            for pack in self._files():
                if any(id in gone for place in _table(pack) for id, _ in place.group.texts):
                    self._write([pack], [], gone)
        return len(gone)

    def _write(self, packs: Sequence[Path], new: Sequence[tuple[str, str, bytes]], without: frozenset[str]) -> None:
        """One pack instead of some: what they have `without` some texts, and new texts."""
        whole: list[tuple[Group, bytes]] = []
        loose: dict[str, dict[str, bytes]] = {}
        for place in (place for pack in packs for place in _table(pack)):
            ids = {id for id, _ in place.group.texts}
            if not ids & without and (not new or _is_full(place.group)):
                whole.append((place.group, _stream(place)))
                continue
            found = {id: data for id, data in _unpacked(place).items() if self._holds(data, id)}
            if len(found) < len(ids) and not ids & without:
                whole.append((place.group, _stream(place)))  # damaged: it stays for whoever can mend it
                continue
            loose.setdefault(place.group.of, {}).update((id, found[id]) for id in found if id not in without)
        for of, id, data in new:
            loose.setdefault(of, {})[id] = data
        groups = whole + [_packed(of, part) for of in sorted(loose) for part in _parts(loose[of])]
        made = None
        if groups:
            table = msgspec.json.encode([group for group, _ in groups])
            body = b"".join((MAGIC, len(table).to_bytes(4, "big"), table, *(stream for _, stream in groups)))
            made = self.folder / f"{hashlib.sha256(body).hexdigest()[:32]}{END}"
            system.make_folders(self.folder.as_posix())
            system.write_whole(made.as_posix(), body)
        for pack in packs:
            if pack == made:
                continue
            # What could not be deleted is there twice, which is no harm; but not what somebody wants to be gone.
            with contextlib.nullcontext() if without else contextlib.suppress(OSError):
                pack.unlink()
        self._seen = self._last = None

    def _files(self) -> list[Path]:
        try:
            return sorted(file for file in self.folder.iterdir() if file.suffix == END)
        except OSError:
            return []

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        system.make_folders(self.folder.as_posix())
        if not self.folder.is_dir():  # a lock would make the folder that a link to nothing names
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(self.folder))
        from filelock import FileLock  # here: it takes as long to load as a small file's answer to give

        with FileLock(str(self.folder / "lock"), timeout=60, mode=0o600):
            yield


def _short(path: str) -> str:
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _is_full(group: Group) -> bool:
    return len(group.texts) >= TEXTS or 2 * group.raw >= LARGEST


def _parts(texts: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    """The texts of one path as groups that are not too large."""
    part: dict[str, bytes] = {}
    size = 0
    for id, data in texts.items():
        if part and (len(part) >= TEXTS or size + len(data) > LARGEST):
            yield part
            part, size = {}, 0
        part[id] = data
        size += len(data)
    if part:
        yield part


def _table(pack: Path) -> list[Place]:
    """What is where in a pack; nothing for what is none."""
    try:
        with pack.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                return []
            length = int.from_bytes(file.read(4), "big")
            if length > _LONGEST_TABLE:
                return []
            groups = msgspec.json.decode(file.read(length), type=list[Group])
    except (OSError, msgspec.MsgspecError):
        return []
    start = len(MAGIC) + 4 + length
    places = []
    for group in groups:
        places.append(Place(pack, start, group))
        start += max(group.size, 0)
    return places


def _stream(place: Place) -> bytes:
    with place.pack.open("rb") as file:
        file.seek(place.start)
        return file.read(place.group.size)


def _packed(of: str, texts: Mapping[str, bytes]) -> tuple[Group, bytes]:
    coders = _coders()
    assert coders is not None, "what was unpacked can be packed"
    stream = coders[0](b"".join(texts.values()))
    return Group(of, tuple((id, len(data)) for id, data in texts.items()), len(stream)), stream


def _unpacked(place: Place) -> Mapping[str, bytes]:
    """The texts of a group; none where it is damaged. Whether they are the right ones is for the caller to see."""
    coders, raw = _coders(), place.group.raw
    if coders is None or not 0 <= raw <= 2 * LARGEST or any(length < 0 for _, length in place.group.texts):
        return {}
    try:
        data = coders[1](_stream(place), raw)
    except OSError:
        return {}
    found, start = {}, 0
    for id, length in place.group.texts:
        found[id] = data[start : start + length]
        start += length
    return found


def _coders() -> tuple[Callable[[bytes], bytes], Callable[[bytes, int], bytes]] | None:
    """To pack and to unpack; None where Python was built without this part of its library."""
    try:
        import lzma
    except ImportError:
        return None

    def pack(data: bytes) -> bytes:
        size = max(1 << 16, 1 << (len(data) - 1).bit_length()) if data else 1 << 16
        kind = {"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": size}
        return lzma.compress(data, format=lzma.FORMAT_XZ, filters=[kind])

    def unpack(stream: bytes, size: int) -> bytes:
        try:
            return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=64 << 20).decompress(stream, size)
        except (lzma.LZMAError, EOFError):
            return b""

    return pack, unpack
