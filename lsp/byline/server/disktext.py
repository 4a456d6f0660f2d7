"""The bytes behind an editor's text.

An editor shows decoded text: it drops a byte order mark, may unify line endings, adds a last newline, or shows bytes
that are no UTF-8 as replacement or Latin-1 characters. None of that is an edit.
"""

import codecs
from collections.abc import Sequence

from byline.server.lines import body


def same_text(disk: bytes | None, lines: Sequence[str]) -> bool:
    """Whether an editor that has just loaded `disk` would show `lines`, the protocol's lines with terminators."""
    if disk is None:
        return False
    text = "".join(lines)
    if disk == text.encode("utf-8", "surrogatepass"):
        return True
    shown = _plain(text)
    return any(_plain(reading) == shown for reading in _readings(disk))


def encode(disk: bytes | None, lines: Sequence[str]) -> bytes:
    """The bytes an editor would save for `lines`, in which every line that stands in `disk` keeps its own bytes."""
    text = "".join(lines)
    plain = text.encode("utf-8", "surrogatepass")
    if disk is None or _is_plain(disk):
        return plain
    known: dict[str, bytes] = {}
    for line in reversed(disk.removeprefix(codecs.BOM_UTF8).split(b"\n")):
        raw = line.rstrip(b"\r")
        known.update((reading, line + b"\n") for reading in _readings(raw))
    pieces = text.split("\n")
    last = pieces.pop()
    made = [known.get(body(piece)) or (piece + "\n").encode("utf-8", "surrogatepass") for piece in pieces]
    if last:
        found = known.get(body(last))
        made.append(found.removesuffix(b"\n") if found else last.encode("utf-8", "surrogatepass"))
    mark = codecs.BOM_UTF8 if disk.startswith(codecs.BOM_UTF8) and not text.startswith("\ufeff") else b""
    return mark + b"".join(made)


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def _is_plain(disk: bytes) -> bool:
    """UTF-8 without a mark and without carriage returns: what an editor shows is what is there."""
    if b"\r" in disk or disk.startswith(codecs.BOM_UTF8):
        return False
    try:
        disk.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _readings(disk: bytes) -> list[str]:
    try:
        return [disk.decode("utf-8")]
    except UnicodeDecodeError:
        return [disk.decode("utf-8", "replace"), disk.decode("latin-1"), disk.decode("cp1252", "replace")]
