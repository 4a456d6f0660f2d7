"""The patch text of `apply_patch` (`*** Begin Patch`) and unified diffs: parsed, applied, taken back. Pure.

The patch has no line numbers. The agent looks for each hunk's old lines from the place of the last one on, so what it
did follows from the text before; and from the text after, where only one text before leads there.
"""

from byline_hooks import texts
from byline_hooks.observation import as_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from byline_hooks.observation import Payload

_BEGIN, _END = "*** Begin Patch", "*** End Patch"
_KINDS = (("*** Add File: ", "add"), ("*** Update File: ", "update"), ("*** Delete File: ", "delete"))
_MOVE, _END_OF_FILE = "*** Move to: ", "*** End of File"
_MOST_TRIES = 64
"""Combinations of places that are tried before a text before counts as not to be found."""
_MOST_LINES = 200_000


class Hunk:
    """Some lines of a file and what becomes of them."""

    __slots__ = ("anchors", "at_end", "lines")

    def __init__(self, anchors: list[str]) -> None:
        self.anchors = anchors
        """Lines that stand somewhere above, in this order."""
        self.lines: list[str] = []
        """Each with its sign before it: blank, `-` or `+`."""
        self.at_end = False

    def old(self) -> list[str]:
        """The lines before."""
        return [line[1:] for line in self.lines if line[0] != "+"]

    def new(self) -> list[str]:
        """The lines after."""
        return [line[1:] for line in self.lines if line[0] != "-"]


class FilePatch:
    """What a patch does to one file."""

    __slots__ = ("hunks", "kind", "path", "target")

    def __init__(self, kind: str, path: str) -> None:
        self.kind = kind
        """`add`, `update` or `delete`."""
        self.path = path
        """As the patch spells it, mostly relative to the working folder."""
        self.target: str | None = None
        """Where an update moves the file to."""
        self.hunks: list[Hunk] = []

    def text(self) -> str:
        """The whole text of an added file."""
        return "".join([f"{line}\n" for hunk in self.hunks for line in hunk.new()])


def parse(text: str) -> list[FilePatch] | None:
    """What the patch in `text` does, file by file; None where it is not one."""
    start = text.find(_BEGIN)
    if start < 0:
        return None
    found: list[FilePatch] = []
    hunk: Hunk | None = None
    for line in text[start:].split("\n")[1:]:
        bare = line.strip()
        if bare == _END:
            return found
        header = next(((name, kind) for name, kind in _KINDS if bare.startswith(name)), None)
        if header is not None:
            found.append(FilePatch(header[1], bare[len(header[0]) :].strip()))
            hunk = None
        elif found and bare.startswith(_MOVE) and not found[-1].hunks:
            found[-1].target = bare[len(_MOVE) :].strip()
        elif found and (bare or hunk is not None):
            if not _is_hunk_line(line):
                return None
            hunk = _take(line, found[-1], hunk)
    return None


def _is_hunk_line(line: str) -> bool:
    return line[:1] in ("", " ", "-", "+") or line == "@@" or line.startswith("@@ ") or line.strip() == _END_OF_FILE


def _take(line: str, file: FilePatch, hunk: Hunk | None) -> Hunk | None:
    """Add a line to a file's hunks; the hunk that the next line belongs to, None for a new one."""
    if line.strip() == _END_OF_FILE:
        if hunk is not None:
            hunk.at_end = True
        return None
    is_header = line.startswith("@@")
    anchors = [line[3:]] if is_header and len(line) > 3 else []
    if is_header and hunk is not None and not hunk.lines:
        hunk.anchors += anchors
        return hunk
    if hunk is None or is_header:
        hunk = Hunk(anchors)
        file.hunks.append(hunk)
    if not is_header:
        hunk.lines.append(line or " ")
    return hunk


def apply(hunks: list[Hunk], before: str) -> str | None:
    """The text that the agent's own `apply_patch` makes of `before`; None where it would refuse or we can't tell."""
    lines = _lines(before)
    places = _places(hunks, lines)
    if places is None:
        return None
    result: list[str] = []
    at = 0
    for start, count, new in sorted(places, key=lambda place: place[0]):
        if start < at:
            return None
        result += lines[at:start]
        result += new
        at = start + count
    result += lines[at:]
    return _joined(result)


def undo(hunks: list[Hunk], after: str) -> tuple[str, list[list[int]]] | None:
    """The text before and the changed ranges (as `texts.edits`); None where they are not the only ones possible."""
    lines = _lines(after)
    if len(lines) > _MOST_LINES or _joined(lines) != after:
        return None
    found: dict[str, list[int]] = {}
    for places in _ways(hunks, lines) or ():
        before = _taken_back(hunks, lines, places)
        if before not in found and apply(hunks, before) == after:
            found[before] = places
            if len(found) > 1:
                return None
    if not found:
        return None
    before, places = next(iter(found.items()))
    return before, _edits(hunks, places)


