"""Shell calls of other sessions that were under way while a call was."""

from collections.abc import Callable, Sequence

from byline.model import Event
from byline.workspace.shells import LONGEST, Shells, same_family

Read = Callable[[Sequence[int]], list[tuple[int, Event]]]
"""Events by position, with it."""
Ended = Callable[[str | None, int, int], bool]
"""Whether a session's turn ended between two positions."""


class Overlaps:
    """Which calls overlap, by what is known of calls and turns."""

    def __init__(self, shells: Shells, read: Read, turn_ended: Ended) -> None:
        self._shells = shells
        self._read = read
        self._turn_ended = turn_ended
        self._open: tuple[int, list[tuple[int, Event]]] = (-1, [])
        """The calls that were open at the position that was asked about last: it is asked for each path of a call."""

    def others(self, call: Event, begin: int, end: int) -> bool:
        """Whether a call of another session, that came from its own folder, was under way between two positions."""
        return any(
            pre.worktree == call.worktree
            and not pre.beside
            and not same_family(pre, call)
            and call.at - pre.at < LONGEST
            and not self._turn_ended(pre.session_id, seq, begin)
            for seq, pre in self._read(self._shells.between(begin, end))
        )

    def open_at(self, call: Event, end: int) -> list[Event]:
        """The beginnings of other sessions' calls in the same worktree that no event before `end` ended."""
        if self._open[0] != end:
            self._open = end, self._read(self._shells.open_at(end))
        return [
            pre
            for seq, pre in self._open[1]
            if pre.worktree == call.worktree
            and pre.session_id != call.session_id
            and call.at - pre.at < LONGEST
            and not self._turn_ended(pre.session_id, seq, end)
        ]
