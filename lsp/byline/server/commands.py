"""The commands. Every argument is optional: palettes of some editors send none."""

import re
from typing import Any

from lsprotocol import types

from byline.errors import BylineError
from byline.model import Attribution
from byline.server import changes, correcting, lens, page
from byline.server.correcting import Word
from byline.server.documents import Document
from byline.server.facts import is_ai
from byline.server.links import Links
from byline.server.reviewing import Wish, carry_out
from byline.server.server import BylineServer
from byline.server.show import change_page, file_text, session_address, session_text, show
from byline.server.words import clean

SHOW_AI_LINES = "byline.showAiLines"
SHOW_SESSION = "byline.showSession"
SHOW_FILE_SESSIONS = "byline.showFileSessions"
SHOW_CHANGE = "byline.showChange"
CORRECT_OWNER = "byline.correctOwner"
MARK_REVIEWED = "byline.markReviewed"
COPY_SESSION_ID = "byline.copySessionId"

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


async def show_ai_lines(ls: BylineServer, *given: Any) -> dict[str, Any] | None:
    """Toggles the marks on AI lines. Arguments: a URI, and optionally true or false."""
    document = await _document(ls, given)
    if document is None:
        ls.say("byline: no file is open that anything is known of")
        return None
    wish = next((value for value in given[1:] if isinstance(value, bool)), None)
    document.shown = (not document.shown) if wish is None else wish
    counts = ls.summary(document)
    ls.publish(document)
    ls.refresh("hints")
    ls.refresh("lens")
    if ls.options.notifications:
        ls.protocol.notify("byline/changed", {"uri": document.uri})
    seen = ls.options.draws or document.diagnosed or (ls.client.shows_hints and document.hints_asked)
    if not counts.ai_lines or (document.shown and not seen):
        sessions = {line.session_id for line in document.owners.items if is_ai(line)}
        ls.say(lens.sentence(counts, len(sessions)))
    return {
        "uri": document.uri,
        "shown": document.shown,
        "ai_lines": counts.ai_lines,
        "lines": counts.lines,
        "percent": counts.percent,
        "agents": list(counts.agents),
    }


async def show_session(ls: BylineServer, *given: Any) -> dict[str, Any] | None:
    """Shows a session as a page. Arguments: a session id, or a URI and a 0-based line; none: the line asked last."""
    first = _first(given)
    id = first if isinstance(first, str) and not _URI.match(first) else None
    document = ls.documents.current()
    if id is None:
        found = await _line(ls, given)
        if found is None:
            return None
        document, number, line = found
        if not line.session_id:
            ls.say(f"byline: no session is known to have written line {number + 1}")
            return None
        id = line.session_id
    links = Links(ls.client, ls.env)
    # a clone made by copying, or a transcript brought in twice: two repositories may know one session
    own = await ls.answers.workspace(document.path) if document and document.path and ls.options.trusted else None
    text = await session_text(ls, id, links, own=own)
    if text is None:
        ls.say(f"byline: no session {id!r} is recorded here")
        return None
    return await show(ls, await session_address(ls, id, own), text, links)


async def show_file_sessions(ls: BylineServer, *given: Any) -> dict[str, Any] | None:
    """Shows the sessions that wrote lines of a file. Argument: a URI."""
    document = await _document(ls, given)
    if document is None:
        ls.say("byline: no file is open that anything is known of")
        return None
    links = Links(ls.client, ls.env)
    return await show(ls, page.file_uri(document.uri), await file_text(ls, document, links), links)


async def correct_owner(ls: BylineServer, *given: Any) -> dict[str, Any] | None:
    """Writes down a person's word on lines.

    Arguments: a URI, the first and last line as a person counts (1-based, both included, as in `byline correct
    FILE:3-5`) and an owner: `human`, `unknown`, `undo` or a session id.
    """
    numbers = [value for value in given if isinstance(value, int) and not isinstance(value, bool)]
    words = [value for value in given[1:] if isinstance(value, str)]
    document = await _document(ls, given)
    if document is None or document.path is None or len(numbers) != 2 or len(words) != 1:
        ls.say("byline.correctOwner needs a file, its first and last line (from 1) and an owner")
        return None
    (first, last), count = sorted(numbers), _count(document)
    end = len(document.text.lines)  # a client may count the empty rest behind the last line
    if not 1 <= first <= count or last > end:
        ls.say(f"byline: the file has lines 1 to {count}")
        return None
    last = min(last, count)
    low, end = document.text.byline_line(first - 1), document.text.byline_line(last - 1) + 1
    edited = document.edited_at is not None
    word = Word(document.path, list(document.text.lines), low, end, words[0], edited)
    workspace = await ls.answers.workspace(document.path)
    correct = getattr(workspace, "correct", None)
    if correct is None:
        ls.say("byline: this version cannot correct owners")
        return None
    try:
        await ls.jobs.run(correcting.carry_out, word, correct)
    except BylineError as problem:
        ls.say(f"byline: {problem}", types.MessageType.Warning)
        return None
    if step := ls.answers.stale(document):
        await step
    return {"uri": document.uri, "first": first, "last": last, "owner": words[0]}


