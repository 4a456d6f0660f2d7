"""What the anchor of a commit says of its lines.

Of lines with equal neighbours a comparison of two texts may call the wrong ones new. Who anchored the commit had seen
them being written.
"""

from collections.abc import Collection, Sequence
from typing import TypeVar

from byline.attribution.marks import Mark, Version, same_writer
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


def placed(
    lines: Sequence[bytes], marks: Sequence[Mark | None], ranges: Sequence[AnchoredRange]
) -> list[Mark | None]:
    """The marks of the lines, None for new ones, with the new ones where the anchor has them.

    A run of new lines moves among equal ones only as long as each line that joins it is in the anchor and each that
    leaves it is not.
    """
    found = list(marks)
    claimed = {line for start, stop, _ in ranges for line in range(start, min(stop, len(found)))}
    start = 0
    while start < len(found):
        stop = start
        while stop < len(found) and found[stop] is None:
            stop += 1
        if stop > start and not all(line in claimed for line in range(start, stop)):
            stop = _moved(lines, found, claimed, start, stop)
        start = max(stop, start + 1)
    return found


def _moved(lines: Sequence[bytes], marks: list[Mark | None], claimed: Collection[int], start: int, stop: int) -> int:
    """Move one run of new lines up or down in place; where it ends then."""
    while start > 0 and _fits(lines, marks, claimed, start - 1, stop - 1):
        start, stop = start - 1, stop - 1
        marks[start], marks[stop] = marks[stop], marks[start]
    while stop < len(lines) and _fits(lines, marks, claimed, stop, start):
        marks[start], marks[stop] = marks[stop], marks[start]
        start, stop = start + 1, stop + 1
    return stop


def _fits(
    lines: Sequence[bytes], marks: Sequence[Mark | None], claimed: Collection[int], joins: int, leaves: int
) -> bool:
    """Whether a line may become a new one in place of another."""
    is_equal = marks[joins] is not None and lines[joins] == lines[leaves]
    return is_equal and joins in claimed and leaves not in claimed
