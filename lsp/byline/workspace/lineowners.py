"""The owners of one text, each answer made when somebody asks for its line: an anchor needs few of many."""

from collections.abc import Callable, Sequence

from byline.attribution.marks import Mark
from byline.model import Attribution, Owner


class LineOwners:
    """One attribution a line, 0-based; without what differs from line to line: number, state, commit."""

    def __init__(
        self, marks: Sequence[Mark], describe: Callable[[Mark], Attribution], notes: tuple[str, ...] = ()
    ) -> None:
        self.notes = notes
        """What the reader of the answers should know."""
        self._marks = marks
        self._describe = describe
        self._made: dict[int, Attribution] = {}

    def __len__(self) -> int:
        return len(self._marks)

    def __getitem__(self, line: int) -> Attribution:
        mark = self._marks[line]
        found = self._made.get(id(mark))
        if found is None:
            found = self._made[id(mark)] = self._describe(mark)
        return found

    def owner(self, line: int) -> Owner:
        """Who made a line what it is, and by which event, and nothing else of it."""
        return self._marks[line].owner
