"""Where on disk the texts are that an edit tool exchanged. Pure."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    Change: TypeAlias = "tuple[str, str] | list[str]"
    """An old text and the new one, or the lines of a hunk with their signs."""

_LONGEST = 1 << 22
"""Characters of a file; in longer ones the readers' diff finds the places."""


def place(changes: "Sequence[Change]", data: bytes) -> list[list[int]] | None:
    """The edits `[old_start, old_lines, new_start, new_lines]`, 1-based and ascending, that led to the bytes `data`.

    None unless every new text stands there exactly once, and apart: a guess would name somebody's lines.
    """
    text = _text(data)
    if text is None or not changes:
        return None
    lines = _lines(text)
    found: list[list[int]] = []  # [first new line, new lines, old lines], 1-based
    for change in changes:
        runs = _hunk(change, lines) if isinstance(change, list) else _swap(change, text)
        if runs is None:
            return None
        found += runs
    found.sort()
    edits: list[list[int]] = []
    grown = end = 0
    for first, new, old in found:
        if first < end:
            return None
        edits.append([first - grown, old, first, new])
        grown += new - old
        end = first + max(new, 1)
    return edits


def arrived(changes: "Sequence[Change]", data: bytes) -> bool:
    """Whether the bytes show every change."""
    text = _text(data)
    if text is None:
        return True
    for change in changes:
        if isinstance(change, list):
            if "\n".join(line[1:] for line in change if line[0] != "-") not in text:
                return False
        elif (change[1] not in text) if change[1] else (change[0] in text):
            return False
    return True


def _swap(change: "tuple[str, str]", text: str) -> list[list[int]] | None:
    """The run of lines one exchanged text makes, without the lines it left alone at both ends."""
    old, new = (side.replace("\r\n", "\n") for side in change)
    at = text.find(new) if new else -1
    if at < 0 or text.find(new, at + 1) >= 0:
        return None
    start, stop = text.rfind("\n", 0, at) + 1, at + len(new)
    if not (new.endswith("\n") and (old.endswith("\n") or not old)):
        stop = text.find("\n", stop) + 1 or len(text)
    head, tail = text[start:at], text[at + len(new) : stop]
    before, after = _lines(head + old + tail), _lines(head + new + tail)
    first = text.count("\n", 0, start) + 1
    while before and after and before[0] == after[0]:
        del before[0], after[0]
        first += 1
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1]
    if not (before or after):
        return []
    if {line for line in before if line.strip()} & set(after):
        return None  # lines that stayed stand between those that changed
    return [[first, len(after), len(before)]]


def _hunk(hunk: list[str], lines: list[str]) -> list[list[int]] | None:
    """The runs of changed lines of one hunk."""
    wanted = [line[1:] for line in hunk if line[0] != "-"]
    bare = [line.removesuffix("\n") for line in lines]
    starts = [at for at in range(len(bare) - len(wanted) + 1) if bare[at : at + len(wanted)] == wanted]
    if not wanted or len(starts) != 1:
        return None
    runs: list[list[int]] = []
    at, is_open = starts[0] + 1, False
    for line in hunk:
        if line[0] == " ":
            is_open = False
            at += 1
            continue
        if not is_open:
            runs.append([at, 0, 0])
            is_open = True
        runs[-1][1 if line[0] == "+" else 2] += 1
        at += line[0] == "+"
    return runs


def _text(data: bytes) -> str | None:
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return text.replace("\r\n", "\n") if len(text) <= _LONGEST else None


def _lines(text: str) -> list[str]:
    """Lines with their newlines; the last may lack it."""
    pieces = [line + "\n" for line in text.split("\n")]
    pieces[-1] = pieces[-1][:-1]
    return pieces if pieces[-1] else pieces[:-1]
