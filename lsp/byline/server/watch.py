"""Notices events that others write, and commits, without asking for them: the kernel wakes the server."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from watchfiles import Change, awatch

from byline.server.places import Answering
from byline.store.paths import folders_for
from byline.workspace import following
from byline.workspace.place import place_of

log = logging.getLogger(__name__)

STEP = 50
"""Milliseconds between looks at what the kernel reported; 20 wake-ups a second cost about a millisecond of CPU."""
DEBOUNCE = 100
LATE = 0.2
POLL = 2000
"""Milliseconds between looks where the kernel does not report (network file systems, no watches left)."""


class Points(NamedTuple):
    """What is looked at for one repository."""

    spools: tuple[Path, ...]
    """Folders with event files; may not exist yet."""
    heads: tuple[Path, ...]
    """Folders in which `HEAD` changes with commits, checkouts and rebases."""
    followed: tuple[Path, ...] = ()
    """Files that agents without hooks write, and folders of such files; may not exist yet."""

    def folders(self) -> frozenset[Path]:
        """What exists of it: a folder that does not is replaced by the nearest one above, where it will appear."""
        wanted = [*self.spools, *self.heads]
        found = (next((each for each in (folder, *folder.parents) if each.is_dir()), None) for folder in wanted)
        return frozenset(each for each in found if each is not None) | {
            path if path.is_dir() else path.parent for path in self.followed if path.parent.is_dir()
        }

    def matters(self, _change: Change, name: str) -> bool:
        """Whether a changed path can mean new answers."""
        path = Path(name)
        if path.parent in self.heads and path.name == "HEAD":
            return True
        if self.is_followed(path):
            return True
        if path.parent in self.spools:
            return path.suffix == ".jsonl"
        return any(path == folder or path in folder.parents for folder in (*self.spools, *self.heads))

    def is_followed(self, path: Path) -> bool:
        """Whether a changed path is a record of an agent without hooks."""
        return path in self.followed or path.parent in self.followed


def points(path: Path, env: Mapping[str, str]) -> Points:
    """What to look at for the repository of `path`, or for files outside any."""
    place = place_of(path)
    spools = tuple(folder / "spool" for folder in folders_for(place, env).all)
    if place is None:
        return Points(spools, ())
    git_dir = Path(place.git_dir)
    return Points(spools, (git_dir, git_dir / "logs"), tuple(following.watched(Path(place.worktree), env)))


class Watches:
    """One watch a workspace, from the first answered document on."""

    def __init__(
        self,
        came: Callable[[Answering], Awaitable[None]],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        env: Mapping[str, str],
    ) -> None:
        self._came = came
        self._spawn = spawn
        self._env = env
        self._watched: list[Answering] = []
        self._stop = asyncio.Event()

    def watch(self, workspace: Answering, path: Path) -> None:
        """Watches the workspace of `path` unless that is done already."""
        if not any(known is workspace for known in self._watched):
            self._watched.append(workspace)
            self._spawn(self._run(workspace, path))

    def stop(self) -> None:
        """Ends all watches."""
        self._stop.set()

    async def _run(self, workspace: Answering, path: Path) -> None:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(None, points, path, self._env)
        polling = False
        while not self._stop.is_set():
            folders = found.folders()
            # what was written between looking for the folders and watching them
            loop.call_later(LATE, lambda: self._spawn(self._tell(workspace)))
            try:
                async for changes in awatch(
                    *folders,
                    watch_filter=found.matters,
                    debounce=DEBOUNCE,
                    step=STEP,
                    stop_event=self._stop,
                    recursive=False,
                    raise_interrupt=False,
                    force_polling=polling,
                    poll_delay_ms=POLL,
                ):
                    if any(found.is_followed(Path(name)) for _, name in changes):
                        await self._follow(path)
                    await self._tell(workspace)
                    if found.folders() != folders:
                        break
            except OSError as problem:
                log.warning("cannot watch %s: %s", ", ".join(map(str, folders)), problem)
                polling = True
                await asyncio.sleep(POLL / 1000)

    async def _follow(self, path: Path) -> None:
        """Record what an agent without hooks has left; once more when its record has come to rest."""
        loop = asyncio.get_running_loop()
        place = await loop.run_in_executor(None, place_of, path)
        if await loop.run_in_executor(None, following.follow, place, self._env):
            loop.call_later(following.SETTLED_SECONDS + LATE, lambda: self._spawn(self._follow(path)))

    async def _tell(self, workspace: Answering) -> None:
        try:
            await self._came(workspace)
        except Exception:
            log.exception("new events could not be read")
