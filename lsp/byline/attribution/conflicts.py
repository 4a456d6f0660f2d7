"""Conflicts that somebody settles: what is taken unchanged from a side, in whatever order, is no new text."""

from collections.abc import Iterator, Sequence

from byline.attribution.marks import telling
from byline.attribution.reflow import Range

_OPENS, _BASE, _PARTS, _CLOSES = b"<<<<<<< ", b"||||||| ", b"=======", b">>>>>>> "
_MARKERS = (_OPENS, _BASE, _PARTS, _CLOSES)


def settled(old: Sequence[bytes], new: Sequence[bytes], gaps: Sequence[Range]) -> dict[int, int]:
    """New lines that are a line of one side of a conflict that the step took apart, and that line; 0-based.

    A line without a word proves nothing by itself: it counts beside one that counts.
    """
    removed = [i for gap in gaps for i in range(gap.old_start, gap.old_stop)]
    if not any(old[i].startswith(_MARKERS) for i in removed):
        return {}
    gone, found = set(removed), dict[int, int]()
    for first, last in _conflicts(old):
        inside = [gap for gap in gaps if gap.old_start <= last and gap.old_stop > first]
        sides = [i for i in _sides(old, first, last) if i in gone]
        added = [k for gap in inside for k in range(gap.new_start, gap.new_stop)]
        found |= _taken(old, new, sides, added)
    return found


def markers(lines: Sequence[bytes]) -> list[int]:
    """The lines, 0-based, that mark the conflicts in a text."""
    if not any(line.startswith(_CLOSES) for line in lines):
        return []
    found: list[int] = []
    for first, last in _conflicts(lines):
        inside = (i for i in range(first + 1, last) if lines[i].startswith(_BASE) or lines[i].rstrip() == _PARTS)
        found += (first, *inside, last)
    return found


def brought(lines: Sequence[bytes]) -> set[bytes]:
    """The lines, with a word in them, that git says the conflicts in a text were to bring: their second sides."""
    found: set[bytes] = set()
    for first, last in _conflicts(lines):
        parts = next((i for i in range(first + 1, last) if lines[i].rstrip() == _PARTS), last)
        found |= telling(lines[parts + 1 : last])
    return found


def _conflicts(lines: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """The lines of the markers between which conflicts stand."""
    first: int | None = None
    for i, line in enumerate(lines):
        if line.startswith(_OPENS):
            first = i
        elif first is not None and line.startswith(_CLOSES):
            yield first, i
            first = None


def _sides(lines: Sequence[bytes], first: int, last: int) -> Iterator[int]:
    """The lines of both sides of a conflict, without those of their base."""
    is_base = False
    for i in range(first + 1, last):
        if lines[i].startswith(_BASE):
            is_base = True
        elif lines[i].rstrip() == _PARTS:
            is_base = False
        elif not is_base:
            yield i


def _taken(old: Sequence[bytes], new: Sequence[bytes], sides: Sequence[int], added: Sequence[int]) -> dict[int, int]:
    """Each added line with a line of a side that is equal and was not taken before."""
    free = set(sides)
    places: dict[bytes, list[int]] = {}
    for i in sides:
        places.setdefault(old[i], []).append(i)
    worded = telling(places)
    found: dict[int, int] = {}
    for k in added:
        if new[k] in worded and places[new[k]]:
            found[k] = places[new[k]].pop(0)
    free.difference_update(found.values())
    for around in (-1, 1):
        for k in added[::-around]:
            beside = found.get(k + around)
            i = beside - around if beside is not None else -1
            if k not in found and i in free and old[i] == new[k]:
                found[k] = i
                free.discard(i)
    return found
