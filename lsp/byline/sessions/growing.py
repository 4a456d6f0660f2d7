"""One session while its events come in. Pure; a value that can be kept and taken up again."""

import math
from collections.abc import Iterable
from typing import Literal

import msgspec

from byline.model import Event, Session, Turn
from byline.sessions import github, shellmade

Status = Literal["idle", "busy", "wait", "done"]
_BUSY = frozenset(("prompt", "pre_write", "write", "write_failed", "pre_shell", "shell", "read", "compact"))
NAMED_BY_INPUT = "input:"
"""How the ids of calls begin that an agent gave none."""
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
_LATEST = ("agent", "agent_version", "model", "parent_session_id", "subagent_type", "transcript_path", "cwd",
           "machine_id", "worktree", "head", "wait_reason", "pid", "process_start")  # fmt: skip
_PLACE = ("worktree", "head")
"""What an event of another worktree, in which a command works as well, does not tell of the session."""
MOST_COMMANDS = 1000
_KINDS = {
    "input": ("input", "input_tokens"),
    "output": ("output", "output_tokens"),
    "cache_read": ("cache_read", "cache_read_tokens", "cache_read_input_tokens"),
    "cache_creation": ("cache_creation", "cache_creation_tokens", "cache_creation_input_tokens", "cache_write",
                       "cache_write_tokens"),
}  # fmt: skip
"""The names that `tokens` may have for each kind (`docs/event-format.md`); the first that is there counts."""
_FAILED, _NAMED = 1, 2
_EDITORS = frozenset(("save", "observe", "format", "correct"))
MARKS = frozenset(("forget", "link", "dismiss", "undismiss"))
_MOST_SHELLS = 8
_MOST_OPEN = 500
"""Calls whose second event is waited for: enough for any number at once, little enough for any session."""


