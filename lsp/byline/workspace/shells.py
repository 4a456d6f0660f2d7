"""Shell calls of agents: which are open, and which were under way at a moment."""

from array import array
from bisect import bisect_left, bisect_right
from typing import Any

from byline.model import Event

Key = tuple[str | None, str | None, str | None]


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

    def begin(self, seq: int, event: Event) -> None:
        """A call is about to run."""
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

    @property
    def kept(self) -> dict[str, Any]:
        """All of it but `calls`, for JSON."""
        return {"open": [(*key, seq) for key, seq in self._open.items()], "longest": self._longest}

    @property
    def calls(self) -> bytes:
        """The positions of all calls that ended."""
        return (self._pre + self._post).tobytes()


def _key(event: Event) -> Key:
    return event.session_id, event.call_id, event.worktree
