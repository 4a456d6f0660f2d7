"""How much there may be for one commit, and on a branch: what is written keeps to it, what breaks it is not read."""

from collections.abc import Collection

from byline.errors import TooMuch

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes of one file."""

LARGEST_FOLDER = 32 * 1024 * 1024
"""Bytes of all files of one commit."""

MOST_FILES = 2048
"""Files of one commit."""

FREE_ENTRIES = 250_000
"""Files and folders that a branch may have whatever they are."""

ENTRIES_EACH = 64
"""Those that it may have besides for each anchor. Ours have four or five."""

MOST_ENTRIES = 16_000_000
"""Those that it may have at all."""


class Budget:
    """Counts what a state of a branch names. Only what is of one commit alone earns more: a blob that stands at the
    place of several is the anchor of one at most.
    """

    def __init__(self) -> None:
        self._left = FREE_ENTRIES
        self._most = MOST_ENTRIES
        self._seen: set[str] = set()

    def spend(self) -> None:
        """One more file or folder. Raises TooMuch."""
        self._left -= 1
        self._most -= 1
        if self._left < 0 or self._most < 0:
            raise TooMuch

    def earn(self, blob: str) -> None:
        """An anchor, or another tool's note, by its blob."""
        if blob not in self._seen:
            self._seen.add(blob)
            self._left += ENTRIES_EACH


def fits(sizes: Collection[int]) -> bool:
    """Whether files of these many bytes may lie together in the folder of a commit."""
    return len(sizes) <= MOST_FILES and sum(sizes) <= LARGEST_FOLDER and all(one <= LARGEST_FILE for one in sizes)
