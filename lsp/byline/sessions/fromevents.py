"""Facts about sessions as far as events tell them. Pure."""

from collections.abc import Iterable
from typing import Literal

from byline.model import Event, Read, Session, Turn

Status = Literal["idle", "busy", "wait", "done"]
_BUSY = frozenset(("prompt", "pre_write", "write", "write_failed", "pre_shell", "shell", "read", "compact"))
_CALLS = frozenset(("pre_write", "write", "write_failed", "pre_shell", "shell", "read"))
_STATUS: dict[str, Status] = {
    "session_start": "idle",
    "subagent_start": "busy",
    "wait": "wait",
    "turn_end": "idle",
    "session_end": "done",
    "subagent_end": "done",
    **dict.fromkeys(_BUSY, "busy"),
}
_EDITORS = frozenset(("save", "observe", "format", "correct"))


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
        self._sessions: dict[str, _Growing] = {}
        self._built: dict[str, Session] = {}

    def add(self, events: Iterable[Event]) -> frozenset[str]:
        """Take in more events; the ids of the sessions they change."""
        changed = set()
        for event in events:
            if event.session_id is None or event.event in _EDITORS:
                continue
            growing = self._sessions.get(event.session_id)
            if growing is None:
                growing = self._sessions[event.session_id] = _Growing(event.session_id)
            growing.add(event)
            changed.add(event.session_id)
        for session_id in changed:
            self._built.pop(session_id, None)
        return frozenset(changed)

    def get(self, session_id: str) -> Session | None:
        """One session."""
        if session_id not in self._built and session_id in self._sessions:
            self._built[session_id] = self._sessions[session_id].session()
        return self._built.get(session_id)

    def all(self) -> dict[str, Session]:
        """All of them by id, in the order they were first heard of."""
        return {session_id: session for session_id in self._sessions if (session := self.get(session_id))}


class _Growing:
    """One session while its events come in."""

    def __init__(self, session_id: str) -> None:
        self.id = session_id
        self.latest: dict[str, str] = {}
        self.turns: list[Turn] = []
        self.first: int | None = None
        self.last: int | None = None
        self.ended: int | None = None
        self.is_over = False
        self.pid: int | None = None
        self.revivals = 0
        self.written: dict[str, None] = {}
        self.read: dict[str, None] = {}
        self.calls: set[str] = set()
        self.status: Status | None = None
        self.status_at = 0

    def add(self, event: Event) -> None:
        self.first = event.at if self.first is None else min(self.first, event.at)
        self.last = event.at if self.last is None else max(self.last, event.at)
        for name in (
            "agent",
            "agent_version",
            "model",
            "parent_session_id",
            "subagent_type",
            "transcript_path",
            "cwd",
        ):
            value: str | None = getattr(event, name)
            if value:
                self.latest[name] = value
        self._add_work(event)
        self._add_life(event)

    def _add_work(self, event: Event) -> None:
        if event.event == "prompt" and event.prompt:
            turn = Turn(event.turn_id, event.prompt, event.at)
            # Two hooks may report one prompt: settings of the user and of the project.
            if not any(known.id == turn.id and known.prompt == turn.prompt and turn.id for known in self.turns[-3:]):
                self.turns.append(turn)
        elif event.event == "write":
            self.written.update(dict.fromkeys(_paths(event)))
        elif event.event == "read":
            self.read.update(dict.fromkeys(_paths(event)))
        if event.event in _CALLS and (event.call_id or not event.event.startswith("pre_")):
            self.calls.add(event.call_id or event.id)

    def _add_life(self, event: Event) -> None:
        if event.event in ("session_start", "subagent_start"):
            # An agent may start a session anew within one process, after compacting it: that is no resume.
            moved = self.pid is not None and event.pid is not None and event.pid != self.pid
            self._live(resumed=self.is_over or moved)
            self.pid = event.pid or self.pid
        elif event.event == "prompt" and self.is_over and event.at > self.status_at:
            self._live(resumed=True)
        elif event.event in ("session_end", "subagent_end"):
            self.is_over, self.ended = True, event.at
        status = _STATUS.get(event.event)
        # What was overtaken, by another process's clock or by the end of the session, says nothing any more.
        if status is not None and event.at >= self.status_at and (not self.is_over or status == "done"):
            self.status, self.status_at = status, event.at

    def _live(self, *, resumed: bool) -> None:
        self.revivals += resumed
        self.is_over, self.ended = False, None

    def session(self) -> Session:
        latest = self.latest
        return Session(
            id=self.id,
            agent=latest.get("agent", "unknown"),
            agent_version=latest.get("agent_version"),
            model=latest.get("model"),
            parent_session_id=latest.get("parent_session_id"),
            subagent_type=latest.get("subagent_type"),
            turns=tuple(self.turns),
            first_started_at=self.first,
            last_activity=self.last,
            ended_at=self.ended,
            revival_count=self.revivals,
            files_written=tuple(self.written),
            files_read=tuple(self.read),
            tool_calls=len(self.calls),
            transcript_path=latest.get("transcript_path"),
            status=self.status,
            cwd=latest.get("cwd"),
        )


def _paths(event: Event) -> tuple[str, ...]:
    return (event.path,) if event.path else (event.paths or ())
