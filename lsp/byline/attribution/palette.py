"""Versions that are history, kept small: by the number of each mark, and as what differs from the one before."""

from array import array
from itertools import groupby

from byline.attribution.diff import common_head, common_tail
from byline.attribution.marks import Mark, Text, Version

_DEEPEST = 16
"""Versions that are put together, one on the other, to have one: more would be smaller, and slower to have."""
_REMEMBERED = 256
"""Marks whose numbers are known without looking."""
_LONGEST = 255
"""Lines of one run: its length is one byte."""
_MOST_IN_TWO = 0xFFFF
"""The highest number of a mark that takes two bytes."""
_ALONE = -1


class Palette:
    """Many versions, by number, and their marks, by number too; a mark that comes back after long may have another.

    A version is what differs from another: most steps change a few lines, and neighbours often have one mark.
    """

    def __init__(self) -> None:
        self._marks: list[Mark] = []
        self._numbers: dict[int, int] = {}
        """By identity, of those that were numbered last: the list keeps them from being freed."""
        self._last: tuple[int, list[Mark]] | None = None
        # A column for each fact of a version: objects of their own would take ten times as much.
        self._texts: list[Text] = []
        self._bases = array("i")
        """The version that has the first `head` and the last `tail` marks as well, or `_ALONE`."""
        self._heads, self._tails = array("I"), array("I")
        self._depths = bytearray()
        self._stops = array("I")
        """Where a version's runs end."""
        # For what is between head and tail the number of a mark, and how often it comes in a row.
        self._runs = array("H")
        self._lengths = bytearray()

    def packed(self, version: Version) -> int:
        """The number of a version that is kept from now on; quickest for one that is like the last."""
        marks = version.marks
        base, head, tail = _ALONE, 0, 0
        if self._last is not None and self._depths[self._last[0]] < _DEEPEST:
            base, before = self._last
            head = common_head(before, marks)
            tail = common_tail(before, marks, min(len(before), len(marks)) - head)
        for number, run in groupby(map(self._number, marks[head : len(marks) - tail])):
            self._add(number, len(list(run)))
        made = len(self._texts)
        self._texts.append(version.text)
        self._bases.append(base)
        self._heads.append(head)
        self._tails.append(tail)
        self._depths.append(self._depths[base] + 1 if base != _ALONE else 0)
        self._stops.append(len(self._runs))
        self._last = made, marks
        return made

    def version(self, number: int) -> Version:
        """The version with this number."""
        return Version(self._texts[number], self._all(number))

    def rest(self) -> None:
        """For now no more versions will be packed: let go of what makes that quick."""
        self._numbers.clear()

    def _all(self, number: int) -> list[Mark]:
        middle: list[Mark] = []
        for at in range(self._stops[number - 1] if number else 0, self._stops[number]):
            middle += [self._marks[self._runs[at]]] * self._lengths[at]
        base = self._bases[number]
        if base == _ALONE:
            return middle
        before = self._all(base)
        before[self._heads[number] : len(before) - self._tails[number]] = middle
        return before

    def _add(self, number: int, length: int) -> None:
        if number > _MOST_IN_TWO and self._runs.itemsize == 2:
            self._runs = array("I", self._runs)
        for done in range(0, length, _LONGEST):
            self._runs.append(number)
            self._lengths.append(min(length - done, _LONGEST))

    def _number(self, mark: Mark) -> int:
        found = self._numbers.get(id(mark))
        if found is None:
            if len(self._numbers) >= _REMEMBERED:
                self._numbers.clear()
            found = self._numbers[id(mark)] = len(self._marks)
            self._marks.append(mark)
        return found
