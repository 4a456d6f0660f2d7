"""What a call says it exchanged in a file, where its places are not known: what changed beside that is not its own.

A formatter may have gone over its texts since, or somebody have changed the file before it was told of.
"""

from typing import Self

import msgspec

from byline.attribution.marks import Lines, bare, split


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
        """New lines, without blanks."""
        for change in changes:
            self._whole.update(bare(line) for line in split(_bytes(change.new)))
            self._whole.update(bare(_bytes(line[1:])) for line in change.lines if line[:1] == "+")

    @classmethod
    def read(cls, lines: Lines) -> Self | None:
        """From the text that `said_id` of an event names, a JSON list of `Change`; None where it is none."""
        try:
            return cls(msgspec.json.decode(b"".join(lines), type=list[Change]))
        except (ValueError, msgspec.MsgspecError):
            return None

    def has(self, line: bytes) -> bool:
        """Whether the line is one of the new ones, whatever its blanks."""
        return bare(line) in self._whole

    def proposed(self, before: Lines, after: Lines, *, is_whole: bool) -> Lines | None:
        """What the exchanges make of the text before; None where that is not one thing.

        `is_whole`: a new text without an old one is a whole file's; else it may be put in where `after` has it.
        """
        text = b"".join(before)
        for change in self._changes:
            old, new = _bytes(change.old), _bytes(change.new)
            if change.lines or (not old and len(self._changes) > 1):
                return None
            if not old:
                goal = b"".join(after)
                return after if new == goal or _is_inserted(text, new, goal) else split(new) if is_whole else None
            if text.count(old) != 1:
                return None
            text = text.replace(old, new)
        return split(text)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape").replace(b"\r\n", b"\n")


def _is_inserted(text: bytes, new: bytes, goal: bytes) -> bool:
    """Whether `goal` is `text` with `new` put in somewhere."""
    if len(goal) != len(text) + len(new):
        return False
    head = _common(text, goal)
    tail = _common(text[::-1], goal[::-1])
    if head + tail < len(text):
        return False
    return goal.find(new, len(text) - tail, head + len(new)) >= 0


def _common(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common at their beginnings."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
