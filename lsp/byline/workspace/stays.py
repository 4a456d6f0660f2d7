"""Where HEAD was at which event, by worktree: an entry for each time it was seen elsewhere, not for each event."""

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from byline.attribution.timeline import Seen, Stay
from byline.store.packed import raw


class Stays:
    """What events saw of HEAD. Positions are those among all events."""

    def __init__(
        self, at: Sequence[int], kept: dict[str, Any] | None = None, where: bytes | memoryview = b""
    ) -> None:
        """at: of every event; kept and where: what `kept` and `where` gave."""
        self._at = at
        self.by_worktree: dict[str, list[Seen]] = {}
        """In the order in which events name them."""
        self._where = array("I", bytes(where))
        self._numbers: dict[str, int] = {}
        self._by_head: dict[str | None, list[tuple[str, int]]] = {}
        """Worktree and place in `by_worktree` of each entry, as far as they were asked for."""
        self._sorted: dict[str, int] = {}
        for worktree, seen in (kept or {}).items():
            self._begin(worktree)
            for seq, head, length, when in seen:
                self._append(worktree, seq, head, length, when)

    def add(self, seq: int, worktree: str | None, head: str | None, length: int | None, at: int) -> None:
        """The next event."""
        if worktree is None:
            self._where.append(0)
            return
        if worktree not in self._numbers:
            self._begin(worktree)
        self._where.append(self._numbers[worktree])
        own = self.by_worktree[worktree]
        if not own or (own[-1][1].head, own[-1][2]) != (head, length):
            self._append(worktree, seq, head, length, at)

    @property
    def kept(self) -> dict[str, list[tuple[int, str | None, int | None, int]]]:
        """All of it but `where`, for JSON."""
        return {
            worktree: [(seq, moment.head, length, moment.at) for seq, moment, length in seen]
            for worktree, seen in self.by_worktree.items()
        }

    @property
    def where(self) -> memoryview:
        """The worktree of every event, as numbers."""
        return raw(self._where)

    def worktree_of(self, seq: int) -> str | None:
        """The worktree that an event names."""
        number = self._where[seq]
        return next((name for name, one in self._numbers.items() if one == number), None)

    def is_nowhere(self, seq: int) -> bool:
        """Whether an event names no worktree."""
        return self._where[seq] == 0

    def in_worktree(self, worktree: str, numbers: Iterable[int]) -> list[int]:
        """Those of some events that name a worktree."""
        own, where = self._numbers.get(worktree, -1), self._where
        return [seq for seq in numbers if where[seq] == own]

    def first_at(self, head: str) -> int | None:
        """The first event in a worktree whose HEAD was at a commit."""
        return min((self.by_worktree[name][place][0] for name, place in self._at_head(head)), default=None)

    def at_head(self, head: str | None, among: Callable[[int, int], Iterable[int]]) -> list[int]:
        """The events in worktrees whose HEAD was at a commit, ascending; `among`: the choice from one to another."""
        found: list[int] = []
        for name, place in self._at_head(head):
            found += self.in_worktree(name, among(*self._span(name, place)))
        return sorted(found)

    def without(self, left_out: Collection[int]) -> dict[str, list[Seen]]:
        """What the other events saw of HEAD; a worktree that only those name is not there."""
        if not left_out:
            return self.by_worktree
        gone, found = frozenset(left_out), dict[str, list[Seen]]()
        for name, own in self.by_worktree.items():
            for place, (_, moment, length) in enumerate(own):
                left = [seq for seq in self.in_worktree(name, range(*self._span(name, place))) if seq not in gone]
                if left:
                    later = partial(map, lambda seq: (seq, self._at[seq]), left[1:])
                    found.setdefault(name, []).append((left[0], Stay(moment.head, self._at[left[0]], later), length))
        return dict(sorted(found.items(), key=lambda one: one[1][0][0]))

    def _at_head(self, head: str | None) -> list[tuple[str, int]]:
        for name, own in self.by_worktree.items():
            for place in range(self._sorted.get(name, 0), len(own)):
                self._by_head.setdefault(own[place][1].head, []).append((name, place))
            self._sorted[name] = len(own)
        return self._by_head.get(head, [])

    def _span(self, worktree: str, place: int) -> tuple[int, int]:
        own = self.by_worktree[worktree]
        return own[place][0], own[place + 1][0] if place + 1 < len(own) else len(self._where)

    def _begin(self, worktree: str) -> None:
        self._numbers[worktree] = len(self._numbers) + 1
        self.by_worktree[worktree] = []

    def _append(self, worktree: str, seq: int, head: str | None, length: int | None, at: int) -> None:
        own = self.by_worktree[worktree]
        own.append((seq, Stay(head, at, partial(self._later, worktree, len(own))), length))

    def _later(self, worktree: str, place: int) -> Iterator[tuple[int, int]]:
        number, (start, stop) = self._numbers[worktree], self._span(worktree, place)
        for seq in range(start + 1, stop):
            if self._where[seq] == number:
                yield seq, self._at[seq]
