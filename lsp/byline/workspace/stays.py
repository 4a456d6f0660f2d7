"""Where HEAD was at which event, by worktree: an entry for each time it was seen elsewhere, not for each event."""

from array import array
from collections.abc import Iterator, Sequence
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

    def _begin(self, worktree: str) -> None:
        self._numbers[worktree] = len(self._numbers) + 1
        self.by_worktree[worktree] = []

    def _append(self, worktree: str, seq: int, head: str | None, length: int | None, at: int) -> None:
        own = self.by_worktree[worktree]
        own.append((seq, Stay(head, at, partial(self._later, worktree, len(own))), length))

    def _later(self, worktree: str, place: int) -> Iterator[tuple[int, int]]:
        own, number = self.by_worktree[worktree], self._numbers[worktree]
        stop = own[place + 1][0] if place + 1 < len(own) else len(self._where)
        for seq in range(own[place][0] + 1, stop):
            if self._where[seq] == number:
                yield seq, self._at[seq]
