"""A session as `--json` prints it (docs/json.md)."""

from typing import Any

import msgspec

from byline.cli.moments import iso
from byline.sessions.facts import Facts
from byline.sessions.views import oobo
from byline.workspace.running import is_running


def row(one: Facts, now: int) -> dict[str, Any]:
    """The fields of a SessionLink, null where unknown, and what else is known. Times are ISO 8601 in UTC."""
    running = is_running(one)
    return {
        **msgspec.structs.asdict(oobo(one)),
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
