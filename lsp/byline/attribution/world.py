"""What the pure core may ask about the world, as a protocol; the workspace answers it from disk and git."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from byline.attribution.marks import Text, Version
from byline.attribution.step import Memo
from byline.attribution.timeline import Birth, Movement
from byline.model import Event, Owner


class World(Protocol):
    """Contents and history of one repository. Every method answers None for what is not there or not readable."""

    @property
    def memo(self) -> Memo:
        """Comparisons made before."""

    def text(self, blob_id: str, path: str) -> Text | None:
        """A content by blob id, line endings as the repository stores them for `path`; None when binary."""

    def entry(self, commit: str | None, path: str) -> str | None:
        """The blob id of `path` in `commit`."""

    def committed(self, commit: str | None, path: str) -> Version | None:
        """The owners of `path` in `commit`."""

    def ignored(self, path: str) -> bool:
        """Whether git ignores the path, or may have until a short while ago."""

    def has_commit_hook(self) -> bool:
        """Whether the project has a hook that git runs before each commit: mostly a formatter."""

    def parents(self, commit: str) -> tuple[str, ...]:
        """A commit's parents; none for those from before the first event."""

    def known(self, path: str, blob_id: str) -> Version | None:
        """The newest recorded state of another path with this content."""

    def latest(self, path: str) -> Version | None:
        """The newest recorded state of another path."""

    def told_between(self, path: str, begin: int, end: int) -> Version | None:
        """The newest recorded state of another path that an event between these positions told of."""

    def renamed_from(self, path: str) -> Sequence[str]:
        """The paths that `path` was renamed from by what git says, or may have been, by a commit that came later."""

    def deleted_since(self, head: str | None, path: str, after: int) -> bool:
        """Whether a commit that `head` reaches deleted the path, after the event at position `after`, for good."""

    def held(self, path: str, blob_id: str, before: int) -> Version | None:
        """This content as commits have it at `path` that were made before the event at position `before`.

        Lines on whose writer they disagree are nobody's.
        """

    def was_there(self, head: str, path: str, before: int, seen_at: str | None) -> bool:
        """Whether what `head` has at a path is of a commit before the event at `before`, not of `seen_at` too.

        With None for `seen_at` HEAD was there already when the event came.
        """

    def elsewhere(self, commit: str | None, path: str, before: int) -> set[bytes]:
        """The lines of a path in other commits than `commit`, but for those made after it or the event at `before`.

        None: what is asked about is in no commit yet.
        """

    def unmerged(self, head: str, path: str, before: int) -> list[str]:
        """The commits that changed a path, were there at the event `before` and are not in `head`, last first."""

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two commits."""

    def repeats(self, commit: str) -> bool:
        """Whether a commit's message says that it repeats or reverts another."""

    def turn_ended(self, session_id: str | None, after: int, before: int) -> bool:
        """Whether a turn of the session, or the session itself, ended between two positions among all events."""

    def encloses(self, worktree: str | None) -> bool:
        """Whether another worktree of the repository, of which events tell, is below this one."""

    def beside_others(self, call: Event, begin: int, end: int) -> bool:
        """Whether a command of another session ran in the same worktree between the two positions of a call."""

    def open_beside(self, call: Event, end: int) -> Sequence[Event]:
        """The beginnings of calls of other sessions, subagents too, that run in the same worktree when a call ends.

        `call`: the event with which it ends, at the position `end`.
        """

    def beside_background(self, call: Event, begin: int, end: int) -> bool:
        """Whether a command of another session may have run in the background while a call did.

        `begin` and `end`: the positions of the call's two events among all events.
        """

    def ended_conflict(self, commit: str, after: int) -> bool:
        """Whether a `--continue` made it after the event at position `after`."""

    def moved(self, worktree: str | None, begin: int, end: int) -> bool:
        """Whether HEAD came to another commit between two positions by anything but a plain `git commit`."""

    def movements(self, worktree: str | None, begin: int, end: int) -> Sequence[Movement]:
        """The movements of HEAD in a worktree after the event at one position, and before that at another."""

    def made_by_commit(self, commit: str, after: int) -> bool:
        """Whether a `git commit` (an amend or the end of a merge too) made it after the event at position `after`.

        A pull, a rebase or a cherry-pick is none, and a reset goes back to what was made before.
        """


