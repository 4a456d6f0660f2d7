"""The one code lens of a file."""

from byline.server.facts import Summary

AGENTS = 3


def title(summary: Summary, *, shown: bool) -> str:
    """`Show AI lines (42 of 120 · 35% · claude, cursor)`; `Hide …` while they are shown."""
    names = ", ".join(summary.agents[:AGENTS]) + (", …" if len(summary.agents) > AGENTS else "")
    parts = [f"{summary.ai_lines} of {summary.lines}", f"{summary.percent}%", names]
    return f"{'Hide' if shown else 'Show'} AI lines ({' · '.join(part for part in parts if part)})"


def sentence(summary: Summary, sessions: int) -> str:
    """The same in words, for clients that cannot show it."""
    if not summary.ai_lines:
        return "byline: no AI lines in this file"
    many = "sessions" if sessions != 1 else "session"
    return (
        f"byline: {summary.ai_lines} of {summary.lines} lines ({summary.percent}%) are an agent's: "
        f"{', '.join(summary.agents)}, {sessions} {many}"
    )
