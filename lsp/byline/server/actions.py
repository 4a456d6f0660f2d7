"""The same commands as code actions: the one way to run them that every editor has."""

from collections.abc import Iterator
from typing import Any

from lsprotocol import types

from byline.server.commands import (
    COPY_SESSION_ID,
    CORRECT_OWNER,
    MARK_REVIEWED,
    SHOW_AI_LINES,
    SHOW_CHANGE,
    SHOW_FILE_SESSIONS,
    SHOW_SESSION,
)
from byline.server.documents import Document
from byline.server.facts import is_ai

KIND = "source.byline"


def wanted(only: list[Any] | None) -> bool:
    """Whether a request for these kinds is one for ours; a kind stands for all kinds below it."""
    if not only:
        return True
    kinds = [str(getattr(kind, "value", kind)) for kind in only]
    return any(kind == KIND or not kind or KIND.startswith(kind + ".") for kind in kinds)


def actions(document: Document, selected: types.Range, *, literals: bool) -> list[types.CodeAction | types.Command]:
    """What can be done here; nothing in a file without AI lines."""
    if not any(is_ai(line) for line in document.owners.items):
        return []
    first, last = selected.start.line, selected.end.line
    if last > first and selected.end.character == 0:
        last -= 1  # the selection ends before that line's first character
    uri, here = document.uri, document.attribution(first)
    commands = [_command(f"{'Hide' if document.shown else 'Show'} AI lines", SHOW_AI_LINES, uri)]
    if here is not None and here.session_id:
        commands.append(_command("Show the session that wrote this line", SHOW_SESSION, uri, first))
        commands.append(_command("Show the change that wrote this line", SHOW_CHANGE, uri, first))
    commands.append(_command("Show this file's sessions", SHOW_FILE_SESSIONS, uri))
    commands += _about(document, first, last, is_selection=selected.start != selected.end)
    if here is not None and here.session_id:
        commands.append(_command("Copy the session's id", COPY_SESSION_ID, uri, first))
    if not literals:
        return list(commands)
    return [types.CodeAction(title=command.title, kind=KIND, command=command) for command in commands]


def _about(document: Document, first: int, last: int, *, is_selection: bool) -> Iterator[types.Command]:
    """A person's word: who wrote these lines, and which ones were looked at."""
    uri, lines = document.uri, range(first, last + 1)
    written = [number for number in lines if (line := document.attribution(number)) is not None and is_ai(line)]
    these = "the selected lines" if is_selection else "this line"
    if written:
        yield _command(f"I wrote {these}", CORRECT_OWNER, uri, first + 1, last + 1, "human")
        if any(document.reviewed(number) is None for number in written):
            yield _command(f"Mark {these} as reviewed", MARK_REVIEWED, uri, first + 1, last + 1)
        else:
            yield _command(f"Mark {these} as unreviewed", MARK_REVIEWED, uri, first + 1, last + 1, False)
    if document.summary().unreviewed == 0:
        yield _command("Mark the whole file as unreviewed", MARK_REVIEWED, uri, False)
    else:
        yield _command("Mark the whole file as reviewed", MARK_REVIEWED, uri)


def _command(title: str, command: str, *arguments: Any) -> types.Command:
    return types.Command(title=title, command=command, arguments=list(arguments))
