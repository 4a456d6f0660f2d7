"""Where long texts end: never in the middle of a secret. Pure."""

import re
from collections.abc import Callable

MARGIN = 4096
"""Characters that the longest secret has which its beginning alone does not tell."""
_BLANK = re.compile(r"\s\S*\Z")


def shortened(text: str, largest: int, free: Callable[[str], str]) -> str:
    """What `free` makes of a text, `largest` characters of it.

    A text is looked through to beyond its end, and what the end of that may have halved is left out: `free` makes
    texts shorter, so that it may have come before `largest`. Where little is left, there is more to look at.
    """
    size = largest + MARGIN
    while len(freed := free(text[:size])) < largest + MARGIN and size < len(text):
        size *= 2
    return (freed[:-MARGIN] if size < len(text) else freed)[:largest]


def at_a_blank(text: str, largest: int) -> str:
    """A text of `largest` characters at most that nobody looks through yet: it ends between two words."""
    if len(text) <= largest:
        return text
    blank = _BLANK.search(text, largest - MARGIN, largest)
    return text[: blank.start() if blank else largest - MARGIN]
