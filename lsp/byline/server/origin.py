"""The text that a buffer started from: what it holds beyond that was entered, what it holds of that was loaded.

An editor that does not reload keeps showing what it loaded long ago. What the disk got meanwhile is not what its
buffer is made from, and what the disk lost meanwhile was not entered by whoever saves that buffer.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from byline.attribution.diff import mapping
from byline.attribution.marks import bodies
from byline.model import NONE_ID, Event
from byline.server.disktext import encode, same_text
from byline.server.places import Answering
from byline.workspace.contents import blob_id

MADE = frozenset(("write", "shell", "save", "format", "observe"))
"""Events that tell what a file held when they were made."""


class Origin(NamedTuple):
    """The bytes that a buffer was equal to last, or the text it was opened with."""

    data: bytes
    is_new: bool = False
    """There was no file, and nothing in the buffer."""


class Buffer(Protocol):
    """What is known of a document."""

    @property
    def path(self) -> Path:
        """Its file."""

    @property
    def lines(self) -> list[str]:
        """The protocol's lines with terminators."""

    @property
    def disk(self) -> bytes | None:
        """The bytes on disk as last seen, before what is there now."""

    @property
    def origin(self) -> Origin:
        """What the text started from, as far as its changes tell."""

    @property
    def past(self) -> Mapping[int, int]:
        """By their hashes the texts that it started from before, and until when (ns)."""

    @property
    def opened_at(self) -> int:
        """When it was opened (ns)."""


def opened(disk: bytes | None, lines: Sequence[str], *, is_there: bool) -> Origin:
    """What a buffer starts from that was opened with `lines`. `is_there`: there was a file then."""
    if disk is not None and same_text(disk, lines):
        return Origin(disk)
    if not is_there and not "".join(lines).strip():
        return Origin(b"", is_new=True)
    return Origin(encode(disk, lines))


def entered(kept: Sequence[int], before: int, after: int) -> list[list[int]] | None:
    """The edits that an editor's changes made of a text, as events tell them; None where they don't fit the texts.

    `kept`: for each line which of the `before` lines it is, -1 for one that was typed or changed; 0-based, ascending.
    `after`: how many lines there are by now.
    """
    if len(kept) != after:
        return None
    found: list[list[int]] = []
    old = new = 0
    for line, origin in enumerate([*kept, before]):
        if origin < 0:
            continue
        if origin > old or line > new:
            found.append([old + 1, origin - old, new + 1, line - new])
        old, new = origin + 1, line + 1
    return found


def origin_of(workspace: Answering, buffer: Buffer) -> Origin | None:
    """What a save is to be compared with: the buffer's origin, or what came to the disk since, where that was loaded.

    None where it cannot be told: the buffer has lines of both that the other lacks, or what is newest is not known.
    """
    news, is_known = _news(workspace, buffer)
    if not is_known:
        return None
    old = buffer.origin
    if news is None or news == old.data or not _shows(buffer, old.data, news):
        return old
    # An editor that takes over what the disk got keeps what was entered: only that may be new to both.
    return Origin(news) if _fresh(buffer, news) <= _fresh(buffer, old.data) else None


def _news(workspace: Answering, buffer: Buffer) -> tuple[bytes | None, bool]:
    """The bytes last seen on disk, or what an agent made of them since then; and whether that is known.

    An editor may load an agent's write and save within milliseconds, before anybody looked at the disk in between.
    Then the buffer shows what the agent wrote, and that is not the person's.
    """
    name, late, id = workspace.name(buffer.path), False, None
    started_from: set[str | None] = set()
    for event in reversed(workspace.about(name)):
        if event.event not in MADE or not _is_of(event, name):
            continue
        if buffer.disk is None and event.at <= buffer.opened_at:
            return None, True  # of a file that is there no more
        id = (event.disk_id or event.after_id) if event.path else dict(event.listed()).get(name)
        if id != (NONE_ID if buffer.disk is None else blob_id(buffer.disk, id)):
            break
        if event.session_id is not None:
            return buffer.disk, True
        late = True  # what this server told last; when busy it may have told it after what an agent made of it
        started_from.add(event.before_id)
    else:
        return buffer.disk, True
    if (id is not None and id in started_from) or event.at <= buffer.opened_at:
        return buffer.disk, True  # somebody changed what the agent had made, be it before this editor opened the file
    data = workspace.snapshots.get(id) if id is not None else None
    if buffer.disk is None:
        return data, data is not None
    if event.session_id is None or data is None or (late and same_text(data, buffer.lines)):
        return buffer.disk, True  # the last: an undo took the agent's text away, and this one brings it back
    if event.at < buffer.past.get(hash(data), 0):
        return buffer.disk, True  # the editor has shown that, and something else since
    return (data if _shows(buffer, buffer.disk, data) else buffer.disk), True


def _shows(buffer: Buffer, old: bytes, new: bytes) -> bool:
    """Whether the buffer has what `new` brought to `old`, and has lost what that took away."""
    before, after, now = bodies(old), bodies(new), bodies(encode(new, buffer.lines))
    added = {k for k, origin in enumerate(mapping(before, after)) if origin < 0 and after[k].strip()}
    if added:
        return not added.isdisjoint(mapping(after, now))
    kept = set(mapping(after, now)), set(mapping(before, now))
    return len(kept[0] - {-1}) >= len(kept[1] - {-1})


def _fresh(buffer: Buffer, old: bytes) -> set[int]:
    """The lines of the buffer that came to `old`, 0-based, without blank ones."""
    now = bodies(encode(old, buffer.lines))
    return {k for k, origin in enumerate(mapping(bodies(old), now)) if origin < 0 and now[k].strip()}


def _is_of(event: Event, name: str) -> bool:
    return event.path == name if event.path is not None else name in (event.paths or ())
