"""What the server itself sees happen to a file, written down as `save`, `observe` and `format` events.

A save is evidence of a person's work only if a person changed the buffer. An editor that loads a changed file again
also sends a change: then the buffer equals the bytes that were on disk *before* the change came in.
"""

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from byline.attribution.marks import split
from byline.server.disktext import encode, same_text
from byline.server.documents import Stamp, stamp
from byline.server.origin import Origin, entered, origin_of
from byline.server.places import Answering
from byline.workspace.contents import read_file
from byline.workspace.following import is_at_work
from byline.workspace.private import is_private

RECENT = 5_000_000
"""File systems stamp with a coarse clock: a stamp may be this many nanoseconds older than the write it belongs to."""
UNFINISHED = 1_000_000_000
"""A file that lost its bytes is taken for one that is being written, for so many nanoseconds; and what a change made
of a text for what its save has written, where the bytes on disk are no older."""


class Seen(NamedTuple):
    """A document's lines and what was known of its file, taken at one moment for a worker thread."""

    path: Path
    lines: list[str]
    disk: bytes | None
    origin: Origin
    opened_at: int
    edited_at: int | None
    changed_at: int
    editor: str | None
    record: bool
    formatted: Sequence[tuple[list[str], list[str]]] = ()
    """The lines before and after each run of a formatter since the last save."""
    kept: Sequence[int] | None = None
    """For each line which line of the origin it is, -1 for one that was typed or changed; None: not known."""
    past: Mapping[int, int] = MappingProxyType({})
    """By their hashes the texts that the buffer started from before, and until when (ns)."""


class Found(NamedTuple):
    """What the file turned out to be."""

    disk: bytes | None
    clean: bool
    """The buffer shows what is on disk."""
    loaded: bool
    """The buffer's changes came from the disk, not from a person."""
    origin: Origin | None = None
    """What the buffer starts from now; None: from what it started before."""
    is_unfinished: bool = False
    """Somebody seems to be writing the file: it is to be looked at again in a moment."""


def opened(workspace: Answering, seen: Seen) -> bytes | None:
    """A file was opened, and held `seen.disk` then: its bytes become known before anybody types."""
    disk = read_file(seen.path)
    if seen.edited_at is not None and disk != seen.disk and same_text(disk, seen.lines):
        return seen.disk  # a save under way: its own notification will say so
    if disk is not None:
        _record(workspace, seen, "observe", None)
    return disk


def compared(workspace: Answering, seen: Seen, written_at: int | None) -> Found:
    """After changes: did a person type, or did the editor load what somebody else wrote?

    `written_at` is the file's modification time. Bytes written after the last change came in and equal to the buffer
    are a save under way: its own notification will say so, or none comes within a second and they were loaded.
    """
    disk = read_file(seen.path)
    clean = same_text(disk, seen.lines)
    if disk is None or disk == seen.disk:
        return _found(disk, clean=clean)
    is_late = time.time_ns() - seen.changed_at >= UNFINISHED
    if clean and not is_late and seen.edited_at is not None and (written_at or 0) + RECENT >= seen.changed_at:
        return Found(seen.disk, clean, loaded=False, is_unfinished=True)
    if not disk and not clean and written_at is not None and time.time_ns() - written_at < UNFINISHED:
        return Found(seen.disk, clean=False, loaded=False, is_unfinished=True)
    _record(workspace, seen, "observe", None)
    return _found(disk, clean=clean)


def saved(workspace: Answering, seen: Seen) -> Found:
    """The editor says it has saved the document."""
    disk = read_file(seen.path)
    origin = None
    if disk is not None and disk != seen.disk:
        if seen.formatted:
            origin = _formatted(workspace, seen, disk)
        elif seen.edited_at is not None:
            origin = _saved(workspace, seen, disk)
        else:
            _record(workspace, seen, "observe", None)
    found = _found(disk, clean=same_text(disk, seen.lines))
    return found if found.origin is not None else found._replace(origin=origin)


