"""A limit on the time that something beside a person's own command may take."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator

GRACE = 0.3
"""Seconds to end the processes that were started; then this one ends wherever it is."""

BY_EXIT = sys.platform == "win32"
"""Whether there is no signal to raise anything by: then the process itself ends."""


class TimeIsUp(BaseException):
    """Raised wherever the work is; git processes of ours end on the way out."""


@contextlib.contextmanager
def bounded(seconds: float, grace: float = GRACE) -> Iterator[None]:
    """Raise TimeIsUp in the main thread after so many seconds; where there is no such signal end the process.

    It ends, too, where what is done on the way out takes longer than `grace`.
    """
    seconds = max(seconds, 0.001)  # none at all would mean no limit
    if sys.platform == "win32":
        timer = threading.Timer(seconds + grace, os._exit, (0,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
        return
    late = False

    def alarm(number: int, frame: object) -> None:
        nonlocal late
        if late:
            os._exit(0)
        late = True
        raise TimeIsUp

    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds, grace)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
