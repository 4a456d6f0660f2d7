"""Bringing a page before the user's eyes, in the best way the client offers."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types

from byline.errors import BylineError
from byline.model import Session
from byline.privacy import make_folders
from byline.server import page, sessiontext
from byline.server.changes import change_text
from byline.server.documents import Document
from byline.server.facts import is_ai
from byline.server.filepage import Entry, file_page, time_line
from byline.server.links import Links
from byline.server.pagewords import Sheet
from byline.server.places import Answering
from byline.server.server import BylineServer
from byline.server.words import short_id
from byline.sessions.naming import pick
from byline.sessions.shortids import ShortIds
from byline_hooks.system import write_whole

log = logging.getLogger(__name__)

KEPT = 7 * 86400
"""Seconds that a rendered page stays in the cache folder."""
LINKED = 20
"""Pages written because one that is shown links to them."""
PAGES = 8
"""Pages shown last that are kept up to date."""


async def find_session(
    ls: BylineServer, id: str, own: Answering | None = None
) -> tuple[Session, dict[str, Session]] | None:
    """A session by its id, or by the beginning of exactly one, in any open workspace; and all sessions beside it.

    `own`: the workspace that is asked first.
    """
    for workspace in _from(ls, own):
        sessions = dict(await ls.jobs.run(workspace.sessions))
        with contextlib.suppress(BylineError):
            return sessions[pick(sessions, id)], sessions
    return None


async def session_address(ls: BylineServer, id: str, own: Answering | None) -> str:
    """The address of a session's page; it names the workspace where others know a session of that id, too."""
    others = [workspace for workspace in ls.places if workspace is not own]
    shared = own is not None and any([await ls.jobs.run(_knows, workspace, id) for workspace in others])
    return page.session_uri(id, own.worktree if own is not None and shared else None)


def _knows(workspace: Answering, id: str) -> bool:
    """Whether any session there has that id, or begins with it."""
    return any(known.startswith(id) for known in workspace.sessions())


def _from(ls: BylineServer, own: Answering | None) -> list[Answering]:
    """All open workspaces, `own` first."""
    return sorted(ls.places, key=lambda workspace: workspace is not own)


async def session_text(
    ls: BylineServer, id: str, links: Links | None = None, *, own: Answering | None = None, counted: bool = True
) -> str | None:
    """A session's page. `own`: the workspace that is asked first."""
    links = links or Links(ls.client, ls.env)
    for workspace in _from(ls, own):
        sheet = links.sheet(workspace.worktree)
        work = asyncio.ensure_future(ls.jobs.run(_session_page, workspace, id, ls.env, sheet, counted))
        await ls.waiting(f"reading session {short_id(id)}", work)
        if text := await work:
            return text
    found = await find_session(ls, id, own)
    return sessiontext.from_answer(*found, links.sheet(None)) if found else None


def _session_page(workspace: Answering, id: str, env: Mapping[str, str], sheet: Sheet, counted: bool) -> str | None:
    return sessiontext.text(workspace, id, env, sheet, counted=counted)


async def file_text(ls: BylineServer, document: Document, links: Links | None = None) -> str:
    """The page with the sessions of an open file."""
    counts: dict[str, int] = {}
    for line in document.owners.items:
        if is_ai(line) and line.session_id:
            counts[line.session_id] = counts.get(line.session_id, 0) + 1
    known = document.answer.sessions if document.answer else {}
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    counted = [(known.get(id) or Session(id=id, agent="an agent"), count) for id, count in ranked]
    entries: list[Entry] = []
    among: Iterable[str] = known
    if document.path is not None and document.answer is not None:
        workspace = await ls.answers.workspace(document.path)
        entries, among = await ls.jobs.run(_entries, workspace, document.answer.path)
    name = document.path.name if document.path else document.uri
    sheet = (links or Links(ls.client, ls.env)).sheet(None)._replace(among=ShortIds(among))
    return file_page(name, counted, len(document.owners.items), entries, sheet)


