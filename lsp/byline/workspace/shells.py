"""Shell calls of agents: which are open, which were under way at a moment, and what goes on after them."""

from array import array
from bisect import bisect_left, bisect_right
from typing import Any, NamedTuple

from byline.model import Event

Key = tuple[str | None, str | None, str | None]


class GoneOn(NamedTuple):
    """A command of a session that may have run on in the background, from one position of all events to another."""

    session_id: str | None
    parent_id: str | None
    worktree: str | None
    start: int
    at: int
    """When it was heard of last, in nanoseconds since 1970."""
    stop: int | None = None

    @property
    def family(self) -> set[str]:
        """The session and those it works for: subagents and their parents are not told apart."""
        return _family(self.session_id, self.parent_id)


LONGEST = 4 * 3600 * 1_000_000_000
"""Nanoseconds after which a command is over of which nothing more was heard: its session may have been killed."""


class Shells:
    """The calls by the positions of their two events."""

    def __init__(self, kept: dict[str, Any] | None = None, calls: bytes | memoryview = b"") -> None:
        """kept and calls: what `kept` and `calls` gave."""
        self._open: dict[Key, int] = {}
        for session_id, call_id, worktree, seq in (kept or {}).get("open", ()):
            self._open[session_id, call_id, worktree] = seq
        both = array("I", bytes(calls))
        self._pre, self._post = both[: len(both) // 2], both[len(both) // 2 :]
        self._longest: int = (kept or {}).get("longest", 0)
        self._again: list[tuple[int, int]] = [(seq, later) for seq, later in (kept or {}).get("again", ())]
        """Beginnings of calls that began once more before they ended, and where."""
        self._gone_on: list[GoneOn] = [GoneOn(*told) for told in (kept or {}).get("gone_on", ())]

    def begin(self, seq: int, event: Event) -> None:
        """A call is about to run."""
        before = self._open.get(_key(event))
        if before is not None:
            self._again.append((before, seq))
        self._open[_key(event)] = seq

    def end(self, seq: int, event: Event) -> int | None:
        """A call has ended; the position of the event with which it began."""
        pre = self._open.pop(_key(event), None)
        if pre is not None:
            self._pre.append(pre)
            self._post.append(seq)
            self._longest = max(self._longest, seq - pre)
        return pre

    def around(self, before: int) -> list[tuple[int, int]]:
        """The calls, by the positions of their two events, that were under way just before event `before`."""
        low, high = bisect_left(self._post, before), bisect_right(self._post, before + self._longest)
        return [(self._pre[k], self._post[k]) for k in range(low, high) if self._pre[k] < before]

    def open_at(self, before: int) -> list[int]:
        """The beginnings of all calls that no event before this one ended, whether any did later or not."""
        ended = [pre for pre, _ in self.around(before)]
        begun_again = [seq for seq, later in self._again if seq < before <= later]
        return sorted([*ended, *begun_again, *(seq for seq in self._open.values() if seq < before)])

    def between(self, begin: int, end: int) -> list[int]:
        """The beginnings of all calls that were under way somewhere between two positions, both left out."""
        low = bisect_right(self._post, begin)
        high = bisect_left(self._post, end + self._longest)
        found = [self._pre[k] for k in range(low, high) if self._pre[k] < end]
        again = [seq for seq, later in self._again if seq < end and begin < later]
        return sorted({*found, *again, *(seq for seq in self._open.values() if seq < end)} - {begin})

    def goes_on(self, seq: int, event: Event) -> None:
        """What a call started goes on in the background, from its last event on."""
        ids = event.session_id, event.parent_session_id
        self._gone_on.append(GoneOn(*ids, event.worktree, seq, event.at))

    def still_runs(self, event: Event) -> None:
        """At a turn's end something that the session started is said to run on."""
        self._gone_on = [
            one._replace(at=event.at) if one.stop is None and event.session_id in one.family else one
            for one in self._gone_on
        ]

    def is_over(self, seq: int, session_id: str | None) -> None:
        """Nothing of a session, or of its subagents, runs in the background any more."""
        if any(one.stop is None for one in self._gone_on):
            self._gone_on = [
                one._replace(stop=seq) if one.stop is None and session_id in one.family else one
                for one in self._gone_on
            ]

    def is_beside(self, call: Event, begin: int, end: int) -> bool:
        """Whether a command of another session may have run in the background between a call's two positions."""
        own = _family(call.session_id, call.parent_session_id)
        return any(
            one.worktree == call.worktree
            and one.start < end
            and (one.stop is None or begin < one.stop)
            and call.at - one.at < LONGEST
            and own.isdisjoint(one.family)
            for one in self._gone_on
        )

    @property
    def kept(self) -> dict[str, Any]:
        """All of it but `calls`, for JSON."""
        return {
            "open": [(*key, seq) for key, seq in self._open.items()],
            "longest": self._longest,
            "again": self._again,
            "gone_on": self._gone_on,
        }

    @property
    def calls(self) -> bytes:
        """The positions of all calls that ended."""
        return (self._pre + self._post).tobytes()


def _key(event: Event) -> Key:
    return event.session_id, event.call_id, event.worktree


def same_family(one: Event, other: Event) -> bool:
    """Whether the sessions of two events work for each other: subagents and their parents are not told apart."""
    families = [_family(event.session_id, event.parent_session_id) for event in (one, other)]
    return not families[0].isdisjoint(families[1])


def _family(session_id: str | None, parent_id: str | None) -> set[str]:
    whole = session_id or ""
    return {whole, whole.partition("/")[0], parent_id or whole}
