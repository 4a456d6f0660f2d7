"""Transcripts that agents leave on disk: read only, never copied, each byte once.

A reading remembers how far it came. A file that was cut, replaced or is still being written gives what its whole
lines tell; there is no state of a transcript that is an error.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from byline.sessions import (
    amp,
    claude,
    cline,
    codex,
    continues,
    copilot,
    cursor,
    documents,
    droid,
    gemini,
    opencode,
    qwen,
)
from byline.sessions.places import may_be_transcript
from byline.sessions.reading import READ_VERSION, Reading, Take
from byline.sessions.tally import Tally, nanoseconds

__all__ = ["READ_VERSION", "Reading", "can_read", "read", "subagent_transcript"]

LONGEST_LINE = 8 * 1024 * 1024
"""Bytes; a longer line (a picture, a whole archive) is passed over."""
_MARK = 64
_LINES: dict[str, Take] = {
    "claude": claude.take,
    "codex": codex.take,
    "copilot": copilot.take,
    "cursor": cursor.take,
    "droid": droid.take,
    "gemini": gemini.take,
    "qwen": qwen.take,
}
_DOCUMENTS: dict[str, Callable[[Tally, str, Any, bool], None]] = {
    "amp": amp.take,
    "cline": cline.take,
    "continue": continues.take,
}
_BESIDE: dict[str, tuple[str, Callable[[Tally, Path], None]]] = {
    "cline": (".messages.json", cline.beside),
    "droid": (".settings.json", droid.beside),
}
"""How the name of a second file ends that belongs to a transcript, and who reads it."""
_SHARED = frozenset(("copilot", "opencode"))
"""Agents of which one file tells of several sessions."""


def can_read(agent: str) -> bool:
    """Whether byline knows the transcripts of this agent."""
    return agent in _LINES or agent in _DOCUMENTS or agent == "opencode"


def read(
    agent: str,
    path: Path,
    before: Reading | None = None,
    *,
    is_subagent: bool = False,
    until: int | None = None,
    session: str | None = None,
) -> Reading | None:
    """What the file tells, going on from `before`; None where there is no file to read, or nobody reads it.

    `before` is changed and given back where it still fits the file. `until`: nothing from the first line on that is
    later, in ns since 1970. `session`: the id of the session that is asked for, without which a file of several
    tells nothing of a subagent (Copilot), or nothing at all (OpenCode).
    """
    own = session.rpartition("/")[2] if session else None
    try:
        status = path.stat()
        if not may_be_transcript(path) or (own is None and is_subagent and agent in _SHARED):
            return None
        if agent == "opencode":
            return opencode.read(path, own, before, until) if own else None
        beside = _written(agent, path)
        if before is not None and until is None and before.is_current(agent, status, beside):
            return before
        if agent in _LINES:
            only = own if is_subagent and agent in _SHARED else None
            reading = _read_lines(agent, path, status, before, is_subagent, until, only)
        elif agent in _DOCUMENTS:
            reading = _read_document(agent, path, status, is_subagent)
        else:
            return None
        if agent in _BESIDE and until is None:
            reading.looked(status, beside)
            _BESIDE[agent][1](reading.tally, path)
    except (OSError, ValueError):
        return None
    return reading


def subagent_transcript(agent: str, session_id: str, named: str | None, parents: str | None) -> str | None:
    """Where a subagent's own transcript lies; None where only its parent's is known, and tells nothing of it.

    `named`: what its own events name. `parents`: the parent's transcript.
    """
    if named and named != parents:
        return named
    if agent in _SHARED:
        return parents
    child = session_id.partition("/")[2]
    if not parents or not child or os.sep in child:
        return None
    if agent == "cline" and parents.endswith(".json"):
        return str(Path(parents).with_name(f"{child}.messages.json"))
    if agent != "claude" or not parents.endswith(".jsonl"):
        return None
    return f"{parents.removesuffix('.jsonl')}/subagents/agent-{child}.jsonl"


def _written(agent: str, path: Path) -> int:
    """When the second file was written, in ns since 1970; 0 where there is none."""
    if agent not in _BESIDE:
        return 0
    try:
        return path.with_suffix(_BESIDE[agent][0]).stat().st_mtime_ns
    except OSError:
        return 0


def _read_document(agent: str, path: Path, status: os.stat_result, is_subagent: bool) -> Reading:
    """A file that its agent writes anew is read anew."""
    reading = Reading(agent)
    reading.looked(status)
    for name, value in documents.members(path):
        _DOCUMENTS[agent](reading.tally, name, value, is_subagent)
        reading.tally.records += 1
        reading.tally.let_go()
    return reading


def _read_lines(
    agent: str,
    path: Path,
    status: os.stat_result,
    before: Reading | None,
    is_subagent: bool,
    until: int | None,
    only: str | None,
) -> Reading:
    with path.open("rb") as file:
        reading = before if before is not None and _goes_on(before, agent, status, file) else Reading(agent)
        reading.looked(status)
        if not reading.offset:
            reading.begin = file.read(_MARK)
        file.seek(reading.offset)
        _take_lines(reading, file, _LINES[agent], is_subagent, until, only)
    return reading


def _goes_on(before: Reading, agent: str, status: os.stat_result, file: BinaryIO) -> bool:
    if not before.is_of(agent, status) or status.st_size < before.offset:
        return False
    if file.read(len(before.begin)) != before.begin:
        return False
    file.seek(before.offset - len(before.mark))
    return file.read(len(before.mark)) == before.mark


def _take_lines(
    reading: Reading, file: BinaryIO, take: Take, is_subagent: bool, until: int | None, only: str | None
) -> None:
    """`only`: the one session of the file's whose lines count."""
    decode = msgspec.json.decode
    while line := file.readline(LONGEST_LINE):
        length = len(line)
        if not line.endswith(b"\n"):
            if length < LONGEST_LINE:
                return  # still being written, or cut here
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE)
                length += len(line)
            if not line:
                return
            reading.offset += length
            reading.mark = line[-_MARK:]
            continue
        try:
            record = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            record = None
        if until is not None and isinstance(record, dict) and nanoseconds(record.get("timestamp")) > until:
            return
        reading.offset += length
        reading.mark = line[-_MARK:]
        if isinstance(record, dict) and (only is None or record.get("agentId") == only):
            take(reading.tally, record, is_subagent)
            reading.tally.records += 1
            reading.tally.let_go()
