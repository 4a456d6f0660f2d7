"""Shortest edit scripts between two lists, by Myers' greedy algorithm; nearly shortest where that costs too much."""

from collections.abc import Sequence
from itertools import pairwise

STEPS = 125_000
"""Steps one search may take: enough for 500 edits, more where one list is short and a round visits few diagonals."""

STEPS_THEN = 5_000
"""Steps a search may take when those of the whole comparison are used up: enough for 100 edits."""

ROOM = 64
"""Diagonals to each side that a search has room for at first."""

Snake = tuple[int, int, int, "Snake | None"]


class Budget:
    """The steps a comparison may still spend on long searches; what keeps its time near linear in the lines."""

    __slots__ = ("steps",)

    def __init__(self, lines: int) -> None:
        self.steps = STEPS + 10 * lines


def common(old: Sequence[int], new: Sequence[int], budget: Budget) -> list[tuple[int, int, int]]:
    """Matching blocks `(old_start, new_start, length)`, 0-based: as many lines as can be matched in order, or nearly.

    Lines only one side has are set aside first: they cannot match, and without them a rewrite costs nothing. A search
    that gets too long is settled in favour of the path that came furthest, and a new one starts at its end.
    """
    either = set(old).intersection(new)
    rows = [i for i, line in enumerate(old) if line in either]
    columns = [j for j, line in enumerate(new) if line in either]
    a, b = [old[i] for i in rows], [new[j] for j in columns]
    found: list[tuple[int, int, int]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        limit = STEPS if budget.steps > STEPS else STEPS_THEN
        part, i, j, steps = shortest(a, b, i, j, limit)
        budget.steps -= steps
        found += [(rows[x + t], columns[y + t], 1) for x, y, length in part for t in range(length)]
    return found


def shortest(
    a: Sequence[int], b: Sequence[int], i: int, j: int, limit: int
) -> tuple[list[tuple[int, int, int]], int, int, int]:
    """Matching blocks of a shortest script for `a[i:]` and `b[j:]`, where in each it ends, and the steps it took.

    It comes to both ends unless that takes more than about `limit` steps, each the visit of a diagonal.
    """
    n, m = len(a) - i, len(b) - j
    # reach[zero + k] is how far down `a` the best path on diagonal k has come, and paths[zero + k] the matches on it.
    # Diagonal k is where k more lines of `a` than of `b` are behind; each round reaches one further on both sides.
    zero = ROOM
    reach: list[int] = [i] * (2 * ROOM + 1)
    paths: list[Snake | None] = [None] * (2 * ROOM + 1)
    steps = 0
    for d in range(n + m + 1):
        if d >= zero:
            reach = [i] * zero + reach + [i] * zero
            paths = [*[None] * zero, *paths, *[None] * zero]
            zero *= 2
        cells = range(zero + (d - 2 * m if d > m else -d), zero + (2 * n - d if d > n else d) + 1, 2)
        if _advance(a, b, reach, paths, cells, zero - i + j, zero - d, zero + d):
            end = zero + n - m
            return _unwind(paths[end]), len(a), len(b), steps
        steps += len(cells)
        if steps > limit:
            break
    ends = [(2 * reach[k] - k, k) for k in cells if reach[k] <= len(a) and reach[k] - k + zero - i + j <= len(b)]
    _, k = max(ends)
    return _unwind(paths[k]), reach[k], reach[k] - k + zero - i + j, steps


def _advance(
    a: Sequence[int],
    b: Sequence[int],
    reach: list[int],
    paths: list["Snake | None"],
    cells: range,
    shift: int,
    lowest: int,
    highest: int,
) -> bool:
    """One round: each diagonal goes on from the better of its neighbours. Whether one has come to both ends."""
    n, m = len(a), len(b)
    for k in cells:
        if k == lowest or (k != highest and reach[k - 1] < reach[k + 1]):
            x, path = reach[k + 1], paths[k + 1]
        else:
            x, path = reach[k - 1] + 1, paths[k - 1]
        y = x - k + shift
        if x < n and y < m and a[x] == b[y]:
            top = x
            x += 1
            y += 1
            while x < n and y < m and a[x] == b[y]:
                x += 1
                y += 1
            path = (top, y - x + top, x - top, path)
        reach[k] = x
        paths[k] = path
        if x == n and y == m:
            return True
    return False


def increasing(values: Sequence[int]) -> list[int]:
    """Positions of a longest strictly increasing run of the distinct `values`, in order."""
    if all(one < other for one, other in pairwise(values)):
        return list(range(len(values)))
    tails: list[int] = []  # the smallest value that ends an increasing run of each length
    at: list[int] = []  # its position
    before = [-1] * len(values)
    for i, value in enumerate(values):
        low, high = 0, len(tails)
        if not tails or value > tails[-1]:
            low = high
        while low < high:
            middle = (low + high) // 2
            if tails[middle] < value:
                low = middle + 1
            else:
                high = middle
        if low:
            before[i] = at[low - 1]
        tails[low : low + 1] = [value]
        at[low : low + 1] = [i]
    chain: list[int] = []
    i = at[-1] if at else -1
    while i >= 0:
        chain.append(i)
        i = before[i]
    return chain[::-1]


def _unwind(path: Snake | None) -> list[tuple[int, int, int]]:
    """The matches of a path, first to last."""
    found: list[tuple[int, int, int]] = []
    while path is not None:
        x, y, length, path = path
        found.append((x, y, length))
    return found[::-1]
