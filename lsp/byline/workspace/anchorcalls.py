"""The events that tell of a file where a commit is looked at: its own, and the shell calls that saw it changed."""

from bisect import bisect_right

from byline.workspace.evidence import SHELL, Evidence

_ENDS = 4
"""Events of one call: two, and two more where two settings report it."""


class Calls:
    """Knows which shell events belong together."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._shells = evidence.events.of_kinds(SHELL)
        self._ends: dict[str, dict[str | None, list[int]]] = {}
        """For each session, and each of its calls, the positions of their events; those of no session as ""."""

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
                found |= {number, *self._others(event.session_id, event.call_id), *self._next(number)}
        return sorted(found)

    def _next(self, number: int) -> list[int]:
        place = bisect_right(self._shells, number)
        return self._shells[place : place + 1]

    def _others(self, session_id: str | None, call_id: str | None) -> list[int]:
        return self._of(session_id or "").get(call_id, [])[:_ENDS] if call_id else []

    def _of(self, session_id: str) -> dict[str | None, list[int]]:
        if session_id not in self._ends:
            evidence, found = self._evidence, dict[str | None, list[int]]()
            numbers = evidence.of_session.get(session_id, ()) if session_id else evidence.shells_of_nobody()
            shells = [number for number in numbers if evidence.is_any(number, SHELL)]
            for number, event in zip(shells, evidence.events.some(shells), strict=True):
                found.setdefault(event.call_id, []).append(number)
            self._ends[session_id] = found
        return self._ends[session_id]
