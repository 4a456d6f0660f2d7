"""The anchor format, version 1, as values (`docs/anchor-format.md`). Line numbers are 1-based, ranges inclusive."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from byline.moment import LAST_SECOND
from byline.repo.anchors.record import UNKNOWN_FIELDS, Record

SCHEMA_VERSION = 1
FORMAT_LEVEL = "1.0.0"
"""What `oobo_version` says: the level of the shared format that is written."""

U32 = Annotated[int, Meta(ge=0, le=2**32 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""Tokens, seconds: what every reader of JSON holds, and sums of it fit into an index."""
Second = Annotated[int, Meta(ge=0, le=LAST_SECOND)]
"""Since 1970."""
LineNumber = Annotated[int, Meta(ge=1, le=2**32 - 1)]
CommitId = Annotated[str, Meta(pattern="^[0-9a-f]{40}([0-9a-f]{24})?$")]
LONGEST_NAME = 512
Name = Annotated[str, Meta(max_length=LONGEST_NAME)]
"""Agents, models, ids of sessions and turns."""
Path = Annotated[str, Meta(max_length=8192)]
Percentage = Annotated[float, Meta(ge=0, le=100)]

AuthorType = Literal["agent", "assisted", "human", "automated"]
LinkType = Literal["explicit", "inferred"]
Role = Literal["writer", "reader", "both"]
ImportedFrom = Literal["git-ai", "oobo", "agent-trace"]


class LineRange(Record, frozen=True, kw_only=True):
    """Consecutive lines of a file as the commit has it."""

    start: LineNumber
    end: LineNumber


class LineAttribution(Record, frozen=True, kw_only=True):
    """Lines that the commit added or changed, all by one writer. Lines nobody saw being written are in none."""

    author: Literal["ai", "human"]
    ranges: tuple[LineRange, ...]
    agent: Name | None = None
    session_id: Name | None = None
    turn_id: Name | None = None
    link_type: LinkType | None = None
    carried: Literal[True] | None = None
    """The writer had them elsewhere before: the commit moved, re-formatted, merged or restored them."""


class FileChange(Record, frozen=True, kw_only=True):
    """One file that the commit changed."""

    path: Path
    old_path: Path | None = None
    added: U32
    deleted: U32
    attribution: Literal["ai", "human", "mixed"]
    agent: Name | None = None
    line_attributions: tuple[LineAttribution, ...] = ()
    contested: tuple[LineRange, ...] = ()
    """Lines that descriptions of the commit gave to different writers: nobody's, whoever else claims them later."""


class Contributor(Record, frozen=True, kw_only=True):
    """A person or an agent."""

    name: str
    role: Literal["human", "agent"]
    model: Name | None = None


class SessionRole(Record, frozen=True, kw_only=True):
    """What one session did with one file."""

    session_id: Name
    role: Role


class FileInteraction(Record, frozen=True, kw_only=True):
    """A file that several sessions had to do with."""

    path: Path
    sessions: tuple[SessionRole, ...]


class TurnLink(Record, frozen=True, kw_only=True):
    """A prompt that led to lines of the commit."""

    kept: ClassVar = frozenset({"tree_hash"})

    id: Name
    session_id: Name
    source: Name
    turn_index: int
    """Position within the session, from 0."""
    tree_hash: str | None = None
    prompt: str | None = None
    """One line of it, redacted; only where prompts are shared."""


class Coverage(Record, frozen=True, kw_only=True):
    """What was not seen."""

    capture_gap_files: tuple[Path, ...] = ()
    """Changed files of which some added line has no evidence."""
    notes: tuple[str, ...] = ()


class Anchor(Record, frozen=True, kw_only=True):
    """`metadata.json` of one commit."""

    kept: ClassVar = frozenset({"contributors", "file_changes", "ai_percentage"})

    anchor_schema_version: U32 = SCHEMA_VERSION
    oobo_version: str = FORMAT_LEVEL
    byline_version: str | None = None
    commit_hash: CommitId
    branch: str
    author: str
    author_type: AuthorType
    author_type_source: Literal["observed", "derived"] | None = None
    contributors: tuple[Contributor, ...] = ()
    committed_at: Second
    message: str
    files_changed: tuple[Path, ...]
    added: U32
    deleted: U32
    file_changes: tuple[FileChange, ...] = ()
    ai_added: U32
    ai_deleted: U32
    human_added: U32
    """Lines of people, and lines of which nobody knows."""
    human_deleted: U32
    unknown_added: U32 | None = None
    """How many of `human_added` have no evidence; null in anchors that do not tell people from nobody."""
    unknown_deleted: U32 | None = None
    ai_percentage: Percentage | None = None
    session_ids: tuple[Name, ...]
    summary: str | None = None
    intent: str | None = None
    reasoning: str | None = None
    transparency_mode: Literal["on", "off"]
    file_interactions: tuple[FileInteraction, ...] | None = None
    turns: tuple[TurnLink, ...] | None = None
    coverage: Coverage | None = None
    imported_from: ImportedFrom | None = None
    """The tool that said so; null in what byline saw itself."""


