"""The events that tell of a file where a commit is looked at: its own, and the shell calls that saw it changed."""

from bisect import bisect_right

from byline.model import Event
from byline.workspace.evidence import SHELL, Evidence

_ENDS = 4
"""Events of one call in one worktree: two, and two more where two settings report it."""
_NEAR = 8
"""Shell events among which the next one of a worktree is looked for: a call may be told of in several."""

_Call = tuple[str | None, str | None]


class Calls:
    """Knows which shell events belong together."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._shells = evidence.events.of_kinds(SHELL)
        self._ends: dict[str, dict[_Call, list[int]]] = {}
        """For each session (those of none as ""), and each call in a worktree, the positions of its events."""

    def telling(self, path: str) -> list[int]:
        """The positions of the events that tell of a path, ascending.

        A shell event that lists a file tells of it, and so do the other end of its call and the shell event after it,
        which may be the first that lists it no more.
        """
        numbers = self._evidence.naming(path)
        found = set()
        for number, event in zip(numbers, self._evidence.events.some(numbers), strict=True):
            if event.path == path:
                found.add(number)
            if event.event in SHELL and path in (event.paths or ()):
                found |= {number, *self._others(event), *self._next(number, event)}
        return sorted(found)

    def _next(self, number: int, event: Event) -> list[int]:
        place = bisect_right(self._shells, number)
        for start, stop in ((place, place + 1), (place + 1, place + _NEAR)):
            near = self._shells[start:stop]
            for other, found in zip(near, self._evidence.events.some(near), strict=True):
                if found.worktree == event.worktree:
                    return [other]
        return []

    def _others(self, event: Event) -> list[int]:
        return self._of(event.session_id or "").get(_call(event), [])[:_ENDS] if event.call_id else []

    def _of(self, session_id: str) -> dict[_Call, list[int]]:
        if session_id not in self._ends:
            evidence, found = self._evidence, dict[_Call, list[int]]()
            numbers = evidence.of_session.get(session_id, ()) if session_id else evidence.shells_of_nobody()
            shells = [number for number in numbers if evidence.is_any(number, SHELL)]
            for number, event in zip(shells, evidence.events.some(shells), strict=True):
                found.setdefault(_call(event), []).append(number)
            self._ends[session_id] = found
        return self._ends[session_id]


def _call(event: Event) -> _Call:
    return event.call_id, event.worktree
