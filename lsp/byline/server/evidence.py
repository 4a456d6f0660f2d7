"""What the server itself sees happen to a file, written down as `save`, `observe` and `format` events.

A save is evidence of a person's work only if a person changed the buffer. An editor that loads a changed file again
also sends a change: then the buffer equals the bytes that were on disk *before* the change came in.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from byline.attribution.diff import mapping
from byline.attribution.marks import split
from byline.model import Event
from byline.server.disktext import encode, same_text
from byline.server.places import Answering
from byline.workspace.contents import blob_id, read_file
from byline.workspace.following import is_at_work
from byline.workspace.private import is_private

MADE = frozenset(("write", "shell", "save", "format", "observe"))
"""Events that tell what a file held when they were made."""
RECENT = 5_000_000
"""File systems stamp with a coarse clock: a stamp may be this many nanoseconds older than the write it belongs to."""


class Seen(NamedTuple):
    """A document's lines and what was known of its file, taken at one moment for a worker thread."""

    path: Path
    lines: list[str]
    disk: bytes | None
    edited_at: int | None
    changed_at: int
    editor: str | None
    record: bool
    formatted: Sequence[tuple[list[str], list[str]]] = ()
    """The lines before and after each run of a formatter since the last save."""


class Found(NamedTuple):
    """What the file turned out to be."""

    disk: bytes | None
    clean: bool
    """The buffer shows what is on disk."""
    loaded: bool
    """The buffer's changes came from the disk, not from a person."""


def opened(workspace: Answering, seen: Seen) -> bytes | None:
    """A file was opened: its bytes become known before anybody types."""
    disk = read_file(seen.path)
    if disk is not None:
        _record(workspace, seen, "observe", None)
    return disk


def compared(workspace: Answering, seen: Seen, written_at: int | None) -> Found:
    """After changes: did a person type, or did the editor load what somebody else wrote?

    `written_at` is the file's modification time. Bytes written after the last change came in and equal to the buffer
    are a save under way: its own notification will say so.
    """
    disk = read_file(seen.path)
    clean = same_text(disk, seen.lines)
    if disk is None or disk == seen.disk:
        return Found(disk, clean, clean and disk == seen.disk)
    if clean and written_at is not None and written_at + RECENT >= seen.changed_at and seen.edited_at is not None:
        return Found(seen.disk, clean, loaded=False)
    _record(workspace, seen, "observe", None)
    return Found(disk, clean, loaded=clean)


def saved(workspace: Answering, seen: Seen) -> Found:
    """The editor says it has saved the document."""
    disk = read_file(seen.path)
    if disk is not None and disk != seen.disk:
        if seen.formatted:
            _formatted(workspace, seen, disk)
        elif seen.edited_at is not None:
            _saved(workspace, seen, disk)
        else:
            _record(workspace, seen, "observe", None)
    clean = same_text(disk, seen.lines)
    return Found(disk, clean, loaded=clean)


def _saved(workspace: Answering, seen: Seen, disk: bytes) -> None:
    """What the editor wrote is the person's; what came to it on disk meanwhile is nobody's."""
    known = _base(workspace, seen)
    if same_text(disk, seen.lines):
        _record(workspace, seen, "save", known, disk)  # not what an agent may have made of the file by now
        return
    typed = encode(known, seen.lines)
    if typed != known:
        _record(workspace, seen, "save", known, typed)
    _record(workspace, seen, "observe", None)


def _base(workspace: Answering, seen: Seen) -> bytes | None:
    """The bytes that the person's typing started from: those last seen, or what an agent made of them since then.

    An editor may load an agent's write and save within milliseconds, before anybody looked at the disk in between.
    Then the buffer shows what the agent wrote, and that is not the person's.
    """
    if seen.disk is None:
        return None
    name, late = workspace.name(seen.path), False
    for event in reversed(workspace.about(name)):
        if event.event not in MADE or not _is_of(event, name):
            continue
        id = (event.disk_id or event.after_id) if event.path else dict(event.listed()).get(name)
        if id != blob_id(seen.disk, id):
            break
        if event.session_id is not None:
            return seen.disk
        late = True  # what this server told last; when busy it may have told it after what an agent made of it
    else:
        return seen.disk
    if event.session_id is None or id is None:
        return seen.disk
    data = workspace.snapshots.get(id)
    if late and same_text(data, seen.lines):
        return seen.disk  # an undo took the agent's text away, and this one brings it back
    return data if data is not None and _shows(seen, seen.disk, data) else seen.disk


def _shows(seen: Seen, old: bytes, new: bytes) -> bool:
    """Whether the buffer has what `new` brought to `old`, and has lost what that took away."""
    before, after = ([line.rstrip(b"\r\n") for line in split(data)] for data in (old, new))
    buffer = [line.rstrip(b"\r\n") for line in split(encode(new, seen.lines))]
    added = {k for k, origin in enumerate(mapping(before, after)) if origin < 0}
    if added:
        return not added.isdisjoint(mapping(after, buffer))
    kept = set(mapping(after, buffer)), set(mapping(before, buffer))
    return len(kept[0] - {-1}) >= len(kept[1] - {-1})


def _is_of(event: Event, name: str) -> bool:
    return event.path == name if event.path is not None else name in (event.paths or ())


def _formatted(workspace: Answering, seen: Seen, disk: bytes) -> None:
    """What was typed before and after a formatter ran was a person's to save; what that made is nobody's writing."""
    known = _base(workspace, seen)
    last = len(seen.formatted) - 1
    for number, (before, after) in enumerate(seen.formatted):
        start, made = encode(seen.disk, before), encode(seen.disk, after)
        if start != known:
            _record(workspace, seen, "save", known, start)
        if number == last and after == seen.lines:
            _record(workspace, seen, "format", start, disk)  # the file is what the formatter made
            return
        _record(workspace, seen, "format", start, made)
        known = made
    if same_text(disk, seen.lines):
        _record(workspace, seen, "save", known, disk)
    else:
        _record(workspace, seen, "save", known, encode(seen.disk, seen.lines))
        _record(workspace, seen, "observe", None)


def _record(workspace: Answering, seen: Seen, event: str, before: bytes | None, after: bytes | None = None) -> None:
    if not seen.record:
        return
    own = workspace.about(str(seen.path)) if workspace.worktree is None else ()
    if workspace.worktree is None and not any(known.path == str(seen.path) for known in own):
        return  # a private file outside any repository is none of our business until an agent has touched it
    if is_private(workspace.worktree, seen.path):
        return
    if event == "save" and is_at_work(seen.editor, os.environ):
        event, before = "observe", None  # the editor's own agent saves as a person does; its record will speak
    if event == "save" and workspace.has_been(seen.path, after):
        event, before = "observe", None  # undone or done again: the file held these bytes before, nobody entered them
    workspace.record(event, seen.path, before=before, after=after, editor=seen.editor)
