"""The answer of `byline blame` as text: one line of answer a line of file, aligned like `git blame`."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence

from byline.cli.terminal import Output, clean
from byline.model import Attribution, FileAttribution
from byline.sessions.shortids import ShortIds

_STYLES = ("cyan", "magenta", "green", "yellow", "blue", "bright_red")


def write(
    answer: FileAttribution,
    contents: Sequence[str],
    shown: Sequence[int],
    args: argparse.Namespace,
    env: Mapping[str, str],
    short: ShortIds,
) -> None:
    """Print these lines, 0-based, with the columns that `args` ask for. `contents`: the text of every line."""
    output = Output(env)
    styles = _styles(answer)
    words = _Words(answer, shown, short)
    digits = len(str(shown[-1] + 1)) if shown else 1
    long = max((len(line.commit or "") for line in answer.lines), default=8) if args.long else 8
    long = max(long, 8)
    name = f"{clean(answer.path)} " if args.show_name else ""
    numbers = len(str(len(answer.lines)))

    def rows() -> Iterator[tuple[str, str]]:
        for k in shown:
            line = answer.lines[k]
            commit = (line.commit or "")[:long] or ("?" if line.state == "committed" else line.state[:8])
            place = (
                f"{'-' if line.commit_line is None else line.commit_line + 1:>{numbers}} " if args.show_number else ""
            )
            text = clean(contents[k].removesuffix("\r").replace("\t", "    "))
            row = f"{commit:<{long}} {name}{place}{words(line)} {k + 1:>{digits}}) {text}"
            yield row, styles.get(line.session_id or "", "dim" if line.owner == "unknown" else "")

    output.cleaned(rows())
    sys.stdout.flush()


class _Words:
    """Who wrote a line, in a column; worked out once for each writer."""

    def __init__(self, answer: FileAttribution, shown: Sequence[int], short: ShortIds) -> None:
        found: dict[tuple[str, str | None, str | None], str] = {}
        for k in shown:
            line = answer.lines[k]
            key = (line.owner, line.agent, line.session_id)
            if key not in found:
                found[key] = who(line, short)
        width = max(map(len, found.values()), default=0)
        self._found = {key: f"{text:<{width}}" for key, text in found.items()}

    def __call__(self, line: Attribution) -> str:
        return self._found[(line.owner, line.agent, line.session_id)]


def who(line: Attribution, short: ShortIds) -> str:
    """A few words for the writer of a line."""
    if line.owner == "session":
        return f"{clean(line.agent or 'session')} {clean(short(line.session_id or ''))}"
    return "human" if line.owner == "human" else "-"


def _styles(answer: FileAttribution) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in answer.lines:
        if line.session_id and line.session_id not in found:
            found[line.session_id] = _STYLES[len(found) % len(_STYLES)]
    return found
