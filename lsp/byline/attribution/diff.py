"""Which lines of one text are lines of an earlier one.

The two texts are compared from outside in. Common ends are set aside. A gap of at most 64 lines on both sides gets a
shortest edit script. In a bigger one, lines that occur exactly once on both sides are pinned, as many as keep their
order, and the gaps between the pins are compared again. A gap without such lines gets a shortest edit script too, or
one put together from stretches where that costs too much. Where a changed run of lines could as well sit higher or
lower, `slide` then puts it where git would.
"""

from collections.abc import Hashable, Sequence

from byline.attribution import myers, slide

SMALL = 64
"""Lines on the longer side up to which a gap gets a shortest edit script without looking for pins."""

SCANS = 64
"""How often on average a line may be looked at for pins. Real texts need one or two, contrived ones thousands."""

CHUNK = 512
"""Lines compared at once while looking for common ends."""

Block = tuple[int, int, int]


def blocks(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Block]:
    """Matching blocks `(old_start, new_start, length)`: 0-based, strictly increasing on both sides, never touching on
    both, lengths at least 1.
    """
    n, m = len(old), len(new)
    head = common_head(old, new)
    tail = common_tail(old, new, min(n, m) - head)
    if head == n == m:
        return [(0, 0, n)] if n else []
    found: list[Block] = [(0, 0, head)]
    if head + tail < min(n, m):
        numbers: dict[Hashable, int] = {}
        a = [numbers.setdefault(line, len(numbers)) for line in old[head : n - tail]]
        b = [numbers.setdefault(line, len(numbers)) for line in new[head : m - tail]]
        found += [(head + i, head + j, length) for i, j, length in _compare(a, b)]
    found.append((n - tail, m - tail, tail))
    return slide.settle(old, new, hunks(found, n, m))


def hunks(blocks: Sequence[Block], old_len: int, new_len: int) -> list[tuple[int, int, int, int]]:
    """What `blocks` leave out: changed ranges `(old_start, old_stop, new_start, new_stop)`, 0-based and half open."""
    changed = []
    i = j = 0
    for old_start, new_start, length in (*blocks, (old_len, new_len, 0)):
        if old_start > i or new_start > j:
            changed.append((i, old_start, j, new_start))
        i, j = old_start + length, new_start + length
    return changed


def mapping(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[int]:
    """For each line of `new` the index of the same line in `old`, or -1 for a line that came in between."""
    origins = [-1] * len(new)
    for i, j, length in blocks(old, new):
        origins[j : j + length] = range(i, i + length)
    return origins


def _compare(a: list[int], b: list[int]) -> list[Block]:
    """Matching blocks of two numbered texts; sorted, but blocks may touch."""
    found: list[Block] = []
    budget = myers.Budget(len(a) + len(b))
    scans = SCANS * (len(a) + len(b))
    gaps = [(0, len(a), 0, len(b))]  # a stack of its own: pins can nest deeper than Python's calls may
    while gaps:
        i, i_end, j, j_end = gaps.pop()
        top = i
        while i < i_end and j < j_end and a[i] == b[j]:
            i += 1
            j += 1
        if i > top:
            found.append((top, j - (i - top), i - top))
        bottom = i_end
        while i < i_end and j < j_end and a[i_end - 1] == b[j_end - 1]:
            i_end -= 1
            j_end -= 1
        if bottom > i_end:
            found.append((i_end, j_end, bottom - i_end))
        if i == i_end or j == j_end:
            continue
        pins: list[tuple[int, int]] = []
        if max(i_end - i, j_end - j) > SMALL and scans > 0:
            scans -= i_end - i + j_end - j
            pins = _pins(a, b, i, i_end, j, j_end)
        if pins:
            found += _between(a, b, pins, (i, i_end, j, j_end), gaps)
        else:
            found += [(i + x, j + y, t) for x, y, t in myers.common(a[i:i_end], b[j:j_end], budget)]
    found.sort()
    return found


def _pins(a: list[int], b: list[int], i: int, i_end: int, j: int, j_end: int) -> list[tuple[int, int]]:
    """Positions of lines that occur once in `a[i:i_end]` and once in `b[j:j_end]`: most of them in one order."""
    there = _once(a, i, i_end)
    here = _once(b, j, j_end)
    shared = [(there[line], y) for line, y in here.items() if line in there]
    return [shared[t] for t in myers.increasing([x for x, _ in shared])]


def _once(lines: list[int], start: int, stop: int) -> dict[int, int]:
    """The lines of a range that it holds exactly once, in order, with their positions."""
    seen: dict[int, int] = {}
    again: set[int] = set()
    for at in range(start, stop):
        line = lines[at]
        if line in seen:
            again.add(line)
        else:
            seen[line] = at
    for line in again:
        del seen[line]
    return seen


def _between(
    a: list[int],
    b: list[int],
    pins: list[tuple[int, int]],
    gap: tuple[int, int, int, int],
    gaps: list[tuple[int, int, int, int]],
) -> list[Block]:
    """Blocks grown downwards from the pins; what lies before each block is put on the stack of gaps."""
    found: list[Block] = []
    i, i_end, j, j_end = gap
    for x, y in pins:
        if x < i:
            continue  # the block before has grown over this pin, on both sides alike: pinned lines are unique
        if x > i or y > j:
            gaps.append((i, x, j, y))
        i, j = x + 1, y + 1
        while i < i_end and j < j_end and a[i] == b[j]:
            i += 1
            j += 1
        found.append((x, y, i - x))
    if i < i_end or j < j_end:
        gaps.append((i, i_end, j, j_end))
    return found


def common_head(old: Sequence[Hashable], new: Sequence[Hashable]) -> int:
    """How many lines both texts start with."""
    least = min(len(old), len(new))
    at = 0
    while at < least and old[at : at + CHUNK] == new[at : at + CHUNK]:
        at += CHUNK
    while at < least and old[at] == new[at]:
        at += 1
    return min(at, least)


def common_tail(old: Sequence[Hashable], new: Sequence[Hashable], limit: int) -> int:
    """How many lines both texts end with, at most `limit`."""
    n, m, at = len(old), len(new), 0
    while at + CHUNK <= limit and old[n - at - CHUNK : n - at] == new[m - at - CHUNK : m - at]:
        at += CHUNK
    while at < limit and old[n - at - 1] == new[m - at - 1]:
        at += 1
    return at