def unified(text: object) -> "list[Payload] | None":
    """The hunks of a unified diff of one file, in the shape that `texts.edits` takes; None where it is not whole."""
    if not isinstance(text, str):
        return None
    found: list[Payload] = []
    lines: list[str] = []
    left_old = left_new = 0
    for line in _lines(text):
        if left_old > 0 or left_new > 0:
            sign = line[:1] or " "
            if sign not in (" ", "-", "+", "\\"):
                return None
            lines.append(line or " ")
            left_old -= sign in (" ", "-")
            left_new -= sign in (" ", "+")
        elif line.startswith("@@ "):
            sides = line.split(" ")
            old, new = _side(sides[1:2], "-"), _side(sides[2:3], "+")
            if old is None or new is None:
                return None
            lines = []
            found.append(
                {"oldStart": old[0], "oldLines": old[1], "newStart": new[0], "newLines": new[1], "lines": lines}
            )
            left_old, left_new = old[1], new[1]
    return texts.hunks(found) if found else None


def _side(words: list[str], sign: str) -> tuple[int, int] | None:
    """`-12,3` as first line (where there are none: where it would stand) and count."""
    start, comma, count = words[0][1:].partition(",") if words and words[0][:1] == sign else ("", "", "")
    first, length = as_number(start), as_number(count) if comma else 1
    if first is None or length is None:
        return None
    return (first if length else first + 1), length


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def _joined(lines: list[str]) -> str:
    return "".join([f"{line}\n" for line in lines])


def _places(hunks: list[Hunk], lines: list[str]) -> list[tuple[int, int, list[str]]] | None:
    """For each hunk the first line it replaces (0-based), how many, and with what."""
    found: list[tuple[int, int, list[str]]] = []
    at = 0
    for hunk in hunks:
        for anchor in hunk.anchors:
            place = _seek(lines, [anchor], at, False)
            if place is None:
                return None
            at = place + 1
        old, new = hunk.old(), hunk.new()
        if not old:
            found.append((len(lines) - (bool(lines) and lines[-1] == ""), 0, new))
            continue
        place = _seek(lines, old, at, hunk.at_end)
        if place is None and old[-1] == "":
            old = old[:-1]
            new = new[:-1] if new and new[-1] == "" else new
            place = _seek(lines, old, at, hunk.at_end)
        if place is None:
            return None
        found.append((place, len(old), new))
        at = place + len(old)
    return found


def _seek(lines: list[str], wanted: list[str], start: int, at_end: bool) -> int | None:
    """Where `wanted` stands first, from `start` on or at the end: as it is, then with other blanks at line ends."""
    last = len(lines) - len(wanted)
    first = last if at_end and last >= start else start
    exact: Callable[[str], str] = str
    for form in (exact, str.rstrip, str.strip):
        shaped = [form(line) for line in wanted]
        for place in range(first, last + 1):
            if (
                form(lines[place]) == shaped[0]
                and [form(line) for line in lines[place : place + len(wanted)]] == shaped
            ):
                return place
    return None


def _ways(hunks: list[Hunk], lines: list[str]) -> list[list[int]] | None:
    """The ways to find the new lines of all hunks, in order; None where looking for them takes too long."""
    ways: list[list[int]] = [[]]
    size = 0
    for hunk in hunks:
        new = hunk.new()
        if not new:
            return []  # nothing is left to be found
        places = [
            place
            for place in range(len(lines) - len(new) + 1)
            if lines[place] == new[0] and lines[place : place + len(new)] == new
        ]
        # Two ways that end alike stay two: what they would take back differs.
        ways = [[*way, place] for way in ways for place in places if not way or place >= way[-1] + size]
        if len(ways) > _MOST_TRIES:
            return None
        size = len(new)
    return ways


def _taken_back(hunks: list[Hunk], lines: list[str], places: list[int]) -> str:
    result: list[str] = []
    at = 0
    for hunk, place in zip(hunks, places, strict=True):
        result += lines[at:place]
        result += hunk.old()
        at = place + len(hunk.new())
    return _joined(result + lines[at:])


def _edits(hunks: list[Hunk], places: list[int]) -> list[list[int]]:
    grown = 0
    numbered: list[Payload] = []
    for hunk, place in zip(hunks, places, strict=True):
        numbered.append({"oldStart": place + 1 - grown, "newStart": place + 1, "lines": hunk.lines})
        grown += len(hunk.new()) - len(hunk.old())
    return texts.edits(numbered)
