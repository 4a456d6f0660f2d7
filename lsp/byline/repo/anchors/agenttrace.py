"""Records of Agent Trace 0.1.0: anchors written as such, one a commit, and such records read as anchors. Pure."""

import json
import re
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from byline.moment import second
from byline.repo.anchors.claims import Claim, anchor_of
from byline.repo.anchors.format import Anchor, LineAttribution, LineRange, SessionLink

VERSION = "0.1.0"
TOOL: Literal["agent-trace"] = "agent-trace"
VENDOR = "dev.byline"
LONGEST_MODEL = 250
LONGEST_NAME = 512
_NAMESPACE = uuid.UUID("5b7f0f2e-3f0b-5c39-9a52-6d1f2f6f3a10")
_MAKERS = (
    (re.compile(r"claude"), "anthropic"),
    (re.compile(r"gpt|o\d|codex|chatgpt"), "openai"),
    (re.compile(r"gemini|gemma"), "google"),
    (re.compile(r"grok"), "xai"),
    (re.compile(r"qwen"), "alibaba"),
    (re.compile(r"deepseek"), "deepseek"),
    (re.compile(r"mistral|codestral|devstral"), "mistral"),
    (re.compile(r"llama"), "meta"),
)
"""Names of models that are well known, and who makes them: `maker/model` is how the format names one."""

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
Line = Annotated[int, Meta(ge=1, le=2**32 - 1)]


class Contributor(msgspec.Struct):
    """Who wrote lines."""

    type: Literal["human", "ai", "mixed", "unknown"]
    model_id: Annotated[str, Meta(max_length=LONGEST_MODEL)] | None = None


class Range(msgspec.Struct):
    """Lines at the record's revision, 1-based, both inclusive."""

    start_line: Line
    end_line: Line
    contributor: Contributor | None = None


class Related(msgspec.Struct):
    """Something beside a conversation."""

    type: str
    url: str


class Conversation(msgspec.Struct):
    """What one conversation wrote of one file."""

    ranges: list[Range]
    url: str | None = None
    contributor: Contributor | None = None
    related: list[Related] = []


class File(msgspec.Struct):
    """One file."""

    path: Annotated[str, Meta(min_length=1, max_length=8192)]
    conversations: list[Conversation]


class Vcs(msgspec.Struct):
    """Where the lines are."""

    type: Literal["git", "jj", "hg", "svn"]
    revision: str


class Tool(msgspec.Struct):
    """Who wrote the record."""

    name: str | None = None
    version: str | None = None


class Trace(msgspec.Struct):
    """One record, as far as it is read here."""

    version: Annotated[str, Meta(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
    id: uuid.UUID
    timestamp: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d")]
    files: list[File]
    vcs: Vcs | None = None
    tool: Tool | None = None
    metadata: dict[str, Any] = {}


def record(anchor: Anchor, links: Iterable[SessionLink]) -> dict[str, Any]:
    """The record of one commit: lines as the commit has them, one conversation for each session of a file.

    Its id follows from the commit. Which session a conversation is, stands in the vendor's metadata, in the same
    order: the format has no place for a session that is no address.
    """
    models = {link.session_id: link.model for link in links}
    files, sessions = [], []
    for change in anchor.file_changes:
        if not change.line_attributions:
            continue
        conversations: list[dict[str, Any]] = []
        named: list[dict[str, Any]] = []
        for part in change.line_attributions:
            contributor: dict[str, Any] = {"type": part.author}
            model = models.get(part.session_id or "")
            if model and len(model_id(model)) <= LONGEST_MODEL:
                contributor["model_id"] = model_id(model)
            ranges = [{"start_line": lines.start, "end_line": lines.end} for lines in part.ranges]
            conversations.append({"contributor": contributor, "ranges": ranges})
            told = {"session_id": part.session_id, "agent": part.agent, "turn_id": part.turn_id, "model": model}
            named.append({name: value for name, value in told.items() if value is not None})
        files.append({"path": change.path, "conversations": conversations})
        sessions.append({"path": change.path, "conversations": named})
    at = second(anchor.committed_at)
    return {
        "version": VERSION,
        "id": str(uuid.uuid5(_NAMESPACE, anchor.commit_hash)),
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)),
        "vcs": {"type": "git", "revision": anchor.commit_hash},
        "tool": {"name": "byline", "version": anchor.byline_version or version("byline")},
        "files": files,
        "metadata": {VENDOR: {"files": sessions}},
    }


