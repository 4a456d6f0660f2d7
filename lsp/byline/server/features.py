"""The requests: each looks up the document, asks a view and answers. An answer that fails is an empty one."""

import functools
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast
from urllib.parse import quote

from lsprotocol import types

from byline.server import actions, hints, lens, ranges
from byline.server.commands import COMMANDS, SHOW_AI_LINES, SHOW_FILE_SESSIONS, SHOW_SESSION
from byline.server.documents import Document
from byline.server.facts import is_ai
from byline.server.hover import hover_text
from byline.server.jobs import Stopped
from byline.server.page import SCHEME
from byline.server.server import BylineServer
from byline.server.show import freshen, page_text
from byline.server.words import ago

log = logging.getLogger(__name__)

H = TypeVar("H", bound=Callable[..., Awaitable[Any]])
RUNS = 20
"""Runs of formatters that are kept between two saves."""
TOP = types.Range(types.Position(0, 0), types.Position(0, 0))


def quiet(handler: H) -> H:
    """An error in the handler becomes a line in the log and an empty answer, which every client takes."""

    @functools.wraps(handler)
    async def run(ls: BylineServer, *given: Any) -> Any:
        try:
            return await handler(ls, *given)
        except Stopped:
            return None
        except Exception:
            log.exception("%s failed", handler.__name__)
            return None

    return cast(H, run)


@quiet
async def hover(ls: BylineServer, params: types.HoverParams) -> types.Hover | None:
    """Who wrote the line."""
    if not ls.options.hover.enabled or (document := await ls.ready(params.text_document.uri)) is None:
        return None
    document.line = params.position.line
    line = document.attribution(params.position.line)
    if line is None or document.answer is None:
        return None
    number = document.text.byline_line(params.position.line)
    committer = ls.options.hover.unknown == "committer"
    text = hover_text(line, document.answer, number, time.time_ns(), ls.style, committer=committer)
    if text is None:
        return None
    if at := document.reviewed(params.position.line):
        row = f"reviewed {ago(at, time.time_ns())}"
        text += f"\n- {row}" if ls.style.markdown else f"\n{row}"
    if ls.options.command_links and line.session_id:
        link = quote(f'["{line.session_id}"]', safe="") if '"' not in line.session_id else ""
        text += f"\n\n[Show session](command:{SHOW_SESSION}?{link})" if link else ""
    return types.Hover(contents=hints.markup(text, ls.style))


@quiet
async def code_lens(ls: BylineServer, params: types.CodeLensParams) -> list[types.CodeLens]:
    """One lens on the first line of a file with AI lines, and with a setting one on each function that has some.

    Once there the first one stays.
    """
    document = await ls.ready(params.text_document.uri, asked=False)
    if document is None or not ls.options.code_lens.enabled:
        return []
    document.lens_shown = document.lens_shown or ls.summary(document).ai_lines > 0
    if not document.lens_shown:
        return []
    found = [types.CodeLens(range=TOP, data={"uri": document.uri})]
    if ls.options.code_lens.functions:
        for one in lens.with_ai(document.owners.functions, document.owners.items):
            line = document.text.client_line(one.start)
            place = types.Range(types.Position(line, 0), types.Position(line, 0))
            found.append(types.CodeLens(range=place, data={"uri": document.uri, "function": one.id}))
    return found


async def resolve_lens(ls: BylineServer, lens_: types.CodeLens) -> types.CodeLens:
    """The lens's text, counted now."""
    uri = lens_.data.get("uri") if isinstance(lens_.data, dict) else None
    document = ls.documents.get(uri) if isinstance(uri, str) else None
    if document is not None and isinstance(lens_.data, dict) and "function" in lens_.data:
        lens_.command = _function_command(document, lens_.data["function"])
        return lens_
    text = lens.title(ls.summary(document), shown=document.shown) if document else "Show AI lines"
    lens_.command = types.Command(title=text, command=SHOW_AI_LINES, arguments=[uri] if uri else [])
    return lens_


def _function_command(document: Document, id: Any) -> types.Command:
    """What the lens on a function says and does: it opens the session, or the file's where there are several."""
    one = next((one for one in document.owners.functions if one.id == id), None)
    lines = document.owners.items[one.start : one.end] if one else []
    written = [number for number, line in enumerate(lines) if is_ai(line)]
    if one is None or not written:
        return types.Command(title="AI lines", command=SHOW_AI_LINES, arguments=[document.uri])
    title = lens.function_title(lines)
    if len({lines[number].session_id for number in written}) > 1:
        return types.Command(title=title, command=SHOW_FILE_SESSIONS, arguments=[document.uri])
    line = document.text.client_line(one.start + written[0])
    return types.Command(title=title, command=SHOW_SESSION, arguments=[document.uri, line])


@quiet
async def inlay_hints(ls: BylineServer, params: types.InlayHintParams) -> list[types.InlayHint]:
    """Marks on AI lines while they are shown."""
    document = await ls.ready(params.text_document.uri, asked=False)
    if document is None or document.answer is None:
        return []
    document.hints_asked = True
    if not document.shown or ls.options.draws:
        return []
    low, high = params.range.start.line, params.range.end.line
    found = [mark for mark in ls.marks(document) if low <= mark.line <= high]
    return hints.hints(found, document.answer, document.text, ls.encoding, time.time_ns(), ls.style)


