"""The time a hook has: an agent waits for it.

When it is up the work stops (`Late`) and what is known by then is recorded, snapshots first; when that takes too long
as well, the line alone. A little later the process ends wherever it is.
"""

from byline_hooks import system
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from byline_hooks.observation import Observation, Payload
    from byline_hooks.place import Place

    Begun = tuple[Observation, Payload, Place | None, list[tuple[str, bytes]]]

SECONDS = 1.4
"""Until the first `Late`."""
GRACE = 0.25
"""Seconds until the second, and until the end."""

shielded = True
"""While the payload is read, and while a record is on its way to the disk or once it is there: nothing but the end
stops that."""
begun: "Begun | None" = None
"""The event that is being put together: what is there of its record, where it belongs, and snapshots to keep."""
stuck: "Callable[[], object] | None" = None
"""Called when shielded work goes on and on: the end is near."""

_passed: list[int] = []
"""The alarms so far."""


class Late(BaseException):
    """The time is up."""


def start() -> None:
    """Outlive Ctrl-C (the session's end is still to be told), but not the deadline."""
    if system.WINDOWS:
        _watch()
        return
    import _signal  # type: ignore[import-not-found]

    _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
    _signal.signal(_signal.SIGALRM, _up)
    _signal.setitimer(_signal.ITIMER_REAL, SECONDS, GRACE)


def has_passed() -> bool:
    """Whether the time is up."""
    return bool(_passed)


def _up(number: int, frame: object) -> None:
    _passed.append(number)
    if len(_passed) > 2:
        os._exit(0)
    if not shielded:
        raise Late
    if len(_passed) > 1 and stuck is not None:
        stuck()


def _watch() -> None:
    """The same with a thread, where there are no alarms: it calls up the main thread with the signal of Ctrl-C."""
    import _signal
    import _thread
    import time

    due = 0

    def interrupted(number: int, frame: object) -> None:
        nonlocal due
        if due:
            due -= 1
            _up(number, frame)

    def watch() -> None:
        nonlocal due
        for seconds in (SECONDS, GRACE):
            time.sleep(seconds)
            due += 1
            _thread.interrupt_main()
        time.sleep(GRACE)
        os._exit(0)

    _signal.signal(_signal.SIGINT, interrupted)
    _thread.start_new_thread(watch, ())
