"""Versions that are history, kept small: by the number of each mark, and as what differs from the one before."""

from array import array
from itertools import groupby

from byline.attribution.diff import common_head, common_tail
from byline.attribution.marks import Mark, Text, Version

_DEEPEST = 16
"""Versions that are put together, one on the other, to have one: more would be smaller, and slower to have."""
_REMEMBERED = 256
"""Marks whose numbers are known without looking."""


class Palette:
    """The marks of many versions, by number; a mark that comes back after long may have another one."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self._numbers: dict[int, int] = {}
        """By identity, of those that were numbered last: the list keeps them from being freed."""
        self._last: tuple[Packed, list[Mark]] | None = None

    def packed(self, version: Version) -> "Packed":
        """A version kept small; quickest for one that is like the last that was packed."""
        marks = version.marks
        base, head, tail = None, 0, 0
        if self._last is not None and self._last[0].depth < _DEEPEST:
            base, before = self._last
            head = common_head(before, marks)
            tail = common_tail(before, marks, min(len(before), len(marks)) - head)
        runs: list[int] = []
        for number, run in groupby(map(self._number, marks[head : len(marks) - tail])):
            runs += (number, len(list(run)))
        made = Packed(self.marks, version.text, base, head, tail, array("I", runs).tobytes())
        self._last = made, marks
        return made

    def _number(self, mark: Mark) -> int:
        found = self._numbers.get(id(mark))
        if found is None:
            if len(self._numbers) >= _REMEMBERED:
                self._numbers.clear()
            found = self._numbers[id(mark)] = len(self.marks)
            self.marks.append(mark)
        return found


class Packed:
    """A version by what differs from another: most steps change a few lines, and neighbours often have one mark."""

    __slots__ = ("_base", "_head", "_marks", "_runs", "_tail", "depth", "text")

    def __init__(
        self, marks: list[Mark], text: Text, base: "Packed | None", head: int, tail: int, runs: bytes
    ) -> None:
        """`marks`: all there are, by number; `base`: has the first `head` and the last `tail` as well.

        `runs`: for what is between, numbers of marks and how often each comes in a row, in turn.
        """
        self.text = text
        self._marks = marks  # not the palette, which knows the last one: they would keep each other in memory
        self._base, self._head, self._tail = base, head, tail
        self.depth: int = base.depth + 1 if base is not None else 0
        self._runs = runs

    def version(self) -> Version:
        """The version itself."""
        return Version(self.text, self._all())

    def _all(self) -> list[Mark]:
        runs, middle = array("I", self._runs), list[Mark]()
        for at in range(0, len(runs), 2):
            middle += [self._marks[runs[at]]] * runs[at + 1]
        if self._base is None:
            return middle
        before = self._base._all()
        before[self._head : len(before) - self._tail] = middle
        return before
