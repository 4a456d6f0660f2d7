"""The answer to `byline/attribution`: a file's owners as ranges, for clients that draw themselves."""

import itertools
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from byline.model import FileAttribution, Session
from byline.server.facts import Summary, runs
from byline.server.lines import Text
from byline.server.shift import Owners
from byline.sessions.lineturns import prompt_of

COLORS = 24


def attribution(
    uri: str,
    version: int | None,
    text: Text,
    owners: Owners,
    answer: FileAttribution | None,
    summary: Summary,
    *,
    shown: bool = False,
) -> dict[str, Any]:
    """Ranges in the protocol's 0-based lines, `end` not included, covering all lines in order."""
    sessions = answer.sessions if answer else {}
    ranges = [
        {
            "start": text.client_line(run.start),
            "end": text.client_line(run.end),
            "owner": run.line.owner,
            "session_id": run.line.session_id,
            "agent": run.line.agent,
            "model": run.line.model,
            "prompt": prompt_of(run.line, sessions),
            "state": run.line.state,
            "reason": run.line.reason,
            "color_key": color_key(run.line.session_id),
        }
        for run in runs(owners.items)
    ]
    used = {line.session_id for line in owners.items if line.session_id}
    used |= {session.parent_session_id for id in used if (session := sessions.get(id)) and session.parent_session_id}
    return {
        "uri": uri,
        "version": version,
        "shown": shown,
        "ranges": ranges,
        "sessions": {id: _session(sessions[id]) for id in sorted(used) if id in sessions},
        "summary": {
            "ai_lines": summary.ai_lines,
            "lines": summary.lines,
            "percent": summary.percent,
            "agents": list(summary.agents),
            "unreviewed": summary.unreviewed,
        },
        "reviewed": [
            [text.client_line(start), text.client_line(end)] for start, end in marked(owners.reviewed or ())
        ],
    }


def marked(reviewed: Sequence[int | None]) -> Iterator[tuple[int, int]]:
    """Runs of lines with a mark: byline's 0-based lines, `end` not included."""
    start = 0
    for is_marked, group in itertools.groupby(at is not None for at in reviewed):
        end = start + sum(1 for _ in group)
        if is_marked:
            yield start, end
        start = end


def color_key(session_id: str | None) -> int | None:
    """A small number, the same for the same session everywhere: which of a client's colours to take."""
    return zlib.crc32(session_id.encode("utf-8", "replace")) % COLORS if session_id else None


def _session(session: Session) -> dict[str, Any]:
    return {
        "agent": session.agent,
        "agent_version": session.agent_version,
        "model": session.model,
        "parent_session_id": session.parent_session_id,
        "subagent_type": session.subagent_type,
        "status": session.status,
        "first_started_at": session.first_started_at,
        "last_activity": session.last_activity,
        "turns": [{"id": turn.id, "prompt": turn.prompt, "at": turn.at} for turn in session.turns],
    }


def nothing(uri: str) -> dict[str, Any]:
    """The answer for a document of which nothing is known."""
    counts = {"ai_lines": 0, "lines": 0, "percent": 0, "agents": [], "unreviewed": None}
    empty: dict[str, Any] = {"ranges": [], "sessions": {}, "summary": counts, "reviewed": []}
    return {"uri": uri, "version": None, "shown": False, **empty}
