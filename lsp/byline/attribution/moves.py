"""Blocks of lines that one step took out in one place and put in, unchanged, in another."""

from collections import Counter
from collections.abc import Sequence

MOVE_LENGTH = 3
"""Fewer lines than this are new text that happens to be equal."""
_FEW = 8
"""Up to so many lines are looked for one by one: that is quicker than to count all lines of a large text."""


def moves(
    old: Sequence[bytes],
    new: Sequence[bytes],
    removed: Sequence[int],
    added: Sequence[int],
    shortest: int = MOVE_LENGTH,
) -> dict[int, int]:
    """New line → old line for moved blocks.

    `removed` and `added` are ascending 0-based indices of the lines that have no partner. A block is found from a
    line that occurs once among all old and once among all new lines, and grows while neighbours are equal too.
    """
    both = {old[i] for i in removed if old[i].strip()} & {new[k] for k in added}
    if not both:
        return {}
    once_old, once_new = _unique(old, both), _unique(new, both)
    place = {old[i]: i for i in removed if old[i] in once_old}
    free_old, free_new = set(removed), set(added)
    found: dict[int, int] = {}
    for k in added:
        i = place.get(new[k], -1)
        if k in found or i < 0 or i not in free_old or new[k] not in once_new:
            continue
        start = 0
        while i + start - 1 in free_old and k + start - 1 in free_new and old[i + start - 1] == new[k + start - 1]:
            start -= 1
        stop = 1
        while i + stop in free_old and k + stop in free_new and old[i + stop] == new[k + stop]:
            stop += 1
        if stop - start < shortest:
            continue
        for step in range(start, stop):
            found[k + step] = i + step
            free_old.discard(i + step)
            free_new.discard(k + step)
    return found


def _unique(lines: Sequence[bytes], asked: set[bytes]) -> set[bytes]:
    """Those of the asked lines that a text has once."""
    if len(asked) <= _FEW:
        return {line for line in asked if lines.count(line) == 1}
    counts = Counter(lines)
    return {line for line in asked if counts[line] == 1}
