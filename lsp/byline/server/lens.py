"""The code lens of a file, and those of its functions."""

from collections.abc import Iterator, Sequence

from byline.model import Attribution
from byline.server.facts import Summary, is_ai, summarise
from byline.server.functions import Function

AGENTS = 3


def title(summary: Summary, *, shown: bool) -> str:
    """`Show AI lines (42 of 120 · 35% · claude, cursor)`; `Hide …` while they are shown."""
    names = ", ".join(summary.agents[:AGENTS]) + (", …" if len(summary.agents) > AGENTS else "")
    parts = [f"{summary.ai_lines} of {summary.lines}", f"{summary.percent}%", names]
    if summary.unreviewed is not None:
        parts.append(f"{summary.unreviewed} unreviewed")
    return f"{'Hide' if shown else 'Show'} AI lines ({' · '.join(part for part in parts if part)})"


def with_ai(functions: Sequence[Function], lines: Sequence[Attribution]) -> Iterator[Function]:
    """The functions in which a session wrote a line."""
    before = [0]
    for line in lines:
        before.append(before[-1] + is_ai(line))
    count = len(lines)
    for one in functions:
        if before[min(one.end, count)] > before[min(one.start, count)]:
            yield one


def function_title(lines: Sequence[Attribution]) -> str:
    """`AI lines: 3 of 12 · claude` for the lines of one function."""
    summary = summarise(lines)
    names = ", ".join(summary.agents[:AGENTS]) + (", …" if len(summary.agents) > AGENTS else "")
    return f"AI lines: {summary.ai_lines} of {summary.lines} · {names}"


def sentence(summary: Summary, sessions: int) -> str:
    """The same in words, for clients that cannot show it."""
    if not summary.ai_lines:
        return "byline: no AI lines in this file"
    many = "sessions" if sessions != 1 else "session"
    return (
        f"byline: {summary.ai_lines} of {summary.lines} lines ({summary.percent}%) are an agent's: "
        f"{', '.join(summary.agents)}, {sessions} {many}"
    )
