"""Moments, as text for programs and for people."""

import time
from datetime import UTC, datetime


def iso(at: int | None) -> str | None:
    """Nanoseconds since 1970 as ISO 8601 in UTC, to the millisecond."""
    if at is None:
        return None
    moment = datetime.fromtimestamp(at / 1_000_000_000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def age(at: int, now: int | None = None) -> str:
    """How long ago `at` (ns since 1970) was, in one unit: `3 h ago`."""
    seconds = ((time.time_ns() if now is None else now) - at) // 1_000_000_000
    if seconds < 0:
        return "in the future"
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"
