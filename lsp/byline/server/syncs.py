"""New commits get their anchors, turns their trees: `byline sync` beside the server, once all has come to rest."""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from byline.model import Event
from byline.repo.run import NO_WINDOW
from byline.store.events import of_kinds
from byline.workspace.place import place_of
from byline_hooks.head import head
from byline_hooks.place import recording

log = logging.getLogger(__name__)

REST = 3.0
"""Seconds without another commit or end of a turn: a rebase moves HEAD many times."""

PATIENCE = 600.0


class Syncs:
    """Watches where HEAD is, and starts one process a repository when it has moved."""

    def __init__(self, spawn: Callable[[Coroutine[Any, Any, None]], object], env: Mapping[str, str]) -> None:
        self._spawn = spawn
        self._env = env
        self._heads: dict[Path, str | None] = {}
        self._seen: dict[Path, int] = {}
        self._timers: dict[Path, asyncio.TimerHandle] = {}
        self._running: dict[Path, asyncio.subprocess.Process] = {}
        self._stopped = False

    def look(self, worktree: Path, events: Sequence[Event] = ()) -> bool:
        """Whether HEAD has moved or a turn has ended since the last look. `events`: all, the new ones last.

        Reads two small files; called from a worker thread.
        """
        place = place_of(worktree)
        if place is None:
            return False
        now = head(place)
        is_new = worktree in self._heads and self._heads[worktree] != now
        self._heads[worktree] = now
        seen = self._seen.get(worktree, len(events))
        has_ended = bool(of_kinds(events, ("turn_end",), seen))
        self._seen[worktree] = len(events)
        return ((is_new and now is not None) or has_ended) and recording(place, self._env)

    def due(self, worktree: Path) -> None:
        """Start a sync when HEAD rests. Called from the event loop."""
        if timer := self._timers.pop(worktree, None):
            timer.cancel()
        if not self._stopped:
            loop = asyncio.get_running_loop()
            self._timers[worktree] = loop.call_later(REST, lambda: self._spawn(self._run(worktree)))

    def stop(self) -> None:
        """Start nothing more. A sync that runs goes on: it is the commits' and not the editor's."""
        self._stopped = True
        for timer in self._timers.values():
            timer.cancel()

    async def _run(self, worktree: Path) -> None:
        if self._stopped:
            return
        if worktree in self._running:
            self.due(worktree)
            return
        none = asyncio.subprocess.DEVNULL
        with contextlib.suppress(OSError):
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-m", "byline", "sync", "--quiet"),
                cwd=worktree,
                env=dict(self._env),
                stdin=none,
                stdout=none,
                stderr=none,
                start_new_session=os.name != "nt",
                creationflags=NO_WINDOW,
            )
            self._running[worktree] = process
            try:
                code = await asyncio.wait_for(process.wait(), PATIENCE)
                log.info("byline sync in %s ended with %s", worktree, code)
            except TimeoutError:
                process.kill()
            finally:
                del self._running[worktree]
