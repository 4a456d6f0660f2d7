"""Full-text search in `index.db`. Losing it costs time: it is filled again from what it was filled with."""

import contextlib
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from byline.store.paths import Folders

NAME = "index.db"
LAST = (1 << 63) - 1
"""The largest number that SQLite takes: a moment in the year 2262."""
_VERSION = "1"
_TABLES = """
CREATE TABLE IF NOT EXISTS searched (state TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS found USING fts5 (
    body, kind UNINDEXED, name UNINDEXED, session UNINDEXED, agent UNINDEXED, at UNINDEXED,
    tokenize = "unicode61 remove_diacritics 2 tokenchars '_'"
);
"""
_CHOSEN = "found MATCH ? AND (? IS NULL OR agent = ?) AND (? IS NULL OR kind = ?) AND at BETWEEN ? AND ?"
_COUNT = f"SELECT count(*) FROM found WHERE {_CHOSEN}"  # noqa: S608  nothing from outside is put in
_BEST = (
    "SELECT body, kind, name, session, agent, at, snippet(found, 0, char(2), char(3), '…', 24), -bm25(found) "  # noqa: S608
    f"FROM found WHERE {_CHOSEN} ORDER BY bm25(found), at DESC LIMIT ?"
)


class Document(NamedTuple):
    """One thing that can be found."""

    body: str
    kind: str
    """`prompt`, `summary`, `file` or `commit`."""
    name: str
    """The turn, the path or the commit."""
    session: str | None
    agent: str | None
    at: int
    """Nanoseconds since 1970; 0 for none."""


class Hit(NamedTuple):
    """One document that has all the words."""

    document: Document
    snippet: str
    """A part of the body around the words, which stand between `\\x02` and `\\x03`."""
    score: float
    """Higher is better."""


class Search:
    """One index, in the first folder that can be written, else in memory."""

    def __init__(self, folders: Folders) -> None:
        for folder in folders.all:
            path = folder / NAME
            try:
                if folder.is_dir():
                    # Never readable by others, not even for a moment.
                    os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600))
                    self._connection = _open(path)
                    return
            except (OSError, sqlite3.Error):
                continue
        self._connection = _open(":memory:")

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    @property
    def state(self) -> str | None:
        """What `fill` was last told the index is filled with."""
        row = self._connection.execute("SELECT state FROM searched").fetchone()
        return str(row[0]).removeprefix(f"{_VERSION} ") if row and str(row[0]).startswith(f"{_VERSION} ") else None

    def fill(self, documents: Iterable[Document], state: str) -> None:
        """Put these in place of all that is there."""
        with contextlib.suppress(sqlite3.OperationalError), self._connection:  # busy or full: the next one fills it
            self._connection.execute("DELETE FROM found")
            self._connection.execute("DELETE FROM searched")
            self._connection.executemany("INSERT INTO found VALUES (?, ?, ?, ?, ?, ?)", map(_storable, documents))
            self._connection.execute("INSERT INTO searched VALUES (?)", (f"{_VERSION} {state}",))

    def forget(self) -> None:
        """Empty it."""
        with contextlib.suppress(sqlite3.OperationalError), self._connection:
            self._connection.execute("DELETE FROM found")
            self._connection.execute("DELETE FROM searched")

    def find(
        self, words: Iterable[str], *, agent: str | None, kind: str | None, since: int, until: int, most: int
    ) -> tuple[int, list[Hit]]:
        """How many documents have all the words (as beginnings of theirs), and the best of them."""
        query = " ".join('"' + _sound(word).replace('"', '""') + '"*' for word in words)
        asked = agent and _sound(agent)
        values = (query, asked, asked, kind, kind, since, until or LAST)
        total = self._connection.execute(_COUNT, values).fetchone()[0]
        rows = self._connection.execute(_BEST, (*values, most)).fetchall()
        return int(total), [Hit(Document(*row[:6]), row[6], row[7]) for row in rows]


def _open(path: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=2)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        with connection:
            for statement in _TABLES.split(";"):
                connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection


def _storable(document: Document) -> tuple[object, ...]:
    return tuple(_sound(part) if isinstance(part, str) else part for part in document)


def _sound(text: str) -> str:
    """Without lone surrogates, which SQLite does not take, and NULs, at which it takes a text to end."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
