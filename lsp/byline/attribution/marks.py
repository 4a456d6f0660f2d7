"""A text with its owners: lines, and beside each line a mark that says who made it what it is."""

from collections.abc import Iterator, Sequence

from byline.model import UNKNOWN, Owner

Lines = list[bytes]


class Mark:
    """The owner of one line and, linked behind it, the owners of what stood there before.

    `root` is set on lines that come from before the first event: `(commit, path, line)`, 0-based, so that
    whoever reads the answer can still ask git or an anchor about them.
    """

    __slots__ = ("owner", "previous", "root")

    def __init__(
        self, owner: Owner, previous: "Mark | None" = None, root: tuple[str, str, int] | None = None
    ) -> None:
        self.owner = owner
        self.previous = previous
        self.root = root

    def history(self, limit: int = 8) -> Iterator[Owner]:
        """Earlier owners, newest first, consecutive equal ones once; at most `limit`."""
        last, mark, given = self.owner, self.previous, 0
        while mark is not None and given < limit:
            if mark.owner != last:
                yield mark.owner
                given += 1
                last = mark.owner
            mark = mark.previous


NOBODY = Mark(UNKNOWN)


class Version:
    """One text of one file: its lines (bytes ended by `\\n`, the last perhaps not) and a mark for each."""

    __slots__ = ("lines", "marks")

    def __init__(self, lines: Lines, marks: list[Mark]) -> None:
        self.lines = lines
        self.marks = marks

    @classmethod
    def unknown(cls, lines: Lines, owner: Owner = UNKNOWN) -> "Version":
        """A text of which nothing is known."""
        mark = Mark(owner)
        return cls(lines, [mark] * len(lines))

    @classmethod
    def rooted(cls, lines: Lines, commit: str, path: str) -> "Version":
        """A text from before the first event, as `commit` holds it at `path`."""
        return cls(lines, [Mark(UNKNOWN, None, (commit, path, index)) for index in range(len(lines))])


EMPTY = Version([], [])


def split(data: bytes) -> Lines:
    """Lines as git counts them: ended by `\\n`, terminators kept, no empty last piece."""
    lines = data.split(b"\n")
    last = lines.pop()
    result = [line + b"\n" for line in lines]
    if last:
        result.append(last)
    return result


def exact_keys(lines: Sequence[bytes]) -> list[bytes]:
    """What must be equal for two lines to be the same line: all but a missing newline at the end of the file."""
    if lines and not lines[-1].endswith(b"\n"):
        return [*lines[:-1], lines[-1] + b"\n"]
    return list(lines)


_BLANKS = b" \t\r\n\f\v"


def bare(line: bytes) -> bytes:
    """A line without its blank characters."""
    return line.translate(None, _BLANKS)
