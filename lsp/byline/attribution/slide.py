"""Where a changed run of lines sits when it could as well sit higher or lower.

Inserting `b {`, `2`, `}` after `a {`, `1`, `}` costs the same as inserting `}`, `b {`, `2` before the last line. git
decides as follows, for deleted runs first and then for inserted ones, and so does this module:

- A run moves up while the line above it equals its last line, and down while the line below equals its first. Runs
  that meet on the way become one.
- If somewhere on its way it stands opposite a run of the other side, it stays at the lowest such place, so that a
  deletion and an insertion read as a replacement.
- Otherwise the two cuts of each place, above the run's first line and below its last, are judged by indentation and
  blank lines around them: the shallower the lines below the cuts the better, blank lines at a cut are good, a cut
  where the text steps inwards is a little better than one on the level, and cuts where it steps outwards are bad. Of
  equals the lowest place wins.

Beyond git, a run that repeats the lines right above it moves down as far as whole repetitions go: of two copies the
later one is the new one.
"""

from collections.abc import Hashable, Sequence
from itertools import count

FARTHEST = 100
"""Places considered by indentation, from the lowest up."""

DEEPEST = 200
"""Columns of indentation told apart."""

BLANKS = 20
"""Blank lines looked past for a neighbour's indentation."""

BLANK = -1

Run = tuple[int, int]


def settle(
    old: Sequence[Hashable], new: Sequence[Hashable], changed: Sequence[tuple[int, int, int, int]]
) -> list[tuple[int, int, int]]:
    """The matching blocks that remain when every run of `changed` ranges has found its place; 0-based."""
    gone = [(start, stop) for start, stop, _, _ in changed if stop > start]
    come = [(start, stop) for _, _, start, stop in changed if stop > start]
    gone = _place(old, gone, _ranks(come))
    come = _place(new, come, _ranks(gone))
    return _blocks(len(old), len(new), gone, come)


def _ranks(runs: Sequence[Run]) -> dict[int, int]:
    """How many unchanged lines stand above each run, a number both sides share, and how long the run is."""
    ranks = {}
    above = 0
    for start, stop in runs:
        ranks[start - above] = stop - start
        above += stop - start
    return ranks


def _blocks(n: int, m: int, gone: Sequence[Run], come: Sequence[Run]) -> list[tuple[int, int, int]]:
    deleted, inserted = _ranks(gone), _ranks(come)
    end = n - sum(deleted.values())
    found = []
    rank = i = j = 0
    for stop in sorted({*deleted, *inserted, end}):
        if stop > rank:
            found.append((i, j, stop - rank))
        i += stop - rank + deleted.get(stop, 0)
        j += stop - rank + inserted.get(stop, 0)
        rank = stop
    assert (i, j) == (n, m)
    return found


def _place(lines: Sequence[Hashable], runs: Sequence[Run], others: dict[int, int]) -> list[Run]:
    """The runs of one side, each moved to its place. `others` has the ranks of the other side's runs."""
    last = len(lines)
    placed: list[Run] = []
    ahead = list(reversed(runs))
    above = 0  # changed lines in `placed`
    while ahead:
        start, stop = ahead.pop()
        size = 0
        opposite = highest = -1
        while size != stop - start:
            size = stop - start
            opposite = -1
            while start and lines[start - 1] == lines[stop - 1]:
                start, stop = start - 1, stop - 1
                if placed and placed[-1][1] == start:
                    start, joint = placed.pop()
                    above -= joint - start
            highest = stop
            if start - above in others:
                opposite = stop
            while stop < last and lines[start] == lines[stop]:
                start, stop = start + 1, stop + 1
                if ahead and ahead[-1][0] == stop:
                    stop = ahead.pop()[1]
                if start - above in others:
                    opposite = stop
        if stop > highest:
            best = opposite if opposite >= 0 else _best(lines, start, stop, highest)
            start, stop = start - (stop - best), best
        placed.append((start, stop))
        above += stop - start
    return placed


def _best(lines: Sequence[Hashable], start: int, stop: int, highest: int) -> int:
    """The best end for a run that can end anywhere from `highest` to `stop`, where it is now."""
    size = stop - start
    if not isinstance(lines[start], bytes):
        return stop
    best, best_depth, best_cost = -1, 0, 0
    for end in range(max(highest, stop - size - 1, stop - FARTHEST), stop + 1):
        low, high = _cut(lines, end), _cut(lines, end - size)
        depth, cost = low[0] + high[0], low[1] + high[1]
        if best < 0 or 60 * ((depth > best_depth) - (depth < best_depth)) + cost - best_cost <= 0:
            best, best_depth, best_cost = end, depth, cost
    return best + (stop - best) // size * size


def _cut(lines: Sequence[Hashable], at: int) -> tuple[int, int]:
    """Depth of the text below a cut above line `at`, and the cut's cost by the weights git has settled on."""
    here = _indent(lines[at]) if at < len(lines) else BLANK
    before, blanks_before = _neighbour(lines, range(at - 1, -1, -1))
    after, blanks_after = _neighbour(lines, range(at + 1, len(lines)))
    blanks_below = 1 + blanks_after if here == BLANK else 0
    blanks = blanks_before + blanks_below
    cost = 6 * blanks_below - 30 * blanks
    if before == BLANK and not blanks_before:
        cost += 1  # the first line of the text
    if at >= len(lines):
        cost += 21
    depth = after if here == BLANK else here
    if BLANK not in (depth, before):
        if depth > before:
            cost += 10 if blanks else -4
        elif depth < before:
            if after > depth:  # the text steps out and right in again: `else:` and the like
                cost += 17 if blanks else 24
            else:
                cost += 17 if blanks else 23
    return depth, cost


def _neighbour(lines: Sequence[Hashable], way: range) -> tuple[int, int]:
    """Indentation of the first line on the way that is not blank, or BLANK, and how many blank ones precede it."""
    for blanks, at in zip(count(), way):
        indent = _indent(lines[at])
        if indent != BLANK:
            return indent, blanks
        if blanks + 1 == BLANKS:
            return 0, BLANKS
    return BLANK, len(way)


def _indent(line: Hashable) -> int:
    """Columns before the first character that is no white space, a tab reaching to the next multiple of 8."""
    assert isinstance(line, bytes)
    columns = 0
    for byte in line:
        if byte == 0x20:
            columns += 1
        elif byte == 0x09:
            columns += 8 - columns % 8
        elif byte not in b"\r\n":
            return columns
        if columns >= DEEPEST:
            return DEEPEST
    return BLANK
