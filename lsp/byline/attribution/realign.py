"""Which of equal lines are the new ones, where it is known who entered some: a comparison of two texts may err there.

Of all comparisons that find as many lines unchanged, the one is taken that finds the fewest known new ones unchanged,
and of those one near the given. Pure.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence

SURE = 2
"""Weighs a line that is known to be new."""

LARGEST = 40_000
"""Pairs of lines that are looked at between two lines that stand fast; a hundredth of a second."""


def realigned(
    old: Sequence[Hashable], new: Sequence[Hashable], mapping: Sequence[int], weigh: Callable[[int], int]
) -> list[int]:
    """A mapping like the given one: for each line of `new` which line of `old` it is, -1 for a new one; 0-based.

    `weigh`: how much speaks for a line of `new` being a new one, up to `SURE`; 0: nothing.
    """
    found = list(mapping)
    doubtful = [k for k, origin in enumerate(mapping) if origin < 0 and weigh(k) < SURE]
    if not doubtful:
        return found
    in_old, in_new = Counter(old), Counter(new)

    def stands_fast(line: int) -> bool:
        return found[line] >= 0 and in_old[new[line]] == 1 == in_new[new[line]] and weigh(line) < SURE

    done = 0
    for k in doubtful:
        if k < done:
            continue
        start = next((line for line in range(k - 1, done - 1, -1) if stands_fast(line)), done - 1) + 1
        done = next((line for line in range(k + 1, len(new)) if stands_fast(line)), len(new))
        olds = range(found[start - 1] + 1 if start else 0, found[done] if done < len(new) else len(old))
        if any(found[line] >= 0 and weigh(line) >= SURE for line in range(start, done)):
            _between(old, new, found, weigh, olds, range(start, done))
    return found


def _between(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    mapping: list[int],
    weigh: Callable[[int], int],
    olds: range,
    news: range,
) -> None:
    """Maps the lines of one gap anew; left as it is where it is too large, or more lines turn out to be unchanged."""
    if len(olds) * len(news) > LARGEST:
        return
    weights = [weigh(k) for k in news]
    unit = (SURE + 1) * len(weights) + 1  # all weights together, and all that stays as it is, are less than one line
    near = len(weights) + 1
    best = [[0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    for a in range(len(olds) - 1, -1, -1):
        row, below, line = best[a], best[a + 1], old[olds[a]]
        for b in range(len(news) - 1, -1, -1):
            value = max(below[b], row[b + 1])
            if line == new[news[b]]:
                same = mapping[news[b]] == olds[a]
                value = max(value, below[b + 1] + (unit - weights[b]) * near + same)
            row[b] = value
    chosen = _path(old, new, best, olds, news)
    if sum(origin >= 0 for origin in chosen) == sum(mapping[k] >= 0 for k in news):
        mapping[news.start : news.stop] = chosen


def _path(
    old: Sequence[Hashable], new: Sequence[Hashable], best: Sequence[Sequence[int]], olds: range, news: range
) -> list[int]:
    """For each line of one gap which old one it is, by the best values from each place on."""
    chosen = [-1] * len(news)
    a = b = 0
    while a < len(olds) and b < len(news):
        if best[a][b] == best[a + 1][b]:
            a += 1
        elif best[a][b] == best[a][b + 1]:
            b += 1
        else:
            assert old[olds[a]] == new[news[b]]
            chosen[b] = olds[a]
            a, b = a + 1, b + 1
    return chosen
