"""OpenCode's database: all sessions in one, read only. An answer counts once, though its steps repeat its tokens."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from byline.sessions.documents import pairs
from byline.sessions.reading import Reading
from byline.sessions.tally import Tally, Usage, count, steps, table

_SHELLS = ("bash",)
_SPAWNS = ("task",)
_WAIT = 0.5
"""Seconds to wait while OpenCode holds the database."""
_ALWAYS = 1 << 62
_SINCE = "WHERE session_id = ? AND time_updated >= ? AND time_updated <= ? ORDER BY id"
_MESSAGES = f"SELECT id, time_updated, data FROM message {_SINCE}"  # noqa: S608 - nothing of it comes from outside
_PARTS = f"SELECT message_id, time_created, time_updated, data FROM part {_SINCE}"  # noqa: S608 - likewise


def read(path: Path, session: str, before: Reading | None, until: int | None = None) -> Reading | None:
    """What the database tells of a session, going on from `before`; None where it tells nothing, or cannot be read.

    until: nothing that was changed later, in ns since 1970.
    """
    try:
        status = path.stat()
        log = path.with_name(f"{path.name}-wal")
        written = log.stat().st_mtime_ns if log.is_file() else 0
        if before is not None and until is None and before.is_current("opencode", status, written):
            return before
        reading = before if before is not None and before.is_of("opencode", status) else Reading("opencode")
        with closing(connect(path)) as database:
            row = database.execute("SELECT * FROM session WHERE id = ?", (session,)).fetchone()
            if row is None:
                return None
            _take(reading, database, dict(row), until)
    except (OSError, sqlite3.Error):
        return None
    reading.looked(status, written)
    return reading


def connect(path: Path) -> sqlite3.Connection:
    """The database, to be read only; nothing beside it is made. sqlite3.Error where it cannot be opened."""
    name = quote(str(path.absolute()))
    log, shared = path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")
    is_open = log.is_file() and log.stat().st_size > 0 and shared.is_file()
    # Without a log nobody is writing. A log without its index is left alone: reading it would make one.
    how = "mode=ro" if is_open else "mode=ro&immutable=1"
    database = sqlite3.connect(f"file:{name}?{how}", uri=True, timeout=_WAIT)
    database.row_factory = sqlite3.Row
    database.text_factory = lambda data: data.decode("utf-8", "replace")
    return database


def _take(reading: Reading, database: sqlite3.Connection, row: dict[str, Any], until: int | None) -> None:
    tally = reading.tally
    parent = isinstance(row.get("parent_id"), str)
    _session(tally, row)
    latest = reading.offset
    roles: dict[str, object] = {}
    limit = until // 1_000_000 if until is not None else _ALWAYS
    for one in database.execute(_MESSAGES, (row["id"], reading.offset, limit)):
        latest = max(latest, count(one["time_updated"]))
        data = _object(one["data"])
        roles[one["id"]] = data.get("role")
        _message(tally, str(one["id"]), data)
        tally.records += 1
        tally.let_go()
    for one in database.execute(_PARTS, (row["id"], reading.offset, limit)):
        latest = max(latest, count(one["time_updated"]))
        whose = one["message_id"]
        if whose not in roles:
            found = database.execute("SELECT data FROM message WHERE id = ?", (whose,)).fetchone()
            roles[whose] = _object(found["data"]).get("role") if found else None
        _part(tally, one, _object(one["data"]), roles[whose], is_subagent=parent)
        tally.records += 1
        tally.let_go()
    reading.offset = latest
    _plan(tally, database, row["id"])


def _session(tally: Tally, row: dict[str, Any]) -> None:
    for column, field in (("version", "agent_version"), ("directory", "cwd")):
        if isinstance(row.get(column), str) and row[column]:
            setattr(tally, field, row[column])
    if isinstance(row.get("cost"), int | float):
        tally.cost_usd = float(row["cost"])
    for column in ("time_created", "time_updated"):
        at = count(row.get(column)) * 1_000_000
        if at:
            tally.first_at = min(tally.first_at or at, at)
            tally.last_at = max(tally.last_at or at, at)


def _message(tally: Tally, name: str, data: dict[str, Any]) -> None:
    if data.get("role") != "assistant":
        return
    used = table(data.get("tokens"))
    if used:
        cache = table(used.get("cache"))
        told = Usage(
            count(used.get("input")),
            count(used.get("output")) + count(used.get("reasoning")),
            count(cache.get("read")),
            count(cache.get("write")),
        )
        tally.usage[name] = told
        if told != Usage():
            tally.context = told.input + told.cache_read + told.cache_creation
    if isinstance(data.get("modelID"), str):
        tally.model = data["modelID"]
    tally.api_errors += bool(data.get("error"))
    tally.compactions += data.get("summary") is True


def _part(tally: Tally, row: sqlite3.Row, data: dict[str, Any], role: object, *, is_subagent: bool) -> None:
    kind, text = data.get("type"), data.get("text")
    if kind == "text" and isinstance(text, str) and data.get("synthetic") is not True:
        if role == "assistant":
            tally.say(text)
        elif role == "user" and not is_subagent:
            name = str(row["message_id"])
            tally.ask(name, name, text, count(row["time_created"]) * 1_000_000)
    elif kind == "tool":
        state = table(data.get("state"))
        given, tool, call = table(state.get("input")), data.get("tool"), data.get("callID")
        tally.call(call, tool, given.get("command") if tool in _SHELLS else None)
        if not isinstance(call, str):
            return
        if state.get("status") == "error":
            tally.failed[call] = None
        if tool in _SPAWNS:
            tally.spawned[call] = None
        tally.result(call, state.get("output"))
        if tool == "todowrite":
            tally.plan = steps(given.get("todos"))


def _plan(tally: Tally, database: sqlite3.Connection, session: str) -> None:
    try:
        rows = database.execute("SELECT content, status FROM todo WHERE session_id = ? ORDER BY position", (session,))
        tally.plan = steps([dict(row) for row in rows]) or tally.plan
    except sqlite3.Error:
        return  # versions before the table


def _object(data: object) -> dict[str, Any]:
    if not isinstance(data, str):
        return {}
    try:
        return table(json.loads(data))
    except (ValueError, RecursionError):
        return dict(pairs(data))  # what stands before the place where it breaks off