def was_loaded(data: bytes, mark: Stamp, seen: Seen, lag: int) -> bool:
    """Whether bytes that a change made the text equal to were on disk before it came, or before its save.

    Then nobody entered them. `mark`: the file's stamp when the change came, which may be after the save that wrote
    it, by up to `lag` nanoseconds: from an editor that waits, or through a busy pipe.
    """
    if not data:
        return False  # a file that is emptied has its new size before its new time; and has no line of anybody's
    if mark[0] + lag < seen.changed_at:
        return True
    is_written_again = stamp(seen.path) != mark and read_file(seen.path) == data
    return is_written_again and same_text(data, seen.lines)


def _found(disk: bytes | None, *, clean: bool) -> Found:
    return Found(disk, clean, loaded=clean, origin=Origin(disk) if clean and disk is not None else None)


def _saved(workspace: Answering, seen: Seen, disk: bytes) -> Origin:
    """What the editor wrote is the person's; what came to it on disk meanwhile is nobody's.

    Gives what the buffer starts from now.
    """
    start = origin_of(workspace, seen)
    whole = same_text(disk, seen.lines)
    # Of a buffer that shows what is on disk: not what an agent may have made of the file by now.
    typed = disk if whole else encode((start or seen.origin).data, seen.lines)
    if start is not None and (start.is_new or typed != start.data):
        told = whole and start is seen.origin and seen.kept is not None
        edits = entered(seen.kept or (), len(split(start.data)), len(split(typed))) if told else None
        _record(workspace, seen, "save", start, typed, edits)
    if start is None or not whole or typed == start.data:
        _record(workspace, seen, "observe", None)
    return Origin(typed)


def _formatted(workspace: Answering, seen: Seen, disk: bytes) -> Origin:
    """What was typed before and after a formatter ran was a person's to save; what that made is nobody's writing.

    Gives what the buffer starts from now.
    """
    known = origin_of(workspace, seen)
    like = (known or seen.origin).data
    now = Origin(encode(like, seen.lines))
    if known is None:
        _record(workspace, seen, "observe", None)
        return now
    last = len(seen.formatted) - 1
    for number, (before, after) in enumerate(seen.formatted):
        start, made = encode(like, before), encode(like, after)
        if start != known.data:
            _record(workspace, seen, "save", known, start)
        if number == last and after == seen.lines:
            _record(workspace, seen, "format", Origin(start), disk)  # the file is what the formatter made
            return now
        _record(workspace, seen, "format", Origin(start), made)
        known = Origin(made)
    if same_text(disk, seen.lines):
        _record(workspace, seen, "save", known, disk)
    else:
        _record(workspace, seen, "save", known, now.data)
        _record(workspace, seen, "observe", None)
    return now


def _was_there(workspace: Answering, seen: Seen, after: bytes) -> bool:
    """Whether a text was undone or done again: this editor and the file held it before, and nobody entered it.

    What the file alone held, perhaps on another branch, was typed once more.
    """
    return workspace.has_been(seen.path, after, shown=hash(after) in seen.past)


def _record(
    workspace: Answering,
    seen: Seen,
    event: str,
    start: Origin | None,
    after: bytes | None = None,
    edits: Sequence[Sequence[int]] | None = None,
) -> None:
    if not seen.record:
        return
    own = workspace.about(str(seen.path)) if workspace.worktree is None else ()
    if workspace.worktree is None and not any(known.path == str(seen.path) for known in own):
        return  # a private file outside any repository is none of our business until an agent has touched it
    if is_private(workspace.worktree, seen.path):
        return
    # The editor's own agent saves as a person does, and its record will speak.
    if event == "save" and (is_at_work(seen.editor, os.environ) or _was_there(workspace, seen, after or b"")):
        event, start, edits = "observe", None, None
    before, is_new = start or (None, False)
    workspace.record(
        event,
        seen.path,
        before=None if is_new else before,
        after=after,
        editor=seen.editor,
        is_new=is_new,
        edits=edits,
    )
