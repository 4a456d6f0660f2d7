"""Marking lines as reviewed from an editor's buffer: the marks go to the same lines of the file on disk."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from byline.errors import BylineError
from byline.server.disklines import origins
from byline.workspace.contents import read_file
from byline.workspace.reviewed import mark


class Wish(NamedTuple):
    """What a person has looked at, taken at one moment for a worker thread."""

    path: Path
    lines: list[str]
    """The buffer: the protocol's lines with their terminators."""
    first: int
    end: int
    """Byline's 0-based lines of the buffer, `end` not included."""
    reviewed: bool
    editor: str | None


def carry_out(wish: Wish, env: Mapping[str, str]) -> int:
    """Writes it down; how many lines of the file on disk it is about. BylineError where there is none."""
    disk = read_file(wish.path)
    if disk is None:
        raise BylineError(f"there is no file {wish.path.name} to mark lines of")
    found = [origin for origin in origins(disk, wish.lines)[wish.first : wish.end] if origin >= 0]
    if not found:
        raise BylineError("none of these lines is saved yet: save the file first")
    mark(wish.path, disk, list(runs(found)), env, reviewed=wish.reviewed, editor=wish.editor)
    return len(found)


def runs(numbers: Sequence[int]) -> Sequence[tuple[int, int]]:
    """Ascending 0-based lines as runs, first and last, 1-based."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number:
            found[-1] = (found[-1][0], number + 1)
        else:
            found.append((number + 1, number + 1))
    return found
