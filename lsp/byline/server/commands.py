"""The commands. Every argument is optional: palettes of some editors send none."""

import re
from typing import Any

from lsprotocol import types

from byline.errors import BylineError
from byline.server import lens, page
from byline.server.documents import Document
from byline.server.facts import is_ai
from byline.server.server import BylineServer
from byline.server.show import file_text, session_text, show

SHOW_AI_LINES = "byline.showAiLines"
SHOW_SESSION = "byline.showSession"
SHOW_FILE_SESSIONS = "byline.showFileSessions"
CORRECT_OWNER = "byline.correctOwner"

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
    if id is None:
        document = await _document(ls, given)
        if document is None:
            ls.say("byline: no file is open that anything is known of")
            return None
        number = given[1] if len(given) > 1 and isinstance(given[1], int) else document.line
        line = document.attribution(number)
        if line is None or not line.session_id:
            ls.say(f"byline: no session is known to have written line {number + 1}")
            return None
        id = line.session_id
    text = await session_text(ls, id)
    if text is None:
        ls.say(f"byline: nothing is known here about session {id}")
        return None
    return await show(ls, page.session_uri(id), text)


async def show_file_sessions(ls: BylineServer, *given: Any) -> dict[str, Any] | None:
    """Shows the sessions that wrote lines of a file. Argument: a URI."""
    document = await _document(ls, given)
    if document is None:
        ls.say("byline: no file is open that anything is known of")
        return None
    return await show(ls, page.file_uri(document.uri), file_text(document))


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
    first, last = sorted(numbers)
    if first < 1 or last > len(document.text.lines):
        ls.say(f"byline: the file has lines 1 to {len(document.text.lines)}")
        return None
    if document.edited_at is not None:
        ls.say("byline: save the file first, a correction is about what is on disk")
        return None
    workspace = await ls.answers.workspace(document.path)
    correct = getattr(workspace, "correct", None)
    if correct is None:
        ls.say("byline: this version cannot correct owners")
        return None
    low, high = (document.text.byline_line(number - 1) + 1 for number in (first, last))
    try:
        await ls.jobs.run(correct, document.path, low, high, words[0])
    except BylineError as problem:
        ls.say(f"byline: {problem}", types.MessageType.Warning)
        return None
    if step := ls.answers.stale(document):
        await step
    return {"uri": document.uri, "first": first, "last": last, "owner": words[0]}


COMMANDS = {
    SHOW_AI_LINES: show_ai_lines,
    SHOW_SESSION: show_session,
    SHOW_FILE_SESSIONS: show_file_sessions,
    CORRECT_OWNER: correct_owner,
}


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
