"""The engine with its world: folds by path, owners of commits, and what a text on disk or in a buffer is made of."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence

from byline.attribution.anew import anew
from byline.attribution.elsewhere import elsewhere, old_names
from byline.attribution.fold import PathFold
from byline.attribution.lineage import Lineage
from byline.attribution.marks import Text, Version, together
from byline.attribution.node import newest
from byline.attribution.sources import Circular
from byline.attribution.step import Memo
from byline.attribution.timeline import FOREVER, Movement
from byline.attribution.unseen import brought, unseen
from byline.model import NONE_ID, Event
from byline.workspace.contents import Contents
from byline.workspace.history import GitHistory
from byline.workspace.journal import Journal

_AT_ONCE = 200
"""Events."""
_MOST_STATES = 4_000
"""Recorded states that are held, of all paths: some 0.4 KiB each, and half a millisecond to work out again."""
_FEWEST = 8
"""Paths that are held, however many states they have: somebody may look at as many in turn."""


class Engine:
    """Answers of one state of the journal and of git; a new one is made when either has moved on."""

    def __init__(self, journal: Journal, contents: Contents, history: GitHistory | None, cache: Memo) -> None:
        self._journal = journal
        self._contents = contents
        self._history = history
        self._folds: dict[str, PathFold] = {}
        self._behind: set[str] = set()
        """Paths whose folds lack the newest events."""
        self._holders: dict[str, dict[str, tuple[str, ...]]] = {}
        self.memo: Memo = cache
        self._lineage = Lineage(history, self.fold, cache) if history is not None else None

    def drop(self, paths: Iterable[str]) -> None:
        """Work these paths out anew, each when it is asked for: there are new events about them.

        What one of them is asked about another must not be from before, whichever comes first.
        """
        for path in paths:
            if path in self._folds:
                self._behind.add(path)
            self._forget(path)

    def _forget(self, path: str) -> None:
        """Drop what rests on a path's states."""
        self._holders.pop(path, None)
        if self._lineage is not None:
            self._lineage.forget(path)

    def let_go(self) -> None:
        """Free at once what was worked out: the parts know each other, and would wait for the garbage collector."""
        self._folds.clear()
        self._behind.clear()
        self._holders.clear()
        if self._lineage is not None:
            self._lineage.let_go()

    def lighten(self, asked: str) -> None:
        """Somebody asked about this path: let go of those that nobody asked about for longest, if all are many."""
        if asked in self._folds:
            self._folds[asked] = self._folds.pop(asked)  # in the order of the questions
        held = sum(len(fold.nodes) for fold in self._folds.values())
        for path in list(self._folds)[: max(len(self._folds) - _FEWEST, 0)]:
            if held <= _MOST_STATES:
                break
            held -= len(self._folds.pop(path).nodes)
            self._behind.discard(path)
            self._forget(path)

    def fold(self, path: str) -> PathFold:
        """The recorded states of a path; while they are being worked out, those that are known so far."""
        fold = self._folds.get(path)
        if fold is None or path in self._behind:
            with self._whole(path):
                fold = self._caught_up(path, fold) or self._folded(path)
            if self._lineage is not None:
                self._lineage.forget(path)
        return fold

    def _caught_up(self, path: str, fold: PathFold | None) -> PathFold | None:
        """What was folded before, with the events that came since; None where all have to be folded anew."""
        self._behind.discard(path)
        found = fold is not None and fold.extend(self._journal.numbers(path), self._journal.some)
        return fold if found else None

    def _folded(self, path: str) -> PathFold:
        """All events of a path, folded. They are read a few at a time: together they take more than what it keeps."""
        numbers = self._journal.numbers(path)
        fold = self._begun(path, numbers[:_AT_ONCE])
        for stop in range(2 * _AT_ONCE, len(numbers) + _AT_ONCE, _AT_ONCE):
            if not fold.extend(numbers[:stop], self._journal.some):
                return self._begun(path, numbers)
        return fold

    def _begun(self, path: str, numbers: Sequence[int]) -> PathFold:
        fold = PathFold(path, self._journal.some(numbers), self._journal.turn_ends, self)
        self._folds[path] = fold  # before it is run: the world may ask for it meanwhile
        fold.run()
        return fold

    @contextlib.contextmanager
    def _whole(self, path: str) -> Iterator[None]:
        """Forgets what was worked out of a path where git, say, did not answer: it is not all of it."""
        try:
            yield
        except BaseException:
            self._folds.pop(path, None)
            raise

    def on_disk(self, path: str, text: Text, now: Event) -> Version:
        """The owners of the working file's text; `now` says where HEAD is."""
        fold = self.fold(path)
        current = fold.current.get(now.worktree)
        if current is not None and current.id == text.id and current.version is not None:
            version = brought(self, path, current, now.head) or current.version
            return Version(text, version.marks)
        return unseen(self, path, text, FOREVER, now, current, fold.nodes)

    def is_newest(self, path: str, text: Text, head: str | None, worktree: str | None) -> bool:
        """Whether the last recorded state, or HEAD's version where there is none, has this text."""
        current = self.fold(path).current.get(worktree)
        return current.id == text.id if current is not None else self.entry(head, path) == text.id

    def is_heads(self, path: str, text: Text, head: str | None, worktree: str | None) -> bool:
        """Whether HEAD's version has this text."""
        return self.entry(head, path) == text.id

    def has_been(self, path: str, text: Text, head: str | None, worktree: str | None) -> bool:
        """Whether HEAD's version, or a recorded state of this worktree that no deletion came after, has this text."""
        nodes = [node for node in self.fold(path).nodes if node.worktree == worktree]
        return self.entry(head, path) == text.id or newest(nodes, text.id) is not None

    # -- the world of the pure core ---------------------------------------------------------------------------------

    def text(self, blob_id: str, path: str) -> Text | None:
        return self._contents.text(blob_id, path)

    def entry(self, commit: str | None, path: str) -> str | None:
        return self._history.entry(commit, path) if self._history else None

    def committed(self, commit: str | None, path: str) -> Version | None:
        try:
            return self._lineage.version(commit, path) if self._lineage else None
        except Circular:
            return None

    def ignored(self, path: str) -> bool:
        return self._history is not None and self._history.ignored(path)

    def has_commit_hook(self) -> bool:
        return self._history is not None and self._history.has_commit_hook()

    def parents(self, commit: str) -> tuple[str, ...]:
        return (self._history.parents(commit) if self._history else None) or ()

    def known(self, path: str, blob_id: str) -> Version | None:
        text = self.text(blob_id, path)
        nodes = self.fold(path).nodes if text else []
        # Whether it was deleted since does not matter: it is asked for what became of it elsewhere.
        found = [node.version for node in nodes if text and node.id == text.id and node.known]
        return found[-1] if found else None

    def latest(self, path: str) -> Version | None:
        nodes = [node for node in self.fold(path).nodes if node.known and node.id != NONE_ID]
        return nodes[-1].version if nodes else None

    def told_between(self, path: str, begin: int, end: int) -> Version | None:
        nodes = [node for node in self.fold(path).nodes if begin < node.seq < end and node.known]
        return nodes[-1].version if nodes and nodes[-1].id != NONE_ID else None

    def renamed_from(self, path: str) -> Sequence[str]:
        return list(dict.fromkeys(old_names(self._history, path))) if self._history is not None else ()

    def deleted_since(self, head: str | None, path: str, after: int) -> bool:
        if self._lineage is None or head is None or self.entry(head, path) is not None:
            return False
        deleted = self._lineage.deletion(head, path)
        return deleted is not None and after < deleted

    def held(self, path: str, blob_id: str, before: int) -> Version | None:
        if self._history is None:
            return None
        if path not in self._holders:
            holders: dict[str, list[str]] = {}
            for commit in sorted(self._history.touching(path)):
                entry = self._history.entry(commit, path)
                if entry is not None:
                    holders.setdefault(entry, []).append(commit)
            self._holders[path] = {entry: tuple(commits) for entry, commits in holders.items()}
        holders_of = self._holders[path].get(blob_id, ())
        there = [commit for commit in holders_of if self._history.may_have_been(commit, before)]
        return together([found for commit in there if (found := self.committed(commit, path)) is not None])

    def was_there(self, head: str, path: str, before: int, seen_at: str | None) -> bool:
        if self._history is None:
            return False
        origin = self._history.origin(head, path)
        if seen_at is not None and self._history.origin(seen_at, path) == origin:
            return False
        birth = self._history.birth(origin)
        if birth is None:
            return seen_at is None and self._history.logs_kept()
        # What git brought is of no state that was there: git refuses to go over one that is not committed.
        if birth.before <= before or not birth.action.startswith("commit"):
            return True
        return anew(self._history, origin, path) is not None  # it was taken away, and typed once more

    def elsewhere(self, commit: str | None, path: str, before: int) -> set[bytes]:
        return elsewhere(self._history, commit, path, before) if self._history is not None else set()

    def unmerged(self, head: str, path: str, before: int) -> list[str]:
        if self._history is None:
            return []
        there = [
            commit
            for commit in self._history.touching(path)
            if self._history.may_have_been(commit, before) and not self._history.reaches(head, commit)
        ]
        births = {commit: self._history.birth(commit) for commit in there}
        number = {commit: birth.before if birth is not None else -1 for commit, birth in births.items()}
        return sorted(there, key=lambda commit: (-number[commit], commit))

    def merge_base(self, one: str, other: str) -> str | None:
        return self._history.merge_base(one, other) if self._history is not None else None

    def repeats(self, commit: str) -> bool:
        return self._history is not None and bool(self._history.named_sources(commit))

    def turn_ended(self, session_id: str | None, after: int, before: int) -> bool:
        return self._journal.turn_ended(session_id, after, before)

    def beside_background(self, call: Event, begin: int, end: int) -> bool:
        return self._journal.shells.is_beside(call, begin, end)

    def encloses(self, worktree: str | None) -> bool:
        return self._journal.encloses(worktree)

    def beside_others(self, call: Event, begin: int, end: int) -> bool:
        return self._journal.overlaps.others(call, begin, end)

    def open_beside(self, call: Event, end: int) -> Sequence[Event]:
        return self._journal.overlaps.open_at(call, end)

    def ended_conflict(self, commit: str, after: int) -> bool:
        return self._made_by(commit, after).endswith("(continue)")

    def moved(self, worktree: str | None, begin: int, end: int) -> bool:
        return self._history is not None and self._history.moved(worktree, begin, end)

    def movements(self, worktree: str | None, begin: int, end: int) -> Sequence[Movement]:
        return self._history.movements(worktree, begin, end) if self._history is not None else ()

    def made_by_commit(self, commit: str, after: int) -> bool:
        return self._made_by(commit, after).startswith("commit")

    def _made_by(self, commit: str, after: int) -> str:
        """What HEAD's log calls the action that made a commit after the event at a position; empty if none did."""
        birth = self._history.birth(commit) if self._history else None
        return birth.action if birth is not None and birth.before > after else ""
