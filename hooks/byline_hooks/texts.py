"""Texts as agents tell them against bytes as they lie on disk; patches against line ranges. Pure."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from byline_hooks.observation import Payload

_MARK = b"\xef\xbb\xbf"
_NOT_DECODED = "\ufffd"
_BLANKS = {9: None, 13: None, 32: None}


def as_on_disk(text: str, disk: bytes) -> bytes | None:
    """The bytes `text` would have in a file that looks like `disk`: its line endings and byte order mark.

    None where that cannot be known: `disk` mixes line endings, or the text has lost bytes in decoding.
    """
    if _NOT_DECODED in text:
        return None
    data = text.encode("utf-8", "surrogatepass")
    if b"\r" not in data and b"\r\n" in disk:
        if disk.count(b"\r\n") != disk.count(b"\n"):
            return None
        data = data.replace(b"\n", b"\r\n")
    if disk.startswith(_MARK) and not data.startswith(_MARK):
        data = _MARK + data
    return data


def same(text: str, disk: bytes) -> bool:
    """Whether text and bytes differ at most in line endings, byte order mark and a final newline."""
    data = text.encode("utf-8", "replace")
    return data == disk or _plain(data) == _plain(disk)


def _plain(data: bytes) -> bytes:
    if data.startswith(_MARK):
        data = data[3:]
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    return data[:-1] if data.endswith(b"\n") else data


def hunks(value: object) -> "list[Payload] | None":
    """The hunks of a structured patch if every one is whole: numbers, and as many lines as they promise."""
    if not isinstance(value, list):
        return None
    for hunk in value:
        if not isinstance(hunk, dict) or not isinstance(hunk.get("lines"), list):
            return None
        numbers = [hunk.get(name) for name in ("oldStart", "oldLines", "newStart", "newLines")]
        if not all(type(number) is int and number >= 0 for number in numbers):
            return None
        signs = [line[:1] if isinstance(line, str) else "?" for line in hunk["lines"]]
        if any(sign not in (" ", "-", "+", "\\") for sign in signs):
            return None
        kept = signs.count(" ")
        if (kept + signs.count("-"), kept + signs.count("+")) != (numbers[1], numbers[3]):
            return None
    return value


def edits(patch: "list[Payload]") -> list[list[int]]:
    """The changed ranges of whole hunks, without their context: `[old_start, old_lines, new_start, new_lines]`.

    1-based; a side without lines starts where its first line would stand.
    """
    found: list[list[int]] = []
    for hunk in patch:
        old = max(1, hunk["oldStart"])  # type: ignore[call-overload]
        new = max(1, hunk["newStart"])  # type: ignore[call-overload]
        run: list[int] | None = None
        for line in hunk["lines"]:  # type: ignore[attr-defined]
            sign = line[0]
            if sign == " ":
                run = None
                old += 1
                new += 1
            elif sign != "\\":
                if run is None:
                    run = [old, 0, new, 0]
                    found.append(run)
                run[1] += sign == "-"
                run[3] += sign == "+"
                old += sign == "-"
                new += sign == "+"
    return found


def fits(patch: "list[Payload]", before: str, after: str) -> bool:
    """Whether whole hunks describe the step between two texts, blank characters aside (patches expand tabs)."""
    if not patch:
        return False
    old, new = _shape(before), _shape(after)
    grown = 0
    for hunk in patch:
        lines: list[str] = hunk["lines"]  # type: ignore[assignment]
        for side, start, sign in ((old, hunk["oldStart"], "-"), (new, hunk["newStart"], "+")):
            told = [line[1:].translate(_BLANKS) for line in lines if line[0] in (" ", sign)]
            first = max(0, start - 1)  # type: ignore[operator]
            if side[first : first + len(told)] != told:
                return False
        grown += hunk["newLines"] - hunk["oldLines"]  # type: ignore[operator]
    return grown == len(new) - len(old)


def _shape(text: str) -> list[str]:
    """Lines without their blank characters; no piece after a final newline."""
    lines = text.translate(_BLANKS).split("\n")
    return lines[:-1] if lines[-1] == "" else lines
