"""git-ai's notes (`refs/notes/ai`, authorship/3.0.0): read as anchors, and anchors written as such notes. Pure.

A note is lines `FILE`, each with indented lines `KEY RANGES` below it, then `---`, then JSON that says which session
a key stands for. Only sessions are read: what git-ai calls human may be what nobody has seen.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from byline.repo.anchors.format import Anchor, FileChange, LineAttribution, LineRange, SessionLink
from byline.repo.anchors.record import NotReadable

SCHEMA = "authorship/3.0.0"
_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?$")


def is_note(path: str) -> str | None:
    """The commit that a path of the notes' tree speaks of."""
    commit = path.replace("/", "")
    return commit if re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", commit) else None


def parse(commit: str, data: bytes) -> Anchor:
    """The note of a commit as an anchor without counts. Raises NotReadable."""
    try:
        head, divider, tail = data.decode("utf-8").partition("\n---\n")
        told = json.loads(tail) if divider else None
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise NotReadable("not a note of git-ai") from None
    if not isinstance(told, dict) or not str(told.get("schema_version", "")).startswith("authorship/3."):
        raise NotReadable("not a note of git-ai that is known here")
    known = _sessions(told)
    changes: dict[str, dict[str, list[LineRange]]] = {}
    path = ""
    for line in head.split("\n"):
        if not line.startswith("  "):
            path = _unquoted(line)
            continue
        key, _, ranges = line.strip().partition(" ")
        key = key.partition("::")[0]
        if path and key in known:
            changes.setdefault(path, {}).setdefault(key, []).extend(_ranges(ranges))
    files = tuple(
        FileChange(path=name, added=0, deleted=0, attribution="mixed", line_attributions=_lines(keys, known))
        for name, keys in sorted(changes.items())
    )
    return Anchor(
        commit_hash=commit,
        branch="",
        author="",
        author_type="assisted",
        committed_at=0,
        message="",
        files_changed=tuple(changes),
        added=0,
        deleted=0,
        file_changes=files,
        ai_added=0,
        ai_deleted=0,
        human_added=0,
        human_deleted=0,
        session_ids=tuple(sorted({session for session, _ in known.values()})),
        transparency_mode="off",
    )


def render(anchor: Anchor, links: Iterable[SessionLink]) -> bytes:
    """The note that says what an anchor says. Its keys follow from the sessions: the same anchor, the same bytes."""
    models = {link.session_id: link.model for link in links}
    lines: list[str] = []
    sessions: dict[str, Any] = {}
    humans: dict[str, Any] = {}
    for change in anchor.file_changes:
        if not change.line_attributions:
            continue
        lines.append(json.dumps(change.path, ensure_ascii=False) if re.search(r"\s", change.path) else change.path)
        for part in change.line_attributions:
            if part.author == "human":
                key = f"h_{_short(anchor.author)}"
                humans[key] = {"author": anchor.author}
            else:
                key = f"s_{_short(f'{part.agent}:{part.session_id}')}"
                agent = {"tool": part.agent, "id": part.session_id, "model": models.get(part.session_id or "")}
                sessions[key] = {"agent_id": agent, "human_author": anchor.author}
                key += f"::t_{_short(part.turn_id or '')}"
            ranges = ",".join(str(r.start) if r.start == r.end else f"{r.start}-{r.end}" for r in part.ranges)
            lines.append(f"  {key} {ranges}")
    told = {
        "schema_version": SCHEMA,
        "base_commit_sha": anchor.commit_hash,
        "prompts": {},
        "sessions": sessions,
        "humans": humans,
    }
    return ("\n".join(lines) + "\n---\n" + json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def _sessions(told: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    """Session and agent of each key, in today's manner and the one before."""
    found = {}
    for kind in ("prompts", "sessions"):
        entries = told.get(kind)
        for key, entry in entries.items() if isinstance(entries, dict) else ():
            agent = entry.get("agent_id") if isinstance(entry, dict) else None
            session = agent.get("id") if isinstance(agent, dict) else None
            if isinstance(agent, dict) and isinstance(session, str) and 0 < len(session) <= 512:
                tool = agent.get("tool")
                found[key] = (session, tool[:512] if isinstance(tool, str) else None)
    return found


def _lines(keys: dict[str, list[LineRange]], known: dict[str, tuple[str, str | None]]) -> tuple[LineAttribution, ...]:
    found = []
    for key, ranges in sorted(keys.items()):
        session, agent = known[key]
        whole = tuple(sorted(ranges, key=lambda part: part.start))
        found.append(LineAttribution(author="ai", ranges=whole, agent=agent, session_id=session))
    return tuple(found)


def _ranges(text: str) -> list[LineRange]:
    found = []
    for part in text.split(","):
        told = _RANGE.match(part.strip())
        start, end = (int(told[1]), int(told[2] or told[1])) if told else (0, 0)
        if 0 < start <= end:
            found.append(LineRange(start=start, end=end))
    return found


def _unquoted(line: str) -> str:
    if not line.startswith('"'):
        return line
    try:
        return msgspec.json.decode(line.encode(), type=str)
    except msgspec.MsgspecError:
        return line.strip('"')


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:14]
