"""When commits came to be, seen from the events: after which event HEAD first named a commit, and by what action.

Clocks are not asked where git's own log can be: each event carries how long HEAD's log was at that moment, so events
and movements of HEAD fall into one order.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

FOREVER = 1 << 60
"""The position of what no event came after."""

_MAKES = ("commit", "rebase", "cherry-pick", "revert", "am", "merge", "pull")
_PLAIN = ("commit", "commit (amend)", "commit (initial)")
"""What makes a commit of what lies there; any other action brings texts from elsewhere."""
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


class Moment(Protocol):
    """Where HEAD was at an event, and what its clock said."""

    @property
    def head(self) -> str | None:
        """The commit that HEAD named."""

    @property
    def at(self) -> int:
        """Nanoseconds since 1970."""


class Stay(NamedTuple):
    """Events of one worktree in a row that saw HEAD and its log alike; mostly the first of them says all."""

    head: str | None
    at: int
    """Of the first."""
    later: Callable[[], Iterable[tuple[int, int]]]
    """Position and `at` of the others so far."""


Seen = tuple[int, Moment, int | None]
"""An event's position, what it saw, and the length of HEAD's log then, if it knows it."""


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

    @property
    def is_plain(self) -> bool:
        """Whether HEAD's log calls it a commit, and no amend."""
        return self.action.startswith("commit") and "amend" not in self.action

    def follows(self, other: "Birth | None") -> bool:
        """Whether the commit was made, here and not elsewhere, when the other one was there."""
        return (
            other is not None
            and self.made_here
            and self.worktree == other.worktree
            and self.number[1] > other.number[1]
        )


class Timeline:
    """Births of all commits that HEAD of some worktree has named."""

    def __init__(self, logs: Mapping[str, Sequence[Movement]], events: Mapping[str, Sequence[Seen]]) -> None:
        """Both per worktree."""
        self.births: dict[str, Birth] = {}
        self._dated = {worktree: _Dated(log) for worktree, log in logs.items()}
        for worktree, dated in self._dated.items():
            dated.extend(events.get(worktree, ()))
            self._add(worktree, dated)

    def extend(self, events: Mapping[str, Sequence[Seen]]) -> None:
        """Take in what came since; `events`: all of them, the older ones as they were."""
        for worktree, dated in self._dated.items():
            for place in dated.extend(events.get(worktree, ())):
                movement = dated.log[place]
                birth = self.births[movement.new]
                if birth.worktree == worktree and birth.number == (movement.time, place):
                    self.births[movement.new] = birth._replace(before=dated.first_after[place])

    def moved(self, worktree: str, begin: int, end: int) -> bool:
        """Whether HEAD came to another commit between two positions by anything but a plain `git commit`."""
        return any(
            movement.old != movement.new and movement.action not in _PLAIN
            for movement in self.movements(worktree, begin, end)
        )

    def movements(self, worktree: str | None, begin: int, end: int, place: int | None = None) -> Sequence[Movement]:
        """The movements of HEAD after the event at one position, and before that at another.

        `place`: only those that stand before it in HEAD's log.
        """
        dated = self._dated.get(worktree or "")
        return dated.between(begin, end, place) if dated is not None else ()

    def _add(self, worktree: str, dated: "_Dated") -> None:
        for place, (movement, before) in enumerate(zip(dated.log, dated.first_after, strict=True)):
            number = (movement.time, place)
            birth = Birth(before, worktree, movement.action, movement.makes, movement.old, number)
            known = self.births.get(movement.new)
            if known is None or (birth.made_here and not known.made_here):
                self.births[movement.new] = birth


class _Dated:
    """For each movement of one HEAD the position of the first event after it."""

    def __init__(self, log: Sequence[Movement]) -> None:
        self.log = log
        self.first_after = [FOREVER] * len(log)
        self._done = 0
        self._read = 0

    def extend(self, events: Sequence[Seen]) -> range:
        """Go on where the last call stopped; the movements that are dated now."""
        start, size = self._done, self.log[-1].end if self.log else 0
        while self._read < len(events) and self._done < len(self.log):
            seq, event, length = events[self._read]
            known = length if length is not None and length <= size else None
            self._reach(seq, _reached(self.log, event.head, event.at, known, self._done))
            if isinstance(event, Stay) and self._may_reach(event.head):
                for number, at in event.later():
                    self._reach(number, _reached(self.log, event.head, at, known, self._done))
                if self._read == len(events) - 1:
                    break  # more may come to it
            self._read += 1
        return range(start, self._done)

    def between(self, begin: int, end: int, place: int | None) -> Sequence[Movement]:
        """The movements that came after the event at one position, and before that at another, or before a place."""
        stop = bisect_right(self.first_after, end)
        return self.log[bisect_right(self.first_after, begin) : stop if place is None else min(stop, place)]

    def _reach(self, seq: int, reached: int) -> None:
        while self._done < reached:
            self.first_after[self._done] = seq
            self._done += 1

    def _may_reach(self, head: str | None) -> bool:
        """Whether a later event that sees the same may have come after more movements, by its clock."""
        if head is None or (self._done and self.log[self._done - 1].new == head):
            return False
        return any(movement.new == head for movement in self.log[self._done :])


def _reached(log: Sequence[Movement], head: str | None, at: int, length: int | None, done: int) -> int:
    """How many movements had happened at an event, at least `done`."""
    if length is not None:
        count = done
        while count < len(log) and log[count].end <= length:
            count += 1
        if count == 0 or head is None or log[count - 1].new == head:
            return count
    if done and log[done - 1].new == head:
        return done
    for index in range(done, len(log)):
        if log[index].new == head and log[index].time <= at // 1_000_000_000 + 1:
            return index + 1
    return done
