"""Owners that follow the text while it is being edited, before anything is computed again."""

from collections.abc import Sequence

from byline.model import Attribution
from byline.server.lines import Splice

UNSAVED = Attribution(line=-1, owner="unknown", reason="changed in the editor and not saved yet", state="unsaved")
"""Stands for every line that the user has touched since the last answer."""


class Owners:
    """One attribution a line. `items[i].line` is stale after an edit; the index is the line."""

    def __init__(self) -> None:
        self.items: list[Attribution] = []
        self.revision = 0
        """Changes whenever `items` does."""
        self._edits: list[Splice] = []
        self._watching = 0

    def edit(self, splice: Splice) -> None:
        """Moves owners along with one edit; changed lines become `UNSAVED`."""
        _apply(self.items, splice)
        self.revision += 1
        if self._watching:
            self._edits.append(splice)

    def begin(self) -> int:
        """Call when a computation takes its copy of the text; its mark goes to `land` or `abandon`."""
        self._watching += 1
        return len(self._edits)

    def land(self, mark: int, lines: Sequence[Attribution]) -> None:
        """Takes an answer for the text as it was at `mark`, with the edits made since then on top."""
        self.items = list(lines)
        for splice in self._edits[mark:]:
            _apply(self.items, splice)
        self.revision += 1
        self.abandon()

    def abandon(self) -> None:
        """The computation that called `begin` has ended, with or without an answer."""
        self._watching -= 1
        if not self._watching:
            self._edits.clear()


def _apply(items: list[Attribution], splice: Splice) -> None:
    first, removed, added = splice
    items[first : first + removed] = [UNSAVED] * added
