"""The answer of `byline blame` as text: one line of answer a line of file, aligned like `git blame`."""

import argparse
import sys
from collections.abc import Mapping, Sequence

from byline.cli.terminal import Output, clean
from byline.model import Attribution, FileAttribution
from byline.sessions.shortids import ShortIds

_STYLES = ("cyan", "magenta", "green", "yellow", "blue", "bright_red")


def write(
    answer: FileAttribution, shown: Sequence[int], args: argparse.Namespace, env: Mapping[str, str], short: ShortIds
) -> None:
    """Print these lines, 0-based, with the columns that `args` ask for."""
    output = Output(env)
    contents = answer.text.split(b"\n")
    styles = _styles(answer)
    width = max((len(who(answer.lines[k], short)) for k in shown), default=0)
    digits = len(str(shown[-1] + 1)) if shown else 1
    long = max((len(line.commit or "") for line in answer.lines), default=0) if args.long else 8
    numbers = len(str(len(answer.lines)))
    for k in shown:
        line = answer.lines[k]
        columns = [f"{(line.commit or '')[:long] or line.state[:8]:<{max(long, 8)}}"]
        if args.show_name:
            columns.append(clean(answer.path))
        if args.show_number:
            columns.append(f"{'-' if line.commit_line is None else line.commit_line + 1:>{numbers}}")
        columns.append(f"{who(line, short):<{width}}")
        text = clean(contents[k].decode("utf-8", "replace").removesuffix("\r").replace("\t", "    "))
        style = styles.get(line.session_id or "", "dim" if line.owner == "unknown" else "")
        output.line(f"{' '.join(columns)} {line.line + 1:>{digits}}) {text}", style)
    sys.stdout.flush()


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
