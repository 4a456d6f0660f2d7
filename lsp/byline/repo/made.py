"""How a commit came to be: by whom, when, and under what title."""

from typing import NamedTuple


class Made(NamedTuple):
    """What git says of a commit's making. Times are seconds since 1970."""

    author: str
    mail: str
    summary: str
    author_time: int
    commit_time: int

    def work(self) -> tuple[str, str, str, int]:
        """What a rebase or cherry-pick leaves as it was."""
        return self[:4]


def seconds(text: str) -> int:
    """A time as git prints it; 0 for what is none, or lies beyond all calendars."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
