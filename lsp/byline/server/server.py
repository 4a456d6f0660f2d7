"""The language server's state and its life: documents come and go, settings change, events arrive."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from byline.errors import BylineError
from byline.server import hints
from byline.server.answers import Answers
from byline.server.capabilities import Client, read_client
from byline.server.documents import Document, Documents
from byline.server.facts import Run, Summary
from byline.server.jobs import Jobs
from byline.server.options import Options, read_options
from byline.server.places import Answering, Opener, Places
from byline.server.protocol import BylineProtocol, converter
from byline.server.syncs import Syncs
from byline.server.watch import Watches
from byline.server.words import Style

log = logging.getLogger(__name__)

PAGE_REST = 1.0
"""Seconds that pages wait for more to happen before they are brought up to date."""
PATIENCE = 1.0
"""Seconds a computation may take before the user is shown that it runs."""


class BylineServer(LanguageServer):
    """One client's server."""

    def __init__(self, opener: Opener, env: Mapping[str, str]) -> None:
        super().__init__("byline", _version(), protocol_cls=BylineProtocol, converter_factory=converter)
        self.env = env
        self.client = Client()
        self.options = Options()
        self.documents = Documents()
        self.jobs = Jobs()
        self.places = Places(opener, env)
        self.answers = Answers(self.places, self.jobs, self._answered, self._show_progress)
        self.watches = Watches(self._events_came, self.answers.spawn, env)
        self.syncs = Syncs(self.answers.spawn, env)
        self._refreshing: set[str] = set()
        self._told_wrong: set[str] = set()
        """What was said of wrong settings; clients send the same ones again and again."""
        self._tokens = 0
        self.pages: dict[str, str] = {}
        """The pages shown last and what they said, by address."""
        self._page_timer: asyncio.TimerHandle | None = None
        self.ended = False
        """The client has said that it needs nothing more."""
        self.said_exit = False
        self.freshen: Callable[[], Coroutine[Any, Any, None]] | None = None
        """Brings shown pages up to date."""

    def begin(self, params: types.InitializeParams) -> None:
        """The client has said who it is."""
        self.client = read_client(params)
        self.answers.editor = self.client.name
        self.configure(params.initialization_options)

    def configure(self, given: Any) -> None:
        """Takes settings over those of now; wrong ones are told once, by the message that brought them."""
        before = self.options
        self.options, wrong = read_options(given, before)
        self.answers.record, self.answers.trusted = self.options.record_saves, self.options.trusted
        self.answers.functions = self.options.code_lens.functions
        if new := [sentence for sentence in wrong if sentence not in self._told_wrong]:
            self._told_wrong.update(new)
            self.say("byline: " + "; ".join(new), types.MessageType.Warning)
        if self.options.trusted and not before.trusted:
            for document in self.documents:
                document.first_answer.clear()
                self.answers.opened(document)
        if self.options.code_lens.functions and not before.code_lens.functions:
            for document in self.documents:
                self.answers.stale(document)
        if self.options != before:
            self.refresh("lens")
            self.refresh("hints")
            for document in self.documents:
                self.publish(document)

    def end(self) -> None:
        """Nothing more is needed."""
        self.ended = True
        self.syncs.stop()
        self.watches.stop()
        self.jobs.stop()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Errors go to the log, never into the user's face."""
        log.error("%s: %s", getattr(source, "__name__", source), error)

    def did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """A document was opened."""
        document = self.documents.open(params.text_document)
        self.answers.opened(document)

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """A document was edited."""
        document = self.documents.get(params.text_document.uri)
        if document is None:
            return
        encoding = self.encoding
        different = False
        for change in params.content_changes:
            different |= document.change(change, encoding)
        document.version = params.text_document.version
        if different:
            document.told = ()  # a client that asks meanwhile gets shifted owners: tell it of the next answer
            self.answers.changed(document)

    def did_save(self, params: types.DidSaveTextDocumentParams) -> None:
        """The editor has written the file."""
        if document := self.documents.get(params.text_document.uri):
            self.answers.saved(document)

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """A document was closed."""
        document = self.documents.close(params.text_document.uri)
        if document and document.shown:
            self.publish(document)

    @property
    def encoding(self) -> str:
        """`utf-8`, `utf-16` or `utf-32`, as agreed with the client."""
        given = self.server_capabilities.position_encoding or "utf-16"
        return str(getattr(given, "value", given))

    @property
    def style(self) -> Style:
        """How this client takes text."""
        return Style(markdown=self.client.hover_markdown)

    async def ready(self, uri: str, *, asked: bool = True) -> Document | None:
        """An open document with an answer; None for one that is not open or of which nothing is known."""
        document = self.documents.asked(uri) if asked else self.documents.get(uri)
        if document is None or document.path is None or not self.options.trusted:
            return None
        await self.answers.ready(document)
        return document if document.answer is not None else None

    def summary(self, document: Document) -> Summary:
        """The counts for the lens."""
        return document.ahead or document.summary()

    def marks(self, document: Document) -> list[hints.Mark]:
        """Where AI lines are marked in the text."""
        return list(hints.marks(document.runs(), document.text))

    def say(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """A sentence for the user."""
        self.window_show_message(types.ShowMessageParams(type=kind, message=message))

    def refresh(self, what: str) -> None:
        """Asks the client to ask again, once however often it is called in one go."""
        offered = self.client.lens_refresh if what == "lens" else self.client.hint_refresh
        if not offered or what in self._refreshing:
            return
        self._refreshing.add(what)
        self.answers.spawn(self._refresh(what))

    async def _refresh(self, what: str) -> None:
        self._refreshing.discard(what)
        if what == "lens":
            await self.workspace_code_lens_refresh_async(None)
        else:
            await self.workspace_inlay_hint_refresh_async(None)

    def publish(self, document: Document) -> None:
        """Hint diagnostics on AI lines, for clients that cannot refresh inlay hints."""
        choice = self.options.diagnostics
        wanted = choice == "always" or (choice == "auto" and not self.client.shows_hints and not self.options.draws)
        if not wanted and not document.diagnosed:
            return
        found: list[types.Diagnostic] = []
        if wanted and document.shown and document.answer and not document.closed:
            found = hints.diagnostics(
                self.marks(document), document.answer, document.text, self.encoding, time.time_ns()
            )
        if found or document.diagnosed:
            document.diagnosed = bool(found)
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri=document.uri, diagnostics=found, version=document.version)
            )

    def _answered(self, document: Document) -> None:
        if document.answer is not None and document.path is not None:
            self.answers.spawn(self._watch(document))
        found = tuple(_key(run) for run in document.runs())
        owners = document.owners
        more = owners.functions, tuple(owners.reviewed) if owners.reviewed is not None else None
        told = (self.summary(document) if document.answer else None, found, more)
        if told == document.told:
            return
        first, document.told = document.told is None, told
        if self.options.notifications:
            self.protocol.notify("byline/changed", {"uri": document.uri})
        if not first:
            self.refresh("lens")
            if document.shown:
                self.refresh("hints")
        if document.shown:
            self.publish(document)

    async def _watch(self, document: Document) -> None:
        assert document.path
        self.watches.watch(await self.answers.workspace(document.path), document.path)

    async def _events_came(self, workspace: Any) -> None:
        paths = [document.path for document in self.documents if document.path]
        changed = await self.jobs.run(changed_paths, self.places, workspace, paths)
        for document in self.documents:
            if document.path in changed:
                self.answers.stale(document)
        if self.pages and self._page_timer is None:
            self._page_timer = asyncio.get_running_loop().call_later(PAGE_REST, self._freshen)
        where = workspace.worktree if self.options.trusted else None
        if where is not None and await self.jobs.run(self._has_news, workspace, where):
            self.syncs.due(where)

    def _has_news(self, workspace: Any, where: Path) -> bool:
        return self.syncs.look(where, workspace.events())

    def _freshen(self) -> None:
        self._page_timer = None
        if self.freshen is not None and not self.ended:
            self.answers.spawn(self.freshen())

    async def _show_progress(self, document: Document, work: "asyncio.Future[Any]") -> None:
        await self.waiting(f"reading who wrote {document.path.name if document.path else document.uri}", work)

    async def waiting(self, title: str, work: "asyncio.Future[Any]") -> None:
        """Waits for `work`; shows the user that it runs when it takes long."""
        work.add_done_callback(_retrieved)  # who waits here may be told to stop before it ends
        await asyncio.wait([work], timeout=PATIENCE)
        if work.done() or not self.client.progress:
            await asyncio.wait([work])
            return
        self._tokens += 1
        token = f"byline-{self._tokens}"
        try:
            await self.work_done_progress.create_async(token)
        except JsonRpcException as problem:
            log.info("the client shows no progress: %s", problem)
            await asyncio.wait([work])
            return
        self.work_done_progress.begin(token, types.WorkDoneProgressBegin(title=f"byline: {title}"))
        await asyncio.wait([work])
        self.work_done_progress.end(token, types.WorkDoneProgressEnd())


def _retrieved(work: "asyncio.Future[Any]") -> None:
    """Somebody has looked at what became of it, as the event loop wants."""
    if not work.cancelled():
        work.exception()


def changed_paths(places: Places, workspace: Answering, paths: list[Path]) -> set[Path]:
    """Those of `paths` that are the workspace's and whose answers may be others now."""
    changed = workspace.refresh()
    if not changed:
        return set()
    own = [path for path in paths if places.place(path) is workspace]
    if "*" in changed:
        return set(own)
    found = set()
    for path in own:
        with contextlib.suppress(BylineError):
            if workspace.name(path) in changed:
                found.add(path)
    return found


def _key(run: Run) -> tuple[int, int, str, str | None, str | None, str]:
    line = run.line
    return run.start, run.end, line.owner, line.session_id, line.turn_id, line.state


def _version() -> str:
    try:
        return version("byline")
    except PackageNotFoundError:
        return "0"
