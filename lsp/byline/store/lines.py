"""One line of the spool: an event, or why it is none. Pure."""

import json
import re
from typing import Literal

import msgspec

from byline.model import NONE_ID, UNREAD, Event
from byline_hooks import system

VERSION = 1
_END_OF_TIME = 1 << 63
Fault = Literal["torn", "invalid", "newer"]

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
_EVENTS = msgspec.json.Decoder(Event)


def decode(line: bytes) -> Event | Fault:
    """The event of a line that is not blank.

    `torn`: no JSON, as after a writer that died; `newer`: written by a newer byline; `invalid`: anything else.
    """
    try:
        event = _EVENTS.decode(line)
    except msgspec.ValidationError:
        return _refused(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _odd(line)
    return _accepted(event)


def _accepted(event: Event) -> Event | Fault:
    if event.v != VERSION:
        return "newer" if event.v > VERSION else "invalid"
    if not 0 <= event.at < _END_OF_TIME:
        return "invalid"
    if not _sound_ids(event):
        return "invalid"
    if event.worktree is not None:
        if event.path is not None and _leaves(event.path):
            return "invalid"
        if any(map(_leaves, event.paths or ())) or any(map(_leaves, event.staged or ())):
            return "invalid"
    return event


def _sound_ids(event: Event) -> bool:
    """Whether ids are ids: they are handed to git, and a record may come from anywhere."""
    commits = (
        (event.head, event.stash) if event.merging is None else (event.head, *event.merging.values(), event.stash)
    )
    for one in commits:
        if one is not None and not _ID.fullmatch(one):
            return False
    for one in event.contents:
        if one is not None and not _ID.fullmatch(one) and one not in (NONE_ID, UNREAD):
            return False
    if event.staged is not None and not all(map(_ID.fullmatch, event.staged.values())):
        return False
    if event.after_ids is None:
        return True
    if len(event.after_ids) != len(event.paths or ()):
        return False
    return all(one in (NONE_ID, UNREAD) or _ID.fullmatch(one) for one in event.after_ids)


def _leaves(path: str) -> bool:
    """Whether a path relative to a worktree names something outside of it, on the system that wrote it or on any.

    A colon or a backslash is a letter of a name where it leads nowhere else: not on Windows, which has no such names.
    """
    if path[:1] == "/" or "\0" in path or (".." in path and ".." in path.split("/")):
        return True
    if "\\" not in path and path[1:2] != ":":
        return False
    if path[:2] == "\\\\" or ".." in path.replace("\\", "/").split("/") or _DRIVE.match(path):
        return True
    return system.WINDOWS and (path[:1] == "\\" or path[1:2] == ":")


def _refused(line: bytes) -> Fault:
    try:
        record = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "torn"  # the wrong type stood before the tear
    version = record.get("v") if isinstance(record, dict) else None
    return "newer" if isinstance(version, int) and version > VERSION else "invalid"


def _odd(line: bytes) -> Event | Fault:
    """What msgspec will not read but Python's json does: file names that are no UTF-8, as lone surrogates."""
    try:
        event = msgspec.convert(json.loads(line), Event)
    except (msgspec.ValidationError, OverflowError):
        return "invalid"
    except (ValueError, RecursionError):
        return "torn"
    return _accepted(event)
