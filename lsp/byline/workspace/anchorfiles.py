"""One changed file of a commit: which of its lines are new, who wrote them, who removed the old ones."""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import partial
from typing import Literal, Protocol

import msgspec

from byline.attribution.marks import Lines
from byline.attribution.realign import SURE
from byline.errors import BylineError, GitFailed
from byline.model import Attribution, Event
from byline.repo.anchors.changes import SUBMODULE, Delta, Hunk, changed_hunks, in_no_parent, realign, slide_to
from byline.repo.anchors.format import FileChange
from byline.repo.commits import CommitObject
from byline.repo.objects import Objects
from byline.workspace.anchorblobs import Blobs
from byline.workspace.anchorcalls import Calls
from byline.workspace.anchorlines import Counts, Group, attributions, group_of, label, most, stored_path
from byline.workspace.evidence import SHELL, Evidence
from byline.workspace.lineowners import LineOwners
from byline.workspace.removals import Remover, maker, removers, steps

LINK = "120000"
REMEMBERED = 2000
FAR_BACK = 50
"""Commits that are looked at for one that had a line before."""


class Asked(Protocol):
    """The part of a workspace that is asked here."""

    def owners(self, name: str, commit: str) -> LineOwners:
        """Who wrote each line of a file in a commit, by full id."""


class Written(msgspec.Struct):
    """What is known about one changed file."""

    delta: Delta
    change: FileChange
    counts: Counts
    length: int
    """Lines of the file as the commit has it."""
    own: list[Attribution]
    """The owners of added lines that a session wrote for this commit, each once; not brought from elsewhere."""
    sessions: frozenset[str]
    """The sessions of those lines, and those that removed lines."""
    notes: tuple[str, ...] = ()


