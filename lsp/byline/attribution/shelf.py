"""Versions of long ago, kept smaller still: many in one piece of bytes, unpacked when one of them is asked for."""

import zlib
from collections.abc import Iterable, Sequence

import msgspec

from byline.attribution.marks import Mark, Text, Version
from byline.attribution.palette import Packed
from byline.model import Owner

_FAR = 12
"""Owners of a line, one behind the other, that are kept: an answer tells eight, and a correction may be undone."""


class _Content(msgspec.Struct, array_like=True):
    owners: list[Owner]
    marks: list[tuple[int, int, bool]]
    """Each mark's owner and the mark behind it, by position, -1 for none; and whether it is rooted."""
    versions: list[tuple[int, int, int, bytes]]
    """As `Packed` has them: the position of the base or -1, head, tail and runs."""
    texts: list[tuple[str, int, int, str] | None]
    """Id, number of lines, reader by position, source; None for one that can't be read again."""


_DECODER = msgspec.msgpack.Decoder(_Content)


class Block:
    """Versions that were packed by one palette, in bytes."""

    __slots__ = ("_data", "_open", "_readers", "_texts")

    def __init__(self, versions: Sequence[Packed]) -> None:
        """`versions`: all that one palette packed so far, in that order."""
        texts = [version.text.again for version in versions]
        self._readers = list(dict.fromkeys(text[2] for text in texts if text is not None))
        self._texts = {k: version.text for k, version in enumerate(versions) if texts[k] is None}
        places = {id(version): k for k, version in enumerate(versions)}
        owners, marks = _table(versions[0].marks if versions else ())
        content = _Content(
            owners,
            marks,
            [(places[id(one.base)] if one.base else -1, one.head, one.tail, one.runs) for one in versions],
            [text and (text[0], text[1], self._readers.index(text[2]), text[3]) for text in texts],
        )
        self._data = zlib.compress(msgspec.msgpack.encode(content))
        self._open: tuple[_Content, list[Mark]] | None = None

    def version(self, at: int) -> Version:
        """One of the versions; all have the same marks until the block is closed."""
        if self._open is None:
            self._open = self._unpacked()
        content, marks = self._open
        return self._packed(content, at, marks).version()

    def close(self) -> None:
        """Keep only the bytes."""
        self._open = None

    def _unpacked(self) -> tuple[_Content, list[Mark]]:
        content = _DECODER.decode(zlib.decompress(self._data))
        marks = [Mark(content.owners[owner], None, rooted) for owner, _, rooted in content.marks]
        for mark, (_, behind, _) in zip(marks, content.marks, strict=True):
            mark.previous = marks[behind] if behind >= 0 else None
        return content, marks

    def _packed(self, content: _Content, at: int, marks: list[Mark]) -> Packed:
        base, head, tail, runs = content.versions[at]
        under = self._packed(content, base, marks) if base >= 0 else None
        return Packed(marks, self._text(content, at), under, head, tail, runs)

    def _text(self, content: _Content, at: int) -> Text:
        told = content.texts[at]
        if told is None:
            return self._texts[at]
        name, count, reader, source = told
        return Text(name, count, None, self._readers[reader], source)


def _table(heads: Sequence[Mark]) -> tuple[list[Owner], list[tuple[int, int, bool]]]:
    """Owners and marks by position: those of `heads` in their order, then what is behind them."""
    own = set(map(id, heads))
    marks = [*heads, *(mark for mark in _behind(heads)[0] if id(mark) not in own)]
    places = {id(mark): k for k, mark in reversed(list(enumerate(marks)))}
    owners: dict[Owner, int] = {}
    table = [
        (owners.setdefault(mark.owner, len(owners)), places.get(id(mark.previous), -1), mark.rooted) for mark in marks
    ]
    return list(owners), table


def shorten(heads: Iterable[Mark]) -> None:
    """Let go of what is so far behind all these marks that no answer tells it."""
    found, edge = _behind(heads)
    kept = {id(mark) for mark in found}
    for mark in edge:
        if id(mark.previous) not in kept:
            mark.previous = None


def _behind(heads: Iterable[Mark]) -> tuple[list[Mark], list[Mark]]:
    """The marks from `heads` on to `_FAR` owners behind, each once; and those of them that are the last."""
    found: dict[int, Mark] = {}
    edge = _with_equals(heads, found)
    for _ in range(_FAR):
        edge = _with_equals((mark.previous for mark in edge if mark.previous is not None), found)
    return list(found.values()), edge


def _with_equals(marks: Iterable[Mark], found: dict[int, Mark]) -> list[Mark]:
    """Adds those that were not found before and what is behind them of the same owner; the last of each such row."""
    last: list[Mark] = []
    for mark in marks:
        at: Mark | None = mark
        while at is not None and id(at) not in found and at.owner == mark.owner:
            found[id(at)] = at
            end, at = at, at.previous
        if at is not mark:
            last.append(end)
    return last