async def mark_reviewed(ls: BylineServer, *given: Any) -> dict[str, Any] | None:
    """Writes down that a person has looked at lines, or takes that back.

    Arguments: a URI, the first and last line (1-based, both included; without them all lines), and false to take the
    marks back.
    """
    document = await _document(ls, given)
    if document is None or document.path is None:
        ls.say("byline: no file is open that anything is known of")
        return None
    numbers = [value for value in given[1:] if isinstance(value, int) and not isinstance(value, bool)]
    count = _count(document)
    first, last = sorted(numbers) if len(numbers) == 2 else (1, count)
    end = len(document.text.lines)  # a client may count the empty rest behind the last line
    if len(numbers) not in (0, 2) or first < 1 or last > end:
        ls.say(f"byline: the file has lines 1 to {count}")
        return None
    first, last = min(first, count), min(last, count)
    reviewed = next((value for value in given[1:] if isinstance(value, bool)), True)
    low, end = document.text.byline_line(first - 1), document.text.byline_line(last - 1) + 1
    wish = Wish(document.path, list(document.text.lines), low, end, reviewed, ls.client.name)
    try:
        await ls.jobs.run(carry_out, wish, ls.env)
    except BylineError as problem:
        ls.say(f"byline: {problem}", types.MessageType.Warning)
        return None
    if step := ls.answers.stale(document):
        await step
    unreviewed = document.summary().unreviewed
    if not (ls.client.lens_refresh and ls.options.code_lens.enabled):
        ls.say(f"byline: {unreviewed} AI lines of {document.path.name} are unreviewed")
    return {"uri": document.uri, "first": first, "last": last, "reviewed": reviewed, "unreviewed": unreviewed}


async def show_change(ls: BylineServer, *given: Any) -> dict[str, Any] | None:
    """Shows the change that wrote a line as a diff. Arguments: a URI, a 0-based line; none: the line asked last."""
    found = await _line(ls, given)
    if found is None:
        return None
    document, number, line = found
    name = changes.name_of(line, document.answer.path) if document.answer else None
    text = await change_page(ls, name) if name else None
    if name is None or text is None:
        ls.say(f"byline: the change that wrote line {number + 1} is not kept here")
        return None
    return await show(ls, page.change_uri(name), text)


async def copy_session_id(ls: BylineServer, *given: Any) -> dict[str, Any] | None:
    """The id of the session that wrote a line, for the client to copy. Arguments as of `byline.showChange`."""
    found = await _line(ls, given)
    if found is None:
        return None
    document, number, line = found
    if not line.session_id:
        ls.say(f"byline: no session is known to have written line {number + 1}")
        return None
    if not ls.options.draws:
        ls.say(f"byline: session {clean(line.session_id)}")
    return {"uri": document.uri, "line": number, "session_id": line.session_id}


COMMANDS = {
    SHOW_AI_LINES: show_ai_lines,
    SHOW_SESSION: show_session,
    SHOW_FILE_SESSIONS: show_file_sessions,
    SHOW_CHANGE: show_change,
    CORRECT_OWNER: correct_owner,
    MARK_REVIEWED: mark_reviewed,
    COPY_SESSION_ID: copy_session_id,
}


async def _line(ls: BylineServer, given: tuple[Any, ...]) -> tuple[Document, int, Attribution] | None:
    """The document and the 0-based line that a command means; None after saying why there is none."""
    document = await _document(ls, given)
    if document is None:
        ls.say("byline: no file is open that anything is known of")
        return None
    number = given[1] if len(given) > 1 and isinstance(given[1], int) else document.line
    line = document.attribution(number) if number >= 0 else None
    if line is None:
        ls.say(f"byline: nothing is known of line {number + 1}")
        return None
    return document, number, line


def _count(document: Document) -> int:
    """How many lines a person sees: the empty rest behind the last line ending is none."""
    lines = document.text.lines
    return max(1, len(lines) - (not lines[-1]))


def _first(given: tuple[Any, ...]) -> Any:
    return given[0] if given else None


async def _document(ls: BylineServer, given: tuple[Any, ...]) -> Document | None:
    """The document a command means: the one it names, else the current one."""
    first = _first(given)
    if isinstance(first, dict):
        first = first.get("uri")
    if isinstance(first, str) and _URI.match(first):
        return await ls.ready(first)
    current = ls.documents.current()
    return await ls.ready(current.uri) if current else None
