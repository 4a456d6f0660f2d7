"""git-ai's notes (`refs/notes/ai`, authorship/3.0.0): read as anchors, and anchors written as such notes. Pure.

A note is lines `FILE`, each with indented lines `KEY RANGES` below it, then `---`, then JSON that says who a key
stands for: `s_…` or `s_…::t_…` a session, `h_…` a person whose editor told of a save, and in notes of before a bare
hash a session in `prompts`. A name with a blank stands in quotes, without escapes. Where entries overlap, the last
one counts.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from byline.repo.anchors.claims import Claim, anchor_of
from byline.repo.anchors.format import Anchor, LineAttribution, LineRange, SessionLink
from byline.repo.anchors.record import NotReadable, OfAnother

SCHEMA = "authorship/3.0.0"
TOOL: Literal["git-ai"] = "git-ai"
UNKNOWN_MODEL = "unknown"
"""Its sessions always name a model."""

LONGEST_NAME = 512
_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?$")
_NEVER = frozenset({"messages"})
"""What was said; notes of before could hold it."""

BESIDE = "byline.files"
"""Files whose names no line of a note can hold: by name, keys and ranges as entries have them. Ours alone."""

_TURN = "byline.turn."
"""Beginning of the custom attributes that say which turn a trace is."""


def is_note(path: str) -> str | None:
    """The commit that a path of the notes' tree speaks of."""
    commit = path.replace("/", "")
    return commit if re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", commit) else None


def parse(commit: str, data: bytes) -> tuple[Anchor, tuple[SessionLink, ...]]:
    """The note of a commit as an anchor without counts, and its sessions. Raises NotReadable, OfAnother.

    An entry that is none costs only itself.
    """
    head, told = _parts(data)
    if _is_of_another(told.get("base_commit_sha"), commit):
        raise OfAnother("a note of git-ai speaks of another commit than the one it hangs on")
    sessions, people = _sessions(told), _people(told)
    claims: dict[str, list[Claim]] = {}
    for path, entries in _beside(told):
        for key, ranges in entries:
            writer, found = _writer(key, sessions, people), _ranges(ranges)
            if found and writer is not None:
                claims.setdefault(path, []).append(Claim(writer, found))
    path = ""
    for line in head:
        line = line.rstrip()
        if not line:
            continue
        if not line.startswith("  "):
            path = line[1:-1] if len(line) > 1 and line[0] == line[-1] == '"' else line
            continue
        key, _, ranges = line.strip().partition(" ")
        writer = _writer(key, sessions, people)
        found = _ranges(ranges)
        if path and found and writer is not None:
            claims.setdefault(path, []).append(Claim(writer, found))
    links = {link.session_id: link for link in sessions.values()}
    ordered = tuple(links[one] for one in sorted(links))
    return anchor_of(commit, TOOL, claims, links), ordered


