"""A session in the shapes that other tools have for it, and strict decoders of those shapes. Pure.

Each shape is exactly that tool's: its names, its units, null or left out as it does.
"""

import uuid
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from byline.sessions.facts import Facts

SHAPES = ("oobo", "mi6", "lore", "linear")
_LORE_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://byline.invalid/lore")
_LORE_TOOLS = {"claude": "claude-code"}
_MI6_FRAMEWORKS = {"claude": "claude_code"}
_Count = Annotated[int, Meta(ge=0)]


class OoboSession(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A SessionLink. What is null is left out; null is read."""

    session_id: str
    agent: str
    model: str | None = None
    link_type: Literal["explicit", "inferred"]
    input_tokens: _Count | None = None
    output_tokens: _Count | None = None
    cache_read_tokens: _Count | None = None
    cache_creation_tokens: _Count | None = None
    duration_secs: _Count | None = None
    tool_calls: _Count | None = None
    files_touched: list[str] | None = None
    tool_usage: dict[str, _Count] | None = None
    tool_failures: _Count | None = None
    subagent_count: _Count | None = None
    bash_commands: list[str] | None = None
    thinking_duration_ms: _Count | None = None
    compact_count: _Count | None = None
    context_tokens: _Count | None = None
    context_window_size: _Count | None = None
    is_subagent: bool
    parent_session_id: str | None = None
    subagent_type: str | None = None
    is_estimated: bool
    peer_session_ids: list[str] | None = None


class Mi6Session(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """mi6's Session, schema v2: every field always there."""

    session_id: str
    machine_id: str
    framework: str | None
    first_started_at: datetime
    last_started_at: datetime
    first_ended_at: datetime | None
    last_ended_at: datetime | None
    last_activity: datetime
    revival_count: _Count
    status: Literal["idle", "busy", "wait", "done"] | None
    status_updated_at: datetime | None
    pid: int | None
    process_start_time: int | None
    cwd: str | None
    local_git_dir: str | None
    git_branch: str | None
    git_worktree_path: str | None
    github_repo: str | None
    github_issue: int | None
    github_pr: int | None
    git_additions: int | None
    git_deletions: int | None
    first_user_message: str | None
    last_user_message: str | None
    model: str | None
    compaction_count: _Count
    message_count: _Count
    tool_call_count: _Count
    api_request_count: _Count
    api_error_count: _Count
    tokens_input: int
    tokens_output: int
    tokens_cache_read: int
    tokens_cache_write: int
    cost_usd: float | None
    context: int | None
    n_hook_events: _Count
    n_otel_events: _Count
    transcript_available: bool
    transcript_path: str | None


class LoreSession(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """lore's Session."""

    id: uuid.UUID
    tool: str
    tool_version: str | None
    started_at: datetime
    ended_at: datetime | None
    model: str | None
    working_directory: str
    git_branch: str | None
    source_path: str | None
    message_count: int
    machine_id: str | None


class LinearAgentSession(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Linear's AgentSession. What only a Linear server knows is null."""

    id: str | None
    created_at: datetime | None
    updated_at: datetime | None
    archived_at: datetime | None
    creator: dict[str, Any] | None
    app_user: dict[str, Any] | None
    comment: dict[str, Any] | None
    source_comment: dict[str, Any] | None
    issue: dict[str, Any] | None
    slug_id: str | None
    status: Literal["pending", "active", "awaitingInput", "complete", "error", "stale"] | None
    started_at: datetime | None
    ended_at: datetime | None
    dismissed_at: datetime | None
    dismissed_by: dict[str, Any] | None
    activities: dict[str, Any] | None
    external_link: str | None
    summary: str | None
    source_metadata: Any
    plan: Any
    context: Any
    type: str | None
    url: str | None
    pull_requests: dict[str, Any] | None
    external_links: list[dict[str, Any]] | None
    external_urls: Any


DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    "oobo": msgspec.json.Decoder(OoboSession),
    "mi6": msgspec.json.Decoder(Mi6Session),
    "lore": msgspec.json.Decoder(LoreSession),
    "linear": msgspec.json.Decoder(LinearAgentSession),
}
"""A record of each shape: DecodeError for what is no such record, unknown fields and wrong types among it."""


def oobo(one: Facts) -> OoboSession:
    """As a SessionLink."""
    return OoboSession(
        session_id=one.session_id,
        agent=one.agent,
        model=one.model,
        link_type="explicit",
        input_tokens=one.input_tokens,
        output_tokens=one.output_tokens,
        cache_read_tokens=one.cache_read_tokens,
        cache_creation_tokens=one.cache_creation_tokens,
        duration_secs=one.duration // 1_000_000_000 if one.duration is not None else None,
        tool_calls=one.tool_calls,
        files_touched=list(one.files_written),
        tool_usage=one.tool_usage or None,
        tool_failures=one.tool_failures,
        subagent_count=one.subagent_count,
        bash_commands=list(one.bash_commands) or None,
        compact_count=one.compact_count,
        context_tokens=one.context_tokens,
        context_window_size=one.context_window_size,
        is_subagent=one.is_subagent,
        parent_session_id=one.parent_session_id,
        subagent_type=one.subagent_type,
        is_estimated=False,
        peer_session_ids=list(one.peer_session_ids) or None,
    )


def mi6(one: Facts, git_dir: str | None = None) -> Mi6Session:
    """As mi6's Session; counts that nobody told are 0, as there."""
    first = _moment(one.first_started_at or 0)
    return Mi6Session(
        session_id=one.session_id,
        machine_id=one.machine_id or "",
        framework=_MI6_FRAMEWORKS.get(one.agent, one.agent),
        first_started_at=first,
        last_started_at=_moment(one.last_started_at) if one.last_started_at else first,
        first_ended_at=_optional(one.first_ended_at),
        last_ended_at=_optional(one.last_ended_at),
        last_activity=_moment(one.last_activity) if one.last_activity else first,
        revival_count=one.revival_count,
        status=one.status,
        status_updated_at=_optional(one.status_updated_at),
        pid=one.pid,
        process_start_time=int(one.process_start_time) if one.process_start_time else None,
        cwd=one.cwd,
        local_git_dir=git_dir,
        git_branch=one.git_branch,
        git_worktree_path=one.worktree,
        github_repo=None,
        github_issue=_named_by_gh(one, "issue"),
        github_pr=_named_by_gh(one, "pr"),
        git_additions=None,
        git_deletions=None,
        first_user_message=one.prompt,
        last_user_message=one.turns[-1].prompt if one.turns else None,
        model=one.model,
        compaction_count=one.compact_count,
        message_count=len(one.turns),
        tool_call_count=one.tool_calls,
        api_request_count=one.api_request_count or 0,
        api_error_count=one.api_error_count or 0,
        tokens_input=one.input_tokens or 0,
        tokens_output=one.output_tokens or 0,
        tokens_cache_read=one.cache_read_tokens or 0,
        tokens_cache_write=one.cache_creation_tokens or 0,
        cost_usd=one.cost_usd,
        context=one.context_tokens,
        n_hook_events=one.n_hook_events,
        n_otel_events=one.n_otel_events,
        transcript_available=one.transcript_available,
        transcript_path=one.transcript_path,
    )


def lore(one: Facts) -> LoreSession:
    """As lore's Session. Its id is the agent's own where that is a UUID, else one made of agent and id."""
    try:
        own = uuid.UUID(one.session_id)
    except ValueError:
        own = uuid.uuid5(_LORE_SPACE, f"{one.agent} {one.session_id}")
    return LoreSession(
        id=own,
        tool=_LORE_TOOLS.get(one.agent, one.agent),
        tool_version=one.agent_version,
        started_at=_moment(one.first_started_at or 0),
        ended_at=_optional(one.last_ended_at),
        model=one.model,
        working_directory=one.first_cwd or one.worktree or "",
        git_branch=one.git_branch,
        source_path=one.transcript_path,
        message_count=one.message_count,
        machine_id=one.machine_id,
    )


def linear(one: Facts, now: int, *, is_running: bool | None) -> LinearAgentSession:
    """As Linear's AgentSession. Activities are prompts and the agent's last answer."""
    nodes: list[dict[str, Any]] = [
        {"type": "prompt", "body": turn.prompt, "createdAt": _text(turn.at)} for turn in one.turns
    ]
    if one.summary:
        nodes.append({"type": "response", "body": one.summary, "createdAt": _text(one.last_activity)})
    return LinearAgentSession(
        id=one.session_id,
        created_at=_optional(one.first_started_at),
        updated_at=_optional(one.last_activity),
        archived_at=None,
        creator=None,
        app_user=None,
        comment=None,
        source_comment=None,
        issue=None,
        slug_id=None,
        status=one.state(now, is_running=is_running),
        started_at=_optional(one.first_started_at) if one.turns or one.tool_calls else None,
        ended_at=_optional(one.last_ended_at),
        dismissed_at=None,
        dismissed_by=None,
        activities={"nodes": nodes},
        external_link=None,
        summary=one.summary,
        source_metadata={"agent": one.agent, "agent_version": one.agent_version, "model": one.model},
        plan=[msgspec.to_builtins(step) for step in one.plan] or None,
        context=None,
        type=None,
        url=None,
        pull_requests=None,
        external_links=None,
        external_urls=None,
    )


def _named_by_gh(one: Facts, kind: str) -> int | None:
    """The issue or pull request that the session's last `gh` command about one names."""
    import re

    for command in reversed(one.bash_commands):
        found = re.search(rf"\bgh\s+{kind}\s+[a-z-]+\s+#?(\d{{1,9}})\b", command)
        if found:
            return int(found[1])
    return None


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1_000_000_000, UTC)


def _optional(at: int | None) -> datetime | None:
    return None if at is None else _moment(at)


def _text(at: int | None) -> str | None:
    return None if not at else _moment(at).isoformat().replace("+00:00", "Z")
