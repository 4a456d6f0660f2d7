"""Whether a session's process lives."""

import os
from functools import lru_cache

from byline.sessions.facts import SHARED_PROCESSES, Facts
from byline_hooks import process

_EARLY = 2.0
"""Seconds by which two readings of when a process started may differ."""


def is_running(one: Facts) -> bool | None:
    """Whether the session's process lives; None where that cannot be told."""
    if one.pid is None or one.agent in SHARED_PROCESSES or os.name != "posix":
        return None
    started = _started(one.pid)
    if started is None:
        return False
    if one.process_start_time is None or not started:
        return None
    return abs(started - one.process_start_time) <= _EARLY


@lru_cache(maxsize=4096)
def _started(pid: int) -> float | None:
    """When the process of that number started (seconds since 1970); 0 where it is not told, None for none."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):  # a number that no process has
        return None
    except OSError:
        pass  # another user's, but there
    return process.started(pid) or 0.0
