"""The prompt that led to a line: in its session, or of a subagent's line in its parent's. Pure."""

from collections.abc import Iterable, Mapping

from byline.model import Attribution, Session, Turn

_ONE_HOOK = 1_000_000_000
"""Nanoseconds between the words of one prompt as one hook tells them to two repositories, at most."""


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
    """The text of that prompt; None where it is not known or says nothing."""
    found = turn_of(line, sessions)
    return found[1].prompt if found and found[1].prompt.strip() else None


def without_turn(lines: Iterable[Attribution], sessions: Mapping[str, Session]) -> frozenset[str]:
    """The sessions, of subagents their parents, that have lines whose prompt is not among theirs."""
    known: set[tuple[str | None, str | None, int | None]] = set()
    found = set()
    for line in lines:
        key = line.session_id, line.turn_id, None if line.turn_id else line.at
        if line.owner != "session" or line.session_id is None or key in known:
            continue
        known.add(key)
        if turn_of(line, sessions) is None:
            own = session_of(line, sessions)
            found.add(line.parent_session_id or (own.parent_session_id if own else None) or line.session_id)
    return frozenset(found)


def joined_turns(*known: Iterable[Turn]) -> list[Turn]:
    """The turns of one session that several repositories know, in order: what two of them have is one."""
    found: dict[tuple[str | None, str], list[Turn]] = {}
    for turn in (turn for turns in known for turn in turns):
        same = found.setdefault((turn.id, turn.prompt), [])
        # A prompt that no id tells apart is told to two repositories by one hook, one after the other.
        if not any(turn.id or abs(turn.at - other.at) <= _ONE_HOOK for other in same):
            same.append(turn)
    return sorted((turn for same in found.values() for turn in same), key=lambda turn: turn.at)
