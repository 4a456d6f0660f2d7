"""How HEADs of linked worktrees moved, as events told: git deletes the log with the worktree.

A worktree that is removed and made again under its name begins a log anew: a *life* is what one log told. Where a
worktree had several, their logs are put one behind the other, and the lengths that events saw are counted from the
first one's beginning.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from byline.attribution.timeline import Movement, Seen

Told = tuple[int, str, str, int, str]
Shift = list[tuple[int, int]]
"""Positions of events, ascending, and how many bytes of logs were before what events from there on saw."""


class Moves:
    """The movements by worktree."""

    def __init__(self, kept: Mapping[str, Any] | None = None) -> None:
        """kept: what `kept` gave."""
        self._lives: dict[str, list[_Life]] = {
            worktree: [_Life(*told) for told in lives] for worktree, lives in (kept or {}).items()
        }

    def add(self, seq: int, worktree: str, told: Iterable[Told]) -> None:
        """What the event at a position tells."""
        lives = self._lives.setdefault(worktree, [_Life(0, seq, [])])
        for one in told:
            log, movement = lives[-1].log, Movement(*one)
            if not log or log[-1].end < movement.end:
                log.append(movement)
            elif movement not in log:
                lives.append(_Life(seq, seq, [movement]))
        lives[-1].last = seq

    def joined(self, logs: Mapping[str, list[Movement]]) -> tuple[dict[str, list[Movement]], dict[str, Shift]]:
        """What is known of each HEAD with the logs that are there; and what shifts lengths, where anything does."""
        found, shifts = dict[str, list[Movement]](), dict[str, Shift]()
        for worktree, lives in self._lives.items():
            parts = [(life.start, life.log) for life in lives]
            if worktree in logs:
                if _goes_on(lives[-1].log, logs[worktree]):
                    parts.pop()
                parts.append((lives[-1].start if len(parts) < len(lives) else lives[-1].last + 1, logs[worktree]))
            before, shift, whole = 0, Shift(), list[Movement]()
            for start, log in parts:
                shift.append((start, before))
                whole += [one._replace(end=one.end + before) for one in log] if before else log
                before = whole[-1].end if whole else 0
            found[worktree] = whole
            if len(shift) > 1:
                shifts[worktree] = shift
        return found | {worktree: log for worktree, log in logs.items() if worktree not in found}, shifts

    @property
    def kept(self) -> dict[str, list[tuple[int, int, list[Movement]]]]:
        """All of it, for JSON."""
        return {
            worktree: [(life.start, life.last, life.log) for life in lives] for worktree, lives in self._lives.items()
        }


class _Life:
    """What one log told: movements, ascending by its length; events of it by position."""

    def __init__(self, start: int, last: int, log: Iterable[Sequence[Any]]) -> None:
        self.start, self.last = start, last
        self.log = [Movement(*one) for one in log]


def shifted(by_worktree: Mapping[str, list[Seen]], shifts: Mapping[str, Shift]) -> dict[str, list[Seen]]:
    """What events saw, their lengths counted from the beginning of the first log of their worktree."""
    found = dict(by_worktree)
    for worktree, shift in shifts.items():
        found[worktree] = [
            (seq, moment, None if length is None else length + max(before for start, before in shift if start <= seq))
            for seq, moment, length in by_worktree.get(worktree, ())
        ]
    return found


def _goes_on(told: Sequence[Movement], log: Sequence[Movement]) -> bool:
    """Whether a log is the one that events told of."""
    return not told or any((one.end, one.new) == (told[-1].end, told[-1].new) for one in log)