def model_id(model: str) -> str:
    """A model's name with its maker before it, where that is known."""
    if "/" in model:
        return model
    return next((f"{maker}/{model}" for names, maker in _MAKERS if names.match(model.lower())), model)


def parse(data: bytes, skipped: Counter[str]) -> dict[str, tuple[Anchor, tuple[SessionLink, ...]]]:
    """What a file of records says, by commit; later records have the last word. What is no record is counted.

    The file holds one record a line, or a list of them, or one.
    """
    found: dict[str, list[Trace]] = {}
    for raw in _records(data, skipped):
        try:
            trace = msgspec.convert(raw, Trace)
        except (msgspec.ValidationError, RecursionError, UnicodeEncodeError):
            skipped["a record is not valid"] += 1
            continue
        if trace.vcs is None or trace.vcs.type != "git" or not _COMMIT.fullmatch(trace.vcs.revision):
            skipped["a record names no commit of git"] += 1
            continue
        found.setdefault(trace.vcs.revision, []).append(trace)
    return {commit: _anchor(commit, traces) for commit, traces in found.items()}


def _records(data: bytes, skipped: Counter[str]) -> Iterator[Any]:
    text = data.decode("utf-8", "replace").lstrip("\ufeff")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        for line in text.split("\n"):
            if line.strip():
                try:
                    yield json.loads(line)
                except (ValueError, RecursionError):
                    skipped["a line is no JSON"] += 1
        return
    yield from whole if isinstance(whole, list) else [whole]


def _anchor(commit: str, traces: Sequence[Trace]) -> tuple[Anchor, tuple[SessionLink, ...]]:
    claims: dict[str, list[Claim]] = {}
    links: dict[str, SessionLink] = {}
    for trace in sorted(traces, key=lambda one: (one.timestamp, str(one.id))):
        for file in trace.files:
            named = _named(trace, file.path)
            for number, conversation in enumerate(file.conversations):
                own = named[number] if number < len(named) and isinstance(named[number], dict) else {}
                for part in conversation.ranges:
                    who = part.contributor or conversation.contributor
                    writer = _writer(trace, conversation, who, own, links)
                    if writer is not None and part.start_line <= part.end_line:
                        lines = LineRange(start=part.start_line, end=part.end_line)
                        claims.setdefault(file.path, []).append(Claim(writer, (lines,)))
    joined = {path: _together(own) for path, own in claims.items()}
    return anchor_of(commit, TOOL, joined, links), tuple(links[one] for one in sorted(links))


def _together(claims: Sequence[Claim]) -> list[Claim]:
    """Neighbours of one writer as one claim."""
    found: list[Claim] = []
    for claim in claims:
        if found and found[-1].lines == claim.lines:
            found[-1] = Claim(claim.lines, (*found[-1].ranges, *claim.ranges))
        else:
            found.append(claim)
    return found


def _writer(
    trace: Trace,
    conversation: Conversation,
    who: Contributor | None,
    own: Mapping[str, Any],
    links: dict[str, SessionLink],
) -> LineAttribution | None:
    """Who wrote lines; None where the record says that nobody or several did. A session is added to `links`."""
    if who is not None and who.type == "human":
        return LineAttribution(author="human", ranges=(), link_type="explicit")
    if who is None or who.type != "ai":
        return None
    near = next((one.url for one in conversation.related if one.type == "session"), None)
    session = _text(own.get("session_id")) or _text(conversation.url) or _text(near) or f"{TOOL}:{trace.id}"
    agent = _text(own.get("agent")) or _text(trace.tool.name if trace.tool else None) or "unknown"
    links.setdefault(
        session,
        SessionLink(
            session_id=session, agent=agent, model=_text(own.get("model")) or who.model_id, link_type="explicit"
        ),
    )
    return LineAttribution(
        author="ai",
        ranges=(),
        agent=agent,
        session_id=session,
        turn_id=_text(own.get("turn_id")),
        link_type="explicit",
    )


def _named(trace: Trace, path: str) -> list[Any]:
    """What byline's own metadata says of the conversations of a file, in their order."""
    ours = trace.metadata.get(VENDOR)
    files = ours.get("files") if isinstance(ours, dict) else None
    for file in files if isinstance(files, list) else ():
        if isinstance(file, dict) and file.get("path") == path and isinstance(file.get("conversations"), list):
            return list(file["conversations"])
    return []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_NAME else None
