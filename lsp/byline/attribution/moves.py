"""Blocks of lines that one step took out in one place and put in, unchanged, in another."""

from collections import Counter
from collections.abc import Sequence

MOVE_LENGTH = 3
"""Fewer lines than this are new text that happens to be equal."""


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
    once_old = _unique(old)
    once_new = _unique(new)
    place = {old[i]: i for i in removed if old[i] in once_old and old[i].strip()}
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


def _unique(lines: Sequence[bytes]) -> set[bytes]:
    return {line for line, count in Counter(lines).items() if count == 1}
