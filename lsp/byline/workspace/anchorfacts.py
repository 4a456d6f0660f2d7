"""What each session had done and used by the time of a commit: from the events before it, and from transcripts.

Only what came before counts, so that the answer does not depend on when it is asked for. Commits that are asked for
oldest first cost each event and each line of a transcript once.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from byline.sessions.growing import Growing, grow
from byline.sessions.record import Facts
from byline.sessions.tally import Tally
from byline.sessions.transcripts import Reading, read
from byline.workspace.evidence import Evidence
from byline.workspace.sessionfacts import facts_of, transcripts_of


class Known(msgspec.Struct, frozen=True):
    """A session as it was at one moment."""

    facts: Facts
    first: int | None
    """Its first event, ns since 1970."""
    last: int | None


class _Grown(msgspec.Struct):
    sessions: dict[str, Growing]
    """The one session, by its id."""
    taken: int = 0
    """How many of its events are in it."""
    until: int = 0


class Past:
    """Sessions as they were before a given event."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._grown: dict[str, _Grown] = {}
        self._readings: dict[tuple[str, str], tuple[Reading, int]] = {}

    def at(self, session_id: str, until: int, moment: int) -> Known:
        """A session by the events before the place `until`, and its transcripts up to `moment` (ns since 1970)."""
        own = self._growing(session_id, until)
        known = {session_id: own}
        parent = own.latest.get("parent_session_id")
        if isinstance(parent, str) and parent in self._evidence.of_session:
            known[parent] = self._growing(parent, until)
        found = facts_of(own, self._tallies(own, known, moment))
        children = sum(first < until for first in self._evidence.children(session_id))
        found.subagent_count = max(found.subagent_count, children)
        return Known(found, own.first, own.last)

    def _growing(self, session_id: str, until: int) -> Growing:
        grown = self._grown.get(session_id)
        if grown is None or grown.until > until:
            grown = self._grown[session_id] = _Grown({session_id: Growing(session_id)})
        places = self._evidence.before(session_id, until)
        grow(grown.sessions, self._evidence.events.some(places[grown.taken :]))
        grown.taken, grown.until = len(places), until
        return grown.sessions[session_id]

    def _tallies(self, one: Growing, known: Mapping[str, Growing], moment: int) -> list[Tally]:
        agent, is_subagent = str(one.latest.get("agent", "unknown")), "parent_session_id" in one.latest
        found = []
        for path in transcripts_of(one, known):
            before, reached = self._readings.get((one.id, path), (None, 0))
            if before is not None and reached > moment:
                before = None
            reading = read(agent, Path(path), before, is_subagent=is_subagent, until=moment, session=one.id)
            if reading is not None:
                self._readings[one.id, path] = (reading, moment)
                found.append(reading.tally)
        return found
