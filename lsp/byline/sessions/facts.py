"""One session with every fact byline has of it, and where each comes from (`docs/sessions.md`). Pure."""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from byline.model import Turn
from byline.sessions.growing import Growing, Status
from byline.sessions.tally import Step, Tally

Source = Literal["transcript", "otel", "hook"]
State = Literal["pending", "active", "awaitingInput", "complete", "error", "stale"]
STALE_AFTER = 30 * 60 * 1_000_000_000
"""Nanoseconds without an event after which a session that did not end counts as stale."""
SHARED_PROCESSES = frozenset(("cursor", "windsurf", "vscode", "kiro", "trae", "zed", "junie"))
"""Agents of which one process serves many sessions: that it lives says nothing of one of them."""


class Facts(msgspec.Struct, kw_only=True):
    """The union of what byline's own answers and other tools' records say of a session. Times in ns since 1970."""

    session_id: str
    agent: str
    agent_version: str | None = None
    model: str | None = None
    machine_id: str | None = None
    parent_session_id: str | None = None
    subagent_type: str | None = None
    subagent_session_ids: tuple[str, ...] = ()
    first_started_at: int | None = None
    last_started_at: int | None = None
    first_ended_at: int | None = None
    last_ended_at: int | None = None
    """The most recent end; None while it runs."""
    last_activity: int | None = None
    revival_count: int = 0
    end_reason: str | None = None
    status: Status | None = None
    status_updated_at: int | None = None
    wait_reason: str | None = None
    pid: int | None = None
    process_start_time: float | None = None
    """Seconds since 1970."""
    cwd: str | None = None
    first_cwd: str | None = None
    worktree: str | None = None
    git_branch: str | None = None
    turns: tuple[Turn, ...] = ()
    summary: str | None = None
    plan: tuple[Step, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_creation_tokens: int | None = None
    cost_usd: float | None = None
    context_tokens: int | None = None
    context_window_size: int | None = None
    message_count: int = 0
    """Prompts and answers; prompts alone where no transcript tells of answers."""
    api_request_count: int | None = None
    api_error_count: int | None = None
    compact_count: int = 0
    tool_calls: int = 0
    tool_usage: dict[str, int] = {}
    tool_failures: int = 0
    subagent_count: int = 0
    bash_commands: tuple[str, ...] = ()
    files_written: tuple[str, ...] = ()
    files_read: tuple[str, ...] = ()
    peer_session_ids: tuple[str, ...] = ()
    transcript_path: str | None = None
    transcript_available: bool = False
    n_hook_events: int = 0
    n_otel_events: int = 0
    forgotten_at: int | None = None
    sources: dict[str, Source] = {}
    """Where the value of a field comes from, of those that more than one source could tell."""

    @property
    def is_subagent(self) -> bool:
        """Whether another session started it."""
        return self.parent_session_id is not None

    @property
    def prompt(self) -> str | None:
        """What a person asked for first."""
        return self.turns[0].prompt if self.turns else None

    @property
    def duration(self) -> int | None:
        """Nanoseconds from the first start to the last end, or to what happened last."""
        if self.first_started_at is None:
            return None
        return max((self.last_ended_at or self.last_activity or self.first_started_at) - self.first_started_at, 0)

    @property
    def total_tokens(self) -> int | None:
        """All kinds together."""
        kinds = (self.input_tokens, self.output_tokens, self.cache_read_tokens, self.cache_creation_tokens)
        known = [kind for kind in kinds if kind is not None]
        return sum(known) if known else None

    def state(self, now: int, *, is_running: bool | None) -> State:
        """The state of the work, at `now` (ns since 1970). `is_running`: of its process, None where unknown."""
        if self.end_reason in ("error", "failed"):
            return "error"
        if self.status == "done":
            return "complete"
        if is_running is False:
            return "stale"
        if self.status == "wait":
            return "awaitingInput"
        if is_running is None and now - (self.last_activity or now) > STALE_AFTER:
            return "stale"
        if not self.turns and not self.tool_calls:
            return "pending"
        return "awaitingInput" if self.status == "idle" else "active"


def facts(known: Growing, tally: Tally | None = None) -> Facts:
    """What events and, above them, a transcript tell of one session."""
    latest = known.latest
    text = {name: value for name, value in latest.items() if isinstance(value, str)}
    pid, started, cost = (latest.get(name) for name in ("pid", "process_start", "cost_usd"))
    result = Facts(
        session_id=known.id,
        agent=text.get("agent", "unknown"),
        agent_version=text.get("agent_version"),
        model=text.get("model"),
        machine_id=text.get("machine_id"),
        parent_session_id=text.get("parent_session_id"),
        subagent_type=text.get("subagent_type"),
        first_started_at=known.first,
        last_started_at=known.last_start or known.first,
        first_ended_at=known.first_end,
        last_ended_at=known.ended,
        last_activity=known.last,
        revival_count=known.revivals,
        end_reason=known.end_reason,
        status=known.status,
        status_updated_at=known.status_at or None,
        wait_reason=text.get("wait_reason") if known.status == "wait" else None,
        pid=pid if isinstance(pid, int) and not known.is_over else None,
        process_start_time=float(started) if isinstance(started, int | float) and not known.is_over else None,
        cwd=text.get("cwd"),
        first_cwd=known.first_cwd,
        worktree=text.get("worktree"),
        turns=tuple(known.turns),
        input_tokens=known.tokens.get("input"),
        output_tokens=known.tokens.get("output"),
        cache_read_tokens=known.tokens.get("cache_read"),
        cache_creation_tokens=known.tokens.get("cache_creation"),
        cost_usd=float(cost) if isinstance(cost, int | float) else None,
        message_count=len(known.turns),
        compact_count=known.compactions,
        tool_calls=known.calls,
        tool_usage=dict(known.tools),
        tool_failures=known.failures,
        bash_commands=tuple(known.commands),
        files_written=tuple(known.written),
        files_read=tuple(known.read),
        transcript_path=known.transcripts[-1] if known.transcripts else None,
        n_hook_events=known.events,
        forgotten_at=known.forgotten_at,
    )
    result.sources = {name: "hook" for name in _SOURCED if getattr(result, name)}
    if tally is not None and tally.records:
        _above(result, tally)
    return result


_SOURCED = [
    "agent_version",
    "model",
    "turns",
    "message_count",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_creation_tokens",
    "cost_usd",
    "context_tokens",
    "context_window_size",
    "api_request_count",
    "api_error_count",
    "compact_count",
    "tool_calls",
    "tool_usage",
    "tool_failures",
    "bash_commands",
    "summary",
    "plan",
    "git_branch",
]


def _above(result: Facts, tally: Tally) -> None:
    """A transcript's word stands above a hook's, field by field, where it has one."""
    total = tally.total
    told: dict[str, object] = {
        "agent_version": tally.agent_version,
        "model": tally.model,
        "git_branch": tally.branch,
        "summary": tally.summary,
        "plan": tuple(tally.plan),
        "cost_usd": tally.cost_usd,
        "context_tokens": tally.context,
        "context_window_size": tally.window,
        "compact_count": tally.compactions or None,
    }
    if total is not None:
        told |= {
            "input_tokens": total.input,
            "output_tokens": total.output,
            "cache_read_tokens": total.cache_read,
            "cache_creation_tokens": total.cache_creation,
            "api_request_count": len(tally.usage) or None,
            "api_error_count": tally.api_errors,
        }
    if tally.calls:
        usage: dict[str, int] = {}
        for tool in tally.calls.values():
            usage[tool] = usage.get(tool, 0) + 1
        told |= {"tool_calls": len(tally.calls), "tool_usage": usage, "tool_failures": len(tally.failed)}
        told["bash_commands"] = tuple(tally.commands.values())
    # Agents write late: a transcript that lacks prompts which a hook has seen is behind, and says nothing yet.
    if len(tally.prompts) >= len(result.turns):
        told["turns"] = tuple(Turn(one.id, one.text, one.at) for one in tally.prompts.values())
    told["message_count"] = max(len(tally.prompts), len(result.turns)) + len(tally.usage)
    for name, value in told.items():
        if value is not None and (value not in ((), {}) or not getattr(result, name)):
            setattr(result, name, value)
            if value or isinstance(value, int):
                result.sources[name] = "transcript"
    result.subagent_count = len(tally.spawned)
    result.transcript_available = True


def related(sessions: Mapping[str, Facts]) -> None:
    """Fill in what sessions say of each other: their subagents, and who wrote or read the same files."""
    children: dict[str, list[str]] = {}
    by_file: dict[str, list[str]] = {}
    for session_id, one in sessions.items():
        if one.parent_session_id is not None:
            children.setdefault(one.parent_session_id, []).append(session_id)
        for file in {*one.files_written, *one.files_read}:
            by_file.setdefault(file, []).append(session_id)
    for session_id, one in sessions.items():
        own = children.get(session_id, [])
        one.subagent_session_ids = tuple(own)
        one.subagent_count = max(one.subagent_count, len(own))
        one.peer_session_ids = tuple(sorted(_peers(one, by_file, session_id)))


def _peers(one: Facts, by_file: Mapping[str, list[str]], session_id: str) -> Iterable[str]:
    return {other for file in {*one.files_written, *one.files_read} for other in by_file[file] if other != session_id}
