"""One step of one file: from a text with owners to the next text with owners."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple, Protocol

from byline.attribution.conflicts import settled
from byline.attribution.diff import blocks, hunks
from byline.attribution.marks import Lines, Mark, Text, Version, bare, exact_keys
from byline.attribution.moves import MOVE_LENGTH, moves
from byline.attribution.reflow import BLANKS, SEPARATORS, Range, reflow
from byline.model import Owner

Edits = Sequence[tuple[int, int, int, int]]
"""`(old_start, old_lines, new_start, new_lines)`, 1-based, as events carry them."""


_MANNER = 3
"""How texts are compared; another number forgets what was kept of comparisons."""


class Rule(Enum):
    """How much of a text a writer of this kind may change without becoming its owner."""

    EDIT = "edit"
    """A session's edit tool: every line it re-writes, even only its blanks or its place, is its own."""
    OTHER = "other"
    """People, shells and changes nobody saw: blanks, breaks and moved blocks keep their owners."""
    FORMAT = "format"
    """A known formatter: separators, and the order of unique lines, too."""


class Kept(NamedTuple):
    """What a step left of a text: all outside the gaps, and inside them the lines that are made of old ones."""

    size: int
    """Lines of the new text."""
    gaps: tuple[Range, ...]
    sources: dict[int, tuple[int, ...]]
    """New line -> the old lines it is made of, 0-based."""
    fits: bool = True
    """Whether the texts outside the given edits are equal; else somebody changed the file beside them."""


class Memo(Protocol):
    """Keeps comparisons of two contents: they are worked out once and replayed ever after."""

    def kept(self, key: str, compute: Callable[[], Kept]) -> Kept:
        """What is kept under `key`, or else what `compute` finds."""


def step(
    old: Version, new: Text, rule: Rule, owner: Owner, edits: Edits | None = None, memo: Memo | None = None
) -> Version:
    """The new text's owners: kept lines keep their marks, everything else gets `owner`.

    `edits`, when they fit both texts, beat what a diff would slide to.
    """
    kept = _compared(old, new, rule, edits, memo)
    marks = replay(old.marks, kept, owner)
    if not kept.fits and edits:
        # The call names its lines; what else changed was somebody's whom nobody saw.
        beside = Mark(Owner("unknown", "no evidence: changed beside the call's own edits", seq=owner.seq))
        named = {k for _, _, start, count in edits for k in range(start - 1, min(start - 1 + count, new.count))}
        marks = [beside if mark.owner is owner and k not in named else mark for k, mark in enumerate(marks)]
    return Version(new, marks)


def surviving(old: Version, new: Text, rule: Rule, memo: Memo | None = None) -> list[Mark | None]:
    """The marks of the lines that the new text keeps by this rule; None for all that came in."""
    marks: list[Mark | None] = []
    at = 0
    kept = _compared(old, new, rule, None, memo)
    for gap in kept.gaps:
        marks += old.marks[at : gap.old_start]
        at = gap.old_stop
        for k in range(gap.new_start, gap.new_stop):
            parts = kept.sources.get(k)
            marks.append(latest([old.marks[i] for i in parts]) if parts is not None else None)
    marks += old.marks[at:]
    return marks


def _compared(old: Version, new: Text, rule: Rule, edits: Edits | None, memo: Memo | None) -> Kept:
    if memo is None or not old.text.id or not new.id:
        return compare(old.lines, new.lines, rule, edits)
    key = f"{_MANNER} {old.text.id} {new.id} {rule.value} {list(map(tuple, edits)) if edits else ''}"
    return memo.kept(key, lambda: compare(old.lines, new.lines, rule, edits))


def compare(old: Lines, new: Lines, rule: Rule, edits: Edits | None = None) -> Kept:
    """What a step by this rule keeps."""
    keys_old, keys_new = exact_keys(old), exact_keys(new)
    gaps = changed(keys_old, keys_new, edits)
    fits = not edits or _fitting(keys_old, keys_new, edits) is not None or not _possible(len(old), len(new), edits)
    sources = _explained(keys_old, keys_new, gaps, rule)
    if rule is not Rule.EDIT and not edits:
        gaps, sources = _indented(keys_old, keys_new, gaps, sources, rule)
    return Kept(len(new), tuple(gaps), sources, fits)