class SessionLink(Record, frozen=True, kw_only=True):
    """`N/metadata.json`: one session with a step of its own in the commit, up to the commit."""

    session_id: Name
    agent: Name
    model: Name | None = None
    link_type: LinkType | None = None
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cache_read_tokens: Count | None = None
    cache_creation_tokens: Count | None = None
    duration_secs: Count | None = None
    tool_calls: U32 | None = None
    files_touched: tuple[Path, ...] | None = None
    tool_usage: dict[str, U32] | None = None
    tool_failures: U32 | None = None
    subagent_count: U32 | None = None
    bash_commands: tuple[str, ...] | None = None
    thinking_duration_ms: Count | None = None
    compact_count: U32 | None = None
    context_tokens: Count | None = None
    context_window_size: Count | None = None
    is_subagent: bool = False
    parent_session_id: Name | None = None
    subagent_type: Name | None = None
    is_estimated: bool = False
    peer_session_ids: tuple[Name, ...] | None = None


class TimelineEvent(Record, frozen=True, kw_only=True):
    """One read or write of a file that several sessions had to do with."""

    session_id: Name
    path: Path
    action: Literal["read", "write"]
    timestamp: Second


class Timeline(Record, frozen=True, kw_only=True):
    """`timeline.json`."""

    session_count: U32
    longest_session_ms: Count
    file_interactions: tuple[FileInteraction, ...]
    events: tuple[TimelineEvent, ...]


class Subagent(Record, frozen=True, kw_only=True):
    """`subagents/N/metadata.json`."""

    subagent_type: Name
    session_id: Name


class CommitRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is stored for one commit. Subagents are numbered in this order, links too, from 1."""

    anchor: Anchor
    links: tuple[SessionLink, ...] = ()
    timeline: Timeline | None = None
    subagents: tuple[Subagent, ...] = ()
    transcripts: Mapping[str, Sequence[Any]] = {}
    """What was said, by session; written only where transparency is on."""


def ai_percentage(ai_lines: int, all_lines: int) -> float | None:
    """Share of a commit's added and deleted lines that is AI's, to one decimal; None without any."""
    return round(100 * ai_lines / all_lines, 1) if ai_lines else None


def line_count(ranges: Iterable[LineRange]) -> int:
    """How many lines ranges hold."""
    return sum(part.end - part.start + 1 for part in ranges)


def lines_by(author: str, lines: Iterable[LineAttribution]) -> int:
    """How many lines are by authors of a kind: `ai`, `human`."""
    return sum(line_count(one.ranges) for one in lines if one.author == author)


def writer_of(author: str, session_id: str | None, agent: str | None) -> tuple[str | None, ...]:
    """What tells the writers of lines apart; of which session an agent's lines are need not be known."""
    return author, session_id, agent if author == "ai" and session_id is None else None


def agents_alone(changes: Sequence[FileChange]) -> frozenset[str]:
    """The agents of AI lines of which no session is known; an empty name for lines that do not even name one."""
    return frozenset(
        lines.agent or ""
        for change in changes
        for lines in change.line_attributions
        if lines.author == "ai" and lines.session_id is None and not lines.carried
    )


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of the stored files: `$defs` has one entry for each record."""
    _, definitions = msgspec.json.schema_components(
        (Anchor, SessionLink, Timeline, Subagent), ref_template="#/$defs/{name}"
    )
    for definition in definitions.values():
        definition.get("properties", {}).pop(UNKNOWN_FIELDS, None)
        if text := definition.get("description"):
            definition["description"] = " ".join(text.split())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "byline anchors, version 1: metadata.json of a commit; SessionLink, Timeline and Subagent beside it",
        "$ref": "#/$defs/Anchor",
        "$defs": dict(sorted(definitions.items())),
    }


if __name__ == "__main__":
    import sys

    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(json_schema()), indent=2) + b"\n")
