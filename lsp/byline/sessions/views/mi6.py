"""mi6's Session. Pure."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from byline.sessions.facts import Facts
from byline.sessions.views.times import known, moment, optional

Count = Annotated[int, Meta(ge=0, lt=1 << 32)]
Signed = Annotated[int, Meta(ge=-(1 << 31), lt=1 << 31)]
Long = int
Moment = Annotated[datetime, Meta(tz=True)]
_FRAMEWORKS = {"claude": "claude_code"}


class Mi6Session(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """mi6's Session, schema v2: every field always there."""

    session_id: str
    machine_id: str
    framework: str | None
    first_started_at: Moment
    last_started_at: Moment
    first_ended_at: Moment | None
    last_ended_at: Moment | None
    last_activity: Moment
    revival_count: Count
    status: Literal["idle", "busy", "wait", "done"] | None
    status_updated_at: Moment | None
    pid: Signed | None
    process_start_time: Long | None
    cwd: str | None
    local_git_dir: str | None
    git_branch: str | None
    git_worktree_path: str | None
    github_repo: str | None
    github_issue: Signed | None
    github_pr: Signed | None
    git_additions: Signed | None
    git_deletions: Signed | None
    first_user_message: str | None
    last_user_message: str | None
    model: str | None
    compaction_count: Count
    message_count: Count
    tool_call_count: Count
    api_request_count: Count
    api_error_count: Count
    tokens_input: Long
    tokens_output: Long
    tokens_cache_read: Long
    tokens_cache_write: Long
    cost_usd: float | None
    context: Long | None
    n_hook_events: Count
    n_otel_events: Count
    transcript_available: bool
    transcript_path: str | None


def mi6(one: Facts, git_dir: str | None = None, repository: str | None = None) -> Mi6Session:
    """As mi6's Session; counts that nobody told are 0, as there. Untold where its start or machine is not known.

    repository: `owner/name` on GitHub, by git's configuration; what the session itself named stands above.
    """
    first = moment(known(one.first_started_at, "when it started"))
    return Mi6Session(
        session_id=one.session_id,
        machine_id=known(one.machine_id, "on which machine it ran"),
        framework=_FRAMEWORKS.get(one.agent, one.agent),
        first_started_at=first,
        last_started_at=moment(one.last_started_at) if one.last_started_at else first,
        first_ended_at=optional(one.first_ended_at),
        last_ended_at=optional(one.last_ended_at),
        last_activity=moment(one.last_activity) if one.last_activity else first,
        revival_count=one.revival_count,
        status=one.status,
        status_updated_at=optional(one.status_updated_at),
        pid=one.pid,
        process_start_time=int(one.process_start_time) if one.process_start_time else None,
        cwd=one.cwd,
        local_git_dir=git_dir,
        git_branch=one.git_branch,
        git_worktree_path=one.worktree,
        github_repo=one.github_repo or repository,
        github_issue=one.github_issue,
        github_pr=one.github_pr,
        git_additions=None,
        git_deletions=None,
        first_user_message=one.prompt,
        last_user_message=one.turns[-1].prompt if one.turns else None,
        model=one.model,
        compaction_count=one.compact_count,
        message_count=max(one.prompt_count, len(one.turns)),
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
