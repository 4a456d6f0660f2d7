"""The turns of all sessions: from a person's prompt until the agent stopped. Pure."""

import hashlib
import re
from collections.abc import Iterable, Sequence

import msgspec

from byline.errors import BylineError
from byline.model import Event
from byline.sessions.growing import MARKS, Growing

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
SHORTEST = 4
"""Letters a person has to give of an id."""


class Turn(msgspec.Struct):
    """One turn and the events around it, by their positions among all."""

    session_id: str
    agent: str
    index: int
    """Position within the session, from 0."""
    id: str | None
    prompt: str
    at: int
    """When the prompt was given, nanoseconds since 1970."""
    first: int
    end: int | None = None
    """The event with which it ended, or before which it must have; None while it goes on."""
    end_id: str | None = None
    worktree: str | None = None
    ended_at: int | None = None

    @property
    def name(self) -> str:
        """What `byline goto` calls it: the agent's id of the prompt, else the session and the position in it."""
        return self.id or f"{self.session_id}:{self.index}"

    @property
    def ref(self) -> str:
        """Its reference, below `refs/byline/turns/`: no name that git would refuse, or take for another's."""
        return f"{session_ref(self.session_id)}/{_safe(self.id) if self.id else self.index}"


def session_ref(session_id: str) -> str:
    """The folder of a session's references."""
    return _safe(session_id)


def turns(events: Iterable[Event]) -> list[Turn]:
    """All turns, in the order of their prompts."""
    found: list[Turn] = []
    sessions: dict[str, Growing] = {}
    agents: dict[str, str] = {}
    last: dict[str, Turn] = {}
    for number, event in enumerate(events):
        if event.session_id is None or event.event in ("save", "observe", "format", "correct", "forget"):
            continue
        known = sessions.get(event.session_id)
        if known is None:
            known = sessions[event.session_id] = Growing(event.session_id)
        before = len(known.turns)
        if event.event == "prompt":
            known.add(event)  # nothing else begins a turn
        if event.agent and event.event not in MARKS:
            agents[event.session_id] = event.agent
        turn = last.get(event.session_id)
        if turn is not None and event.worktree is not None and turn.end is None:
            turn.worktree = event.worktree
        if len(known.turns) > before:
            if turn is not None and turn.end is None:
                _end(turn, number, event)
            turn = Turn(
                session_id=event.session_id,
                agent=agents.get(event.session_id, "unknown"),
                index=before,
                id=event.turn_id,
                prompt=event.prompt or "",
                at=event.at,
                first=number,
                worktree=event.worktree,
            )
            found.append(turn)
            last[event.session_id] = turn
        elif turn is not None and (
            event.event == "turn_end" or (turn.end is None and event.event in ("session_end", "session_start"))
        ):
            _end(turn, number, event)  # an agent may be made to go on: the last end before the next prompt counts
    return found


def pick(known: Sequence[Turn], given: str) -> Turn | None:
    """The turn that a person means; None if it is none. Raises BylineError where it may be several.

    `given`: a turn's id, the beginning of one, `SESSION:N` with the position from 0, or a session: its last turn.
    Whole ids may be of any length, beginnings have four letters or more.
    """
    exact = [turn for turn in known if turn.id == given]
    if exact:
        return exact[-1]
    session, colon, number = given.rpartition(":")
    if colon and number.isdigit():
        found = [turn for turn in known if turn.index == int(number) and turn.session_id.startswith(session)]
        found = [turn for turn in found if turn.session_id == session] or found
    elif of_session := [turn for turn in known if turn.session_id == given]:
        found = of_session[-1:]
    else:
        found = [turn for turn in known if turn.id and turn.id.startswith(given) and len(given) >= SHORTEST]
        if not found and len(given) >= SHORTEST:
            last = {turn.session_id: turn for turn in known if turn.session_id.startswith(given)}
            found = list(last.values())
    if len({(turn.session_id, turn.index) for turn in found}) > 1:
        some = ", ".join(turn.name for turn in found[:3]) + (", …" if len(found) > 3 else "")
        raise BylineError(f"{len(found)} turns fit {given!r}: {some}")
    return found[0] if found else None


def _end(turn: Turn, number: int, event: Event) -> None:
    turn.end, turn.end_id, turn.ended_at = number, event.id, event.at
    if event.event == "turn_end" and event.worktree is not None:
        turn.worktree = event.worktree


def _safe(name: str) -> str:
    """`name` where it is fit for a reference; else something that only it has."""
    if _PLAIN.fullmatch(name) and not name.endswith("-lock"):
        return name
    return "x" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:24]
