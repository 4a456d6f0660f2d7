"""What shows AI lines inside the text: inlay hints, or hint diagnostics where hints cannot be refreshed."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lsprotocol import types

from byline.model import FileAttribution
from byline.server.facts import Run, is_ai
from byline.server.hover import headline, hover_text
from byline.server.lines import Text, body, units
from byline.server.words import Style, clean, cut
from byline.sessions.lineturns import prompt_of

LABEL = 30


class Mark(NamedTuple):
    """One run of AI lines and the protocol's line that carries its mark: the first that is not blank."""

    run: Run
    line: int


def marks(found: Iterable[Run], text: Text) -> Iterator[Mark]:
    """One mark a run; none for a run of blank lines."""
    for run in found:
        if not is_ai(run.line):
            continue
        for line in range(text.client_line(run.start), min(text.client_line(run.end), len(text.lines))):
            if text.lines[line].strip():
                yield Mark(run, line)
                break


def label(run: Run, answer: FileAttribution) -> str:
    """`claude "add retry…"`, at most 30 characters."""
    agent = clean(run.line.agent or "an agent")
    prompt = prompt_of(run.line, answer.sessions)
    room = LABEL - len(agent) - 3
    return cut(f'{agent} "{cut(clean(prompt), room)}"' if prompt and room > 4 else agent, LABEL)


def hints(
    found: Iterable[Mark], answer: FileAttribution, text: Text, encoding: str, now: int, style: Style
) -> list[types.InlayHint]:
    """Inlay hints without a kind: they are neither types nor parameters."""
    made = []
    for mark in found:
        tooltip = hover_text(mark.run.line, answer, mark.run.start, now, style)
        made.append(
            types.InlayHint(
                position=types.Position(mark.line, text.length(mark.line, encoding)),
                label=label(mark.run, answer),
                tooltip=markup(tooltip, style) if tooltip else None,
                padding_left=True,
            )
        )
    return made


def markup(value: str, style: Style) -> types.MarkupContent:
    """A text in the form it was made for."""
    kind = types.MarkupKind.Markdown if style.markdown else types.MarkupKind.PlainText
    return types.MarkupContent(kind=kind, value=value)


def diagnostics(
    found: Iterable[Mark], answer: FileAttribution, text: Text, encoding: str, now: int
) -> list[types.Diagnostic]:
    """The same as diagnostics of the lowest severity."""
    plain = Style(markdown=False)
    made = []
    for mark in found:
        line = body(text.lines[mark.line])
        indent = units(line[: len(line) - len(line.lstrip())], encoding)
        made.append(
            types.Diagnostic(
                range=types.Range(
                    types.Position(mark.line, indent), types.Position(mark.line, text.length(mark.line, encoding))
                ),
                message=headline(mark.run.line, answer, now, plain) or "",
                severity=types.DiagnosticSeverity.Hint,
                source="byline",
            )
        )
    return made
