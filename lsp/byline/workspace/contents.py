"""Contents of files by blob id, wherever they lie: snapshots, git objects, and bytes just read."""

import contextlib
import hashlib
import stat
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from byline.attribution.marks import Lines, Text, split
from byline.errors import GitFailed
from byline.model import NONE_ID
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.repo.worktree import clean_ids, eol_normalised, passages, without_ids
from byline.store.blobs import Snapshots
from byline.workspace.cache import Cache
from byline_hooks import system
from byline_hooks.snapshots import LARGEST_HASHED

_KEPT_BYTES = 8 * 1024 * 1024
_SHARED_LINES = 4096
"""Lines that are kept once for all texts that have them: versions of a file differ in few. More for a longer file."""
_MOST_NAMES = 2048
_PROBE = 8000


def blob_id(data: bytes, like: str | None = None) -> str:
    """The git blob id of some bytes; in SHA-256 when `like` is such an id."""
    digest = hashlib.sha256() if like is not None and len(like) == 64 else hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest()


def read_file(path: Path) -> bytes | None:
    """A file's bytes; None where there is none that can be read: a pipe or a device might never end."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_HASHED:
            return None
        data = system.read(str(path), LARGEST_HASHED + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) <= LARGEST_HASHED else None


def is_binary(data: bytes) -> bool:
    """Git's own test: a NUL among the first bytes."""
    return b"\0" in data[:_PROBE]


