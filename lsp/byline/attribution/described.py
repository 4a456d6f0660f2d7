"""What the anchor of a commit says of its lines.

Of lines with equal neighbours a comparison of two texts may call the wrong ones new. Who anchored the commit had seen
them being written.
"""

from collections.abc import Collection, Sequence
from typing import TypeVar

from byline.attribution.diff import mapping
from byline.attribution.marks import Mark, Text, Version, exact_keys, same_writer
from byline.attribution.realign import SURE, realigned
from byline.attribution.world import AnchoredRange

Given = TypeVar("Given", Mark, Mark | None)


def told(version: Version, ranges: Sequence[AnchoredRange], *, is_root: bool = False) -> Version:
    """The same version, with the owners that an anchor gives to lines that this clone has no evidence for.

    `is_root`: it is a text from before the first event. What its commit brought is told here, as that may be amended.
    """
    marks = version.marks
    for start, stop, owner in ranges:
        for k in range(start, min(stop, len(marks))):
            if marks[k].owner.kind == "unknown" and marks[k].rooted is is_root:
                marks[k] = Mark(owner, marks[k].previous)
    return version


def rather(guessed: Sequence[Given], ranges: Sequence[AnchoredRange], old: Sequence[Mark | None] = ()) -> list[Given]:
    """The marks guessed for the lines of a commit; of those the anchor gives to others, the anchor's.

    Two commits may have brought the same line, each by another's hand. `old`: the marks of lines that are not the
    commit's, None for those that are.
    """
    found = list(guessed)
    for start, stop, owner in ranges:
        own = Mark(owner)
        for k in range(start, min(stop, len(found))):
            guess = found[k]
            is_old = k < len(old) and old[k] is not None
            if guess is not None and not is_old and not same_writer(guess, own):
                found[k] = own
    return found


def arranged(
    before: Version, text: Text, marks: Sequence[Mark | None], ranges: Sequence[AnchoredRange]
) -> list[Mark | None]:
    """The marks of a text from `before`, None for new lines; with the new ones where the anchor has them."""
    claimed = _claimed(ranges, len(marks))
    found = placed(text.lines, marks, ranges)
    if all(found[line] is None for line in claimed) or None not in found:
        return found
    old, new = exact_keys(before.lines), exact_keys(text.lines)
    unchanged = mapping(old, new)
    better = realigned(old, new, unchanged, lambda line: SURE * (line in claimed))
    if better == unchanged:
        return found
    return [
        mark if origin == other else None if other < 0 else before.marks[other]
        for mark, origin, other in zip(marks, unchanged, better, strict=True)
    ]


def placed(
    lines: Sequence[bytes], marks: Sequence[Mark | None], ranges: Sequence[AnchoredRange]
) -> list[Mark | None]:
    """The marks of the lines, None for new ones, with the new ones where the anchor has them.

    A run of new lines moves among equal ones to where all of them are in the anchor; else it stays.
    """
    found = list(marks)
    claimed = _claimed(ranges, len(found))
    start = 0
    while start < len(found):
        stop = start
        while stop < len(found) and found[stop] is None:
            stop += 1
        if stop > start and not all(line in claimed for line in range(start, stop)):
            moved = _moved(lines, found, claimed, start, stop)
            found[min(start, start + moved) : max(stop, stop + moved)] = _shifted(found, start, stop, moved)
            stop += max(moved, 0)
        start = max(stop, start + 1)
    return found


def _claimed(ranges: Sequence[AnchoredRange], count: int) -> set[int]:
    """The lines, of so many, that the anchor names."""
    return {line for start, stop, _ in ranges for line in range(start, min(stop, count))}


def _moved(
    lines: Sequence[bytes], marks: Sequence[Mark | None], claimed: Collection[int], start: int, stop: int
) -> int:
    """By how many lines one run of new lines is to be moved, down or (below 0) up."""
    for way in (-1, 1):
        by = way
        while start + by >= 0 and stop + by <= len(lines):
            joins, leaves = (start + by, stop + by) if way < 0 else (stop + by - 1, start + by - 1)
            if marks[joins] is None or lines[joins] != lines[leaves]:
                break
            if all(line in claimed for line in range(start + by, stop + by)):
                return by
            by += way
    return 0


def _shifted(marks: Sequence[Mark | None], start: int, stop: int, by: int) -> list[Mark | None]:
    """The marks of the lines that a move of a run touches, afterwards."""
    run: list[Mark | None] = [None] * (stop - start)
    return [*run, *marks[start + by : start]] if by < 0 else [*marks[stop : stop + by], *run]
