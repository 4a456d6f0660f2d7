"""What a file's answer says about one line, joined with its session: the values every view is drawn from."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from byline.model import Attribution, Session, Turn


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


def session_of(line: Attribution, sessions: Mapping[str, Session]) -> Session | None:
    """The session that wrote the line, where anything is known of it."""
    return sessions.get(line.session_id) if line.session_id else None


def turn_of(line: Attribution, sessions: Mapping[str, Session]) -> tuple[int, Turn] | None:
    """The prompt that led to the line and its 0-based number in its session.

    By the turn's id, in the session or (for a subagent) its parent; without an id, the last prompt before the line.
    """
    own = session_of(line, sessions)
    parent_id = line.parent_session_id or (own.parent_session_id if own else None)
    parent = sessions.get(parent_id) if parent_id else None
    candidates = [session for session in (own, parent) if session is not None]
    if line.turn_id:
        for session in candidates:
            for number, turn in enumerate(session.turns):
                if turn.id == line.turn_id:
                    return number, turn
        return None
    if line.at is None:
        return None
    for session in candidates:
        earlier = [(number, turn) for number, turn in enumerate(session.turns) if turn.at <= line.at]
        if earlier:
            return earlier[-1]
    return None


def prompt_of(line: Attribution, sessions: Mapping[str, Session]) -> str | None:
    """The text of that prompt."""
    found = turn_of(line, sessions)
    return found[1].prompt if found and found[1].prompt.strip() else None
