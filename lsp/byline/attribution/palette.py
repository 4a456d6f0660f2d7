"""Versions that are history, kept small: by the number of each mark, and as what differs from the one before."""

from array import array
from itertools import groupby

from byline.attribution.diff import common_head, common_tail
from byline.attribution.marks import Mark, Text, Version

_DEEPEST = 16
"""Versions that are put together, one on the other, to have one: more would be smaller, and slower to have."""


class Palette:
    """The marks of many versions, each once and by number."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self._numbers: dict[int, int] = {}
        self._last: tuple[Packed, array[int]] | None = None

    def packed(self, version: Version) -> "Packed":
        """A version kept small; quickest for one that is like the last that was packed."""
        numbers = array("I", map(self._number, version.marks))
        made = Packed(self.marks, version.text, numbers, self._last)
        self._last = made, numbers
        return made

    def _number(self, mark: Mark) -> int:
        found = self._numbers.get(id(mark))
        if found is None:
            found = self._numbers[id(mark)] = len(self.marks)
            self.marks.append(mark)
        return found


class Packed:
    """A version by what differs from another: most steps change a few lines, and neighbours often have one mark."""

    __slots__ = ("_base", "_depth", "_head", "_marks", "_runs", "_tail", "text")

    def __init__(
        self, marks: list[Mark], text: Text, numbers: "array[int]", last: "tuple[Packed, array[int]] | None"
    ) -> None:
        """`marks`: all there are, by number; `numbers`: of the lines; `last`: another version and its."""
        self.text = text
        self._marks = marks  # not the palette, which knows the last one: they would keep each other in memory
        self._base: Packed | None = None
        self._depth = self._head = self._tail = 0
        if last is not None and last[0]._depth < _DEEPEST:
            self._base, before = last
            self._depth = self._base._depth + 1
            self._head = common_head(before, numbers)
            self._tail = common_tail(before, numbers, min(len(before), len(numbers)) - self._head)
        runs: list[int] = []
        for number, run in groupby(numbers[self._head : len(numbers) - self._tail]):
            runs += (number, len(list(run)))
        self._runs = array("I", runs)

    def version(self) -> Version:
        """The version itself."""
        return Version(self.text, [self._marks[number] for number in self._numbers()])

    def _numbers(self) -> "array[int]":
        runs, middle = self._runs, array("I")
        for at in range(0, len(runs), 2):
            middle.extend(runs[at : at + 1] * runs[at + 1])
        if self._base is None:
            return middle
        before = self._base._numbers()
        return before[: self._head] + middle + before[len(before) - self._tail :]
