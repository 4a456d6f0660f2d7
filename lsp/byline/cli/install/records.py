"""What byline changed in other programs' settings, kept below the user data folder so that it can be taken back.

One file for each settings file, mode 0600: the bytes before may hold somebody's keys.
"""

import base64
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from byline.errors import BylineError
from byline.privacy import make_folders

LOCK_SECONDS = 20


class Record(NamedTuple):
    """One settings file that byline wrote to."""

    agent: str
    scope: str
    """`user` or `project`."""
    path: Path
    original: bytes | None
    """The file before byline; None where there was none."""
    written: str
    """SHA-256 of the bytes byline wrote last."""
    folders: list[Path]
    """Folders made for the file, outermost first."""


class Records:
    """The folder of records. Change it only inside `locked`."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "installs"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold off other installers. Raises BylineError when one does not end."""
        from filelock import FileLock, Timeout

        try:
            make_folders(self.folder)
        except OSError as problem:
            raise BylineError(
                f"can't make {self.folder}: {problem.strerror}; BYLINE_DATA_DIR names another"
            ) from problem
        lock = FileLock(self.folder / ".lock", timeout=LOCK_SECONDS, mode=0o600)
        try:
            with lock:
                yield
        except Timeout as problem:
            raise BylineError(f"another byline install is at work ({lock.lock_file}); try again") from problem

    def find(self, path: Path) -> Record | None:
        """The record of one settings file; None where there is none that can be read."""
        return self._read(self._file(path))

    def all(self) -> list[Record]:
        """Every record that can be read."""
        found = map(self._read, sorted(self.folder.glob("*.json")))
        return [record for record in found if record is not None]

    def keep(self, record: Record) -> None:
        """Write or replace one record."""
        original = None if record.original is None else base64.b64encode(record.original).decode()
        content = {
            "v": 1,
            "agent": record.agent,
            "scope": record.scope,
            "path": str(record.path),
            "original": original,
            "written": record.written,
            "folders": [str(folder) for folder in record.folders],
            "at": time.time_ns(),
        }
        path = self._file(record.path)
        fresh = path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
        fresh.replace(path)

    def forget(self, path: Path) -> None:
        """Remove the record of one settings file."""
        self._file(path).unlink(missing_ok=True)

    def _file(self, path: Path) -> Path:
        return self.folder / f"{hashlib.sha256(os.fsencode(path)).hexdigest()[:16]}.json"

    def _read(self, file: Path) -> Record | None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            content = json.loads(file.read_text("utf-8"))
            original = None if content["original"] is None else base64.b64decode(content["original"])
            folders = [Path(folder) for folder in content["folders"]]
            path = Path(content["path"])
            return Record(content["agent"], content["scope"], path, original, content["written"], folders)
        return None


def digest(content: bytes) -> str:
    """The name under which a record knows the bytes it wrote."""
    return hashlib.sha256(content).hexdigest()
