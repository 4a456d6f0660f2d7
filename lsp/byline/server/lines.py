"""A document's text as the editor counts it, and as byline counts it.

The language server protocol ends a line at `\\n`, `\\r\\n` or `\\r` and at nothing else: a form feed, a vertical tab
or U+2028 is a character like any other (`str.splitlines` would shift every line below one). Byline's lines are bytes
ended by `\\n` only. The two differ where a lone `\\r` stands; this module is the one place that converts.
"""

import re
from typing import NamedTuple

_BREAK = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


class Splice(NamedTuple):
    """`removed` byline lines from the 0-based line `first` on became `added` lines that are new or changed."""

    first: int
    removed: int
    added: int


class Place(NamedTuple):
    """A position as the client sends it: 0-based line, 0-based character in units of the negotiated encoding."""

    line: int
    character: int


def split_lines(text: str) -> list[str]:
    """The protocol's lines with their terminators; the last one has none, so there is always at least one."""
    if "\r" in text:
        return _BREAK.split(text)
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + parts[-1:]


def units(text: str, encoding: str) -> int:
    """The length of `text` in code units of `encoding` (`utf-8`, `utf-16`, `utf-32`)."""
    if text.isascii() or encoding == "utf-32":
        return len(text)
    if encoding == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(char > "\uffff" for char in text)


def body(line: str) -> str:
    """A line without its terminator."""
    return line.rstrip("\r\n")


def offset(line: str, character: int, encoding: str) -> int:
    """The index into `line` of a client's `character`; past the end means the end, inside a character its start."""
    end = len(body(line))
    if line.isascii() or encoding == "utf-32":
        return max(0, min(character, end))
    seen = 0
    for index in range(end):
        width = units(line[index], encoding)
        if seen + width > character:
            return index
        seen += width
    return end


class Text:
    """The text of one open document, edited in place. Nothing here joins or splits the whole of it but `__init__`."""

    def __init__(self, text: str) -> None:
        self.lines = split_lines(text)
        self._lone = _lone(self.lines)
        self._starts: list[int] | None = None

    def join(self) -> str:
        """The whole text."""
        return "".join(self.lines)

    def replace(self, start: Place, end: Place, new: str, encoding: str) -> Splice | None:
        """Puts `new` where `start..end` was. None when nothing is different afterwards.

        Positions outside the text mean its nearest end, as the protocol says.
        """
        first, last = self._clamp(start), self._clamp(end)
        if last < first:
            first, last = last, first
        low, high = first.line, last.line + 1
        # a lone \r before or in the region can become one terminator with a \n that is typed beside it
        while low > 0 and not self.lines[low - 1].endswith("\n"):
            low -= 1
        while high < len(self.lines) and not self.lines[high - 1].endswith("\n"):
            high += 1
        head = self.lines[first.line][: offset(self.lines[first.line], first.character, encoding)]
        tail = self.lines[last.line][offset(self.lines[last.line], last.character, encoding) :]
        # what is put after a line's end leaves it, also where the next one is alike
        above = bool(head) and head == body(self.lines[first.line]) and new[:1] in ("\n", "\r")
        below = bool(tail) and tail == self.lines[last.line] and last.line > first.line and new[-1:] in ("\n", "\r")
        before, after = self.lines[low : first.line], self.lines[last.line + 1 : high]
        fresh = split_lines("".join([*before, head, new, tail, *after]))
        if high < len(self.lines):
            fresh.pop()  # the empty rest behind the region's own terminator
        return self._put(low, high, fresh, (above, below), is_above=not head and bool(tail))

    def replace_all(self, new: str) -> Splice | None:
        """The whole text becomes `new`."""
        return self._put(0, len(self.lines), split_lines(new))

    def byline_line(self, line: int) -> int:
        """Byline's 0-based line for the protocol's; one more than the last for the empty line at the end."""
        if not self._lone:
            return line
        return _ended(self.lines[:line])

    def client_line(self, line: int) -> int:
        """The protocol's line where byline's `line` starts."""
        if not self._lone:
            return line
        if self._starts is None:
            ended = [0, *(index + 1 for index, text in enumerate(self.lines) if text.endswith("\n"))]
            self._starts = ended
        return self._starts[line] if line < len(self._starts) else len(self.lines)

    def length(self, line: int, encoding: str) -> int:
        """How many units the protocol's `line` has, its terminator not counted."""
        return units(body(self.lines[line]), encoding)

    def _clamp(self, place: Place) -> Place:
        if place.line >= len(self.lines):
            return Place(len(self.lines) - 1, 1 << 31)
        return Place(max(0, place.line), max(0, place.character))

    def _put(
        self,
        low: int,
        high: int,
        fresh: list[str],
        kept: tuple[bool, bool] = (False, False),
        *,
        is_above: bool = False,
    ) -> Splice | None:
        """`kept`: whether the change did not touch the region's first and its last line, where no `\\r` stands alone.

        `is_above`: what is new was put before the first line that was there, which is the last of `fresh`.
        """
        old = self.lines[low:high]
        if old == fresh:
            return None
        start = self.byline_line(low)
        above, below = (False, False) if _lone(old) or _lone(fresh) else kept
        self.lines[low:high] = fresh
        self._lone += _lone(fresh) - _lone(old)
        self._starts = None
        lines, news = _byline_lines(old), _byline_lines(fresh)
        ends = slice(above, len(lines) - below), slice(above, len(news) - below)
        return _trim(start + above, lines[ends[0]], news[ends[1]], is_above=is_above)


def _lone(lines: list[str]) -> int:
    return sum(line.endswith("\r") for line in lines)


def _ended(lines: list[str]) -> int:
    return sum(line.endswith("\n") for line in lines)


def _byline_lines(lines: list[str]) -> list[str]:
    """What byline calls lines, without terminators: a changed line ending alone makes no line somebody else's."""
    if not _lone(lines):
        return [body(line) for line in lines if line]
    pieces = "".join(lines).split("\n")
    return [body(piece) for piece in (pieces if pieces[-1] else pieces[:-1])]


def _trim(start: int, old: list[str], new: list[str], *, is_above: bool = False) -> Splice:
    """What is left of a replaced region without equal lines at both ends; from below first if `is_above`."""
    if is_above:
        tail = _alike(old[::-1], new[::-1])
        head = _alike(old[: len(old) - tail], new[: len(new) - tail])
    else:
        head = _alike(old, new)
        tail = _alike(old[head:][::-1], new[head:][::-1])
    return Splice(start + head, len(old) - head - tail, len(new) - head - tail)


def _alike(old: list[str], new: list[str]) -> int:
    """How many lines are equal from the first on."""
    return next(
        (k for k, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
