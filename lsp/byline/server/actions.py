"""The same commands as code actions: the one way to run them that every editor has."""

from typing import Any

from lsprotocol import types

from byline.server.commands import CORRECT_OWNER, SHOW_AI_LINES, SHOW_FILE_SESSIONS, SHOW_SESSION
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
    here = document.attribution(first)
    commands = [
        types.Command(
            title=f"{'Hide' if document.shown else 'Show'} AI lines",
            command=SHOW_AI_LINES,
            arguments=[document.uri],
        )
    ]
    if here is not None and here.session_id:
        commands.append(
            types.Command(
                title="Show the session that wrote this line", command=SHOW_SESSION, arguments=[document.uri, first]
            )
        )
    commands.append(
        types.Command(title="Show this file's sessions", command=SHOW_FILE_SESSIONS, arguments=[document.uri])
    )
    if selected.start != selected.end and any(
        line is not None and is_ai(line) for line in map(document.attribution, range(first, last + 1))
    ):
        commands.append(
            types.Command(
                title="I wrote the selected lines",
                command=CORRECT_OWNER,
                arguments=[document.uri, first + 1, last + 1, "human"],
            )
        )
    if not literals:
        return list(commands)
    return [types.CodeAction(title=command.title, kind=KIND, command=command) for command in commands]