class FileReader:
    """Reads the changed files of commits."""

    def __init__(self, source: Asked, objects: Objects, blobs: Blobs, evidence: Evidence) -> None:
        self._source = source
        self._objects = objects
        self._blobs = blobs
        self._told = evidence
        self._calls = Calls(evidence)
        self._of_path: dict[str, list[int]] = {}
        self._entries: dict[tuple[str, str], str | None] = {}
        self._committed: dict[tuple[str, str], bool] = {}
        self._evidence: dict[tuple[str, str], frozenset[str]] = {}

    def read(self, commit: CommitObject, delta: Delta) -> Written:
        """Everything about one file that a commit changed."""
        if SUBMODULE in (delta.mode, *delta.old_modes):
            return self._submodule(delta)
        new = self._blobs.lines(delta.blob)
        olds = [self._blobs.lines(blob) for blob in delta.old_blobs]
        if new is None or any(old is None for old in olds):
            return self._without_lines(commit, delta)
        known = [old for old in olds if old is not None]
        hunks = changed_hunks(known[0], new) if len(known) == 1 else in_no_parent(known, new)
        owners, notes = (
            self._owners(commit, delta, new) if any(h.new_stop > h.new_start for h in hunks) else (None, ())
        )
        if owners is not None and len(known) == 1:
            weigh = partial(self._weight, commit, owners)
            slide_to(hunks, new, weigh)
            realign(hunks, known[0], new, weigh)
        return self._written(commit, delta, hunks, known[0] if len(known) == 1 else [], new, owners, notes)

    # -- lines ----------------------------------------------------------------------------------------------------

    def _owners(self, commit: CommitObject, delta: Delta, new: Lines) -> tuple[LineOwners | None, tuple[str, ...]]:
        if delta.mode == LINK:
            return None, ()
        found = self._ask(delta.path, commit.id)
        if found is None or len(found) != len(new):
            return None, (f"{stored_path(delta.path)}: who wrote its lines could not be asked",)
        return found, found.notes

    def _ask(self, path: str, commit: str) -> LineOwners | None:
        """The owners of a file's lines in a commit; None where git could not be asked."""
        try:
            return self._source.owners(path, commit)
        except BylineError as problem:
            if isinstance(problem, GitFailed) and problem.is_unfinished:
                raise
            return None

    def _weight(self, commit: CommitObject, owners: LineOwners, line: int) -> int:
        """How much a line speaks for having been added by this commit."""
        owner = owners.owner(line)
        if owner.kind == "unknown":
            return 0
        event = self._told.event(owner.evidence)
        if event is None and self._is_old(commit, owner.anchor):
            return 0
        return SURE if event is not None and event.head in commit.parents[:1] else 1

    def _written(
        self,
        commit: CommitObject,
        delta: Delta,
        hunks: Sequence[Hunk],
        old: Lines,
        new: Lines,
        owners: LineOwners | None,
        notes: tuple[str, ...],
    ) -> Written:
        added = [line for hunk in hunks for line in range(hunk.new_start, hunk.new_stop)]
        removed = [line for hunk in hunks for line in range(hunk.old_start, hunk.old_stop)]
        counts = Counts(added=len(added), deleted=len(removed), unknown_added=len(added))
        groups: dict[Group, list[int]] = {}
        own: list[Attribution] = []
        agents: Counter[str | None] = Counter()
        for owner, lines in _by_owner(owners, added) if owners is not None else ():
            counts.unknown_added -= len(lines)
            carried: Literal[True] | None = None
            if owner.owner == "session":
                counts.ai_added += len(lines)
                agents[owner.agent] += len(lines)
                carried = True if self._is_carried(commit, delta, removed, owner) else None
                if carried is None:
                    own.append(owner)
            groups.setdefault(group_of(owner, carried), []).extend(lines)
        gone = self._removers(commit, delta, old, removed)
        counts.ai_deleted = sum(remover.kind == "session" for remover in gone)
        counts.unknown_deleted = sum(remover.kind == "unknown" for remover in gone)
        change = FileChange(
            path=stored_path(delta.path),
            old_path=stored_path(delta.old_path) if delta.old_path else None,
            added=counts.added,
            deleted=counts.deleted,
            attribution=label(counts),
            agent=most(agents),
            line_attributions=attributions({group: sorted(lines) for group, lines in groups.items()}),
        )
        mine: list[Attribution | Remover] = [*own, *gone]
        sessions = frozenset(who for one in mine if (who := one.session_id))
        return Written(delta, change, counts, len(new), own, sessions, notes)

    # -- what came from elsewhere -----------------------------------------------------------------------------

    def _is_carried(self, commit: CommitObject, delta: Delta, removed: Sequence[int], owner: Attribution) -> bool:
        """Whether the session's step lies in a commit before: this one only moved, re-formatted or restored the line.

        A rebased or cherry-picked commit is the old one again, with its sessions.
        """
        event = self._told.event(owner.evidence)
        parent = commit.parents[0] if commit.parents else None
        if event is None:
            return self._is_old(commit, owner.anchor)
        if parent is None or event.head == parent:
            return False
        if event.id in self._evidence_of(parent, delta, removed):
            return True
        return self._was_committed(event, event.path or delta.path, parent)

    def _is_old(self, commit: CommitObject, anchor: str | None) -> bool:
        """Whether the described commit that tells of a line lies behind this one."""
        return anchor is not None and bool(commit.parents) and self._blobs.is_behind(commit.parents[0], anchor)

    def _was_committed(self, event: Event, path: str, parent: str) -> bool:
        """Whether a commit before had what the event made of the file: then this one brought it back."""
        key = (parent, event.id)
        if key not in self._committed:
            self._committed[key] = self._had(parent, event.head, path, self._contents_after(event, path))
        return self._committed[key]

    def _had(self, tip: str, since: str | None, path: str, contents: Collection[str | None]) -> bool:
        """Whether a commit from `tip` back to `since`, without that one, had one of these contents of a file."""
        commit = self._objects.commit(tip)
        for _ in range(FAR_BACK):
            if commit is None or commit.id == since:
                return False
            if self._entry(commit.id, path) in contents:
                return True
            commit = self._objects.commit(commit.parents[0]) if commit.parents else None
        return False

    def _contents_after(self, event: Event, path: str) -> set[str | None]:
        """What the file held after the event, and after those that built upon it."""
        contents: set[str | None] = {event.after_id} if event.after_id else set()
        for later in self._told.events.some(self._numbers(path)):
            if later.before_id in contents and later.after_id and later.at >= event.at:
                contents.add(later.after_id)
        return contents

    def _evidence_of(self, parent: str, delta: Delta, removed: Sequence[int]) -> frozenset[str]:
        """The events that account for the removed lines, in the parent's version."""
        blob = delta.old_blobs[0]
        if blob is None or not removed:
            return frozenset()
        path = delta.old_path or delta.path
        key = (path, f"{parent}{removed[0]}-{removed[-1]}-{len(removed)}")
        if key not in self._evidence:
            if len(self._evidence) > REMEMBERED:
                self._evidence.clear()
            found = self._ask(path, parent)
            self._evidence[key] = frozenset(
                evidence
                for line in removed
                if found is not None and line < len(found) and (evidence := found.owner(line).evidence)
            )
        return self._evidence[key]

    # -- what went away ---------------------------------------------------------------------------------------

    def _removers(self, commit: CommitObject, delta: Delta, old: Lines, removed: Sequence[int]) -> list[Remover]:
        blob = delta.old_blobs[0]
        if not removed or blob is None:
            return [Remover("unknown")] * len(removed)
        happened = steps(self._concerning(commit, delta), delta.path, delta.old_path, self._entry)
        parent = commit.parents[0] if commit.parents else None
        gone = removers(blob, old, delta.blob, parent, happened, self._blobs.bare_lines) if happened else {}
        return [gone.get(line, Remover("unknown")) for line in removed]

    def _concerning(self, commit: CommitObject, delta: Delta) -> list[Event]:
        """The events that tell of a file, among them the shell calls around the commit."""
        numbers = set(self._numbers(delta.path))
        if delta.old_path:
            numbers |= set(self._numbers(delta.old_path))
        for head in (commit.id, *commit.parents[:1]):
            numbers |= set(self._told.at_head(head, SHELL))
        return self._told.events.some(sorted(numbers))

    def _numbers(self, path: str) -> list[int]:
        """The positions of the events that tell of a path."""
        if path not in self._of_path:
            if len(self._of_path) > REMEMBERED:
                self._of_path.clear()
            self._of_path[path] = self._calls.telling(path)
        return self._of_path[path]

    def _entry(self, commit: str | None, path: str) -> str | None:
        if commit is None:
            return None
        if (commit, path) not in self._entries:
            self._entries[commit, path] = self._objects.entry(commit, path)
        return self._entries[commit, path]

    # -- files without lines ----------------------------------------------------------------------------------

    def _submodule(self, delta: Delta) -> Written:
        """A submodule's commit counts as one line, as git counts it."""
        counts = Counts(added=int(delta.blob is not None), deleted=int(delta.old_blobs[0] is not None))
        counts.unknown_added, counts.unknown_deleted = counts.added, counts.deleted
        change = FileChange(
            path=stored_path(delta.path), added=counts.added, deleted=counts.deleted, attribution="human"
        )
        return Written(delta, change, counts, counts.added, [], frozenset())

    def _without_lines(self, commit: CommitObject, delta: Delta) -> Written:
        """A binary file has no lines, but who wrote exactly these bytes for this commit is known."""
        events = self._concerning(commit, delta)
        step = None
        if delta.blob not in delta.old_blobs:  # else it was only moved, or its mode changed
            step = maker(delta.blob, commit.id, steps(events, delta.path, delta.old_path, self._entry))
        parent = commit.parents[0] if commit.parents else None
        if step and parent and delta.blob and self._had(parent, step.head, delta.path, (delta.blob,)):
            step = None  # brought back, or made for a commit before
        session = step.by.session_id if step else None
        agent = next((one.agent for one in reversed(events) if session and one.session_id == session), None)
        change = FileChange(
            path=stored_path(delta.path),
            old_path=stored_path(delta.old_path) if delta.old_path else None,
            added=0,
            deleted=0,
            attribution="ai" if session else "human",
            agent=agent,
        )
        return Written(delta, change, Counts(), 0, [], frozenset((session,) if session else ()))


def _by_owner(owners: LineOwners, lines: Sequence[int]) -> list[tuple[Attribution, list[int]]]:
    """Lines by the step that made them what they are; those of nobody are left out."""
    found: dict[int, tuple[Attribution, list[int]]] = {}
    for line in lines:
        owner = owners[line]
        if owner.owner != "unknown":
            found.setdefault(id(owner), (owner, []))[1].append(line)
    return list(found.values())