def replay(old: list[Mark], kept: Kept, owner: Owner) -> list[Mark]:
    """The marks after a step: old ones where lines were kept, new ones of `owner` elsewhere."""
    marks: list[Mark] = []
    at = 0
    for gap in kept.gaps:
        marks += old[at : gap.old_start]
        at = gap.old_stop
        for k in range(gap.new_start, gap.new_stop):
            parts = kept.sources.get(k)
            if parts is None:
                i = gap.old_start + (k - gap.new_start)
                # What stood here before, for the history.
                marks.append(Mark(owner, old[i] if i < gap.old_stop else None))
            else:
                marks.append(latest([old[i] for i in parts]))
    marks += old[at:]
    return marks


def changed(old: Sequence[bytes], new: Sequence[bytes], edits: Edits | None = None) -> list[Range]:
    """The changed ranges from `old` to `new`, 0-based; inside given edits only, where those fit."""
    outer = _fitting(old, new, edits) if edits else None
    if outer is None:
        return [Range(*hunk) for hunk in hunks(blocks(old, new), len(old), len(new))]
    return [part for span in outer for part in _inside(old, new, span)]


def _inside(old: Sequence[bytes], new: Sequence[bytes], span: Range) -> list[Range]:
    """The changed ranges within one edit: a tool may name more lines than it changes."""
    part_old, part_new = old[span.old_start : span.old_stop], new[span.new_start : span.new_stop]
    return [
        Range(span.old_start + hunk[0], span.old_start + hunk[1], span.new_start + hunk[2], span.new_start + hunk[3])
        for hunk in hunks(blocks(part_old, part_new), len(part_old), len(part_new))
    ]


def _possible(old: int, new: int, edits: Edits) -> bool:
    """Whether edits can be positions in texts of so many lines at all; others say nothing."""
    return all(
        min(old_start, new_start) >= 1
        and min(old_lines, new_lines) >= 0
        and old_start - 1 + old_lines <= old
        and new_start - 1 + new_lines <= new
        for old_start, old_lines, new_start, new_lines in edits
    )


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


def _explained(old: Lines, new: Lines, gaps: Sequence[Range], rule: Rule) -> dict[int, tuple[int, ...]]:
    """New lines that are made of old ones, and of which: what the rule tolerates, and what settles a conflict."""
    found = {} if rule is Rule.EDIT else _tolerated(old, new, gaps, rule)
    return found | {k: (i,) for k, i in settled(old, new, gaps).items()}


def _tolerated(old: Lines, new: Lines, gaps: Sequence[Range], rule: Rule) -> dict[int, tuple[int, ...]]:
    """New lines that are moved blocks, or the same text with other blanks and breaks, and what they are made of."""
    removed = [i for gap in gaps for i in range(gap.old_start, gap.old_stop)]
    added = [k for gap in gaps for k in range(gap.new_start, gap.new_stop)]
    if not removed or not added:
        return {}
    moved = moves(old, new, removed, added, 1 if rule is Rule.FORMAT else MOVE_LENGTH)
    found: dict[int, tuple[int, ...]] = {k: (i,) for k, i in moved.items()}
    gone = set(moved.values())
    tolerances: tuple[Callable[[bytes], bytes], ...] = SEPARATORS if rule is Rule.FORMAT else BLANKS
    for gap in gaps:
        for part in _without(gap, gone, moved):
            found |= reflow(old, new, part, tolerances)
    return found


def _indented(
    old: Lines, new: Lines, gaps: list[Range], sources: dict[int, tuple[int, ...]], rule: Rule
) -> tuple[list[Range], dict[int, tuple[int, ...]]]:
    """The same comparison, or where it explains more lines one in which blanks do not count from the start.

    Of a text that was indented anew some lines equal others that stood deeper or less deep before: an exact
    comparison takes those for the ones that stayed, and finds lines new between them.
    """
    made = {i for parts in sources.values() for i in parts}
    gone = {bare(old[i]) for gap in gaps for i in range(gap.old_start, gap.old_stop) if i not in made}
    unexplained = [new[k] for gap in gaps for k in range(gap.new_start, gap.new_stop) if k not in sources]
    if not any(key and key in gone for key in map(bare, unexplained)):
        return gaps, sources
    other = changed(list(map(bare, old)), list(map(bare, new)))
    found = _explained(old, new, other, rule)
    if sum(gap.new_stop - gap.new_start for gap in other) - len(found) < len(unexplained):
        return other, found
    return gaps, sources


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
