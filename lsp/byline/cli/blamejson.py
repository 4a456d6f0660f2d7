"""The answer of `byline blame` as JSON (docs/json.md)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from byline.model import Attribution, FileAttribution
from byline.sessions.lineturns import prompt_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_json(answer: FileAttribution, rev: str | None, lines: Iterable[int]) -> dict[str, object]:
    """The documented object for these `lines`, 0-based; in it they are numbered from 1."""
    contents = answer.text.split(b"\n")
    return {
        "file": answer.path,
        "commit": answer.revision if rev is None else (answer.revision or rev),
        "lines": [_line(answer, answer.lines[k], contents[k].decode("utf-8", "replace")) for k in lines],
    }


def _line(answer: FileAttribution, line: Attribution, content: str) -> dict[str, object]:
    commit = answer.commits.get(line.commit) if line.commit else None
    ai: str | None = None
    if line.owner != "unknown":
        ai = "human" if line.owner == "human" else (line.agent or "ai")
    return {
        "line": line.line + 1,
        "content": content.removesuffix("\r"),
        "origin_sha": line.commit,
        "ai": ai,
        "agent": line.agent,
        "session_ids": [line.session_id] if line.session_id else [],
        "tokens": None,
        "committed_at": _iso(commit.committer_time) if commit else None,
        "message": commit.summary if commit else None,
        "owner": line.owner,
        "session_id": line.session_id,
        "parent_session_id": line.parent_session_id,
        "turn_id": line.turn_id,
        "prompt": prompt_of(line, answer.sessions),
        "tool": line.tool,
        "model": line.model,
        "link_type": line.link_type,
        "reason": line.reason,
        "evidence": line.evidence,
        "at": _iso(line.at // 1_000_000_000) if line.at else None,
        "source": line.source,
        "state": line.state,
        "previous": [
            {
                "owner": one.owner,
                "session_id": one.session_id,
                "agent": one.agent,
                "reason": one.reason,
                "at": _iso(one.at // 1_000_000_000) if one.at else None,
            }
            for one in line.previous
        ],
    }


def _iso(seconds: int) -> str:
    moment = _EPOCH + timedelta(seconds=seconds)  # Windows' clock ends in the year 3000
    return moment.isoformat().replace("+00:00", "Z")
