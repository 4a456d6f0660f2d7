"""Memory that nobody uses goes back to the system now and then: the C library would keep what a peak once took."""

import contextlib
import ctypes
import time

EVERY = 30.0
"""Seconds."""


class Heap:
    """The C library's memory."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def is_due(self) -> bool:
        """Whether it was long ago; then this counts as the time."""
        now = time.monotonic()
        if now - self._last < EVERY:
            return False
        self._last = now
        return True

    def give_back(self) -> None:
        """A matter of milliseconds, without the interpreter's lock. Only glibc can be told; nothing elsewhere."""
        with contextlib.suppress(OSError, AttributeError, TypeError):  # TypeError: Windows has no library of no name
            ctypes.CDLL(None).malloc_trim(0)
