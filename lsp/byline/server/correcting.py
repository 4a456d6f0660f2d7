"""A person's word on lines of an editor's buffer: it goes to the same lines of the file on disk, or to none."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from byline.errors import BylineError
from byline.server.disklines import sure_origins
from byline.server.disktext import same_text
from byline.workspace.contents import read_file

Correct = Callable[[Path, int, int, str, bytes], None]
"""A workspace's `correct`."""


class Word(NamedTuple):
    """What a person says, taken at one moment for a worker thread."""

    path: Path
    lines: list[str]
    """The buffer: the protocol's lines with their terminators."""
    first: int
    end: int
    """Byline's 0-based lines of the buffer, `end` not included."""
    owner: str
    is_edited: bool
    """Something was typed, or loaded a moment ago, since the last save."""


def carry_out(word: Word, correct: Correct) -> None:
    """Writes it down. BylineError where the lines are not on disk as they are shown."""
    disk = read_file(word.path)
    if disk is None:
        raise BylineError(f"there is no file {word.path.name} to correct lines of")
    first, end = _on_disk(disk, word)
    correct(word.path, first + 1, end, word.owner, disk)


def _on_disk(disk: bytes, word: Word) -> tuple[int, int]:
    if same_text(disk, word.lines):
        return word.first, word.end
    if word.is_edited:
        raise BylineError("save the file first, a correction is about what is on disk")
    found = sure_origins(disk, word.lines)[word.first : word.end]
    first = found[0] if found else -1
    # A word beats all evidence: it must not fall on a line that nobody pointed at.
    if first < 0 or found != list(range(first, first + word.end - word.first)):
        raise BylineError(
            f"{word.path.name} is not on disk as it is shown: save it or load it again first, "
            "a correction is about what is on disk"
        )
    return first, first + len(found)
