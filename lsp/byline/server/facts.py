"""What a file's answer says about one line, joined with its session: the values every view is drawn from."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from byline.model import Attribution


class Run(NamedTuple):
    """Consecutive lines of one owner: byline's 0-based lines, `end` not included."""

    start: int
    end: int
    line: Attribution
    """The attribution of the first line; owner, session, turn and state are the same on all."""


class Summary(NamedTuple):
    """Counts over one file."""

    ai_lines: int
    lines: int
    agents: tuple[str, ...]
    """By lines written, most first."""
    unreviewed: int | None = None
    """AI lines that nobody has marked as reviewed; None where nobody has marked any line of the file."""

    @property
    def percent(self) -> int:
        """Of all lines, rounded; at least 1 where there is an AI line, at most 99 where there is another."""
        if not self.ai_lines:
            return 0
        share = round(100 * self.ai_lines / self.lines)
        return max(1, share if self.ai_lines == self.lines else min(99, share))


def is_ai(line: Attribution) -> bool:
    """Whether a session wrote the line."""
    return line.owner == "session"


def runs(lines: Sequence[Attribution]) -> Iterator[Run]:
    """All lines in order, equal neighbours together."""
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or _key(lines[index]) != _key(lines[start]):
            yield Run(start, index, lines[start])
            start = index


def _key(line: Attribution) -> tuple[str, str | None, str | None, str]:
    return line.owner, line.session_id, line.turn_id, line.state


def summarise(lines: Sequence[Attribution], reviewed: Sequence[int | None] | None = None) -> Summary:
    """Counts AI lines and names the agents. `reviewed`: when each line was marked; None: no line ever was."""
    counts: dict[str, int] = {}
    for line in lines:
        if is_ai(line):
            name = line.agent or "an agent"
            counts[name] = counts.get(name, 0) + 1
    agents = sorted(counts, key=lambda name: (-counts[name], name))
    unreviewed = None
    if reviewed is not None:
        unreviewed = sum(is_ai(line) and at is None for line, at in zip(lines, reviewed, strict=False))
    return Summary(sum(counts.values()), len(lines), tuple(agents), unreviewed)
