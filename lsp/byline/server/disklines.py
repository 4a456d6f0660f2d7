"""Which lines of the file on disk the lines of a buffer are: a buffer may be older or newer than its file."""

from collections.abc import Sequence

from byline.attribution.diff import mapping
from byline.attribution.marks import bodies
from byline.server.disktext import encode


def origins(disk: bytes, lines: Sequence[str]) -> list[int]:
    """For each of byline's lines of the buffer the line of `disk` that it is, -1 for none; 0-based, ascending.

    `lines`: the protocol's lines with their terminators.
    """
    return mapping(bodies(disk), bodies(encode(disk, lines)))


def sure_origins(disk: bytes, lines: Sequence[str]) -> list[int]:
    """The same without those that could as well be others: of two equal neighbours one may be new."""
    old, new = bodies(disk), bodies(encode(disk, lines))
    down, up = mapping(old, new), mapping(old[::-1], new[::-1])[::-1]
    return [one if one == len(old) - 1 - other else -1 for one, other in zip(down, up, strict=True)]
