"""A session's facts put together from its sources: transcript above telemetry above hooks, field by field. Pure."""

from collections.abc import Mapping

from byline.model import Turn
from byline.sessions import github
from byline.sessions.growing import Growing
from byline.sessions.measured import Measured
from byline.sessions.record import SHARED_PROCESSES, STALE_AFTER, Facts, Source, State
from byline.sessions.tally import Tally, Usage

__all__ = ["SHARED_PROCESSES", "STALE_AFTER", "Facts", "Source", "State", "facts", "related"]

_SOURCED = (
    *("agent_version", "model", "turns", "message_count", "input_tokens", "output_tokens", "cache_read_tokens"),
    *("cache_creation_tokens", "cost_usd", "context_tokens", "context_window_size", "api_request_count"),
    *("api_error_count", "compact_count", "tool_calls", "tool_usage", "tool_failures", "bash_commands", "summary"),
    *("plan", "git_branch", "thinking_duration_ms", "links"),
)

_MANY = 1000
"""Characters by which one prompt is told from another."""


def facts(known: Growing, tally: Tally | None = None, measured: Measured | None = None) -> Facts:
    """What events, above them telemetry, and above that a transcript tell of one session."""
    result = _of_events(known)
    result.sources = {name: "hook" for name in _SOURCED if getattr(result, name)}
    if measured is not None:
        result.n_otel_events = measured.events
        _put(result, _of_telemetry(measured), "otel")
    if tally is not None and tally.records:
        _put(result, _of_transcript(result, tally), "transcript")
        _estimate(result, tally)
        result.subagent_count = len(tally.spawned)
        result.transcript_available = True
    return result


def _of_events(known: Growing) -> Facts:
    text = {name: value for name, value in known.latest.items() if isinstance(value, str)}
    result = Facts(
        session_id=known.id,
        agent=text.get("agent", "unknown"),
        agent_version=text.get("agent_version"),
        model=text.get("model"),
        machine_id=text.get("machine_id"),
        parent_session_id=text.get("parent_session_id"),
        subagent_type=text.get("subagent_type"),
        cwd=text.get("cwd"),
        first_cwd=known.first_cwd,
        worktree=text.get("worktree"),
        transcript_path=known.transcripts[-1] if known.transcripts else None,
        n_hook_events=known.events,
        link_type="explicit" if known.hooked else "inferred",
        links=tuple(known.links),
        commits=tuple(known.commits),
        dismissed_at=known.dismissed_at,
        dismissed_by=known.dismissed_by,
        forgotten_at=known.forgotten_at,
    )
    _put_life(result, known)
    _put_work(result, known)
    return result


def _put_life(result: Facts, known: Growing) -> None:
    """When it began and ended, and what it is doing."""
    pid, started, reason = (known.latest.get(name) for name in ("pid", "process_start", "wait_reason"))
    result.first_started_at = known.first
    result.last_started_at = known.last_start or known.first
    result.first_ended_at = known.first_end
    result.last_ended_at = known.ended
    result.last_activity = known.last
    result.revival_count = known.revivals
    result.end_reason = known.end_reason
    result.status = known.status
    result.status_updated_at = known.status_at or None
    result.wait_reason = reason if isinstance(reason, str) and known.status == "wait" else None
    result.pid = pid if isinstance(pid, int) and not known.is_over else None
    result.process_start_time = float(started) if isinstance(started, int | float) and not known.is_over else None


def _put_work(result: Facts, known: Growing) -> None:
    """What it was asked, what it did, what it took."""
    result.turns = tuple(known.turns)
    result.prompt_count = len(known.turns)
    result.input_tokens = known.tokens.get("input")
    result.output_tokens = known.tokens.get("output")
    result.cache_read_tokens = known.tokens.get("cache_read")
    result.cache_creation_tokens = known.tokens.get("cache_creation")
    result.cost_usd = known.cost
    result.message_count = len(known.turns)
    result.compact_count = known.compactions
    result.tool_calls = known.calls
    result.tool_usage = dict(known.tools)
    result.tool_failures = known.failures
    result.bash_commands = tuple(known.commands)
    result.files_written = tuple(known.written)
    result.files_read = tuple(known.read)


