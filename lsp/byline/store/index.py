"""A cache on disk. Whatever happens to it, answers stay the same: it loses time, never knowledge."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path

from byline.errors import BylineError
from byline.store.paths import Folders

ENGINE = "4"
"""Another number empties every cache: to be raised when the same key means another value."""
LARGEST = 200 * 1024 * 1024
"""Bytes of values; beyond it the oldest fall out, a fifth at a time."""
NAME = "index.db"
_CACHED_KIB = 512
"""Of pages in memory: the system keeps the file's as well."""
_TABLES = """
CREATE TABLE IF NOT EXISTS about (engine TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, UNIQUE (kind, key)
);
"""


class Index:
    """Values by kind and key, in the first folder that can be written; without one it keeps nothing. Thread-safe."""

    def __init__(self, folders: Folders, engine: str = ENGINE, largest: int = LARGEST) -> None:
        self._engine = engine
        self._largest = largest
        self._lock = threading.Lock()
        self._size = 0
        self._path: Path | None = None
        self._connection: sqlite3.Connection | None = None
        for folder in folders.all:
            self._path = folder / NAME
            self._connection = self._open(self._path)
            if self._connection is not None:
                break

    @property
    def works(self) -> bool:
        """Whether anything is kept."""
        return self._connection is not None

    def get(self, kind: str, key: str) -> bytes | None:
        """The value last put there, if it is still kept."""
        with self._lock:
            if self._connection is None:
                return None
            try:
                row = self._connection.execute(
                    "SELECT value FROM entries WHERE kind = ? AND key = ?", (kind, key)
                ).fetchone()
            except (sqlite3.Error, UnicodeError) as error:
                self._failed(error)
                return None
            return row[0] if row is not None and isinstance(row[0], bytes) else None

    def all(self, kind: str) -> dict[str, bytes]:
        """Every value of a kind by its key, as they were at one moment."""
        with self._lock:
            if self._connection is None:
                return {}
            try:
                rows = self._connection.execute("SELECT key, value FROM entries WHERE kind = ?", (kind,)).fetchall()
            except (sqlite3.Error, UnicodeError) as error:
                self._failed(error)
                return {}
            return {key: value for key, value in rows if isinstance(key, str) and isinstance(value, bytes)}

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep one value."""
        self.put_many(kind, ((key, value),))

    def put_many(self, kind: str, values: Iterable[tuple[str, bytes | memoryview]]) -> None:
        """Keep several, all or none."""
        rows = [(kind, key, value) for key, value in values]
        with self._lock:
            if self._connection is None or not rows:
                return
            try:
                with self._connection:
                    self._connection.executemany(
                        "INSERT OR REPLACE INTO entries (kind, key, value) VALUES (?, ?, ?)", rows
                    )
                    self._size += sum(len(value) for _, _, value in rows)
                    if self._size > self._largest:
                        self._shrink(self._connection)
            except (sqlite3.Error, UnicodeError) as error:
                self._failed(error)

    def close(self) -> None:
        """Keep nothing from here on."""
        with self._lock:
            self._drop()

    def _open(self, path: Path) -> sqlite3.Connection | None:
        for _ in range(2):
            try:
                return self._connect(path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    return None  # locked, read-only, no room: not ours to repair
                _remove(path)  # no database, or a broken one
            except OSError:
                return None
        return None

    def _connect(self, path: Path) -> sqlite3.Connection:
        # Made first, so that it is never readable by others, not even for a moment; the side files take its mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600))
        connection = sqlite3.connect(path, timeout=2, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(f"PRAGMA cache_size = -{_CACHED_KIB}")
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                if connection.execute("SELECT engine FROM about").fetchall() != [(self._engine,)]:
                    connection.execute("DELETE FROM entries")
                    connection.execute("DELETE FROM about")
                    connection.execute("INSERT INTO about (engine) VALUES (?)", (self._engine,))
            self._size = connection.execute("SELECT coalesce(sum(length(value)), 0) FROM entries").fetchone()[0]
        except BaseException:
            connection.close()
            raise
        return connection

    def _shrink(self, connection: sqlite3.Connection) -> None:
        size = connection.execute("SELECT coalesce(sum(length(value)), 0) FROM entries").fetchone()[0]
        while size > self._largest * 4 // 5:
            oldest = connection.execute(
                "SELECT number, length(value) FROM entries ORDER BY number LIMIT 256"
            ).fetchall()
            if not oldest:
                break
            numbers = []
            for number, length in oldest:
                numbers.append((number,))
                size -= length
                if size <= self._largest * 4 // 5:
                    break
            connection.executemany("DELETE FROM entries WHERE number = ?", numbers)
        self._size = size

    def _failed(self, error: Exception) -> None:
        """A broken file is made anew; one that is busy or full is left alone."""
        if not isinstance(error, sqlite3.DatabaseError) or isinstance(error, sqlite3.OperationalError):
            return
        self._drop()
        if self._path is not None:
            _remove(self._path)
            self._connection = self._open(self._path)

    def _drop(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


def delete(folders: Folders) -> int:
    """Delete the caches, or empty those that cannot be deleted while another program has them open; the bytes gone.

    Raises BylineError where what is kept stays.
    """
    size = 0
    for folder in folders.all:
        path = folder / NAME
        if path.exists() and not path.is_file():
            continue  # another thing of that name is none of ours, and holds nothing of ours
        size += _size(path)
        _remove(path)
        if path.is_file():
            size -= _emptied(path)
    return size


def _emptied(path: Path) -> int:
    """Take all out of a cache that stays where it is; the bytes it has left."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=2)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            with connection:
                if "entries" in names:
                    connection.execute("DELETE FROM entries")
                for name in names & {"found", "searched"}:  # full-text tables keep words of what was deleted
                    connection.execute(f"DROP TABLE {name}")
            connection.execute("VACUUM")
            is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error:
        is_busy = True
    if is_busy and not os.access(path, os.W_OK):
        raise BylineError(f"{path} can't be written and keeps its words: `byline doctor` says what to do")
    if is_busy:
        raise BylineError(f"{path} is in use and keeps its words: close the editors that are open here and try again")
    return _size(path)


def _size(path: Path) -> int:
    size = 0
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            size += path.with_name(path.name + suffix).stat().st_size
    return size


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            path.with_name(path.name + suffix).unlink()
