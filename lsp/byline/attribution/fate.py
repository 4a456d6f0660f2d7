"""What became of a file's recorded state: git may have put another text in its place, unseen. Pure."""

from collections.abc import Callable, Sequence
from enum import Enum
from itertools import groupby

from byline.attribution.conflicts import markers
from byline.attribution.marks import Lines, Mark, Version, exact_keys, telling
from byline.attribution.merge import carry
from byline.attribution.node import Node
from byline.attribution.timeline import Movement

_MOST = 500
"""Movements that are looked at; most states are committed by one of the first."""


class Fate(Enum):
    """Whether a state may still be on disk."""

    STAYS = 0
    DOUBTFUL = 1
    GONE = 2


def fate(content_id: str, movements: Sequence[Movement], entry: Callable[[str], str | None]) -> Fate:
    """What movements of HEAD, since a content was last seen on disk, say of it. `entry`: what a commit has there.

    Where HEAD had this very content and went on to another, that is on disk instead. A reset says nothing: it may
    have left the file alone, or not, as before a stash.
    """
    found = Fate.STAYS
    for movement in movements[:_MOST]:
        new = entry(movement.new)
        if new == content_id:
            found = Fate.STAYS
        elif movement.action.startswith("reset"):
            found = Fate.DOUBTFUL
        elif (old := entry(movement.old)) == content_id:
            found = Fate.GONE
        elif old != new and found is Fate.STAYS and not movement.action.startswith("commit"):
            found = Fate.DOUBTFUL  # git goes over no change that is not committed: somebody has put it away
    return found if len(movements) <= _MOST or found is not Fate.STAYS else Fate.DOUBTFUL


def fate_of(node: Node, found: Fate) -> Fate:
    """The same of a recorded state, as of its content. Who resets in a conflict, if only what is staged, is done."""
    if found is Fate.DOUBTFUL and (version := node.version) is not None and markers(version.lines):
        return Fate.GONE
    return found


def whole_runs(sure: Sequence[Mark | None], marks: Sequence[Mark | None]) -> list[Mark | None]:
    """`marks`, as many, but of lines that are open in `sure` only whole runs.

    Beside a line that is new to doubtful sources, too, others may be new as well: they only look alike.
    """
    found = list(marks)
    for is_open, run in groupby(range(len(sure)), lambda k: sure[k] is None):
        places = list(run)
        if is_open and any(marks[k] is None for k in places):
            found[places[0] : places[-1] + 1] = [None] * len(places)
    return found


def survives(state: Version, lines: Lines, sure: Sequence[Version]) -> bool:
    """Whether most of what is new in a doubtful state stands in a text: then it was not taken away before."""
    keys = telling(exact_keys(state.lines)).difference(*(exact_keys(one.lines) for one in sure))
    return 2 * len(keys.intersection(exact_keys(lines))) > len(keys)


def taken_from(lines: Lines, sure: Sequence[Version], doubtful: Sequence[Version]) -> list[Mark | None]:
    """A mark for each line that stands in one of these; in doubtful ones, of which most is gone, in whole runs."""
    marks = carry(lines, [*sure, *doubtful])
    there = [*sure, *(one for one in doubtful if survives(one, lines, sure))]
    if len(there) == len(sure) + len(doubtful) or None not in marks:
        return marks
    return whole_runs(carry(lines, there), marks)
