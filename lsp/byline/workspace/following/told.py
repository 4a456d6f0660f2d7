"""What was already told of each source: a watermark and the keys of every session's steps."""

import contextlib
import json
import os
from pathlib import Path

from byline.workspace.following.stores import Mark

FILE = "followed.json"


class Memory:
    """`followed.json` in a store folder. Change it only while holding the lock beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._marks: dict[str, list[int]] = {}
        self._keys: dict[str, list[str]] = {}
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            content = json.loads((folder / FILE).read_bytes())
            if content["v"] == 1:
                self._marks = dict(content["sources"])
                self._keys = {name: list(keys) for name, keys in content["told"].items()}

    def is_known(self, path: Path, mark: Mark) -> bool:
        """Whether the source was read to its end as it is now."""
        return self._marks.get(str(path)) == list(mark)

    def know(self, path: Path, mark: Mark) -> None:
        """The source was read to its end."""
        self._marks[str(path)] = list(mark)

    def told(self, session: str) -> set[str]:
        """The keys of the steps that were told."""
        return set(self._keys.get(session, ()))

    def tell(self, session: str, keys: list[str]) -> None:
        """These steps were told."""
        self._keys.setdefault(session, []).extend(keys)

    def keep(self) -> None:
        """Write it, whole or not at all. Raises OSError."""
        content = {"v": 1, "sources": self._marks, "told": self._keys}
        fresh = self.folder / f".{FILE}.{os.getpid()}"
        fresh.write_text(json.dumps(content), "utf-8")
        fresh.chmod(0o600)
        fresh.replace(self.folder / FILE)
