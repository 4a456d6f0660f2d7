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


def held(edits: list[list[int]] | None, changes: "Sequence[Change]", data: bytes) -> list[list[int]] | None:
    """As `place`; edits that the agent tells besides stand where they are about what one change exchanged."""
    if not edits:
        return place(changes, data)
    text = _text(data)
    if text is None or len(changes) != 1 or isinstance(changes[0], list):
        return edits
    old, new = (side.replace("\r\n", "\n") for side in changes[0])
    at = text.find(new) if new else -1
    if at < 0 or text.find(new, at + 1) >= 0:
        return edits
    first, come, gone = _sides(text, at, new, old)
    return edits if all(_is_inside(run, first, gone, come) for run in edits) else place(changes, data) or edits


def exchanged(edits: list[list[int]], before: str, old: str, new: str) -> list[list[int]]:
    """The same edits of one file, by the words that a call exchanged in the text before where these tell more.

    Agents compare whole texts, and of lines that have equal neighbours a comparison may call the wrong ones new: some
    that stood outside of what was exchanged.
    """
    text, old, new = (side.replace("\r\n", "\n") for side in (before, old, new))
    at = text.find(old) if old and len(text) <= _LONGEST else -1
    if at < 0 or text.find(old, at + 1) >= 0:
        return edits
    whole = _sides(text, at, old, new)
    if all(_is_inside(run, *whole) for run in edits):
        return edits  # of several lines alike that it exchanged, it is as good as any to say which
    first, gone, come = _stripped(*whole)
    found = _runs(first, come, gone)
    if found is not None:
        return [[start, count, start, lines] for start, lines, count in found] or edits
    lines = _lines(text)
    after = lines[: first - 1] + come + lines[first - 1 + len(gone) :]
    slid = [
        _slid(run, range(first, first + len(come if run[3] else gone)), after if run[3] else lines) for run in edits
    ]
    ends = [(run[0] + run[1], run[2] + run[3]) for run in slid]
    is_apart = all(old <= run[0] and new <= run[2] for (old, new), run in zip(ends, slid[1:], strict=False))
    return slid if is_apart else edits


def _is_inside(run: list[int], first: int, gone: list[str], come: list[str]) -> bool:
    """Whether a run is about lines that were exchanged, on either side."""
    old, removed, new, added = run
    above = min(old, new) >= first
    return above and old + removed <= first + len(gone) and new + added <= first + len(come)


def _slid(run: list[int], inside: range, lines: list[str]) -> list[int]:
    """A run that only adds or only removes, moved among equal lines to be inside a range of them; else as it is."""
    size, start = (run[3], run[2]) if run[3] else (run[1], run[0])
    moved = max(0, inside.start - start) - max(0, start + size - inside.stop)
    if (run[1] and run[3]) or not moved or start + moved < inside.start or start + moved + size > inside.stop:
        return run
    between = range(min(start, start + moved) - 1, max(start, start + moved) - 1)
    if between.stop + size > len(lines) or any(lines[i] != lines[i + size] for i in between):
        return run
    return [run[0] + moved, run[1], run[2] + moved, run[3]]


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
    """The run of lines one exchanged text makes, where that is told."""
    old, new = (side.replace("\r\n", "\n") for side in change)
    at = text.find(new) if new else -1
    if at < 0 or text.find(new, at + 1) >= 0:
        return None
    return _runs(*_stripped(*_sides(text, at, new, old)))


def _sides(text: str, at: int, there: str, other: str) -> tuple[int, list[str], list[str]]:
    """A first line, 1-based, the lines from there with what is `there`, and those with the `other` in its place."""
    start, stop = text.rfind("\n", 0, at) + 1, at + len(there)
    head = text[start:at]
    if not (there.endswith("\n") and (other.endswith("\n") or not (other or head))):
        stop = text.find("\n", stop) + 1 or len(text)
    tail = text[at + len(there) : stop]
    return text.count("\n", 0, start) + 1, _lines(head + there + tail), _lines(head + other + tail)


def _stripped(first: int, here: list[str], instead: list[str]) -> tuple[int, list[str], list[str]]:
    """The same without the lines at both ends that are equal."""
    while here and instead and here[0] == instead[0]:
        del here[0], instead[0]
        first += 1
    while here and instead and here[-1] == instead[-1]:
        del here[-1], instead[-1]
    return first, here, instead


def _runs(first: int, after: list[str], before: list[str]) -> list[list[int]] | None:
    """First line, new and old lines; empty where nothing changed, None where lines that stayed stand in between."""
    if not (before or after):
        return []
    if {line for line in before if line.strip()} & set(after):
        return None
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
