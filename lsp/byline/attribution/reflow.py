"""Same text, other blanks and breaks: which old lines a new line is made of.

A formatter or a person may re-indent, wrap and join lines without writing anything. Two groups of lines are the same
text when their characters without blanks are equal; inside a known formatter run also without separators. Nothing
here is a similarity: one character more and there is no match.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from byline.attribution.diff import blocks
from byline.attribution.marks import bare

_LIMIT = 2000
"""Longest changed range in lines that is searched for wraps and joins; beyond it only whole lines are compared."""


def _soft(line: bytes) -> bytes:
    """Without blanks and separators, one kind of quote."""
    return bare(line).translate(None, b",;").replace(b"'", b'"').replace(b"`", b'"')


def _softest(line: bytes) -> bytes:
    return _soft(line).translate(None, b"()\\")


BLANKS: tuple[Callable[[bytes], bytes], ...] = (bare,)
SEPARATORS: tuple[Callable[[bytes], bytes], ...] = (bare, _soft, _softest)


class Range(NamedTuple):
    """A changed range: old lines `[old_start, old_stop)` became new lines `[new_start, new_stop)`, 0-based."""

    old_start: int
    old_stop: int
    new_start: int
    new_stop: int


def reflow(
    old: Sequence[bytes], new: Sequence[bytes], span: Range, tolerances: Sequence[Callable[[bytes], bytes]]
) -> dict[int, tuple[int, ...]]:
    """For new lines of `span` that are old text: the old lines each is made of. Lines not named are new text."""
    found: dict[int, tuple[int, ...]] = {}
    spans = [span]
    for tolerance in tolerances:
        left: list[Range] = []
        for part in spans:
            left.extend(_match(old, new, part, tolerance, found))
        spans = left
    return found


def _match(
    old: Sequence[bytes],
    new: Sequence[bytes],
    span: Range,
    tolerance: Callable[[bytes], bytes],
    found: dict[int, tuple[int, ...]],
) -> list[Range]:
    """Match whole lines first, then wraps and joins in what is left; returns what is left after that."""
    a = [tolerance(line) for line in old[span.old_start : span.old_stop]]
    b = [tolerance(line) for line in new[span.new_start : span.new_stop]]
    # A line of separators alone becomes empty under tolerance, but it is not an empty line.
    keys_a = [key or bare(old[span.old_start + i])[:1] for i, key in enumerate(a)]
    keys_b = [key or bare(new[span.new_start + i])[:1] for i, key in enumerate(b)]
    left: list[Range] = []
    at_old = at_new = 0
    for start_old, start_new, length in [*blocks(keys_a, keys_b), (len(a), len(b), 0)]:
        if start_old > at_old and start_new > at_new:
            left.extend(_regroup(a, b, Range(at_old, start_old, at_new, start_new), span, new, found))
        for step in range(length):
            found[span.new_start + start_new + step] = (span.old_start + start_old + step,)
        at_old, at_new = start_old + length, start_new + length
    return left


def _regroup(
    a: list[bytes],
    b: list[bytes],
    gap: Range,
    span: Range,
    new: Sequence[bytes],
    found: dict[int, tuple[int, ...]],
) -> list[Range]:
    """Wraps and joins in one gap: the shortest groups of lines, in order, whose characters are the same."""
    if gap.old_stop - gap.old_start + gap.new_stop - gap.new_start > _LIMIT:
        return [_shift(gap, span)]
    left: list[Range] = []
    i, k = gap.old_start, gap.new_start
    from_i, from_k = i, k
    while i < gap.old_stop and k < gap.new_stop:
        group = _group(a, b, i, k, gap)
        if group is None:
            # Nothing starts here: look whether a later start on either side does, nearest first.
            step = _next_start(a, b, i, k, gap)
            if step is None:
                break
            i, k = step
            continue
        if i > from_i or k > from_k:
            left.append(_shift(Range(from_i, i, from_k, k), span))
        stop_i, stop_k = group
        _assign(a, b, Range(i, stop_i, k, stop_k), span, new, found)
        i, k = stop_i, stop_k
        from_i, from_k = i, k
    if from_i < gap.old_stop and from_k < gap.new_stop:
        left.append(_shift(Range(from_i, gap.old_stop, from_k, gap.new_stop), span))
    return left


def _group(a: list[bytes], b: list[bytes], i: int, k: int, gap: Range) -> tuple[int, int] | None:
    """The shortest groups a[i:x], b[k:y] with equal characters, or None."""
    if not a[i] or not b[k] or a[i][:1] != b[k][:1]:
        return None
    x, y, mine, theirs = i, k, b"", b""
    while True:
        if len(mine) <= len(theirs):
            if x == gap.old_stop:
                return None
            mine += a[x]
            x += 1
        else:
            if y == gap.new_stop:
                return None
            theirs += b[y]
            y += 1
        shorter = min(len(mine), len(theirs))
        if mine[:shorter] != theirs[:shorter]:
            return None
        if mine and len(mine) == len(theirs):
            return x, y


def _next_start(a: list[bytes], b: list[bytes], i: int, k: int, gap: Range) -> tuple[int, int] | None:
    """The nearest later pair of starts from which a group follows; at least 4 characters, so as to mean something."""
    budget = 4000
    for distance in range(1, (gap.old_stop - i) + (gap.new_stop - k)):
        for di in range(distance + 1):
            x, y = i + di, k + distance - di
            if x >= gap.old_stop or y >= gap.new_stop:
                continue
            budget -= 1
            if budget < 0:
                return None
            group = _group(a, b, x, y, gap)
            if group is not None and sum(map(len, a[x : group[0]])) >= 4:
                return x, y
    return None


def _assign(
    a: list[bytes],
    b: list[bytes],
    group: Range,
    span: Range,
    new: Sequence[bytes],
    found: dict[int, tuple[int, ...]],
) -> None:
    """Give each new line of a group the old lines whose characters it holds."""
    ends: list[tuple[int, int]] = []
    total = 0
    for x in range(group.old_start, group.old_stop):
        total += len(a[x])
        ends.append((total, x))
    position = cursor = 0
    last: tuple[int, ...] = ()
    for y in range(group.new_start, group.new_stop):
        stop = position + len(b[y])
        if stop == position:
            # Only blanks or separators: part of the statement before it, but an empty line is nobody's text.
            if last and bare(new[span.new_start + y]):
                found[span.new_start + y] = last
            continue
        while ends[cursor][0] <= position:
            cursor += 1
        sources = []
        probe = cursor
        while True:
            if a[ends[probe][1]]:
                sources.append(span.old_start + ends[probe][1])
            if ends[probe][0] >= stop:
                break
            probe += 1
        last = tuple(sources)
        found[span.new_start + y] = last
        position = stop


def _shift(gap: Range, span: Range) -> Range:
    return Range(
        span.old_start + gap.old_start,
        span.old_start + gap.old_stop,
        span.new_start + gap.new_start,
        span.new_start + gap.new_stop,
    )
