"""A session as `--json` prints it (docs/json.md)."""

import os
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from byline.sessions.facts import SHARED_PROCESSES, Facts
from byline.sessions.views import oobo
from byline_hooks import process

_EARLY = 2.0
"""Seconds by which two readings of when a process started may differ."""


def row(one: Facts, now: int) -> dict[str, Any]:
    """The fields of a SessionLink, null where unknown, and what else is known. Times are ISO 8601 in UTC."""
    told = oobo(one)
    link = {name: getattr(told, name) for name in told.__struct_fields__}
    running = is_running(one)
    return {
        **link,
        "agent_version": one.agent_version,
        "prompt": one.prompt,
        "last_prompt": one.turns[-1].prompt if one.turns else None,
        "turn_count": max(one.prompt_count, len(one.turns)),
        "message_count": one.message_count,
        "status": one.status,
        "state": one.state(now, is_running=running),
        "is_running": running,
        "started_at": iso(one.first_started_at),
        "last_started_at": iso(one.last_started_at),
        "ended_at": iso(one.last_ended_at),
        "last_activity": iso(one.last_activity),
        "revival_count": one.revival_count,
        "subagent_session_ids": list(one.subagent_session_ids),
        "files_read": list(one.files_read),
        "total_tokens": one.total_tokens,
        "cost_usd": one.cost_usd,
        "cwd": one.cwd,
        "git_branch": one.git_branch,
        "machine_id": one.machine_id,
        "transcript_path": one.transcript_path,
        "transcript_available": one.transcript_available,
        "forgotten_at": iso(one.forgotten_at),
        "sources": one.sources,
    }


def page(one: Facts, now: int) -> dict[str, Any]:
    """A row, and what is too long for one."""
    return {
        **row(one, now),
        "turns": [{"id": turn.id, "prompt": turn.prompt, "at": iso(turn.at or None)} for turn in one.turns],
        "summary": one.summary,
        "plan": [msgspec.to_builtins(step) for step in one.plan],
        "first_ended_at": iso(one.first_ended_at),
        "end_reason": one.end_reason,
        "status_updated_at": iso(one.status_updated_at),
        "wait_reason": one.wait_reason,
        "pid": one.pid,
        "process_start_time": one.process_start_time,
        "first_cwd": one.first_cwd,
        "worktree": one.worktree,
        "api_request_count": one.api_request_count,
        "api_error_count": one.api_error_count,
        "n_hook_events": one.n_hook_events,
        "n_otel_events": one.n_otel_events,
        "github_repo": one.github_repo,
        "github_issue": one.github_issue,
        "github_pr": one.github_pr,
        "links": [{"kind": link.kind, "number": link.number, "url": link.url} for link in one.links],
        "commits": list(one.commits),
        "dismissed_at": iso(one.dismissed_at),
        "dismissed_by": one.dismissed_by,
    }


def is_running(one: Facts) -> bool | None:
    """Whether the session's process lives; None where that cannot be told."""
    if one.pid is None or one.agent in SHARED_PROCESSES or os.name != "posix":
        return None
    started = _started(one.pid)
    if started is None:
        return False
    if one.process_start_time is None or not started:
        return None
    return abs(started - one.process_start_time) <= _EARLY


@lru_cache(maxsize=4096)
def _started(pid: int) -> float | None:
    """When the process of that number started (seconds since 1970); 0 where it is not told, None for none."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):  # a number that no process has
        return None
    except OSError:
        pass  # another user's, but there
    return process.started(pid) or 0.0


def iso(at: int | None) -> str | None:
    """Nanoseconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    if at is None:
        return None
    moment = datetime.fromtimestamp(at / 1_000_000_000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
