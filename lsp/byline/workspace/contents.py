"""Contents of files by blob id, wherever they lie: snapshots, git objects, and bytes just read."""

import hashlib
from collections import OrderedDict

from byline.attribution.marks import split
from byline.attribution.world import Text
from byline.model import NONE_ID
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.repo.worktree import eol_normalised
from byline.store.blobs import Snapshots

_KEPT = 400
_PROBE = 8000


def blob_id(data: bytes, like: str | None = None) -> str:
    """The git blob id of some bytes; in SHA-256 when `like` is such an id."""
    digest = hashlib.sha256() if like is not None and len(like) == 64 else hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest()


def is_binary(data: bytes) -> bool:
    """Git's own test: a NUL among the first bytes."""
    return b"\0" in data[:_PROBE]


class Contents:
    """Texts by id, line endings as the repository stores them, so that equal text has one id."""

    def __init__(self, snapshots: Snapshots, objects: Objects | None, git: Git | None) -> None:
        self._snapshots = snapshots
        self._objects = objects
        self._git = git
        self._texts: OrderedDict[tuple[str, bool], Text | None] = OrderedDict()
        self._normalised: dict[str, bool] = {}
        self._added: dict[str, bytes] = {}
        self.missing: set[str] = set()
        """Ids that were asked for and are nowhere."""

    def data(self, blob_id: str) -> bytes | None:
        """The bytes of a content; None if they are nowhere."""
        if blob_id == NONE_ID:
            return None
        found = self._added.get(blob_id)
        if found is None:
            found = self._snapshots.get(blob_id)
        if found is None and self._objects is not None:
            found = self._objects.blob(blob_id)
        if found is None:
            self.missing.add(blob_id)
        return found

    def text(self, blob_id: str, path: str) -> Text | None:
        """The lines of a content under the id of its stored form; None for binary files and lost contents."""
        key = (blob_id, self.normalised(path))
        if key in self._texts:
            self._texts.move_to_end(key)
            return self._texts[key]
        data = self.data(blob_id)
        text = None if data is None else self.read(data, path, blob_id)
        self._texts[key] = text
        if len(self._texts) > _KEPT:
            self._texts.popitem(last=False)
        return text

    def read(self, data: bytes, path: str, like: str | None = None) -> Text | None:
        """Bytes as a text; None when they are binary."""
        if is_binary(data):
            return None
        if self.normalised(path) and b"\r\n" in data:
            data = data.replace(b"\r\n", b"\n")
            return Text(blob_id(data, like), split(data))
        return Text(blob_id(data, like), split(data))

    def normalised(self, path: str) -> bool:
        """Whether CRLF in the working file is LF in the repository."""
        if self._git is None:
            return False
        if path not in self._normalised:
            self._normalised[path] = eol_normalised(self._git, path)
        return self._normalised[path]

    def forget_settings(self) -> None:
        """Ask again about line endings: attributes or configuration may have changed."""
        self._normalised.clear()
