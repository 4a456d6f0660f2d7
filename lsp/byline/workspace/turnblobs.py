"""What git would store for the recorded contents of files."""

from collections.abc import Iterable
from pathlib import Path

from byline.errors import GitFailed
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.repo.worktree import blob_id, clean_ids, untouched
from byline.store.blobs import Snapshots


class TurnBlobs:
    """Contents by the ids that events give them. Asks once for each."""

    def __init__(self, git: Git, objects: Objects, snapshots: Snapshots) -> None:
        self._git = git
        self._objects = objects
        self._snapshots = snapshots
        self._dropped = snapshots.dropped()
        self._plain: dict[str, bool] = {}
        self._stored: dict[tuple[str, str], str | None] = {}
        self.data: dict[str, bytes] = {}
        """Bytes that git may lack, by the id it gives them."""

    def expect(self, paths: Iterable[str]) -> None:
        """Contents at these paths will be asked about: learn at once which of them git stores as they are."""
        new = [path for path in dict.fromkeys(paths) if path not in self._plain]
        if not new:
            return
        try:
            plain = set(untouched(self._git, new))
        except GitFailed:
            plain = set()
        self._plain |= {path: path in plain for path in new}

    def stored(self, content_id: str, path: str) -> str:
        """The blob id under which git stores a content; the content's own where that cannot be told."""
        return content_id if self._plain.get(path) else self.prove(content_id, path) or content_id

    def prove(self, content_id: str, path: str) -> str | None:
        """The blob id under which git stores a content, its bytes being here or with git; None if they are lost."""
        key = (content_id, path)
        if key not in self._stored:
            self._stored[key] = self._find(content_id, path)
        return self._stored[key]

    def take(self, blob: str) -> bytes | None:
        """The bytes of a blob that git may lack, once."""
        return self.data.pop(blob, None)

    def _find(self, content_id: str, path: str) -> str | None:
        data = self._snapshots.get(content_id)
        if data is None and content_id not in self._dropped:  # git may still have what a person took back
            data = self._objects.blob(content_id)
        if data is None:
            return None
        if self._plain.get(path):
            self.data[content_id] = data
            return content_id
        try:
            stored = clean_ids(self._git, path, [data])[0]
        except GitFailed:
            return None
        kind = "sha256" if len(stored) == 64 else "sha1"
        for form in (data, data.replace(b"\r\n", b"\n")):
            if blob_id(form, kind) == stored:
                self.data[stored] = form
                return stored
        if self._objects.size(stored) is None:  # what a filter makes of it: it may be a pointer to something lost
            return None
        return stored


def mode_on_disk(file: Path) -> str:
    """The mode of a new file: executable if it is that now."""
    try:
        return "100755" if file.lstat().st_mode & 0o170100 == 0o100100 else "100644"
    except OSError:
        return "100644"
