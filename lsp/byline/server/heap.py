"""Memory that nobody uses goes back to the system: the C library would keep what a peak once took.

Only glibc is told; elsewhere nothing happens.
"""

import contextlib
import ctypes
import time

EVERY = 30.0
"""Seconds."""
_NOT_THERE = (OSError, AttributeError, TypeError)
"""Another C library; TypeError: Windows knows no library without a name."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Names of `mallopt` in glibc's malloc.h."""
_LARGE = 64 * 1024
"""Bytes from which on a block is one of its own, which goes back as soon as it is free. Glibc's own limit grows."""


class Heap:
    """The C library's memory."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        with contextlib.suppress(*_NOT_THERE):
            library = ctypes.CDLL(None)
            library.mallopt(_MMAP_THRESHOLD, _LARGE)
            library.mallopt(_TRIM_THRESHOLD, 2 * _LARGE)
            library.mallopt(_ARENA_MAX, 1)  # each thread would keep free blocks of its own; here one runs at a time

    def is_due(self) -> bool:
        """Whether it was long ago; then this counts as the time."""
        now = time.monotonic()
        if now - self._last < EVERY:
            return False
        self._last = now
        return True

    def give_back(self) -> None:
        """A matter of milliseconds, without the interpreter's lock."""
        with contextlib.suppress(*_NOT_THERE):
            ctypes.CDLL(None).malloc_trim(0)
