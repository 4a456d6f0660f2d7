"""A transcript's writes, by its agent and its path."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from byline.sessions import documents, opencode
from byline.sessions.deeds import claude, codex, exchanged, gemini
from byline.sessions.deeds.deed import Deed
from byline.sessions.transcripts import LONGEST_LINE

_LINES: dict[str, Callable[..., Iterator[Deed]]] = {
    "claude": claude.deeds,
    "codex": codex.deeds,
    "copilot": exchanged.copilot,
    "droid": exchanged.droid,
    "gemini": gemini.gemini,
    "qwen": gemini.qwen,
}
_PARTS = "SELECT data FROM part WHERE session_id = ? ORDER BY id"


def deeds(agent: str, path: Path, session: str, *, is_subagent: bool) -> list[Deed]:
    """What the session wrote by its transcript, oldest first; nothing where nothing can be read."""
    own = session.rpartition("/")[2]
    try:
        if agent in _LINES:
            only = own if agent == "copilot" and is_subagent else None
            return list(_LINES[agent](_records(path, only), is_subagent=is_subagent))
        if agent == "cline":
            messages = path if path.name.endswith(".messages.json") else path.with_suffix(".messages.json")
            return list(exchanged.cline(documents.members(messages), is_subagent=is_subagent))
        if agent == "amp":
            return list(exchanged.amp(documents.members(path), is_subagent=is_subagent))
        if agent == "opencode":
            with closing(opencode.connect(path)) as database:
                rows = database.execute(_PARTS, (own,))
                return list(exchanged.opencode(_objects(row["data"] for row in rows)))
    except (OSError, ValueError, sqlite3.Error):
        return []
    return []


def _records(path: Path, only: str | None) -> Iterator[dict[str, Any]]:
    """The objects of a file of lines, those of the session `only` where it tells of several."""
    decode = msgspec.json.decode
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            if not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = file.readline(LONGEST_LINE)
                continue
            try:
                record = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue
            if isinstance(record, dict) and (only is None or record.get("agentId") == only):
                yield record


def _objects(texts: Iterable[object]) -> Iterator[dict[str, Any]]:
    for text in texts:
        try:
            found = json.loads(text) if isinstance(text, str) else None
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield found
