"""The answer of `byline blame` as text: one line of answer a line of file, aligned like `git blame`."""

import sys
from collections.abc import Mapping

from byline.cli.terminal import Output, clean, shorten
from byline.model import Attribution, FileAttribution

_STYLES = ("cyan", "magenta", "green", "yellow", "blue", "bright_red")


def write(answer: FileAttribution, start: int, stop: int, env: Mapping[str, str]) -> None:
    """Print lines `[start, stop)`, 0-based."""
    output = Output(env)
    contents = answer.text.split(b"\n")
    styles = _styles(answer)
    width = max((len(who(line)) for line in answer.lines[start:stop]), default=0)
    digits = len(str(stop))
    for k in range(start, stop):
        line = answer.lines[k]
        commit = (line.commit or "")[:8] or line.state[:8]
        text = clean(contents[k].decode("utf-8", "replace").removesuffix("\r").replace("\t", "    "))
        row = f"{commit:<8} {shorten(who(line), width):<{width}} {line.line + 1:>{digits}}) {text}"
        output.line(row, styles.get(line.session_id or "", "dim" if line.owner == "unknown" else ""))
    sys.stdout.flush()


def who(line: Attribution) -> str:
    """A few words for the writer of a line."""
    if line.owner == "session":
        return f"{clean(line.agent or 'session')} {clean(short_id(line.session_id or ''))}"
    return "human" if line.owner == "human" else "-"


def short_id(session_id: str) -> str:
    """Enough of a session's id to tell it from others; of a subagent's the end, which is its own."""
    parent, slash, child = session_id.partition("/")
    return f"{parent[:8]}/{child[:6]}" if slash else parent[:8]


def _styles(answer: FileAttribution) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in answer.lines:
        if line.session_id and line.session_id not in found:
            found[line.session_id] = _STYLES[len(found) % len(_STYLES)]
    return found
