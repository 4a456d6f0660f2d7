"""Moments, as text for programs and for people."""

import time
from datetime import UTC, datetime
from functools import lru_cache


def iso(at: int | None) -> str | None:
    """Nanoseconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    if at is None:
        return None
    seconds, rest = divmod(at, 1_000_000_000)
    return f"{_second(seconds)}.{rest // 1_000_000:03}Z"


@lru_cache(maxsize=4096)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19]


def age(at: int, now: int | None = None) -> str:
    """How long ago `at` (ns since 1970) was, in one unit: `3 h ago`."""
    seconds = ((time.time_ns() if now is None else now) - at) // 1_000_000_000
    if seconds < 0:
        return "in the future"
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"
