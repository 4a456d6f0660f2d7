"""A shortest edit script between two lists, by Myers' greedy algorithm, given up where it would cost too much."""

from collections.abc import Sequence
from itertools import pairwise

EDITS = 500
"""Edits (inserted plus deleted lines) after which a search between two big lists gives up."""

STEPS = EDITS * EDITS // 2
"""Diagonals visited in that many rounds. Where one list is short a round visits few, so more edits are affordable."""

Snake = tuple[int, int, int, "Snake | None"]


def shortest(a: Sequence[int], b: Sequence[int], edits: int | None = None) -> list[tuple[int, int, int]] | None:
    """Matching blocks `(a_start, b_start, length)`, as many lines as can be matched in order; 0-based.

    None when that needs more edits than `edits`, or than the module's own bounds when that is None.
    """
    n, m = len(a), len(b)
    if edits is None:
        edits = max(EDITS, STEPS // (min(n, m) + 1))
    rounds = min(edits, n + m)
    # reach[k] is how far down `a` the best path on diagonal k (a index minus b index) has come; negative k sit at the
    # list's end, which is why there are two spare cells.
    reach = [0] * (2 * rounds + 3)
    paths: list[Snake | None] = [None] * (2 * rounds + 3)
    for d in range(rounds + 1):
        for k in range(d - 2 * m if d > m else -d, (2 * n - d if d > n else d) + 1, 2):
            if k == -d or (k != d and reach[k - 1] < reach[k + 1]):
                x, path = reach[k + 1], paths[k + 1]
            else:
                x, path = reach[k - 1] + 1, paths[k - 1]
            y = x - k
            if x < n and y < m and a[x] == b[y]:
                top = x
                x += 1
                y += 1
                while x < n and y < m and a[x] == b[y]:
                    x += 1
                    y += 1
                path = (top, top - k, x - top, path)
            reach[k] = x
            paths[k] = path
            if x >= n and y >= m:
                return _unwind(path)
    return None


def common(old: Sequence[int], new: Sequence[int], edits: int | None = None) -> list[tuple[int, int, int]]:
    """Matching blocks between two gaps, empty where `shortest` gives up.

    Lines only one side has are set aside first: they cannot match, and without them a rewrite costs nothing.
    """
    either = set(old).intersection(new)
    if not either:
        return []
    rows = [i for i, line in enumerate(old) if line in either]
    columns = [j for j, line in enumerate(new) if line in either]
    found = shortest([old[i] for i in rows], [new[j] for j in columns], edits)
    return [(rows[i + t], columns[j + t], 1) for i, j, length in found or () for t in range(length)]


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


def _unwind(path: "Snake | None") -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    while path is not None:
        x, y, length, path = path
        found.append((x, y, length))
    return found[::-1]