@quiet
async def code_action(ls: BylineServer, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
    """The commands for this place."""
    if not actions.wanted(list(params.context.only or [])):
        return []
    document = await ls.ready(params.text_document.uri)
    if document is None:
        return []
    document.line = params.range.start.line
    return actions.actions(document, params.range, literals=ls.client.action_literals)


@quiet
async def attribution(ls: BylineServer, params: Any) -> dict[str, Any] | None:
    """`byline/attribution` `{uri}`."""
    uri = params.get("uri") if isinstance(params, dict) else None
    if not isinstance(uri, str):
        return None
    document = await ls.ready(uri, asked=False)
    if document is None:
        return ranges.nothing(uri)
    return ranges.attribution(
        uri,
        document.version,
        document.text,
        document.owners,
        document.answer,
        document.summary(),
        shown=document.shown,
    )


async def formatted(ls: BylineServer, params: Any) -> None:
    """`byline/formatted` `{uri, before}`: a formatter made the document's text of now from that."""
    given = params if isinstance(params, dict) else {}
    document = ls.documents.get(given["uri"]) if isinstance(given.get("uri"), str) else None
    if document is not None and isinstance(given.get("before"), str):
        document.formatted = [*document.formatted[-RUNS:], (given["before"], "".join(document.text.lines))]


async def content(ls: BylineServer, params: types.TextDocumentContentParams) -> types.TextDocumentContentResult:
    """The text of a `byline:` document."""
    return types.TextDocumentContentResult(text=await page_text(ls, params.uri))


async def did_save(ls: BylineServer, params: types.DidSaveTextDocumentParams) -> None:
    """The editor has written a file."""
    ls.did_save(params)


async def configuration_changed(ls: BylineServer, params: types.DidChangeConfigurationParams) -> None:
    """New settings, sent along or to be fetched."""
    given = params.settings.get("byline") if isinstance(params.settings, dict) else None
    if given is None and ls.client.configuration:
        await fetch_configuration(ls)
    else:
        ls.configure(given)


async def fetch_configuration(ls: BylineServer) -> None:
    """Asks the client for the section `byline`."""
    found = await ls.workspace_configuration_async(
        types.ConfigurationParams(items=[types.ConfigurationItem(section="byline")])
    )
    ls.configure(found[0] if found else None)


def initialize(ls: BylineServer, params: types.InitializeParams) -> None:
    """The client has said who it is."""
    ls.begin(params)


async def initialized(ls: BylineServer, params: types.InitializedParams) -> None:
    """The client listens: register what can only be registered now."""
    wishes = []
    if ls.client.content_documents:
        options = types.TextDocumentContentRegistrationOptions(schemes=[SCHEME])
        wishes.append(
            types.Registration(
                id="byline-content", method=types.WORKSPACE_TEXT_DOCUMENT_CONTENT, register_options=options
            )
        )
    if ls.client.configuration_changes:
        section = types.DidChangeConfigurationRegistrationOptions(section="byline")
        wishes.append(
            types.Registration(
                id="byline-settings", method=types.WORKSPACE_DID_CHANGE_CONFIGURATION, register_options=section
            )
        )
    if wishes:
        await ls.client_register_capability_async(types.RegistrationParams(registrations=wishes))
    if ls.client.configuration:
        await fetch_configuration(ls)


async def shutdown(ls: BylineServer, params: None) -> None:
    """Nothing more will be asked."""
    ls.end()


def said_exit(ls: BylineServer, params: None) -> None:
    """The client wants the process to end; the protocol library ends it."""
    ls.said_exit = True


def register(ls: BylineServer) -> None:
    """Hands all of it to the server."""
    ls.freshen = functools.partial(freshen, ls)
    ls.feature(types.INITIALIZE)(initialize)
    ls.feature(types.INITIALIZED)(initialized)
    ls.feature(types.SHUTDOWN)(shutdown)
    ls.feature(types.EXIT)(said_exit)
    ls.feature(types.TEXT_DOCUMENT_DID_SAVE, types.SaveOptions(include_text=False))(did_save)
    ls.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(configuration_changed)
    ls.feature(types.TEXT_DOCUMENT_HOVER)(hover)
    ls.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=True))(code_lens)
    ls.feature(types.CODE_LENS_RESOLVE)(resolve_lens)
    ls.feature(types.TEXT_DOCUMENT_INLAY_HINT)(inlay_hints)
    ls.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[actions.KIND]))(
        code_action
    )
    ls.feature(types.WORKSPACE_TEXT_DOCUMENT_CONTENT, types.TextDocumentContentOptions(schemes=[SCHEME]))(content)
    ls.feature("byline/attribution")(attribution)
    ls.feature("byline/formatted")(formatted)
    for name, handler in COMMANDS.items():
        ls.command(name)(quiet(handler))
