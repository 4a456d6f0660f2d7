"""From owners of lines to the answer for a text: who, how that is known, and what git says beside it."""

from collections.abc import Callable, Sequence
from itertools import groupby

from msgspec.structs import replace

from byline.attribution.diff import blocks
from byline.attribution.marks import Lines, Mark, exact_keys
from byline.model import Attribution, Event, Owner, PreviousOwner, Session, State
from byline.repo.blame import Blame

FindEvent = Callable[[str], Event | None]
FindSession = Callable[[str], Session | None]


def attributions(
    marks: Sequence[Mark],
    states: Sequence[State],
    blame: Blame | None,
    find_event: FindEvent,
    find_session: FindSession,
) -> tuple[Attribution, ...]:
    """One attribution a line."""
    commits: list[str | None] = [None] * len(marks)
    places: list[int | None] = [None] * len(marks)
    for group in blame.groups if blame else ():
        stop = min(group.start + group.count, len(marks))
        commits[group.start : stop] = [group.commit] * (stop - group.start)
        places[group.start : stop] = range(group.original_start, group.original_start + stop - group.start)
    bases: dict[int, Attribution] = {}
    found: list[Attribution] = []
    for mark, run in groupby(marks):
        base = bases.get(id(mark))
        if base is None:
            base = bases[id(mark)] = _attribution(mark, find_event, find_session)
        found += [
            replace(base, line=line, state=states[line], commit=commits[line], commit_line=places[line])
            for line in range(len(found), len(found) + len(list(run)))
        ]
    return tuple(found)


def _attribution(mark: Mark, find_event: FindEvent, find_session: FindSession) -> Attribution:
    owner = mark.owner
    event = find_event(owner.evidence) if owner.evidence else None
    session = find_session(owner.session_id) if owner.session_id else None
    return Attribution(
        line=0,
        owner=owner.kind,
        reason=owner.reason,
        session_id=owner.session_id,
        parent_session_id=session.parent_session_id if session else None,
        agent=_agent(owner, event, session),
        model=(event.model if event else None) or (session.model if session else None),
        tool=event.tool if event else None,
        turn_id=_turn(event, session) or owner.turn_id,
        evidence=owner.evidence,
        at=event.at if event else None,
        link_type=owner.link_type,
        source=owner.source or (event.source if event else None),
        anchor=owner.anchor,
        previous=tuple(_previous(one, find_event, find_session) for one in mark.history()),
    )


def _agent(owner: Owner, event: Event | None, session: Session | None) -> str | None:
    if owner.kind != "session":
        return None
    return owner.agent or (session.agent if session else None) or (event.agent if event else None)


def _turn(event: Event | None, session: Session | None) -> str | None:
    """The turn an event belongs to: its own word, else the last prompt before it."""
    if event is None:
        return None
    if event.turn_id or session is None:
        return event.turn_id
    turns = [turn for turn in session.turns if turn.at <= event.at]
    return turns[-1].id if turns else None


def _previous(owner: Owner, find_event: FindEvent, find_session: FindSession) -> PreviousOwner:
    event = find_event(owner.evidence) if owner.evidence else None
    session = find_session(owner.session_id) if owner.session_id else None
    return PreviousOwner(
        owner.kind, owner.session_id, _agent(owner, event, session), owner.reason, event.at if event else None
    )


def states(lines: Lines, disk: Lines | None, committed: Lines | None) -> list[State]:
    """Which lines are committed, which only on disk, which only in the buffer."""
    found: list[State] = ["unsaved" if disk is not None else "uncommitted"] * len(lines)
    keys = exact_keys(lines)
    if disk is not None:
        for start, at, length in blocks(exact_keys(disk), keys):
            del start
            found[at : at + length] = ["uncommitted"] * length
    if committed is not None:
        for _, at, length in blocks(exact_keys(committed), keys):
            for k in range(at, at + length):
                if found[k] == "uncommitted":
                    found[k] = "committed"
    return found
