"""The two threads that slow things run in. The event loop, and pygls' own pool that reads stdin, stay free."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from byline.errors import BylineError
from byline.repo.run import end_all
from byline.server.heap import Heap

P = ParamSpec("P")
T = TypeVar("T")

WORKERS = 2


class Stopped(BylineError):
    """The server is about to end."""


class Jobs:
    """An executor that is never waited for at the end."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="byline")
        self._running = 0
        self._stopped = False
        self._lock = threading.Lock()
        self._heap = Heap()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `work` from a worker thread. Cancelling the wait does not stop a thread that has begun."""
        if self._stopped:
            raise Stopped("the server is about to end")
        return await asyncio.wrap_future(self._pool.submit(self._counted, work, args, kwargs))

    def _counted(self, work: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> T:
        with self._lock:
            self._running += 1
        try:
            return work(*args, **kwargs)
        finally:
            with self._lock:
                self._running -= 1
                is_quiet = not self._running and not self._stopped
            if is_quiet and self._heap.is_due():
                with contextlib.suppress(RuntimeError):  # stopped just now
                    self._pool.submit(self._heap.give_back)

    def stop(self) -> None:
        """Drops what has not begun."""
        self._stopped = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def leave(self, code: int) -> int:
        """`code` when all is quiet; ends the process at once when a thread still works, as nobody waits for it."""
        self.stop()
        if self._running:
            end_all()
            os._exit(code)
        return code
