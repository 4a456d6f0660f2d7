"""Changes to TOML text that leave every byte outside the change alone. The standard library decides what is valid."""

import tomllib
from typing import Any, NamedTuple

from byline.cli.install.hookgroups import StrangeSettings

Name = tuple[str, ...]


class Table(NamedTuple):
    """One `[table]` or `[[element]]`: `text[start:stop]` is its header, its lines and the blank lines after them."""

    name: Name
    start: int
    stop: int
    is_element: bool


def parse(text: str) -> dict[str, Any]:
    """The document. Raises StrangeSettings."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise StrangeSettings(f"not valid TOML ({problem})") from problem


def tables(text: str) -> list[Table]:
    """All tables of a valid document, in order; what stands before the first is none."""
    headers: list[tuple[int, Name, bool]] = []
    at = 0
    closing = ""
    for line in text.split("\n"):
        bare = line.strip()
        if not closing and bare.startswith("["):
            name = _name(bare)
            if name is not None:
                headers.append((at, name, bare.startswith("[[")))
        closing = _open_string(line, closing)
        at += len(line) + 1
    stops = [start for start, _, _ in headers[1:]] + [len(text)]
    return [Table(name, start, stop, many) for (start, name, many), stop in zip(headers, stops, strict=False)]


def append(text: str, blocks: list[str]) -> str:
    """`text` with tables at its end, each after a blank line. Raises StrangeSettings where they do not fit there."""
    newline = "\r\n" if "\r\n" in text else "\n"
    if text and not text.endswith("\n"):
        text += newline
    for block in blocks:
        text += (newline if text else "") + block.replace("\n", newline)
    try:
        parse(text)
    except StrangeSettings:
        raise StrangeSettings(
            "written with an inline table (`NAME = { … }`) that tables can't be added to: write it as `[NAME]` tables"
        ) from None
    return text


def cut(text: str, table: Table, until: int | None = None) -> str:
    """`text` without a table (and all up to `until`), and without the one blank line that `append` put before it.

    Blank lines and comments after it are somebody's and stay. Of several tables cut the last one first.
    """
    head, tail = text[: table.start], text[end(text, table.start, until or table.stop) :]
    for newline in ("\r\n", "\n"):
        if head.endswith(newline * 2):
            return head.removesuffix(newline) + tail
    return ("" if not head.strip() and not tail else head) + tail


def end(text: str, start: int, stop: int) -> int:
    """Where the last line of `text[start:stop]` ends that is neither blank nor a comment; it must be in no string."""
    lines = text[start:stop].splitlines(keepends=True)
    while lines and lines[-1].strip()[:1] in ("", "#"):
        stop -= len(lines.pop())
    return stop


def quoted(value: str) -> str:
    """A text as a basic string."""
    shown = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(letter):04x}" if letter < " " else letter for letter in shown) + '"'


def _name(header: str) -> Name | None:
    """The keys of a header line; None for a line that only looks like one, inside a list."""
    try:
        value: Any = tomllib.loads(header)
    except tomllib.TOMLDecodeError:
        return None
    keys = []
    while value:
        if isinstance(value, list):
            value = value[0]
            continue
        ((key, value),) = value.items()
        keys.append(key)
    return tuple(keys)


def _open_string(line: str, closing: str) -> str:
    """The quotes that end the string of many lines which is open after `line`; "" for none."""
    at = 0
    while at < len(line):
        if closing:
            end = line.find(closing, at)
            if end < 0:
                return closing
            at, closing = end + 3, ""
        elif line.startswith(('"""', "'''"), at):
            closing = line[at : at + 3]
            at += 3
        elif line[at] in "\"'":
            at = _string_end(line, at)
        elif line[at] == "#":
            return ""
        else:
            at += 1
    return closing


def _string_end(line: str, at: int) -> int:
    quote = line[at]
    at += 1
    while at < len(line) and line[at] != quote:
        at += 2 if line[at] == "\\" and quote == '"' else 1
    return at + 1
