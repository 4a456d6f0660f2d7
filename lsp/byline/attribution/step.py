"""One step of one file: from a text with owners to the next text with owners."""

from collections.abc import Callable, Sequence
from enum import Enum

from byline.attribution.diff import blocks, hunks
from byline.attribution.marks import Lines, Mark, Version, exact_keys
from byline.attribution.moves import moves
from byline.attribution.reflow import BLANKS, SEPARATORS, Range, reflow
from byline.model import Owner

Edits = Sequence[tuple[int, int, int, int]]
"""`(old_start, old_lines, new_start, new_lines)`, 1-based, as events carry them."""


class Rule(Enum):
    """How much of a text a writer of this kind may change without becoming its owner."""

    EDIT = "edit"
    """A session's edit tool: every line it re-writes, even only its blanks or its place, is its own."""
    OTHER = "other"
    """People, shells and changes nobody saw: blanks, breaks and moved blocks keep their owners."""
    FORMAT = "format"
    """A known formatter: separators, and the order of unique lines, too."""


def step(old: Version, new: Lines, rule: Rule, owner: Owner, edits: Edits | None = None) -> Version:
    """The new text's owners: kept lines keep their marks, everything else gets `owner`.

    `edits`, when they fit both texts, beat what a diff would slide to.
    """
    keys_old, keys_new = exact_keys(old.lines), exact_keys(new)
    gaps = changed(keys_old, keys_new, edits)
    marks: list[Mark | None] = [None] * len(new)
    _keep(old, marks, gaps)
    if rule is not Rule.EDIT:
        _tolerate(old, keys_old, keys_new, gaps, marks, rule)
    for gap in gaps:
        for k in range(gap.new_start, gap.new_stop):
            if marks[k] is None:
                marks[k] = Mark(owner, _before(old, gap, k))
    return Version(new, [mark for mark in marks if mark is not None])


def changed(old: Sequence[bytes], new: Sequence[bytes], edits: Edits | None = None) -> list[Range]:
    """The changed ranges from `old` to `new`, 0-based; inside given edits only, where those fit."""
    outer = _fitting(old, new, edits) if edits else None
    if outer is None:
        return [Range(*hunk) for hunk in hunks(blocks(old, new), len(old), len(new))]
    result: list[Range] = []
    for span in outer:
        part_old, part_new = old[span.old_start : span.old_stop], new[span.new_start : span.new_stop]
        for hunk in hunks(blocks(part_old, part_new), len(part_old), len(part_new)):
            result.append(
                Range(
                    span.old_start + hunk[0],
                    span.old_start + hunk[1],
                    span.new_start + hunk[2],
                    span.new_start + hunk[3],
                )
            )
    return result


def _fitting(old: Sequence[bytes], new: Sequence[bytes], edits: Edits) -> list[Range] | None:
    """The edits as ranges, if the texts outside them are equal; else None."""
    spans: list[Range] = []
    at_old = at_new = 0
    for old_start, old_lines, new_start, new_lines in sorted(edits, key=lambda edit: edit[2]):
        span = Range(old_start - 1, old_start - 1 + old_lines, new_start - 1, new_start - 1 + new_lines)
        if min(old_lines, new_lines) < 0 or span.old_start < at_old or span.new_start < at_new:
            return None
        if old[at_old : span.old_start] != new[at_new : span.new_start]:
            return None
        spans.append(span)
        at_old, at_new = span.old_stop, span.new_stop
    if at_old > len(old) or at_new > len(new) or old[at_old:] != new[at_new:]:
        return None
    return spans


def _keep(old: Version, marks: list[Mark | None], gaps: Sequence[Range]) -> None:
    at_old = at_new = 0
    for gap in [*gaps, Range(len(old.lines), len(old.lines), len(marks), len(marks))]:
        marks[at_new : gap.new_start] = old.marks[at_old : gap.old_start]
        at_old, at_new = gap.old_stop, gap.new_stop


def _tolerate(
    old: Version, keys_old: Lines, keys_new: Lines, gaps: Sequence[Range], marks: list[Mark | None], rule: Rule
) -> None:
    """Give kept owners to moved blocks, then to the same text with other blanks and breaks."""
    removed = [i for gap in gaps for i in range(gap.old_start, gap.old_stop)]
    added = [k for gap in gaps for k in range(gap.new_start, gap.new_stop)]
    if not removed or not added:
        return
    moved = moves(keys_old, keys_new, removed, added, 1 if rule is Rule.FORMAT else 3)
    for k, i in moved.items():
        marks[k] = old.marks[i]
    gone = set(moved.values())
    tolerances: tuple[Callable[[bytes], bytes], ...] = SEPARATORS if rule is Rule.FORMAT else BLANKS
    for gap in gaps:
        for part in _without(gap, gone, moved):
            for k, sources in reflow(keys_old, keys_new, part, tolerances).items():
                marks[k] = latest([old.marks[i] for i in sources])


def _without(gap: Range, gone: set[int], moved: dict[int, int]) -> list[Range]:
    """A gap cut where moved blocks were taken out or put in."""
    if not any(i in gone for i in range(gap.old_start, gap.old_stop)) and not any(
        k in moved for k in range(gap.new_start, gap.new_stop)
    ):
        return [gap]
    olds = _runs([i for i in range(gap.old_start, gap.old_stop) if i not in gone])
    news = _runs([k for k in range(gap.new_start, gap.new_stop) if k not in moved])
    if len(olds) != len(news):
        # Which rest belongs to which cannot be told: the longest of each, so that no line is matched twice.
        olds, news = _longest(olds), _longest(news)
    return [Range(*o, *n) for o, n in zip(olds, news, strict=False)]


def _longest(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [max(runs, key=lambda run: run[1] - run[0])] if runs else []


def _runs(indices: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for index in indices:
        if runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((index, index + 1))
    return runs


def latest(marks: Sequence[Mark]) -> Mark:
    """Of the writers of a joined line the last one; with none later than the other, the first."""
    best = marks[0]
    for mark in marks[1:]:
        if mark.owner.seq > best.owner.seq:
            best = mark
    return best


def _before(old: Version, gap: Range, k: int) -> Mark | None:
    """The mark of what stood where new line `k` stands now, for the history."""
    i = gap.old_start + (k - gap.new_start)
    return old.marks[i] if i < gap.old_stop else None
