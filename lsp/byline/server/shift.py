"""Owners that follow the text while it is being edited, before anything is computed again."""

from collections.abc import Sequence
from typing import TypeVar

from byline.model import Attribution
from byline.server.functions import Function, Parsed, joined, moved
from byline.server.lines import Splice

T = TypeVar("T")

UNSAVED = Attribution(line=-1, owner="unknown", reason="changed in the editor and not saved yet", state="unsaved")
"""Stands for every line that the user has touched since the last answer."""


class Owners:
    """One attribution a line. `items[i].line` is stale after an edit; the index is the line."""

    def __init__(self) -> None:
        self.items: list[Attribution] = []
        self.reviewed: list[int | None] | None = None
        """For each line when a person marked it as reviewed (ns); None where nobody marked any in this file."""
        self.functions: tuple[Function, ...] = ()
        self.revision = 0
        """Changes whenever `items` does."""
        self._edits: list[Splice] = []
        self._watching = 0

    def edit(self, splice: Splice) -> None:
        """Moves owners along with one edit; changed lines become `UNSAVED`."""
        self._apply(splice)
        self.revision += 1
        if self._watching:
            self._edits.append(splice)

    def begin(self) -> int:
        """Call when a computation takes its copy of the text; its mark goes to `land` or `abandon`."""
        self._watching += 1
        return len(self._edits)

    def land(
        self,
        mark: int,
        lines: Sequence[Attribution],
        reviewed: Sequence[int | None] | None = None,
        found: Parsed | None = None,
    ) -> None:
        """Takes an answer for the text as it was at `mark`, with the edits made since then on top."""
        since = self._edits[mark:]
        self.items = list(lines)
        self.reviewed = list(reviewed) if reviewed is not None else None
        self.functions = joined(self.functions, found, since)
        for splice in since:
            _apply(self.items, splice, UNSAVED)
            if self.reviewed is not None:
                _apply(self.reviewed, splice, None)
        self.revision += 1
        self.abandon()

    def abandon(self) -> None:
        """The computation that called `begin` has ended, with or without an answer."""
        self._watching -= 1
        if not self._watching:
            self._edits.clear()

    def _apply(self, splice: Splice) -> None:
        _apply(self.items, splice, UNSAVED)
        if self.reviewed is not None:
            _apply(self.reviewed, splice, None)
        self.functions = moved(self.functions, splice)


def _apply(items: list[T], splice: Splice, new: T) -> None:
    first, removed, added = splice
    items[first : first + removed] = [new] * added
