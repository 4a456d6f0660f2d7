"""Values as the shapes have them: moments, and what a shape requires."""

from datetime import UTC, datetime
from typing import TypeVar

_T = TypeVar("_T")


class Untold(LookupError):
    """A shape requires what is not known of the session; its words name that."""


def known(value: _T | None, what: str) -> _T:
    """A value that a shape requires. Untold where there is none: nothing is made up for it."""
    if value is None:
        raise Untold(what)
    return value


def moment(at: int) -> datetime:
    """Nanoseconds since 1970 as a time in UTC."""
    return datetime.fromtimestamp(at / 1_000_000_000, UTC)


def optional(at: int | None) -> datetime | None:
    """The same; None for none."""
    return None if at is None else moment(at)


def text(at: int | None) -> str | None:
    """The same as ISO 8601; None for none and for 0, which stands for unknown."""
    return None if not at else moment(at).isoformat().replace("+00:00", "Z")
