"""When commits came to be, seen from the events: after which event HEAD first named a commit, and by what action.

Clocks are not asked where git's own log can be: each event carries how long HEAD's log was at that moment, so events
and movements of HEAD fall into one order.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from byline.model import Event

FOREVER = 1 << 60
"""The position of what no event came after."""

_MAKES = ("commit", "rebase", "cherry-pick", "revert", "am", "merge", "pull")
_MOVES = ("(start)", "(finish)", "(abort)", "(reset)", "fast-forward", "(skip)")


class Movement(NamedTuple):
    """One line of a HEAD log: where HEAD went, and how many bytes the log had after it."""

    end: int
    old: str
    new: str
    time: int
    message: str

    @property
    def action(self) -> str:
        """`commit`, `commit (amend)`, `rebase (pick)`, `pull`, …"""
        return self.message.split(":", 1)[0]

    @property
    def makes(self) -> bool:
        """Whether the movement made its commit, and did not only go there."""
        action = self.action
        return action.startswith(_MAKES) and not any(word in self.message.lower() for word in _MOVES)


class Birth(NamedTuple):
    """How a commit first appeared under a HEAD of this clone."""

    before: int
    """Events at this position and later came after the commit."""
    worktree: str | None
    action: str
    made_here: bool
    predecessor: str
    """What HEAD named before."""
    number: tuple[int, int]
    """Orders births of one worktree: seconds since 1970, and the place in HEAD's log."""


class Timeline:
    """Births of all commits that HEAD of some worktree has named."""

    def __init__(
        self, logs: Mapping[str, Sequence[Movement]], events: Mapping[str, Sequence[tuple[int, Event, int | None]]]
    ) -> None:
        """Both per worktree; an event comes with its position and the length of HEAD's log then, if it knows it."""
        self.births: dict[str, Birth] = {}
        for worktree, log in logs.items():
            self._add(worktree, log, _positions(log, events.get(worktree, ())))

    def _add(self, worktree: str, log: Sequence[Movement], first_after: Sequence[int]) -> None:
        for place, (movement, before) in enumerate(zip(log, first_after, strict=True)):
            number = (movement.time, place)
            birth = Birth(before, worktree, movement.action, movement.makes, movement.old, number)
            known = self.births.get(movement.new)
            if known is None or (birth.made_here and not known.made_here):
                self.births[movement.new] = birth

    def born(self, commit: str) -> int:
        """Nodes that began before this position may have led to the commit."""
        birth = self.births.get(commit)
        return birth.before if birth else FOREVER


def _positions(log: Sequence[Movement], events: Sequence[tuple[int, Event, int | None]]) -> list[int]:
    """For each movement the position of the first event after it."""
    size = log[-1].end if log else 0
    first_after = [FOREVER] * len(log)
    done = 0
    for seq, event, length in events:
        reached = _reached(log, event, length if length is not None and length <= size else None, done)
        while done < reached:
            first_after[done] = seq
            done += 1
    return first_after


def _reached(log: Sequence[Movement], event: Event, length: int | None, done: int) -> int:
    """How many movements had happened at an event, at least `done`."""
    if length is not None:
        count = done
        while count < len(log) and log[count].end <= length:
            count += 1
        if count == 0 or event.head is None or log[count - 1].new == event.head:
            return count
    if done and log[done - 1].new == event.head:
        return done
    for index in range(done, len(log)):
        if log[index].new == event.head and log[index].time <= event.at // 1_000_000_000 + 1:
            return index + 1
    return done