def render(anchor: Anchor, links: Iterable[SessionLink]) -> bytes:
    """The note that says what an anchor says. Its keys follow from the sessions: the same anchor, the same bytes."""
    by_id = {link.session_id: link for link in links}
    lines: list[str] = []
    sessions: dict[str, dict[str, Any]] = {}
    humans: dict[str, Any] = {}
    beside: dict[str, list[list[str]]] = {}
    for change in anchor.file_changes:
        name = _quoted(change.path)
        if not change.line_attributions:
            continue
        if name is not None:
            lines.append(name)
        for part in change.line_attributions:
            if part.author == "human":
                person = str(part.unknown.get("by") or anchor.author)
                key = f"h_{_short(person)}"
                humans[key] = {"author": person}
            else:
                key = _session_key(part, by_id.get(part.session_id or ""), anchor, sessions)
            ranges = ",".join(str(r.start) if r.start == r.end else f"{r.start}-{r.end}" for r in part.ranges)
            if name is not None:
                lines.append(f"  {key} {ranges}")
            else:
                beside.setdefault(change.path, []).append([key, ranges])
    told = {
        "schema_version": SCHEMA,
        "base_commit_sha": anchor.commit_hash,
        "prompts": {},
        "sessions": dict(sorted(sessions.items())),
        "humans": dict(sorted(humans.items())),
        **({BESIDE: beside} if beside else {}),
    }
    lines.append("---\n")
    return ("\n".join(lines) + json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def unnamed(anchor: Anchor) -> list[str]:
    """The files with known lines whose names the grammar of notes cannot hold: that tool will not see them."""
    return [one.path for one in anchor.file_changes if one.line_attributions and _quoted(one.path) is None]


def _session_key(
    part: LineAttribution, link: SessionLink | None, anchor: Anchor, sessions: dict[str, dict[str, Any]]
) -> str:
    """The key of an entry; its session is added to `sessions`."""
    agent = part.agent or (link.agent if link else None) or "unknown"
    key = f"s_{_short(f'{agent}:{part.session_id}')}"
    known = link.unknown.get("git_ai") if link else None
    entry = sessions.setdefault(key, {})
    entry["agent_id"] = {
        "tool": agent,
        "id": part.session_id or UNKNOWN_MODEL,
        "model": (link.model if link else None) or UNKNOWN_MODEL,
    }
    entry.setdefault("human_author", None if anchor.imported_from == TOOL else anchor.author or None)
    if isinstance(known, dict):
        entry.update(known)
    if part.turn_id is None:
        return key
    trace = part.turn_id if re.fullmatch(r"t_[0-9a-f]{14}", part.turn_id) else f"t_{_short(part.turn_id)}"
    if trace != part.turn_id:
        entry["custom_attributes"] = {**entry.get("custom_attributes", {}), f"{_TURN}{trace}": part.turn_id}
    return f"{key}::{trace}"


def _parts(data: bytes) -> tuple[list[str], dict[str, Any]]:
    try:
        lines = data.decode("utf-8").split("\n")
        divider = next(number for number, line in enumerate(lines) if line.rstrip("\r") == "---")
        told = json.loads("\n".join(lines[divider + 1 :]))
    except (UnicodeDecodeError, ValueError, RecursionError, StopIteration):
        raise NotReadable("not a note of git-ai") from None
    if not isinstance(told, dict) or not str(told.get("schema_version", "")).startswith("authorship/3."):
        raise NotReadable("not a note of git-ai that is known here")
    return lines[:divider], told


def _is_of_another(named: object, commit: str) -> bool:
    """Whether a note names another commit than the one it hangs on: git copies notes when it amends or rebases
    (`notes.rewriteRef`), and the lines of such a copy are those of the old commit. That tool itself writes it anew.
    """
    is_named = isinstance(named, str) and is_note(named.lower()) == named.lower() and named.strip("0")
    return bool(is_named) and str(named).lower() != commit


def _writer(key: str, sessions: dict[str, SessionLink], people: dict[str, str]) -> LineAttribution | None:
    """Who an entry's key stands for; None where the note does not say."""
    name, _, trace = key.partition("::")
    if name in people:
        return LineAttribution(author="human", ranges=(), link_type="explicit", unknown={"by": people[name]})
    link = sessions.get(name)
    if link is None:
        return None
    attributes = link.unknown.get("git_ai", {}).get("custom_attributes")
    turn = attributes.get(f"{_TURN}{trace}", trace) if isinstance(attributes, dict) else trace
    return LineAttribution(
        author="ai",
        ranges=(),
        agent=link.agent,
        session_id=link.session_id,
        turn_id=turn[:LONGEST_NAME] if isinstance(turn, str) and turn else None,
        link_type="explicit",
    )


def _sessions(told: dict[str, Any]) -> dict[str, SessionLink]:
    """The session of each key, in today's manner and the one before. What a record says besides is kept."""
    found = {}
    for kind in ("prompts", "sessions"):
        entries = told.get(kind)
        for key, entry in entries.items() if isinstance(entries, dict) else ():
            agent = entry.get("agent_id") if isinstance(entry, dict) else None
            session = agent.get("id") if isinstance(agent, dict) else None
            if isinstance(agent, dict) and isinstance(session, str) and 0 < len(session) <= LONGEST_NAME:
                tool, model = agent.get("tool"), agent.get("model")
                more = {name: value for name, value in entry.items() if name not in {"agent_id", *_NEVER} and value}
                found[key] = SessionLink(
                    session_id=session,
                    agent=tool[:LONGEST_NAME] if isinstance(tool, str) and tool else "unknown",
                    model=model[:LONGEST_NAME]
                    if isinstance(model, str) and model not in ("", UNKNOWN_MODEL)
                    else None,
                    link_type="explicit",
                    unknown={"git_ai": more} if more else {},
                )
    return found


def _beside(told: dict[str, Any]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Files and their entries that no line could name."""
    files = told.get(BESIDE)
    for path, entries in files.items() if isinstance(files, dict) else ():
        pairs = [one for one in entries if isinstance(one, list)] if isinstance(entries, list) else []
        found = [(one[0], one[1]) for one in pairs if len(one) == 2 and all(isinstance(part, str) for part in one)]
        if "\n" in path and found:
            yield path, found


def _people(told: dict[str, Any]) -> dict[str, str]:
    entries = told.get("humans")
    return {
        key: str(entry["author"])[:LONGEST_NAME]
        for key, entry in (entries.items() if isinstance(entries, dict) else ())
        if isinstance(entry, dict) and isinstance(entry.get("author"), str)
    }


def _ranges(text: str) -> list[LineRange]:
    found = []
    for part in text.split(","):
        told = _RANGE.match(part.strip())
        start, end = (int(told[1]), int(told[2] or told[1])) if told else (0, 0)
        if 0 < start <= end:
            found.append(LineRange(start=start, end=end))
    return sorted(found, key=lambda one: one.start)


def _quoted(path: str) -> str | None:
    """A file's name as a note has it; None for one that its grammar cannot hold."""
    if "\n" in path:
        return None
    is_plain = path and not re.search(r"\s", path) and path != "---" and not (path[0] == path[-1] == '"')
    return path if is_plain else f'"{path}"'


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:14]
