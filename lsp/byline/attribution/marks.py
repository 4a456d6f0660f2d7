"""A text with its owners: lines, and beside each line a mark that says who made it what it is."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from byline.model import UNKNOWN, Owner

Lines = list[bytes]


class Text:
    """The lines of one content, under the id that equal content always has; read when somebody looks at them."""

    __slots__ = ("_lines", "_read", "_source", "count", "id")

    def __init__(self, content_id: str, count: int, lines: Lines | None, read: "Reader | None", source: str) -> None:
        """`read` gives the lines again of what `source` names."""
        self.id = content_id
        self.count = count
        self._lines = lines
        self._read = read
        self._source = source

    @classmethod
    def of(cls, content_id: str, lines: Lines) -> "Text":
        """A text that has been read."""
        return cls(content_id, len(lines), lines, None, "")

    @property
    def lines(self) -> Lines:
        """The lines, terminators kept."""
        if self._lines is not None:
            return self._lines
        return self._read(self, self._source) if self._read is not None else []


Reader = Callable[[Text, str], Lines]
"""The lines of a text by what names its bytes."""


class Mark:
    """The owner of one line and, linked behind it, the owners of what stood there before.

    `rooted` is set on lines that come from before the first event, so that whoever reads the answer can still ask
    git or an anchor about them.
    """

    __slots__ = ("owner", "previous", "rooted")

    def __init__(self, owner: Owner, previous: "Mark | None" = None, rooted: bool = False) -> None:
        self.owner = owner
        self.previous = previous
        self.rooted = rooted

    def history(self, limit: int = 8) -> Iterator[Owner]:
        """Earlier owners, newest first, consecutive equal ones once; at most `limit`."""
        last, mark, given = self.owner, self.previous, 0
        while mark is not None and given < limit:
            if mark.owner != last:
                yield mark.owner
                given += 1
                last = mark.owner
            mark = mark.previous


class Version:
    """One text of one file: its lines (bytes ended by `\\n`, the last perhaps not) and a mark for each."""

    __slots__ = ("marks", "text")

    def __init__(self, text: Text | Lines, marks: list[Mark]) -> None:
        self.text = text if isinstance(text, Text) else Text.of("", text)
        self.marks = marks

    @property
    def lines(self) -> Lines:
        """The lines of the text."""
        return self.text.lines

    @classmethod
    def unknown(cls, text: Text, owner: Owner = UNKNOWN) -> "Version":
        """A text of which nothing is known."""
        return cls(text, [Mark(owner)] * text.count)

    @classmethod
    def rooted(cls, text: Text) -> "Version":
        """A text from before the first event."""
        return cls(text, [Mark(UNKNOWN, None, True)] * text.count)


DISPUTED = Mark(Owner("unknown", "two sources disagree about this line"))


def same_writer(one: Mark, other: Mark) -> bool:
    """Whether two marks name one writer; nobody is no writer, but agrees with nobody."""
    if one is other:
        return True
    return (one.owner.kind, one.owner.session_id) == (other.owner.kind, other.owner.session_id)


def agreed(one: Mark, other: Mark) -> Mark:
    """What two sources say of one line: the first's mark, nobody's where the other names another writer."""
    return one if same_writer(one, other) else DISPUTED


def undisputed(outcomes: Sequence[Sequence[Mark]]) -> list[Mark]:
    """Per line what several outcomes, equally long, agree on; nobody's where they don't."""
    found, *others = map(list, outcomes)
    for other in others:
        found = [one if one is two else agreed(one, two) for one, two in zip(found, other, strict=True)]
    return found


EMPTY = Version([], [])


def together(versions: Sequence[Version]) -> Version | None:
    """One text as several sources have it: lines on whose writer they disagree are nobody's.

    None where there is none, or where their texts differ.
    """
    if not versions or any(one.lines != versions[0].lines for one in versions[1:]):
        return None
    if len(versions) == 1:
        return versions[0]
    return Version(versions[0].text, undisputed([one.marks for one in versions]))


def gaps(marks: Sequence[Mark | None]) -> list[int]:
    """The places without a mark."""
    found: list[int] = []
    at = -1
    try:
        while True:
            at = marks.index(None, at + 1)  # quicker than a loop over every line: mostly there are few
            found.append(at)
    except ValueError:
        return found


def filled(marks: Sequence[Mark | None], mark: Mark) -> list[Mark]:
    """Marks with one for all places that had none."""
    result = list(marks)
    for k in gaps(marks):
        result[k] = mark
    return result  # type: ignore[return-value]  # nothing is None any more


def filled_from(marks: Sequence[Mark | None], more: Sequence[Mark | None]) -> list[Mark | None]:
    """Marks with those of `more` in the places that had none."""
    result = list(marks)
    for k in gaps(marks):
        result[k] = more[k]
    return result


def split(data: bytes) -> Lines:
    """Lines as git counts them: ended by `\\n`, terminators kept, no empty last piece."""
    lines = data.split(b"\n")
    last = lines.pop()
    result = [line + b"\n" for line in lines]
    if last:
        result.append(last)
    return result


def bodies(data: bytes) -> Lines:
    """Lines without their ends: neither a line ending nor a missing last newline is a change."""
    return [line.rstrip(b"\r\n") for line in split(data)]


def exact_keys(lines: Sequence[bytes]) -> list[bytes]:
    """What must be equal for two lines to be the same line: all but a missing newline at the end of the file."""
    if lines and not lines[-1].endswith(b"\n"):
        return [*lines[:-1], lines[-1] + b"\n"]
    return list(lines)


_WORD = re.compile(rb"[0-9A-Za-z\x80-\xff]")


def telling(lines: Iterable[bytes]) -> set[bytes]:
    """The lines with a word or a number in them: the others everybody types, wherever else they stand."""
    return {line for line in lines if _WORD.search(line)}


_BLANKS = b" \t\r\n\f\v"


def bare(line: bytes) -> bytes:
    """A line without its blank characters."""
    return line.translate(None, _BLANKS)
