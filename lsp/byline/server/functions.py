"""Where a file's functions stand: found by a real parser after a pause, moved along with the text until the next one.

A range that a parser is not sure of would count somebody else's lines. So what it finds around broken code is not
taken; a function that was found before keeps its place until the code can be read again.
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from byline.server.lines import Splice

_ids = itertools.count(1)


class Function(NamedTuple):
    """One function: byline's 0-based lines, `end` not included."""

    id: int
    """Stays the same while the function moves."""
    start: int
    end: int


class Parsed(NamedTuple):
    """What a parser found in one text."""

    ranges: tuple[tuple[int, int], ...]
    """0-based lines of each function that could be read, `end` not included; by start, outer before inner."""
    broken: bool
    """Some of the text could not be read."""


def moved(functions: tuple[Function, ...], splice: Splice) -> tuple[Function, ...]:
    """The functions after an edit. One that is gone altogether is left out."""
    first, removed, added = splice
    if removed == added == 1:
        return functions  # a keystroke inside a line
    last, delta = first + removed, added - removed
    found = []
    for id, start, end in functions:
        if end <= first:
            found.append(Function(id, start, end))
        elif start >= last:
            found.append(Function(id, start + delta, end + delta))
        elif start < first or end > last or (added and (start, end) == (first, last)):
            low = start if start <= first else first + added
            high = end + delta if end >= last else first
            if high > low:
                found.append(Function(id, low, high))
    return tuple(found)


def joined(before: Sequence[Function], found: Parsed | None, since: Iterable[Splice]) -> tuple[Function, ...]:
    """`found`, which a parser says of the text before the edits `since`; `before` is as things stand after them.

    None: nobody looked, so there are none.
    """
    if found is None:
        return ()
    fresh: tuple[Function, ...] = tuple(Function(0, start, end) for start, end in found.ranges)
    for splice in since:
        fresh = moved(fresh, splice)
    starts = {one.start: one.id for one in before}
    ends = {one.end: one.id for one in before}
    named: list[Function] = []
    taken: set[int] = set()
    for one in fresh:
        id = next((id for id in (starts.get(one.start), ends.get(one.end)) if id and id not in taken), next(_ids))
        taken.add(id)
        named.append(one._replace(id=id))
    if found.broken:
        named += [one for one in before if one.id not in taken and not any(_crosses(one, new) for new in fresh)]
    return tuple(sorted(named, key=lambda one: (one.start, -one.end)))


def _crosses(one: Function, other: Function) -> bool:
    """Whether the two overlap without one holding the other."""
    if one.end <= other.start or other.end <= one.start:
        return False
    inside = one.start >= other.start and one.end <= other.end
    around = one.start <= other.start and one.end >= other.end
    return not (inside or around)