class Contents:
    """Texts by id, line endings as the repository stores them, so that equal text has one id."""

    def __init__(
        self, snapshots: Snapshots, objects: Objects | None, git: Git | None, cache: Cache | None = None
    ) -> None:
        self._snapshots = snapshots
        self._objects = objects
        self._git = git
        self._cache = cache or Cache(None)
        self._lines: OrderedDict[str, tuple[Lines, int]] = OrderedDict()
        self._held = 0
        self._shared: dict[bytes, bytes] = {}
        self._names: dict[str, str] = {}
        self._readers = {normal: partial(self._read_again, normal=normal) for normal in (False, True)}
        self._normalised: dict[str, bool] = {}
        self._filtered: dict[str, bool] = {}
        self._cleaned: dict[tuple[str, str], str] = {}
        self.missing: set[str] = set()
        """Ids that were asked for and are nowhere."""

    def data(self, content_id: str) -> bytes | None:
        """The bytes of a content; None if they are nowhere."""
        if content_id == NONE_ID:
            return None
        found = self._snapshots.get(content_id)
        if found is None and self._objects is not None:
            found = self._objects.blob(content_id)
        if found is None:
            self.missing.add(content_id)
        return found

    def text(self, content_id: str, path: str) -> Text | None:
        """The lines of a content under the id of its stored form; None for binary files and lost contents."""
        if self.filters(path):
            data = self.data(content_id)
            return self._stored(data, path, content_id) if data is not None else None
        normal, content_id = self.normalised(path), self._named(content_id)
        facts = self._cache.facts(content_id, normal)
        if facts is None:
            data = self.data(content_id)
            if data is None:
                return None
            text = self._text(data, normal, content_id)
            facts = (text.id, text.count) if text else ("", -1)
            self._cache.learn(content_id, normal, facts)
        stored, count = facts
        if count < 0:
            return None
        # Its lines stay where they are let go of when there are too many: whoever keeps the text keeps no lines.
        same = content_id if stored == content_id else stored  # one string, not two
        return Text(same, count, None, self._readers[normal], content_id)

    def read(self, data: bytes, path: str, like: str | None = None) -> Text | None:
        """Bytes as a text; None when they are binary. `like`: any id of the repository, for the kind of its ids."""
        if self.filters(path):
            return self._stored(data, path, like)
        return self._text(data, self.normalised(path), like)

    def _stored(self, data: bytes, path: str, like: str | None) -> Text | None:
        """A working file's text under the id that git stores it by after its filters, if it has; else under its own.

        The lines are those of the working file, so that two of its texts differ only where somebody changed it; those
        of the stored form where a filter makes another number of lines.
        """
        assert self._git is not None and self._objects is not None
        key = blob_id(data, like)
        stored = self._cleaned.get((key, path))
        if stored is None:
            try:
                stored = self._cleaned[(key, path)] = clean_ids(self._git, path, [data])[0]
            except GitFailed as failure:
                if failure.is_unfinished:
                    raise  # what git would have said is not known: no answer is better than a wrong one
                stored = key
        if stored != key and blob_id(plain := without_ids(data), like) == stored:
            return self._text(plain, False, like)
        clean = self._objects.blob(stored) if stored != key else None
        text = self._text(clean if clean is not None else data, False, like)
        if clean is None or text is None or is_binary(data) or len(lines := split(data)) != text.count:
            return text
        return Text.of(text.id, self._share(lines))

    def _text(self, data: bytes, normal: bool, like: str | None) -> Text | None:
        if is_binary(data):
            return None
        if normal and b"\r\n" in data:
            data = data.replace(b"\r\n", b"\n")
        text = Text.of(blob_id(data, like), self._share(split(data)))
        self._hold(text.id, text.lines, len(data))
        return text

    def _named(self, content_id: str) -> str:
        """The same id, the one object for all that name it. Python's own table of such texts never gets smaller."""
        if len(self._names) >= _MOST_NAMES:
            self._names.clear()
        return self._names.setdefault(content_id, content_id)

    def _share(self, lines: Lines) -> Lines:
        """The same lines, each the one object that other texts have too."""
        if len(self._shared) > max(_SHARED_LINES, 2 * len(lines)):
            self._shared.clear()
        shared = self._shared.setdefault
        return [shared(line, line) for line in lines]

    def _read_again(self, wanted: Text, content_id: str, *, normal: bool) -> Lines:
        """The lines of a content that was read before; lines equal to no others if it has been lost since."""
        if wanted.id in self._lines:
            self._lines.move_to_end(wanted.id)
            return self._lines[wanted.id][0]
        data = self.data(content_id)
        text = self._text(data, normal, content_id) if data is not None else None
        if text is None or text.count != wanted.count:
            return [b"\0lost %d of %s\n" % (k, wanted.id.encode()) for k in range(wanted.count)]
        return text.lines

    def _hold(self, content_id: str, lines: Lines, size: int) -> None:
        if content_id in self._lines:
            return
        weight = size + 60 * len(lines)
        self._lines[content_id] = (lines, weight)
        self._held += weight
        while self._held > _KEPT_BYTES and len(self._lines) > 2:
            _, (_, freed) = self._lines.popitem(last=False)
            self._held -= freed

    def normalised(self, path: str) -> bool:
        """Whether CRLF in the working file is LF in the repository."""
        if self._git is None:
            return False
        if path not in self._normalised:
            self._normalised[path] = eol_normalised(self._git, path)
        return self._normalised[path]

    def filters(self, path: str) -> bool:
        """Whether more than line ends differ between the working file and what git stores of it."""
        if self._git is None:
            return False
        if path not in self._filtered:
            try:
                self._filtered[path], normalised = passages(self._git, [path])[path]
                if not self._filtered[path]:
                    self._normalised[path] = normalised
            except GitFailed as failure:
                if failure.is_unfinished:
                    raise
                self._filtered[path] = False
        return self._filtered[path]

    def expect(self, paths: Sequence[str]) -> None:
        """Contents of many files will be asked for: learn at once how git stores them."""
        if self._git is not None:
            with contextlib.suppress(GitFailed):
                found = passages(self._git, [path for path in paths if path not in self._filtered])
                for path, (is_filtered, normalised) in found.items():
                    self._filtered[path] = is_filtered
                    if not is_filtered:
                        self._normalised[path] = normalised

    def forget_settings(self) -> None:
        """Ask again about line endings: attributes or configuration may have changed."""
        self._normalised.clear()
        self._filtered.clear()
