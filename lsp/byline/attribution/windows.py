"""Which event closes which: calls from their pre event to their post event, and what a save inside one proves.

Knowledge may come late: whether a save was a person's or an agent's own write showing up in an editor can be known
only when the agent's post event has arrived. Events are never changed; they are read again.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

from byline.model import Event

Numbered = tuple[int, Event]
"""An event and its position among all events."""


class Moment(NamedTuple):
    """What of an event is still looked at when it has been folded and its call is over."""

    event: str
    session_id: str | None
    worktree: str | None
    call_id: str | None
    before_id: str | None
    after_id: str | None
    disk_id: str | None

    @classmethod
    def of(cls, event: "Event | Moment") -> "Moment":
        """The part of an event that counts later."""
        return cls(*(getattr(event, field) for field in cls._fields))


Past = tuple[int, Event | Moment]

_Key = tuple[str, str | None, str | None]
_CLOSES = {"write": "pre_write", "write_failed": "pre_write", "shell": "pre_shell"}


class Window(NamedTuple):
    """One call of one session: its pre event and, if there was one, the event that closed it."""

    pre: Numbered
    post: Numbered | None


class Windows:
    """The calls that concern one path."""

    def __init__(self, events: Sequence[Past], turn_ends: Mapping[str, Sequence[int]]) -> None:
        """`events`: a call that is open, or ends with one of them that is whole, has whole events.

        `turn_ends`: per session the ascending positions at which a turn ended or the next began.
        """
        self._turn_ends = turn_ends
        self.all: list[Window] = []
        self._by_post: dict[int, Window] = {}
        open_calls: dict[_Key, list[Numbered]] = {}
        for numbered in events:
            seq, event = cast(Numbered, numbered)
            if event.event in ("pre_write", "pre_shell"):
                key = (event.event, event.session_id, event.worktree)
                open_calls.setdefault(key, []).append((seq, event))
            elif event.event in _CLOSES:
                waiting = open_calls.get((_CLOSES[event.event], event.session_id, event.worktree), [])
                index = _partner(waiting, event)
                if index is not None:
                    window = Window(waiting.pop(index), (seq, event))
                    self.all.append(window)
                    self._by_post[seq] = window
        self.all += [Window(pre, None) for waiting in open_calls.values() for pre in waiting]

    def of(self, seq: int) -> Window | None:
        """The window that the event at `seq` closed."""
        return self._by_post.get(seq)

    def around(self, seq: int) -> list[Window]:
        """Edit calls that were open when the event at `seq` happened."""
        return [
            window
            for window in self.all
            if window.pre[1].event == "pre_write"
            and window.pre[0] < seq
            and (window.post is None or seq < window.post[0])
            and not (window.post is None and self.given_up(window, seq))
        ]

    def given_up(self, window: Window, seq: int) -> bool:
        """Whether the session's turn had ended before `seq`, so that the call can't have been running any more."""
        ends = self._turn_ends.get(window.pre[1].session_id or "", ())
        index = bisect_right(ends, window.pre[0])
        return index < len(ends) and ends[index] < seq

    def abandoned(self, window: Window) -> bool:
        """Whether the call ended without writing: refused, failed, or its turn ended."""
        if window.post is not None:
            return window.post[1].event == "write_failed"
        ends = self._turn_ends.get(window.pre[1].session_id or "", ())
        return bisect_right(ends, window.pre[0]) < len(ends)


def _partner(waiting: Sequence[Numbered], event: Event) -> int | None:
    """The place among a session's open calls of the one that `event` closes: its own, else the last nameless one."""
    nameless = None
    for index in range(len(waiting) - 1, -1, -1):
        call = waiting[index][1].call_id
        if event.call_id and call == event.call_id:
            return index
        if nameless is None and (not event.call_id or not call):
            nameless = index
    return nameless


def is_persons_save(windows: Windows, events: Sequence[Past], index: int) -> bool:
    """Whether the `save` at `index` of the path's events proves that a person entered the difference."""
    seq, save = events[index]
    for window in windows.around(seq):
        if window.post is None or window.post[1].event == "write_failed":
            if not windows.abandoned(window):
                return False  # it may be what the call has just written
            continue
        post = window.post[1]
        if save.after_id in (post.after_id, post.disk_id):
            if save.before_id in (None, post.before_id, window.pre[1].after_id):
                return False
            continue  # what the editor had before is not what the call found: more was entered on top of its text
        if post.before_id != save.after_id:
            return False
    for _, later in events[index + 1 :]:
        if later.event == "write":
            # The editor may notice an agent's write before the agent's own event arrives.
            return not (
                save.after_id == later.after_id
                and later.before_id not in (None, save.after_id)
                and (save.before_id in (None, later.before_id))
            )
        if later.event in ("save", "shell", "format", "observe"):
            break
    return True
