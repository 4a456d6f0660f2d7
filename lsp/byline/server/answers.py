"""Keeps an answer for every open document, and computes it again when something happened.

A keystroke moves the known owners (`shift`) and starts a timer, nothing else. All that asks a workspace runs in
worker threads, one step a document at a time, in the order in which things happened.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from byline.errors import BylineError
from byline.server import evidence
from byline.server.disktext import same_text
from byline.server.documents import Document, Stamp, is_there, stamp
from byline.server.evidence import UNFINISHED, Found, Seen
from byline.server.jobs import Jobs, Stopped
from byline.server.lines import split_lines
from byline.server.lookup import look_up
from byline.server.origin import Origin, opened
from byline.server.places import Answering, Places
from byline.workspace.contents import read_file

log = logging.getLogger(__name__)

QUIET = 0.3
"""Seconds after the last change until the text is looked at again."""

LOOK = 0.5
"""Seconds between looks whether a file has become what an untouched buffer shows."""

LAG = 20_000_000
"""Nanoseconds that a change may take from the editor to here."""

AT_ONCE = ("Visual Studio Code", "VSCodium", "Code - OSS", "code-server", "Cursor", "Windsurf")
"""How the names of editors begin that tell each change when it happens."""

Work = Callable[[Answering], Awaitable[None]]


class Answers:
    """The owner of all slow work. `told` is called on the event loop after each new answer of a document."""

    def __init__(
        self,
        places: Places,
        jobs: Jobs,
        told: Callable[[Document], None],
        slow: Callable[[Document, asyncio.Future[Any]], Awaitable[None]],
    ) -> None:
        self._places = places
        self._jobs = jobs
        self._told = told
        self._slow = slow
        self._tasks: set[asyncio.Task[None]] = set()
        self._unwritten: list[tuple[Document, list[tuple[list[str], list[str]]]]] = []
        """Saves that are not on record yet, with the runs of formatters before them."""
        self.editor: str | None = None
        self.record = True
        self.trusted = True
        self.functions = False
        """Whether somebody wants to know where functions are."""

    def opened(self, document: Document) -> None:
        """Makes the bytes on disk known and computes the first answer."""
        lines, was_there = list(document.text.lines), document.path is None or is_there(document.path)
        # Read here and now: in a moment the file may hold what is being typed.
        disk = read_file(document.path) if document.path else None

        async def work(workspace: Answering) -> None:
            seen = self._seen(document)._replace(disk=disk)
            document.disk = await self._jobs.run(evidence.opened, workspace, seen)
            document.restored = document.disk is not None and not same_text(document.disk, lines)
            document.origin = opened(document.disk, lines, is_there=was_there)

        self._start(document, work)

    def changed(self, document: Document) -> None:
        """The text is different now. Looked at when the user pauses."""
        now = time.time_ns()
        if document.loaded:
            self._take_loaded(document)
        if document.edited_at is None and document.path and stamp(document.path) != document.stamp:
            self._look_for_load(document)
        if document.edited_at is None:
            document.edited_at = now
        document.changed_at = now
        if document.timer:
            document.timer.cancel()
        document.timer = asyncio.get_running_loop().call_later(QUIET, self._paused, document)

    def saved(self, document: Document) -> None:
        """The editor has written the file."""
        if document.timer:
            document.timer.cancel()
        lag = LAG if self._at_once() else UNFINISHED
        if document.loaded and evidence.was_loaded(*document.loaded, self._seen(document), lag):
            self._take_loaded(document)
        document.loaded = None
        formatted, document.formatted = document.formatted, []
        if document.path is None or not self.trusted:
            return
        save = (document, [(split_lines(before), split_lines(after)) for before, after in formatted])
        self._unwritten.append(save)

        async def work(workspace: Answering) -> None:
            seen = self._seen(document)._replace(formatted=save[1])
            try:
                found = await self._jobs.run(evidence.saved, workspace, seen)
            except Stopped:
                raise  # `finish` writes it
            except Exception:
                self._unwritten.remove(save)
                raise
            self._unwritten.remove(save)
            self._found(document, seen, found)

        self._start(document, work)

    def finish(self) -> None:
        """Writes the saves down that are not on record yet: an editor may leave right after one. No loop runs now."""
        while self._unwritten:
            document, formatted = self._unwritten.pop(0)
            try:
                assert document.path
                workspace = self._places.place(document.path)
                evidence.saved(workspace, self._seen(document)._replace(formatted=formatted))
            except Exception:
                log.exception("a save is not on record")

    def _at_once(self) -> bool:
        """Whether the editor tells each change when it happens; others wait until they have saved, or longer."""
        return (self.editor or "").startswith(AT_ONCE)

    def stale(self, document: Document) -> "asyncio.Task[None] | None":
        """Somebody wrote an event or a commit: the same text may have other owners now."""
        return self._start(document, None)

    async def ready(self, document: Document) -> None:
        """Waits for the first answer. Cancelling the wait does not cancel the work."""
        if document.path is not None and not document.first_answer.is_set():
            await document.first_answer.wait()

    async def settled(self, document: Document) -> None:
        """Waits until everything that has happened to the document so far is answered for."""
        async with document.turn:
            return

    async def workspace(self, path: Path) -> Answering:
        """The workspace of a file."""
        return await self._jobs.run(self._places.place, path)

    def _look_for_load(self, document: Document) -> None:
        # read here and now: in a moment the file may hold what is being typed. Only after somebody else wrote it
        assert document.path
        disk = read_file(document.path)
        mark = stamp(document.path)
        if disk is not None and mark is not None and same_text(disk, document.text.lines) and mark[1] == len(disk):
            document.is_loaded(disk, mark)
            self.stale(document)  # whose bytes they are can be said now; whether this was a save is decided later

    def _take_loaded(self, document: Document) -> None:
        """A second change without a save: the first one was the editor loading what somebody else wrote."""
        assert document.loaded and document.path
        path, (document.disk, mark) = document.path, document.loaded
        document.stamp, document.origin = mark, Origin(document.disk)
        document.loaded, document.edited_at, document.formatted = None, None, []

        async def work(workspace: Answering) -> None:
            if stamp(path) == mark:
                await self._jobs.run(evidence.opened, workspace, self._seen(document))

        self._start(document, work, compute=False)

    def _paused(self, document: Document) -> None:
        changed_at = document.changed_at

        async def work(workspace: Answering) -> None:
            if document.changed_at != changed_at:
                return  # the pause is over; what is on disk by now may be what was typed since
            mark = stamp(document.path) if document.path else None
            seen, written = self._seen(document), mark[0] if mark else None
            found = await self._jobs.run(evidence.compared, workspace, seen, written)
            self._found(document, seen, found)
            if found.is_unfinished and not document.closed:
                document.timer = asyncio.get_running_loop().call_later(UNFINISHED / 1e9, self._paused, document)

        self._start(document, work)

    def _found(self, document: Document, seen: Seen, found: Found) -> None:
        if found.disk != document.disk or found.loaded:
            document.stamp = stamp(document.path) if document.path else None
        document.disk = found.disk
        if found.origin is not None:
            document.origin = found.origin
        if found.loaded:
            # What was typed while a thread looked at the file is not in it.
            is_newest = document.changed_at == seen.changed_at
            document.edited_at = None if is_newest else document.changed_at
            document.loaded, document.formatted = None, []
            document.restored = False

    def _seen(self, document: Document) -> Seen:
        assert document.path
        return Seen(
            document.path,
            list(document.text.lines),
            document.disk,
            document.origin,
            document.opened_at,
            document.edited_at,
            document.changed_at,
            self.editor,
            self.record,
            kept=list(document.kept) if document.kept is not None else None,
            past=dict(document.past),
        )

    def _start(self, document: Document, work: Work | None, *, compute: bool = True) -> "asyncio.Task[None] | None":
        if document.path is None or not self.trusted:
            document.first_answer.set()
            return None
        return self.spawn(self._step(document, document.path, work, compute=compute))

    def spawn(self, step: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Runs a coroutine to its end; what goes wrong in it is logged."""
        task = asyncio.get_running_loop().create_task(_logged(step))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _step(self, document: Document, path: Path, work: Work | None, *, compute: bool) -> None:
        async with document.turn:
            try:
                workspace = await self.workspace(path)
                if work:
                    await _logged(work(workspace))  # where nothing can be written there still is an answer
                if compute and not document.closed:
                    await self._compute(document, path, workspace)
            finally:
                document.first_answer.set()
        if compute and not document.closed:
            self._told(document)

    async def _compute(self, document: Document, path: Path, workspace: Answering) -> None:
        mark, typed = document.owners.begin(), document.edited_at is not None or document.restored
        lines = list(document.text.lines)
        grammar, reviews = document.grammar if self.functions else None, self._places.reviews(workspace)
        work = asyncio.ensure_future(self._jobs.run(look_up, workspace, path, lines, reviews, grammar, typed=typed))
        await self._slow(document, work)
        try:
            found = await work
        except BaseException:
            document.owners.abandon()
            raise
        document.owners.land(mark, found.answer.lines, found.review.at if found.review else None, found.functions)
        document.answer, document.ahead = found.answer, found.ahead
        document.look_no_more()
        if found.is_apart:
            self._look_later(document, found.stamp)

    def _look_later(self, document: Document, seen: Stamp | None) -> None:
        """The file is another than the text is, and may become that again without a word: git writes no event.

        A watch would have to follow every open file for the sake of this; most of the time no file is looked at.
        """
        if not document.closed and document.edited_at is None:
            document.look = asyncio.get_running_loop().call_later(LOOK, self._look, document, seen)

    def _look(self, document: Document, seen: Stamp | None) -> None:
        document.look = None
        if document.path is not None and stamp(document.path) != seen:
            self.stale(document)
        else:
            self._look_later(document, seen)


async def _logged(step: Awaitable[None]) -> None:
    try:
        await step
    except BylineError as problem:
        log.info("no answer: %s", problem)
    except Exception:
        log.exception("a step failed")