def _put(result: Facts, told: Mapping[str, object], source: Source) -> None:
    """What this source tells stands above what the ones before it told, each field whole."""
    for name, value in told.items():
        if value is not None and (value not in ((), {}) or not getattr(result, name)):
            setattr(result, name, value)
            if name in _SOURCED and (value or isinstance(value, int)):
                result.sources[name] = source


def _of_tokens(total: Usage) -> dict[str, object]:
    return {
        "input_tokens": total.input,
        "output_tokens": total.output,
        "cache_read_tokens": total.cache_read,
        "cache_creation_tokens": total.cache_creation,
    }


def _of_telemetry(measured: Measured) -> dict[str, object]:
    told: dict[str, object] = {
        "agent_version": measured.agent_version,
        "model": measured.model,
        "cost_usd": measured.cost_usd,
        "api_request_count": measured.requests,
        "api_error_count": measured.errors,
        "message_count": measured.prompts + (measured.requests or 0) or None,
    }
    if measured.usage is not None:
        told |= _of_tokens(measured.usage)
    if measured.tool_usage:
        told |= {
            "tool_calls": sum(measured.tool_usage.values()),
            "tool_usage": measured.tool_usage,
            "tool_failures": measured.tool_failures,
        }
    return told


def _of_transcript(result: Facts, tally: Tally) -> dict[str, object]:
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
        "thinking_duration_ms": tally.thinking_ms,
    }
    if total is not None:
        told |= _of_tokens(total)
        told |= {"api_request_count": tally.requests or None, "api_error_count": tally.api_errors}
    if tally.calls:
        usage = tally.tool_usage
        told |= {"tool_calls": sum(usage.values()), "tool_usage": usage, "tool_failures": tally.failures}
        told["bash_commands"] = tuple(tally.commands.values())
        told["links"] = tuple(_links(tally))
    # Agents write late: a transcript that lacks prompts which a hook has seen is behind, and says nothing yet.
    if tally.asked >= len(result.turns):
        told["prompt_count"] = tally.asked
        told["turns"] = _turns(tally, result.turns)
    told["message_count"] = max(tally.asked, len(result.turns)) + max(tally.requests, tally.answers)
    return told


def _turns(tally: Tally, heard: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """A transcript's prompts. What it leaves open of one, time or id, is as the hook of the same words told it."""
    by_words: dict[str, list[Turn]] = {}
    for turn in reversed(heard):
        by_words.setdefault(_words(turn.prompt), []).append(turn)
    found = []
    for one in tally.prompts.values():
        same = by_words.get(_words(one.text))
        turn = same.pop() if same else Turn(None, one.text, 0)
        found.append(Turn(one.id or turn.id, one.text, one.at or turn.at))
    return tuple(found)


def _words(prompt: str) -> str:
    """What two tellings of one prompt have in common: transcripts' and hooks' are cut at different lengths."""
    return prompt.strip()[:_MANY]


def _links(tally: Tally) -> list[github.Link]:
    found: list[github.Link] = []
    for call, command in tally.commands.items():
        found += github.named(command)
        found += tally.links.get(call, [])
    return found[-github.MOST_LINKS :]


def _estimate(result: Facts, tally: Tally) -> None:
    """Tokens by the length of texts, for agents that state none anywhere."""
    if tally.estimate is None or result.total_tokens is not None:
        return
    result.input_tokens, result.output_tokens = tally.estimate.input, tally.estimate.output
    result.is_estimated = True
    result.sources |= {"input_tokens": "transcript", "output_tokens": "transcript"}


def related(sessions: Mapping[str, Facts]) -> None:
    """Fill in what sessions say of each other: their subagents, and who wrote or read the same files."""
    children: dict[str, list[str]] = {}
    by_file: dict[str, set[str]] = {}
    for session_id, one in sessions.items():
        if one.parent_session_id is not None:
            children.setdefault(one.parent_session_id, []).append(session_id)
        for file in (*one.files_written, *one.files_read):
            if file in by_file:
                by_file[file].add(session_id)
            else:
                by_file[file] = {session_id}
    for session_id, one in sessions.items():
        own = children.get(session_id, [])
        one.subagent_session_ids = tuple(own)
        one.subagent_count = max(one.subagent_count, len(own))
        peers = set[str]().union(*[by_file[file] for file in (*one.files_written, *one.files_read)])
        one.peer_session_ids = tuple(sorted(peers - {session_id}))
