"""Where the lines of a text come from when git, and not a writer, put it together.

`three_way` repeats a merge and says for each resulting line which side it is from; when its result is the very text
git has, that is proof. `carry` is for texts that somebody finished by hand: it keeps the lines that are unchanged in
one of the sources and leaves all others open.
"""

from collections.abc import Sequence

from byline.attribution.diff import blocks, hunks
from byline.attribution.marks import Lines, Mark, Version, exact_keys, same_writer
from byline.attribution.reflow import BLANKS, Range, reflow
from byline.attribution.step import latest
from byline.model import Owner

AMBIGUOUS = "two sources disagree about this line"


def three_way(base: Lines, ours: Version, theirs: Version, result: Lines) -> list[Mark] | None:
    """The marks of `result` if it is exactly the merge of `ours` and `theirs` over `base`; None otherwise.

    A line both sides have unchanged keeps the mark of `ours`; so does one that both sides added.
    """
    keys = exact_keys(base), exact_keys(ours.lines), exact_keys(theirs.lines)
    wanted = exact_keys(result)
    changes_ours = hunks(blocks(keys[0], keys[1]), len(base), len(ours.lines))
    changes_theirs = hunks(blocks(keys[0], keys[2]), len(base), len(theirs.lines))
    marks: list[Mark] = []
    lines: list[bytes] = []
    at = shift = 0
    for region in _regions(changes_ours, changes_theirs):
        # Unchanged on both sides up to here: taken from ours, where the line stands `shift` further down.
        marks += ours.marks[at + shift : region.start + shift]
        lines += keys[1][at + shift : region.start + shift]
        part = _resolve(region, keys, ours, theirs)
        if part is None:
            return None
        lines += part[0]
        marks += part[1]
        at = region.stop
        shift = region.ours_stop - region.stop
    marks += ours.marks[at + shift :]
    lines += keys[1][at + shift :]
    return marks if lines == wanted else None


class _Region:
    """A stretch of the base that at least one side changed, and where it lies on each side."""

    __slots__ = ("in_ours", "in_theirs", "ours_start", "ours_stop", "start", "stop", "theirs_start", "theirs_stop")

    def __init__(self, start: int, stop: int, shift_ours: int, shift_theirs: int) -> None:
        self.start, self.stop = start, stop
        self.ours_start, self.theirs_start = start + shift_ours, start + shift_theirs
        self.ours_stop, self.theirs_stop = stop + shift_ours, stop + shift_theirs
        self.in_ours = self.in_theirs = False


def _regions(ours: Sequence[tuple[int, int, int, int]], theirs: Sequence[tuple[int, int, int, int]]) -> list[_Region]:
    """Changes of both sides joined where they touch, in base order."""
    events = sorted([(hunk[0], hunk[1], 0, hunk) for hunk in ours] + [(hunk[0], hunk[1], 1, hunk) for hunk in theirs])
    regions: list[_Region] = []
    shift = [0, 0]
    last_side = -1
    for start, stop, side, hunk in events:
        grows = (hunk[3] - hunk[2]) - (stop - start)
        region = regions[-1] if regions else None
        # Git joins changes that touch: two insertions at one place, or one that begins where the other ends.
        if (
            region is None
            or start > region.stop
            or (start == region.stop and last_side == side and start != region.start)
        ):
            region = _Region(start, stop, shift[0], shift[1])
            regions.append(region)
        elif stop > region.stop:
            extra = stop - region.stop
            region.stop = stop
            region.ours_stop += extra
            region.theirs_stop += extra
        shift[side] += grows
        if side == 0:
            region.in_ours = True
            region.ours_stop += grows
        else:
            region.in_theirs = True
            region.theirs_stop += grows
        last_side = side
    return regions


def _resolve(
    region: _Region, keys: tuple[Lines, Lines, Lines], ours: Version, theirs: Version
) -> tuple[Lines, list[Mark]] | None:
    mine = keys[1][region.ours_start : region.ours_stop]
    other = keys[2][region.theirs_start : region.theirs_stop]
    if not region.in_theirs or mine == other:
        return mine, ours.marks[region.ours_start : region.ours_stop]
    if not region.in_ours:
        return other, theirs.marks[region.theirs_start : region.theirs_stop]
    return None