class Growing(msgspec.Struct):
    """What is known of one session so far; times in nanoseconds since 1970."""

    id: str
    latest: dict[str, str | int | float] = {}
    """The last value of each field that speaks of the session as a whole."""
    turns: list[Turn] = []
    transcripts: list[str] = []
    """Every transcript that an event named, in order."""
    first_cwd: str | None = None
    first: int | None = None
    last: int | None = None
    last_start: int | None = None
    first_end: int | None = None
    ended: int | None = None
    is_over: bool = False
    end_reason: str | None = None
    pid: int | None = None
    revivals: int = 0
    written: dict[str, None] = {}
    read: dict[str, None] = {}
    open_calls: dict[str, int] = {}
    """The last calls by id; of each whether it was counted as failed, and whether its tool is known."""
    dirty: dict[str, shellmade.Dirty] = {}
    """What was dirty before the shell calls that are under way, by call and worktree."""
    calls: int = 0
    tools: dict[str, int] = {}
    failures: int = 0
    compactions: int = 0
    commands: list[str] = []
    tokens: dict[str, int] = {}
    cost: float | None = None
    """US dollars, of all turns."""
    status: Status | None = None
    status_at: int = 0
    events: int = 0
    """Those of hooks."""
    hooked: bool = False
    """Whether a hook, or a write that is proved, told of it; else all was read from what the agent left behind."""
    links: list[github.Link] = []
    commits: dict[str, None] = {}
    dismissed_at: int | None = None
    dismissed_by: str | None = None
    forgotten_at: int | None = None
    """When a person had its words deleted."""

    def add(self, event: Event) -> None:
        """Take in the next event."""
        if event.event in MARKS:
            self._mark(event)
            return
        if event.source not in ("transcript", "manual"):
            self.events += 1
            self.hooked = True
        elif event.event == "write":
            self.hooked = True
        self.first = event.at if self.first is None else min(self.first, event.at)
        self.last = event.at if self.last is None else max(self.last, event.at)
        for name in _LATEST:
            value: str | int | float | None = getattr(event, name)
            if value and not (event.beside and name in _PLACE and name in self.latest):
                self.latest[name] = value
        if event.transcript_path and event.transcript_path not in self.transcripts[-8:]:
            self.transcripts.append(event.transcript_path)
        self.first_cwd = self.first_cwd or event.cwd
        self._add_work(event)
        self._add_life(event)

    def _mark(self, event: Event) -> None:
        """What was said of the session afterwards; it is no part of its life."""
        if event.event == "forget":
            self.forgotten_at = event.at
        elif event.event == "link" and event.commit:
            self.commits[event.commit] = None
        elif event.event == "dismiss":
            self.dismissed_at, self.dismissed_by = event.at, event.owner
        elif event.event == "undismiss":
            self.dismissed_at = self.dismissed_by = None

    def _add_work(self, event: Event) -> None:
        if event.event == "prompt" and event.prompt:
            turn = Turn(event.turn_id, event.prompt, event.at)
            # Two hooks may report one prompt: settings of the user and of the project.
            if not any(known.id == turn.id and known.prompt == turn.prompt and turn.id for known in self.turns[-3:]):
                self.turns.append(turn)
        elif event.event in ("write", "wrote"):
            self.written.update(dict.fromkeys(_paths(event)))
        elif event.event == "pre_shell":
            self._look(event)
        elif event.event == "shell":
            found = shellmade.made(self.dirty.pop(_run_of(event), None), event)
            self.written.update(dict.fromkeys(found))
        elif event.event == "read":
            self.read.update(dict.fromkeys(_paths(event)))
        elif event.event == "compact":
            self.compactions += 1
        elif event.event in ("turn_end", "session_end", "subagent_end"):
            self._add_tokens(event.tokens)
            self._add_cost(event.cost_usd)
        if event.event in _CALLS and (event.call_id or not event.event.startswith("pre_")):
            self._add_call(event, event.call_id or event.id)

    def _look(self, event: Event) -> None:
        seen = shellmade.before(event)
        if seen is not None:
            self.dirty[_run_of(event)] = seen
            if len(self.dirty) > _MOST_SHELLS:
                del self.dirty[next(iter(self.dirty))]

    def _add_call(self, event: Event, call: str) -> None:
        if event.beside and not event.call_id:
            return  # it can't be told from another call
        if event.beside and event.event == "shell" and call.startswith(NAMED_BY_INPUT):
            self.open_calls.pop(call, None)  # the end of a call that was counted where it began
            return
        if call not in self.open_calls:
            self.open_calls[call] = 0
            self.calls += 1
            if event.command and len(self.commands) < MOST_COMMANDS:
                self.commands.append(event.command)
            if event.command and github.uses_gh(event.command):
                self.links = [*self.links, *github.named(event.command)][-github.MOST_LINKS :]
            if len(self.open_calls) > _MOST_OPEN:
                del self.open_calls[next(iter(self.open_calls))]
        if event.tool and not self.open_calls[call] & _NAMED:
            self.open_calls[call] |= _NAMED
            self.tools[event.tool] = self.tools.get(event.tool, 0) + 1
        if event.event == "write_failed" and not self.open_calls[call] & _FAILED:
            self.open_calls[call] |= _FAILED
            self.failures += 1
        if call.startswith(NAMED_BY_INPUT) and event.event in ("shell", "read"):
            del self.open_calls[call]  # the next one with this id is another call with the same input

    def _add_tokens(self, told: object) -> None:
        """What an agent's own hook says it used in a turn, by kind."""
        if isinstance(told, dict):
            for kind, names in _KINDS.items():
                count = next((told[name] for name in names if name in told), None)
                if isinstance(count, int) and not isinstance(count, bool) and count >= 0:
                    self.tokens[kind] = self.tokens.get(kind, 0) + count

    def _add_cost(self, told: float | None) -> None:
        """What an agent's own hook says that a turn cost."""
        if told is not None and math.isfinite(told) and told >= 0:
            self.cost = (self.cost or 0) + told

    def _add_life(self, event: Event) -> None:
        if event.event in ("session_start", "subagent_start"):
            is_resumed = self.is_over or self._is_resumed(event)
            if self.last_start is None or is_resumed:
                self.last_start = event.at
            self._live(resumed=is_resumed)
            self.pid = event.pid or self.pid
        elif event.event == "prompt" and self.is_over and event.at > self.status_at:
            self.last_start = event.at
            self._live(resumed=True)
        elif event.event in ("session_end", "subagent_end"):
            self.is_over, self.ended = True, event.at
            self.first_end = self.first_end or event.at
            self.end_reason = event.reason
        status = _STATUS.get(event.event)
        # What was overtaken, by another process's clock or by the end of the session, says nothing any more.
        if status is not None and event.at >= self.status_at and (not self.is_over or status == "done"):
            self.status, self.status_at = status, event.at

    def _is_resumed(self, event: Event) -> bool:
        """Whether a session that never said it ended starts once more: in another process, or as its agent says.

        Within one process an agent may start a session anew, after compacting it: that is no resume.
        """
        if self.last_start is None or event.event != "session_start":
            return False
        if self.pid is not None and event.pid is not None:
            return event.pid != self.pid or event.reason == "resume"
        return event.reason in (None, "resume")

    def _live(self, *, resumed: bool) -> None:
        self.revivals += resumed
        self.is_over, self.ended, self.end_reason = False, None, None

    def session(self) -> Session:
        """The session as the answers for lines need it."""
        text = {name: value for name, value in self.latest.items() if isinstance(value, str)}
        return Session(
            id=self.id,
            agent=text.get("agent", "unknown"),
            agent_version=text.get("agent_version"),
            model=text.get("model"),
            parent_session_id=text.get("parent_session_id"),
            subagent_type=text.get("subagent_type"),
            turns=tuple(self.turns),
            first_started_at=self.first,
            last_activity=self.last,
            ended_at=self.ended,
            revival_count=self.revivals,
            files_written=tuple(self.written),
            files_read=tuple(self.read),
            tool_calls=self.calls,
            transcript_path=text.get("transcript_path"),
            status=self.status,
            cwd=text.get("cwd"),
        )


def _run_of(event: Event) -> str:
    """A call in one worktree: it may work in several."""
    return f"{event.call_id or ''} {event.worktree or ''}"


def session_of(event: Event) -> str | None:
    """The session that an event tells of. Events of editors belong to none."""
    return None if event.event in _EDITORS else event.session_id


def grow(sessions: dict[str, Growing], events: Iterable[Event]) -> frozenset[str]:
    """Take events in, in their order; the ids of the sessions they change."""
    changed = set()
    for event in events:
        name = session_of(event)
        if name is None:
            continue
        growing = sessions.get(name)
        if growing is None:
            growing = sessions[name] = Growing(name)
        growing.add(event)
        changed.add(name)
    return frozenset(changed)


def _paths(event: Event) -> tuple[str, ...]:
    return (event.path,) if event.path else (event.paths or ())
