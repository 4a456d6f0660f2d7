"""One look at a document: the slow work behind an answer, for a worker thread."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from byline.model import FileAttribution
from byline.server.disktext import encode, same_text
from byline.server.documents import Stamp, stamp
from byline.server.facts import Summary, summarise
from byline.server.functions import Parsed
from byline.server.places import Answering
from byline.workspace.contents import read_file
from byline.workspace.reviewed import Review, Reviews


class Look(NamedTuple):
    """What was found."""

    answer: FileAttribution
    """The answer for the buffer."""
    ahead: Summary | None
    """The counts of the file where an untouched buffer has yet to load it."""
    review: Review | None
    """The answer's marks."""
    functions: Parsed | None
    """Where the buffer's functions are, if that was asked."""
    stamp: Stamp | None
    """The file's, not younger than what was read of it."""
    is_apart: bool
    """The file is not what the buffer shows."""


def look_up(
    workspace: Answering, path: Path, lines: Sequence[str], reviews: Reviews, grammar: str | None, *, typed: bool
) -> Look:
    """Asks the workspace for a buffer. `typed`: its user has changed it."""
    mark = stamp(path)
    disk = read_file(path)
    is_apart = not same_text(disk, lines)
    answer = _attribute(workspace, path, lines, disk, is_apart=is_apart)
    functions = None
    if grammar is not None:
        from byline.server.grammars import parse

        functions = parse(grammar, answer.text) or Parsed((), broken=False)
    ahead = None
    if is_apart and disk is not None and not typed:
        other = workspace.attribute(path)
        marks = reviews.of(other)
        ahead = summarise(other.lines, marks.at if marks else None)
    return Look(answer, ahead, reviews.of(answer), functions, mark, is_apart)


def _attribute(
    workspace: Answering, path: Path, lines: Sequence[str], disk: bytes | None, *, is_apart: bool
) -> FileAttribution:
    if not is_apart:
        answer = workspace.attribute(path)
        if answer.text == disk:
            return answer
    return workspace.attribute(path, encode(disk, lines))