def carry(lines: Lines, sources: Sequence[Version]) -> list[Mark | None]:
    """A mark for each line that stands unchanged, or with other blanks, in one of `sources`; None for others.

    The sources are woven into one text first (their common lines once), so that equal lines in different places are
    told apart by their neighbours. A line on which sources disagree about the owner is marked unknown.
    """
    if not sources:
        return [None] * len(lines)
    keys = exact_keys(lines)
    woven = _Side(*_weave(sources), keys)
    marks = woven.aligned()
    if None not in marks:
        return marks
    sides = [woven] if len(sources) == 1 else [_Side(exact_keys(one.lines), one.marks, keys) for one in sources]
    # Sides may stand in another order than woven: each on its own, for the lines still open; then other blanks.
    for compare in (_Side.unchanged, _Side.reblanked):
        if None in marks:
            marks = _filled(marks, [compare(side) for side in sides])
    return marks


def kept(version: Version, owner: Owner, there: Sequence[Mark | None]) -> list[Mark]:
    """The marks of a version, and of `there` (one for each line) those of the lines that would be `owner`'s."""
    return [
        old if mark.owner is owner and old is not None else mark
        for mark, old in zip(version.marks, there, strict=True)
    ]


def _filled(marks: list[Mark | None], offers: Sequence[dict[int, Mark]]) -> list[Mark | None]:
    """Open lines get the mark that the sources offering one agree on."""
    result = list(marks)
    for k, mark in enumerate(marks):
        if mark is None:
            offered = [offer[k] for offer in offers if k in offer]
            if offered:
                agreed = offered[0]
                for other in offered[1:]:
                    agreed = agree(agreed, other)
                result[k] = agreed
    return result


def _weave(sources: Sequence[Version]) -> tuple[Lines, list[Mark]]:
    woven = exact_keys(sources[0].lines)
    owners = list(sources[0].marks)
    for source in sources[1:]:
        keys = exact_keys(source.lines)
        lines: Lines = []
        marks: list[Mark] = []
        at_old = at_new = 0
        for start_old, start_new, length in [*blocks(woven, keys), (len(woven), len(keys), 0)]:
            lines += woven[at_old:start_old]
            marks += owners[at_old:start_old]
            lines += keys[at_new:start_new]
            marks += source.marks[at_new:start_new]
            lines += woven[start_old : start_old + length]
            marks += [agree(owners[start_old + step], source.marks[start_new + step]) for step in range(length)]
            at_old, at_new = start_old + length, start_new + length
        woven, owners = lines, marks
    return woven, owners


def agree(one: Mark, other: Mark) -> Mark:
    """The mark of a line that two sources both have: theirs if they agree, else nobody's."""
    if same_writer(one, other) or one.owner.kind == "unknown":
        return one
    if other.owner.kind == "unknown":
        return other
    return Mark(Owner("unknown", AMBIGUOUS), one)


class _Side:
    """One source, or several woven into one, beside the text; compared once."""

    def __init__(self, old: Lines, marks: Sequence[Mark], keys: Lines) -> None:
        self._old, self._marks, self._keys = old, marks, keys
        self._blocks = blocks(self._old, keys)

    def aligned(self) -> list[Mark | None]:
        """A mark for each line that is the source's own, None for others."""
        marks: list[Mark | None] = [None] * len(self._keys)
        for start_old, start_new, length in self._blocks:
            marks[start_new : start_new + length] = self._marks[start_old : start_old + length]
        return marks

    def unchanged(self) -> dict[int, Mark]:
        """Lines, not blank ones, that are the source's own."""
        return {
            start_new + offset: self._marks[start_old + offset]
            for start_old, start_new, length in self._blocks
            for offset in range(length)
            if self._keys[start_new + offset].strip()
        }

    def reblanked(self) -> dict[int, Mark]:
        """Lines that are the source's text with other blanks and breaks."""
        return {
            k: latest([self._marks[i] for i in parts])
            for hunk in hunks(self._blocks, len(self._old), len(self._keys))
            for k, parts in reflow(self._old, self._keys, Range(*hunk), BLANKS).items()
        }


def both_agree(marks: Sequence[Mark], lines: Sequence[bytes], sides: Sequence[Version]) -> list[Mark]:
    """The marks of a merge, but that lines which both sides have, and on whose writer they disagree, are nobody's."""
    shared = carry(list(lines), [sides[1]])
    own = carry(list(lines), [sides[0]])
    return [
        agree(mark, other) if mine is mark and other is not None and other is not mark else mark
        for mark, mine, other in zip(marks, own, shared, strict=True)
    ]