def _entries(workspace: Answering, path: str) -> tuple[list[Entry], Iterable[str]]:
    """The time line, and the ids of all sessions."""
    sessions = workspace.sessions()
    return time_line(workspace.about(path), path, sessions), sessions


async def page_text(ls: BylineServer, uri: str) -> str:
    """The text of a `byline:` address; a sentence where it names nothing that is known."""
    named = page.read_uri(uri)
    if named and named[0] == "session":
        where = page.worktree_of(uri)
        own = next((each for each in ls.places if where is not None and each.worktree == where), None)
        if text := await session_text(ls, named[1], own=own):
            return text
    if named and named[0] == "file" and (document := await ls.ready(named[1], asked=False)):
        return await file_text(ls, document)
    if named and named[0] == "change" and (text := await change_page(ls, named[1])):
        return text
    return "Nothing is known here about this session.\n"


async def change_page(ls: BylineServer, name: str) -> str | None:
    """The diff of a change, from whichever open workspace knows it."""
    for workspace in ls.places:
        if text := await ls.jobs.run(change_text, workspace, name, ls.env):
            return text
    return None


async def show(ls: BylineServer, uri: str, text: str, links: Links | None = None) -> dict[str, Any]:
    """Shows a page; the result says how and holds the text, for clients that draw themselves."""
    how = "message"
    ls.pages[uri] = text
    while len(ls.pages) > PAGES:
        del ls.pages[next(iter(ls.pages))]
    target = await _target(ls, uri, text)
    if target is not None:
        if links is not None and target != uri:
            ls.answers.spawn(_write_linked(ls, links))
        result = await ls.window_show_document_async(
            types.ShowDocumentParams(uri=target, external=False, take_focus=True)
        )
        how = "document" if result.success else "message"
    if how == "message":
        ls.say(page.summary(text))
    return {"uri": target or uri, "shown": how, "text": text}


async def _target(ls: BylineServer, uri: str, text: str) -> str | None:
    """What the client is to open: the page's own address, or a file that is written now; None where it opens none."""
    if not ls.client.show_document:
        return None
    return uri if ls.client.content_documents else await _written(ls, uri, text)


async def _written(ls: BylineServer, uri: str, text: str) -> str | None:
    """The address of the file that a page was rendered into; None where the cache folder takes none."""
    try:
        return (await ls.jobs.run(write_page, uri, text, ls.env)).as_uri()
    except (OSError, ValueError) as problem:
        log.warning("no page can be written: %s", problem)
        return None


async def _write_linked(ls: BylineServer, links: Links) -> None:
    """The pages that links of a page in the cache folder lead to, and from those on, up to a bound."""
    waiting, done = list(links.sessions), 0
    known = set(waiting)
    while waiting and done < LINKED:
        id, done = waiting.pop(0), done + 1
        if (uri := page.session_uri(id)) in ls.pages:
            continue
        more = Links(ls.client, ls.env)
        text = await session_text(ls, id, more, counted=False)
        if text is not None:
            await _written(ls, uri, text)
        waiting += [each for each in more.sessions if each not in known]
        known.update(more.sessions)


async def freshen(ls: BylineServer) -> None:
    """Something happened: pages that were shown are written again, or the client is told to read them again."""
    for uri, old in list(ls.pages.items()):
        if (text := await page_text(ls, uri)) == old or uri not in ls.pages:
            continue
        ls.pages[uri] = text
        if ls.client.content_documents:
            await ls.workspace_text_document_content_refresh_async(types.TextDocumentContentRefreshParams(uri))
        elif ls.client.show_document:
            await _written(ls, uri, text)


def write_page(uri: str, text: str, env: Mapping[str, str]) -> Path:
    """Renders a page into the user's cache folder, readable by its owner alone; old pages go."""
    path = page.page_path(uri, env)
    folder = path.parent
    make_folders(folder)
    now = time.time()
    for old in folder.glob("*.*"):
        with contextlib.suppress(FileNotFoundError):  # another server tidies here, too
            if now - old.stat().st_mtime > KEPT:
                old.unlink()
    write_whole(path.as_posix(), text.encode("utf-8", "replace"))
    return path
