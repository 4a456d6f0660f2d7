"""Seconds and nanoseconds since 1970, kept to what can be stored and shown. Pure.

A commit may name any moment, and git keeps it: one beyond what a clock, a date or an index can hold is taken for the
last of those that they can.
"""

LAST_SECOND = 253_402_300_799
"""The end of the year 9999: no date is later."""

_PER_SECOND = 1_000_000_000
_MOST = 2**63 - 1
"""Nanoseconds: what an index holds. They end in 2262."""


def second(seconds: int) -> int:
    """The second, or the nearest that has a date."""
    return min(max(0, seconds), LAST_SECOND)


def nanoseconds(seconds: int) -> int:
    """The second in nanoseconds, or the nearest that can be stored."""
    return min(max(0, seconds) * _PER_SECOND, _MOST)
