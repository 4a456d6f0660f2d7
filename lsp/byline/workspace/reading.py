"""Reading a repository's events: what was worked out of them is kept in the index, and read on from there.

The index is believed only where the spool is still what it was when that was written and what is new comes after
all that is known. Else everything is read again, with the same answers.
"""

import contextlib
import zlib
from collections.abc import Sequence

import msgspec

from byline.errors import GitFailed
from byline.model import Event
from byline.repo.objects import check
from byline.repo.run import Git, path_text
from byline.sessions.growing import Growing
from byline.store.events import SpoolChanged
from byline.store.index import Index
from byline.store.packed import seal, sealed
from byline.store.paths import Folders
from byline.store.spool import Progress, Spool
from byline.workspace.journal import Journal

KEEP_AFTER = 250
"""New events after which the journal is written to the index again; with many known, a hundredth of them."""
_SHAPES = repr([shape.__struct_fields__ for shape in (Event, Growing)])
_VERSION = f"journal-4-{zlib.crc32(_SHAPES.encode()):08x}"
"""Another one forgets what was kept: to be raised when the same events make another journal."""
_KIND, _SEAL = "journal", "seal"


class Reading:
    """The journal of one repository, or of the files outside any, and how far its spool was read."""

    def __init__(self, folders: Folders, index: Index | None, git: Git | None) -> None:
        """index: None to keep nothing. git: None outside a repository."""
        self._folders = folders
        self._index = index if index is not None and index.works else None
        self._git = git
        self._kept = 0
        """How many events the index has."""
        self.spool = Spool(folders)
        self.journal = Journal(self._changed_between)
        self._is_begun = False

    def refresh(self) -> set[str] | None:
        """Read what is new; the paths it concerns, None where all was read anew. Raises SpoolChanged."""
        if not self._is_begun:
            self._is_begun = True
            if not self._resume():
                self._begin_anew()
            self._keep(for_good=True)
            return set()
        restarts = self.spool.restarts
        try:
            touched = set() if self.journal.events.is_lost else self.journal.add(self.spool.new())
            if self.spool.restarts == restarts and not self.journal.events.is_lost:
                self._keep(for_good=False)
                return touched
        except SpoolChanged:
            pass
        except BaseException:
            self.journal.events.is_lost = True  # what was read of the spool may not be in the journal
            raise
        self._begin_anew()
        self._keep(for_good=True)
        return None

    def _resume(self) -> bool:
        """Go on from what is kept; whether that could be done."""
        kept = self._index.all(_KIND) if self._index is not None else {}
        parts = sealed(kept, kept.get(_SEAL, b""), _VERSION)
        if parts is None:
            return False
        spool = Spool(self._folders)
        try:
            spool.resume(msgspec.msgpack.decode(parts["read"], type=Progress))
            journal = Journal(self._changed_between, parts)
            known = len(journal.events)
            journal.add(spool.new())
        except (SpoolChanged, KeyError, ValueError, TypeError, msgspec.MsgspecError):
            return False
        if spool.restarts or not spool.in_order or self._is_answered(journal.unanswered):
            return False
        self.spool, self.journal, self._kept = spool, journal, known
        return True

    def _is_answered(self, unanswered: Sequence[tuple[str, str]]) -> bool:
        """Whether git has commits now that it lacked when it was asked what changed between them."""
        names = sorted({name for pair in unanswered for name in pair})
        try:
            known = check(self._git, names) if self._git is not None else [None] * len(names)
        except GitFailed:
            return False
        there = {name for name, found in zip(names, known, strict=True) if found is not None}
        return any(old in there and new in there for old, new in unanswered)

    def _changed_between(self, old: str | None, new: str | None) -> frozenset[str] | None:
        """The paths that differ between two commits; None when git does not have them. Raises GitFailed."""
        if old is None or new is None or self._git is None:
            return frozenset()
        try:
            data = self._git.run("diff-tree", "-r", "-z", "--no-renames", "--name-only", old, new)
        except GitFailed as failure:
            if failure.is_unfinished:
                raise
            return None
        return frozenset(path_text(name) for name in data.split(b"\0") if name)

    def _begin_anew(self) -> None:
        """Read everything. Raises SpoolChanged where files keep changing meanwhile."""
        for last in (False, False, True):
            self.spool, self.journal, self._kept = Spool(self._folders), Journal(self._changed_between), 0
            try:
                self.journal.add(self.spool.new())
                return
            except SpoolChanged:
                if last:
                    raise

    def _keep(self, *, for_good: bool) -> None:
        """Write the journal to the index, where enough is new and one reading of everything would give the same.

        for_good: nobody has the journal yet, so that the one that was written may take its place: it is smaller.
        """
        count = len(self.journal.events)
        if self._index is None or count - self._kept < max(KEEP_AFTER, self._kept // 100):
            return
        if not self.spool.in_order or self.spool.problems.unreadable or self.journal.is_unsure:
            return
        self._kept = count
        with contextlib.suppress(UnicodeEncodeError):  # a file whose name is no UTF-8
            read = msgspec.msgpack.encode(self.spool.progress())
            parts = {**self.journal.parts(), "read": read}
            self._index.put_many(_KIND, [*parts.items(), (_SEAL, seal(parts, _VERSION))])
            if for_good:
                self.journal = Journal(self._changed_between, parts)
