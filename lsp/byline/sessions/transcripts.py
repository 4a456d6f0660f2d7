"""Transcripts that agents leave on disk: read only, never copied, each byte once.

A reading remembers how far it came. A file that was cut, replaced or is still being written gives what its whole
lines tell; there is no state of a transcript that is an error.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from byline.sessions import claude, codex, copilot, gemini, qwen
from byline.sessions.tally import Tally, nanoseconds

LONGEST_LINE = 32 * 1024 * 1024
"""Bytes; a longer line (a picture, a whole archive) is passed over."""
_MARK = 64
_TAKE: dict[str, Callable[[Tally, dict[str, Any], bool], None]] = {
    "claude": claude.take,
    "codex": codex.take,
    "copilot": copilot.take,
    "gemini": gemini.take,
    "qwen": qwen.take,
}
READ_VERSION = 3
"""Another number reads every transcript again: to be raised when the same line tells something else."""


class Reading(msgspec.Struct):
    """How far a file was read, and what it told."""

    agent: str
    inode: int = 0
    size: int = 0
    """Of the file at the last look."""
    offset: int = 0
    """Where the next line begins."""
    mark: bytes = b""
    """The last bytes before `offset`, by which another file in its place is known."""
    version: int = READ_VERSION
    tally: Tally = msgspec.field(default_factory=Tally)


def can_read(agent: str) -> bool:
    """Whether byline knows the transcripts of this agent."""
    return agent in _TAKE


def read(
    agent: str, path: Path, before: Reading | None = None, *, is_subagent: bool = False, until: int | None = None
) -> Reading | None:
    """What the file tells, going on from `before`; None where there is no file to read, or nobody reads it.

    `before` is changed and given back where it still fits the file. `until`: nothing from the first line on that is
    later, in ns since 1970.
    """
    take = _TAKE.get(agent)
    if take is None:
        return None
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return None
        if before is not None and until is None and _is_unchanged(before, agent, status):
            return before
        with path.open("rb") as file:
            reading = before if before is not None and _goes_on(before, agent, status, file) else Reading(agent)
            reading.inode, reading.size = status.st_ino, status.st_size
            file.seek(reading.offset)
            _take_lines(reading, file, take, is_subagent, until)
    except OSError:
        return None
    return reading


def subagent_transcript(agent: str, session_id: str, named: str | None, parents: str | None) -> str | None:
    """Where a subagent's own transcript lies; None where only its parent's is known.

    `named`: what its own events name. `parents`: the parent's transcript.
    """
    if named and named != parents:
        return named
    child = session_id.partition("/")[2]
    if agent != "claude" or not parents or not child or os.sep in child or not parents.endswith(".jsonl"):
        return None
    return f"{parents.removesuffix('.jsonl')}/subagents/agent-{child}.jsonl"


def _is_unchanged(before: Reading, agent: str, status: os.stat_result) -> bool:
    told = (before.agent, before.version, before.inode, before.size)
    return told == (agent, READ_VERSION, status.st_ino, status.st_size)


def _goes_on(before: Reading, agent: str, status: os.stat_result, file: Any) -> bool:
    if (before.agent, before.version, before.inode) != (agent, READ_VERSION, status.st_ino):
        return False
    if status.st_size < before.offset:
        return False
    file.seek(before.offset - len(before.mark))
    return bool(file.read(len(before.mark)) == before.mark)


def _take_lines(
    reading: Reading,
    file: Any,
    take: Callable[[Tally, dict[str, Any], bool], None],
    is_subagent: bool,
    until: int | None,
) -> None:
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
        if isinstance(record, dict):
            take(reading.tally, record, is_subagent)
            reading.tally.records += 1
