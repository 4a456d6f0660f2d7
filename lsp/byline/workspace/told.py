"""What events tell, as a workspace passes it on: all of them, those about a path, those of a session, sessions."""

import threading
from collections.abc import Sequence

from byline.model import Event, Session
from byline.workspace.evidence import Evidence
from byline.workspace.reading import Reading


class Told:
    """The part of a workspace that hands out events. Thread-safe."""

    _lock: "threading.RLock"
    _reading: Reading

    def _refresh(self) -> None:
        """Read what is new."""
        raise NotImplementedError

    def events(self) -> Sequence[Event]:
        """All events, in order."""
        with self._lock:
            self._refresh()
            return self._reading.journal.events

    def evidence(self) -> Evidence:
        """What events tell, without those that nobody asks about. It grows with them."""
        with self._lock:
            self._refresh()
            return Evidence(self._reading.journal)

    def about(self, name: str) -> Sequence[Event]:
        """The events that concern a path, named as by `name`, in order."""
        with self._lock:
            self._refresh()
            return [event for _, event in self._reading.journal.concerning(name)]

    def of_session(self, session_id: str) -> Sequence[Event]:
        """The events of a session, in order."""
        with self._lock:
            self._refresh()
            return self._reading.journal.of_session(session_id)

    def worktrees(self) -> list[str]:
        """The worktrees in which there were events, by their absolute paths."""
        with self._lock:
            self._refresh()
            return list(self._reading.journal.by_worktree)

    def session_ids(self) -> list[str]:
        """The ids of all sessions any event speaks of."""
        with self._lock:
            self._refresh()
            return self._reading.journal.sessions.ids()

    def sessions(self) -> dict[str, Session]:
        """All sessions any event speaks of, by id."""
        with self._lock:
            self._refresh()
            return self._reading.journal.sessions.all()
