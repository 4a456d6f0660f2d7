"""One session with every fact byline has of it, and where each comes from (`docs/sessions.md`). Pure."""

from typing import Literal

import msgspec

from byline.model import Turn
from byline.sessions import github
from byline.sessions.github import Link
from byline.sessions.growing import Status
from byline.sessions.tally import Step

Source = Literal["transcript", "otel", "hook"]
State = Literal["pending", "active", "awaitingInput", "complete", "error", "stale"]
LIVE: frozenset[State] = frozenset(("pending", "active", "awaitingInput"))
"""The states of a session that somebody may still hear of."""
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
    link_type: Literal["explicit", "inferred"] = "explicit"
    """`inferred` where no hook told of it: what is known was read from what the agent left behind."""
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
    """Its prompts; of very many the first and the last."""
    prompt_count: int = 0
    summary: str | None = None
    plan: tuple[Step, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_creation_tokens: int | None = None
    is_estimated: bool = False
    """The tokens are worked out from the length of texts: the agent states none."""
    cost_usd: float | None = None
    context_tokens: int | None = None
    """What the model was given last, from its cache too, without what it answered."""
    context_window_size: int | None = None
    thinking_duration_ms: int | None = None
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
    links: tuple[Link, ...] = ()
    """Issues and pull requests that its `gh` commands named, in order."""
    commits: tuple[str, ...] = ()
    """Commits it is joined to by a best guess (`link_type` `inferred`): made while it ran, of files it wrote."""
    dismissed_at: int | None = None
    dismissed_by: str | None = None
    forgotten_at: int | None = None
    sources: dict[str, Source] = {}
    """Where the value of a field comes from, of those that more than one source could tell."""

    @property
    def is_subagent(self) -> bool:
        """Whether another session started it."""
        return self.parent_session_id is not None

    @property
    def has_begun(self) -> bool:
        """Whether it was given work: a subagent is by being started."""
        return bool(self.turns or self.tool_calls or self.is_subagent or self.status == "busy")

    @property
    def prompt(self) -> str | None:
        """What a person asked for first."""
        return self.turns[0].prompt if self.turns else None

    @property
    def github_issue(self) -> int | None:
        """The issue its `gh` commands named last."""
        return github.last(self.links, "issue")

    @property
    def github_pr(self) -> int | None:
        """The pull request its `gh` commands named or made last."""
        return github.last(self.links, "pr")

    @property
    def github_repo(self) -> str | None:
        """The repository its `gh` commands named last, as `owner/name`."""
        return next((link.repository for link in reversed(self.links) if link.repository), None)

    @property
    def is_dismissed_early(self) -> bool:
        """Whether a person dismissed it before it came to its end."""
        if self.dismissed_at is None:
            return False
        return self.last_ended_at is None or self.dismissed_at < self.last_ended_at

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
        if is_running is False or self.is_dismissed_early:
            return "stale"
        if self.status == "wait":
            return "awaitingInput"
        if is_running is None and now - (self.last_activity or now) > STALE_AFTER:
            return "stale"
        if not self.has_begun:
            return "pending"
        return "awaitingInput" if self.status == "idle" else "active"
