"""Facts about sessions as far as events tell them. Pure."""

from collections.abc import Iterable

from byline.model import Event, Read, Session
from byline.sessions.growing import Growing, grow


def build(events: Iterable[Event]) -> dict[str, Session]:
    """The sessions that these events, in their order, speak of, by id."""
    sessions = Sessions()
    sessions.add(events)
    return sessions.all()


def read_of(event: Event) -> Read | None:
    """The read that an event records; None for any other event."""
    if event.event != "read" or event.session_id is None:
        return None
    return Read(event.session_id, event.at, event.start_line, event.end_line)


class Sessions:
    """The same, kept up to date as events come in."""

    def __init__(self) -> None:
        self._sessions: dict[str, Growing] = {}
        self._built: dict[str, Session] = {}

    def add(self, events: Iterable[Event]) -> frozenset[str]:
        """Take in more events; the ids of the sessions they change."""
        changed = grow(self._sessions, events)
        for session_id in changed:
            self._built.pop(session_id, None)
        return changed

    def get(self, session_id: str) -> Session | None:
        """One session."""
        if session_id not in self._built and session_id in self._sessions:
            self._built[session_id] = self._sessions[session_id].session()
        return self._built.get(session_id)

    def all(self) -> dict[str, Session]:
        """All of them by id, in the order they were first heard of."""
        return {session_id: session for session_id in self._sessions if (session := self.get(session_id))}
