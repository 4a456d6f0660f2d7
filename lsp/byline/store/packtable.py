"""What is in packs: which text stands in which group, in some fifty bytes a text however many there are."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

_LONGEST = 1 << 40
"""Bytes of a text; more is a damaged table."""
_SHORT, _LONG = 40, 64
"""Letters of an id in SHA-1 and in SHA-256."""
_PADDING = "0" * (_LONG - _SHORT)
_ID = re.compile(f"[0-9a-f]{{{_SHORT}}}(?:[0-9a-f]{{{_LONG - _SHORT}}})?")
_OTHER = re.compile("[^0-9a-f]")


class Group(msgspec.Struct, array_like=True, frozen=True):
    """Some texts of one path, packed together."""

    of: str
    """A short hash of the path."""
    texts: tuple[tuple[str, int], ...]
    """Ids and lengths in bytes, in order."""
    size: int
    """Bytes of the stream."""

    @property
    def raw(self) -> int:
        """Bytes of all texts."""
        return sum(length for _, length in self.texts)


class Place(msgspec.Struct, frozen=True):
    """Where a group is."""

    pack: Path
    start: int
    group: Group


class Places(Mapping[str, Place]):
    """Where every packed text is, by id; of one that is there twice either place."""

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self._packs: list[Path] = []
        self._groups: list[tuple[int, int, int, str, int]] = []
        """The number of the pack, start, size, which path, and the first of its texts."""
        self._group, self._length = array("I"), array("q")
        names: list[str] = []
        for place in places:
            names += self._add(place)
        is_plain = set(map(len, names)) <= {_SHORT} and not _OTHER.search("".join(names))
        self._width = _SHORT if is_plain else _LONG
        told = names if is_plain else map(_padded, names)
        self._names = bytes.fromhex("".join(told))
        self._order = array("I", sorted(range(len(names)), key=names.__getitem__ if is_plain else self._name))
        self._last: tuple[int, Place] | None = None

    def _add(self, place: Place) -> Iterable[str]:
        """Enter a group; the ids of its texts."""
        if not self._packs or self._packs[-1] != place.pack:
            self._packs.append(place.pack)
        texts = place.group.texts
        self._groups.append((len(self._packs) - 1, place.start, place.group.size, place.group.of, len(self._length)))
        self._group.extend([len(self._groups) - 1] * len(texts))
        self._length.extend(length if 0 <= length <= _LONGEST else -1 for _, length in texts)
        return [id for id, _ in texts]

    def __getitem__(self, id: str) -> Place:
        number = self._find(id)
        if number is None:
            raise KeyError(id)
        group = self._group[number]
        if self._last is None or self._last[0] != group:
            self._last = group, self._place(group)
        return self._last[1]

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and self._find(id) is not None

    def __iter__(self) -> Iterator[str]:
        return map(self._id, range(len(self._order)))

    def __len__(self) -> int:
        return len(self._order)

    def by_pack(self) -> Iterator[tuple[str, Path]]:
        """Each text's id, and a pack that has it."""
        for number, group in enumerate(self._group):
            yield self._id(number), self._packs[self._groups[group][0]]

    def _find(self, id: str) -> int | None:
        if not _ID.fullmatch(id) or len(id) > self._width:
            return None
        wanted = bytes.fromhex(id.ljust(self._width, "0"))
        at = bisect_left(self._order, wanted, key=self._name)
        return self._order[at] if at < len(self._order) and self._name(self._order[at]) == wanted else None

    def _place(self, number: int) -> Place:
        pack, start, size, of, first = self._groups[number]
        last = self._groups[number + 1][4] if number + 1 < len(self._groups) else len(self._order)
        texts = tuple((self._id(at), self._length[at]) for at in range(first, last))
        return Place(self._packs[pack], start, Group(of, texts, size))

    def _name(self, number: int) -> bytes:
        half = self._width // 2
        return self._names[number * half : (number + 1) * half]

    def _id(self, number: int) -> str:
        name = self._name(number).hex()
        return name[:_SHORT] if name.endswith(_PADDING) else name


def _padded(id: str) -> str:
    """An id as long as any; one of zeros, which no text has, for what is none."""
    return id.ljust(_LONG, "0") if _ID.fullmatch(id) else "0" * _LONG
