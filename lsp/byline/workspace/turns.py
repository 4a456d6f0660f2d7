"""The turns of all sessions: from a person's prompt until the agent stopped."""

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from byline.errors import BylineError
from byline.sessions.growing import MARKS
from byline.workspace.evidence import Evidence

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_POSITION = re.compile(r"[0-9]{1,9}")
_CLOSE = ("turn_end", "session_end", "session_start")
_NO_PART = ("save", "observe", "format", "correct", "forget")
"""Events that may name a session, and are none of its doing."""
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
    first_id: str | None = None
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


class Span(NamedTuple):
    """Where a turn stands among all events."""

    first: int
    end: int | None
    worktree: str | None


def session_ref(session_id: str) -> str:
    """The folder of a session's references."""
    return _safe(session_id)


class Turns:
    """The turns of all sessions. What is asked for is read, the rest told by where events stand."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def all(self) -> list[Turn]:
        """All turns, in the order of their prompts."""
        found = [turn for session_id in self._evidence.sessions_with_turns() for turn in self.of(session_id)]
        return sorted(found, key=lambda turn: turn.first)

    def of(self, session_id: str) -> list[Turn]:
        """The turns of one session, in order."""
        spans = self.spans(session_id)
        events = self._evidence.events
        prompts = events.some([span.first for span in spans])
        ended = [span.end for span in spans if span.end is not None]
        ends = dict(zip(ended, events.some(ended), strict=True))
        return [
            Turn(
                session_id=session_id,
                agent=prompt.agent or self._agent(session_id, span.first),
                index=index,
                id=prompt.turn_id,
                prompt=prompt.prompt or "",
                at=prompt.at,
                first=span.first,
                first_id=prompt.id,
                end=span.end,
                end_id=ends[span.end].id if span.end is not None else None,
                worktree=span.worktree,
                ended_at=ends[span.end].at if span.end is not None else None,
            )
            for index, (span, prompt) in enumerate(zip(spans, prompts, strict=True))
        ]

    def spans(self, session_id: str) -> list[Span]:
        """Where the turns of a session begin and end; no event is read for it."""
        prompts, ends = self._evidence.prompts_of(session_id), self._evidence.ends_of_turns(session_id)
        return [
            self._span(session_id, first, prompts[index + 1] if index + 1 < len(prompts) else None, ends)
            for index, first in enumerate(prompts)
        ]

    def _span(self, session_id: str, first: int, after: int | None, ends: Sequence[int]) -> Span:
        """after: the prompt of the next turn."""
        low = bisect_right(ends, first)
        between = ends[low : len(ends) if after is None else bisect_left(ends, after)]
        is_any = self._evidence.is_any
        stops = [number for number in between if is_any(number, ("turn_end",))]
        # An agent may be made to go on: the last end before the next prompt counts.
        closing = next((number for number in between if is_any(number, _CLOSE)), after)
        end = stops[-1] if stops else closing
        told = (self._evidence.worktree_of(number) for number in reversed(stops))
        worktree = next((where for where in told if where is not None), None)
        return Span(first, end, self._worktree(session_id, first, closing) if worktree is None else worktree)

    def _worktree(self, session_id: str, first: int, closing: int | None) -> str | None:
        """Where the last event of a turn was that tells it."""
        own = self._evidence.of_session.get(session_id, ())
        low = bisect_left(own, first)
        high = len(own) if closing is None else bisect_right(own, closing)
        for place in range(high - 1, low - 1, -1):
            where = self._evidence.worktree_of(own[place])
            if where is not None and not self._evidence.is_any(own[place], _NO_PART):
                return where
        return None

    def _agent(self, session_id: str, first: int) -> str:
        """Whose session it was, as the events before a prompt tell."""
        for number in reversed(self._evidence.before(session_id, first)):
            if not self._evidence.is_any(number, (*_NO_PART, *MARKS)) and (
                agent := self._evidence.events[number].agent
            ):
                return agent
        return "unknown"


def pick(known: Sequence[Turn], given: str) -> Turn | None:
    """The turn that a person means; None if it is none. Raises BylineError where it may be several.

    `given`: a turn's id, the beginning of one, `SESSION:N` with the position from 0, or a session: its last turn.
    Whole ids may be of any length, beginnings have four letters or more.
    """
    exact = [turn for turn in known if turn.id == given]
    if exact:
        return exact[-1]
    session, colon, number = given.rpartition(":")
    if colon and _POSITION.fullmatch(number):
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


def _safe(name: str) -> str:
    """`name` where it is fit for a reference; else something that only it has."""
    if _PLAIN.fullmatch(name) and not name.endswith("-lock"):
        return name
    return "x" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:24]
