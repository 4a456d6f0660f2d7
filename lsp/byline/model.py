"""The nouns of byline, as values.

An *event* is one record of the spool. A *snapshot* is the bytes of a file at one moment, named by git blob id. A
*step* takes a file from one content to the next; an *owner* is who made a line what it is, and *evidence* the event
that proves it. An *attribution* is the answer for one line. The glossary for readers is `docs/glossary.md`.

Inside byline line numbers are 0-based and ranges half open; only what is printed or written to disk is 1-based.
"""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

NONE_ID = "none"
"""The id that stands for "there is no file"."""

UNREAD = "unread"
"""Stands among a shell event's ids for a dirty file that was not read."""

IMPORTED = "import-"
"""How the ids of events begin that were read from what agents kept of sessions before byline."""

LIFE = frozenset(
    ("session_start", "session_end", "prompt", "turn_end", "subagent_start", "subagent_end", "compact", "wait")
)
"""Events that tell of a session's life, not of its work."""

OwnerKind = Literal["session", "human", "unknown"]
State = Literal["committed", "uncommitted", "unsaved"]


CONTENTS = ("before_id", "after_id", "disk_id", "said_id")
"""The fields of an event that name a content by its id."""


class Event(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """One record of the spool, as `docs/event-format.md` describes it."""

    v: int
    id: str
    at: int
    """Nanoseconds since 1970 by the writer's clock. Never trusted to order events of two spool files."""
    event: str
    agent: str | None = None
    agent_version: str | None = None
    session_id: str | None = None
    parent_session_id: str | None = None
    subagent_type: str | None = None
    turn_id: str | None = None
    call_id: str | None = None
    tool: str | None = None
    model: str | None = None
    machine_id: str | None = None
    worktree: str | None = None
    head: str | None = None
    head_log: int | None = None
    """Length in bytes of HEAD's log at that moment: orders events and movements of HEAD without a clock."""
    stash: str | None = None
    """Shell events: the newest stash's commit."""
    moves: tuple[tuple[int, str, str, int, str], ...] | None = None
    """Shell events in a linked worktree: HEAD's last movements, each as length of the log after it, commit before and
    after, seconds since 1970, and what git calls it.
    """
    merging: dict[str, str] | None = None
    path: str | None = None
    paths: tuple[str, ...] | None = None
    after_ids: tuple[str, ...] | None = None
    staged: dict[str, str] | None = None
    """Shell events: by path the texts that the index has, and neither HEAD nor the disk."""
    before_id: str | None = None
    after_id: str | None = None
    disk_id: str | None = None
    said_id: str | None = None
    """`write` without `edits`: what the call says it put there. Lines that do not stand in it are not its own."""
    old_path: str | None = None
    """`write`: the path the call moved the file from; `before_id` and `edits` are about that file."""
    edits: tuple[tuple[int, int, int, int], ...] | None = None
    user_modified: bool | None = None
    """`write`: a person changed the proposal. It is `after_id` where `disk_id` is told beside it, else not known."""
    skipped: str | None = None
    incomplete: bool | None = None
    """Shell events: not every dirty file is listed, or none could be."""
    command: str | None = None
    background: bool | None = None
    beside: bool | None = None
    """Shell events: of another worktree than the agent's folder, in which the command works as well."""
    named: tuple[str, ...] | None = None
    """Beside: the files, or folders, that the command names to write them; None where it may write any."""
    prompt: str | None = None
    start_line: int | None = None
    end_line: int | None = None
    cwd: str | None = None
    pid: int | None = None
    process_start: float | None = None
    transcript_path: str | None = None
    tokens: Any = None
    cost_usd: float | None = None
    wait_reason: str | None = None
    source: str | None = None
    reason: str | None = None
    owner: str | None = None
    lines: tuple[tuple[int, int], ...] | None = None
    pairs: tuple[tuple[str, str], ...] | None = None
    """Rewrites: which commit became which."""
    commit: str | None = None
    """Links: the commit a session is joined to by a best guess. Writes told late: the commit they are in."""
    tty: bool | None = None
    """Git events: whether a person's terminal controlled git."""
    ci: bool | None = None
    client: str | None = None
    """Git events: the editor or git client that ran git."""

    def may_write(self, path: str) -> bool:
        """Whether the command of a shell event may have written a file, by what it names in this worktree."""
        return self.named is None or any(not name or f"{path}/".startswith(f"{name}/") for name in self.named)

    def listed(self) -> Iterator[tuple[str, str]]:
        """Shell events: each path of the list with what was there, a content's id, `NONE_ID` or `UNREAD`."""
        return zip(self.paths or (), self.after_ids or (), strict=False)

    @property
    def contents(self) -> tuple[str | None, ...]:
        """The ids in the fields of `CONTENTS`."""
        return self.before_id, self.after_id, self.disk_id, self.said_id

    @property
    def is_imported(self) -> bool:
        """Whether it tells of what happened before byline was here (`byline import --transcripts`)."""
        return self.id.startswith(IMPORTED)


class Owner(msgspec.Struct, frozen=True, gc=False):
    """Who made a line what it is. Equal owners are one step of one writer."""

    kind: OwnerKind
    reason: str
    """How that is known, in words for a person: `write by Edit`, `carried by rebase from 1a2b3c4`."""
    session_id: str | None = None
    evidence: str | None = None
    """Id of the event that proves it; None for unknown lines."""
    seq: int = -1
    """Position of the evidence among all events; -1 before the first. Later beats earlier where lines are joined."""
    link_type: Literal["explicit"] | None = None
    source: str | None = None
    """Where the knowledge comes from when not from this clone's events: `anchor`, `oobo`, `git-ai`, ..."""
    agent: str | None = None
    """The session's agent, where only that other source knows it."""
    turn_id: str | None = None
    """The turn, where only that other source knows it."""
    anchor: str | None = None
    """The commit that it describes, with a line as this one."""


UNKNOWN = Owner("unknown", "no evidence")


class PreviousOwner(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One earlier owner of a line, or of the lines it replaced."""

    owner: OwnerKind
    session_id: str | None = None
    agent: str | None = None
    reason: str = ""
    at: int | None = None


class Attribution(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The answer for one line of one text."""

    line: int
    """0-based."""
    owner: OwnerKind
    reason: str
    session_id: str | None = None
    parent_session_id: str | None = None
    agent: str | None = None
    model: str | None = None
    tool: str | None = None
    turn_id: str | None = None
    evidence: str | None = None
    """Event id."""
    at: int | None = None
    """Nanoseconds since 1970 of the evidence."""
    link_type: Literal["explicit"] | None = None
    source: str | None = None
    state: State = "committed"
    commit: str | None = None
    """The commit git blame names for the line; None while uncommitted."""
    commit_line: int | None = None
    """0-based line in that commit's version of the file."""
    anchor: str | None = None
    """The commit whose anchor, or another tool's record, tells of the line; None where an event does."""
    previous: tuple[PreviousOwner, ...] = ()
    """Newest first."""


class Commit(msgspec.Struct, frozen=True):
    """What git says of one commit."""

    id: str
    author: str
    author_mail: str
    author_time: int
    committer_time: int
    """Seconds since 1970."""
    summary: str


class Turn(msgspec.Struct, frozen=True, omit_defaults=True):
    """One prompt of a session and when it was given."""

    id: str | None
    prompt: str
    at: int


class Read(msgspec.Struct, frozen=True, omit_defaults=True):
    """One recorded read of a file; lines 1-based inclusive, None for the whole file."""

    session_id: str
    at: int
    start_line: int | None = None
    end_line: int | None = None


class Session(msgspec.Struct, frozen=True, omit_defaults=True):
    """Facts about one run of an agent, as far as events tell them."""

    id: str
    agent: str
    agent_version: str | None = None
    model: str | None = None
    parent_session_id: str | None = None
    subagent_type: str | None = None
    turns: tuple[Turn, ...] = ()
    first_started_at: int | None = None
    """Nanoseconds since 1970, as all times here."""
    last_activity: int | None = None
    ended_at: int | None = None
    revival_count: int = 0
    files_written: tuple[str, ...] = ()
    files_read: tuple[str, ...] = ()
    tool_calls: int = 0
    transcript_path: str | None = None
    status: Literal["idle", "busy", "wait", "done"] | None = None
    cwd: str | None = None


class FileAttribution(msgspec.Struct, frozen=True):
    """The answer for one text: one attribution a line, in order, and what they refer to."""

    path: str
    """Relative to the worktree, `/` between parts; absolute outside a repository."""
    text: bytes
    """The text that was asked about; `lines[i]` belongs to its i-th piece ended by `\\n`."""
    lines: tuple[Attribution, ...]
    commits: dict[str, Commit]
    sessions: dict[str, Session]
    reads: tuple[Read, ...] = ()
    revision: str | None = None
    """The commit the text belongs to or is compared with; None on an unborn branch or outside a repository."""
    notes: tuple[str, ...] = ()
    """What the reader of the answer should know: damaged snapshots, a shallow clone, ..."""
