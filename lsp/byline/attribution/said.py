"""What a call says it exchanged in a file, where its places are not known: what changed beside that is not its own.

A formatter may have gone over its texts since, or somebody have changed the file before it was told of.
"""

from collections.abc import Callable
from typing import Self

import msgspec

from byline.attribution.marks import Lines

_TELLING = 4
"""Letters from which on a part of a line says which line it is."""


class Change(msgspec.Struct):
    """An old text and the new one, or the lines of a hunk with their signs."""

    old: str = ""
    new: str = ""
    lines: list[str] = []


class Said:
    """All that one call exchanged."""

    def __init__(self, changes: list[Change]) -> None:
        self._changes = changes
        self._whole: set[bytes] = set()
        self._parts: list[bytes] = []
        """What may be a part of a line: an exchanged text need not begin or end with one."""
        for change in changes:
            lines = _bytes(change.new).split(b"\n")
            ends = [lines.pop(0), *([lines.pop()] if lines else [])] if change.old else []
            self._parts += [line for line in ends if line]
            self._whole.update(lines, (_bytes(line[1:]) for line in change.lines if line[:1] == "+"))

    @classmethod
    def read(cls, lines: Lines) -> Self | None:
        """From the text that `said_id` of an event names, a JSON list of `Change`; None where it is none."""
        try:
            return cls(msgspec.json.decode(b"".join(lines), type=list[Change]))
        except (ValueError, msgspec.MsgspecError):
            return None

    def explains(self, before: Lines, after: Lines) -> bool:
        """Whether the exchanges and nothing else make the second text of the first."""
        text, goal = b"".join(before), b"".join(after)
        for change in self._changes:
            old, new = _bytes(change.old), _bytes(change.new)
            if change.lines or (not old and len(self._changes) > 1):
                return False
            if not old:
                return new == goal or _is_inserted(text, new, goal)
            if text.count(old) != 1:
                return False
            text = text.replace(old, new)
        return text == goal

    def has(self, line: bytes) -> bool:
        """Whether the line is one of the new texts, word for word, its blanks too."""
        text = line.rstrip(b"\n")
        return text in self._whole or text in self._parts

    def stand_there(self, lines: Lines, bare: Callable[[bytes], bytes]) -> list[bool]:
        """For each changed line whether the call put it there, by what `bare` leaves of lines."""
        whole = {bare(line) for line in self._whole}
        parts = [part for line in self._parts if (part := bare(line))]
        joined = b"\n".join([*whole, *parts])

        def stands(line: bytes) -> bool:
            if line in whole or line in parts or any(part in line for part in parts if len(part) >= _TELLING):
                return True
            return len(line) >= _TELLING and line in joined

        return [not line or stands(line) for line in map(bare, lines)]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape").replace(b"\r\n", b"\n")


def _is_inserted(text: bytes, new: bytes, goal: bytes) -> bool:
    """Whether `goal` is `text` with `new` put in somewhere."""
    at = goal.find(new)
    while at >= 0:
        if goal[:at] + goal[at + len(new) :] == text:
            return True
        at = goal.find(new, at + 1)
    return False
