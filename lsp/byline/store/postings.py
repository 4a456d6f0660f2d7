"""Which events concern which name, as numbers in a row: a few bytes each, and read without being unpacked. Pure."""

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, chain

from byline.store.packed import Parts, numbers, packed, raw, texts

NUMBERS = "I"


class Postings(Mapping[str, Sequence[int]]):
    """Ascending numbers by name. What was kept stays packed; a name's numbers are taken out when asked for."""

    def __init__(self, kept: Parts | None = None) -> None:
        """kept: what `parts` gave."""
        empty = {"names": b"", "ends": b"", "counts": b"", "numbers": b""}
        parts = kept or empty
        self._names = bytes(parts["names"])
        self._name_ends = numbers(NUMBERS, parts["ends"])
        self._ends = numbers(NUMBERS, parts["counts"])
        self._numbers = numbers(NUMBERS, parts["numbers"])
        self._taken: dict[str, array[int]] = {}
        self._more: dict[str, None] = {}
        """Names that are not among the kept ones."""

    def __getitem__(self, name: str) -> "array[int]":
        found = self._taken.get(name)
        if found is None:
            span = self._span(name)
            if span is None:
                raise KeyError(name)
            found = self._taken[name] = array(NUMBERS, self._numbers[span[0] : span[1]])
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self._taken or self._span(name) is not None)

    def __iter__(self) -> Iterator[str]:
        return chain(texts(self._names, self._name_ends), self._more)

    def __len__(self) -> int:
        return len(self._name_ends) + len(self._more)

    def add(self, name: str, number: int) -> None:
        """One more number of a name; mostly the greatest so far."""
        own = self._taken.get(name)
        if own is None:
            if name in self:
                own = self[name]
            else:
                own = self._taken[name] = array(NUMBERS)
                self._more[name] = None
        if own and own[-1] > number:
            insort(own, number)
        else:
            own.append(number)

    def parts(self) -> Parts:
        """All of it, packed."""
        taken = {packed(name): own for name, own in self._taken.items()}
        known = [(packed(name), place) for place, name in enumerate(texts(self._names, self._name_ends))]
        everything = sorted([*known, *((packed(name), -1) for name in self._more)])
        values = array(NUMBERS)
        ends = array(NUMBERS)
        for name, place in everything:
            own = taken.get(name)
            values.extend(own if own is not None else array(NUMBERS, self._kept(place)))
            ends.append(len(values))
        names = [name for name, _ in everything]
        return {
            "names": b"".join(names),
            "ends": raw(array(NUMBERS, accumulate(map(len, names)))),
            "counts": raw(ends),
            "numbers": raw(values),
        }

    def _span(self, name: str) -> tuple[int, int] | None:
        wanted, all_names, ends = packed(name), self._names, self._name_ends
        place = bisect_left(range(len(ends)), wanted, key=lambda at: all_names[ends[at - 1] if at else 0 : ends[at]])
        if place == len(ends) or all_names[ends[place - 1] if place else 0 : ends[place]] != wanted:
            return None
        return (self._ends[place - 1] if place else 0), self._ends[place]

    def _kept(self, place: int) -> memoryview:
        return self._numbers[(self._ends[place - 1] if place else 0) : self._ends[place]]