class AnchoredRange(NamedTuple):
    """Lines `[start, stop)` (0-based) of a commit's version of a path, as an anchor gives them to a writer."""

    start: int
    stop: int
    owner: Owner


class Caller(NamedTuple):
    """The session in whose shell call a commit was made."""

    owner: Owner
    moves: bool
    """Whether the call's command runs git commands that bring texts from elsewhere."""
    stash: str | None = None
    """The newest stash when the call began."""
    brings: bool = False
    """Whether a file that is new may have come from elsewhere: what stands in the command is the caller's."""
    carries: bool = False
    """Whether any text may be from another worktree or stash; the same."""
    head: str | None = None
    """Where HEAD was when the call began."""
    begin: int = -1
    """The position at which it did."""
    command: str | None = None
    """What it ran."""


class History(Protocol):
    """What git tells of commits since the first event."""

    def parents(self, commit: str) -> tuple[str, ...] | None:
        """None for commits from before the first event, and where history is cut off."""

    def touching(self, path: str) -> set[str]:
        """The commits, not merges, that changed the path."""

    def older(self, path: str) -> Sequence[str]:
        """The blobs a path had before the first event, newest first."""

    def origin(self, commit: str, path: str) -> str:
        """The last commit that changed the path, from `commit` downwards along single parents.

        Where there is none, the first that has not exactly one parent, or of which no parents are known.
        """

    def entry(self, commit: str | None, path: str) -> str | None:
        """The blob id of the path in a commit."""

    def text(self, blob_id: str, path: str) -> Text | None:
        """A content; None when binary or lost."""

    def has_commit_hook(self) -> bool:
        """Whether the project has a hook that git runs before each commit."""

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor."""

    def reaches(self, commit: str, other: str) -> bool:
        """Whether `other` is `commit` or an ancestor of it."""

    def branch_touches(self, tip: str, onto: str, path: str) -> bool:
        """Whether a commit that `tip` reaches and `onto` does not changed the path."""

    def descends(self, commit: str, other: str) -> bool:
        """The same as `reaches`, quick where many are asked about one `other`."""

    def birth(self, commit: str) -> Birth | None:
        """How the commit first appeared under a HEAD of this clone."""

    def movements_before(self, commit: str, begin: int) -> Sequence[Movement]:
        """The movements of HEAD, where a commit was made, after the event at a position and before the commit."""

    def may_have_been(self, commit: str, before: int, own: str | None = None) -> bool:
        """Whether the commit may have been there at the event at position `before`, and when `own` was made.

        One that was made here was there from then on. When another came nobody knows, but not before it was written,
        nor before one it comes from or is a copy of.
        """

    def logs_kept(self) -> bool:
        """Whether HEAD's movements are on record at all."""

    def rename_sources(self, parent: str, commit: str, path: str) -> Sequence[str]:
        """The path in `parent` that git says `path` in `commit` was renamed from, and those it may have been as well.

        These held the very same content and are gone in `commit` too.
        """

    def named_sources(self, commit: str) -> list[tuple[str, str, str]]:
        """`(base, tip, words)` of the changes git says the commit repeats, most certain first."""

    def foreign(self, commit: str) -> bool:
        """Whether somebody else made the commit, elsewhere: what this clone recorded says nothing of it."""

    def committed_here(self, path: str, blob_id: str) -> bool:
        """Whether a commit made in this clone that went out holds this content: it may have come back squashed."""

    def shell_of(self, commit: str, path: str) -> Caller | None:
        """The session in whose shell call the commit was made, if it found the path as HEAD had it."""

    def stashes(self) -> list[str]:
        """The stash's commits."""

    def rewritten(self, commit: str) -> list[str]:
        """Commits of the branch that the rebase which made `commit` rewrote: those it may have squashed into it."""

    def tips(self) -> list[str]:
        """Where branches and other references stand or stood."""

    def anchored(self, commit: str, path: str) -> Sequence[AnchoredRange]:
        """What anchors say of the commit's version of the path."""
