"""What an anchor says about sessions: links, turns, who read and wrote the same files. Pure.

Only what happened before the commit counts, so that the answer does not depend on when it is asked for.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from byline.model import Event, Session
from byline.repo.anchors.format import (
    FileInteraction,
    Role,
    SessionLink,
    SessionRole,
    Subagent,
    Timeline,
    TimelineEvent,
    TurnLink,
)
from byline.sessions.growing import NAMED_BY_INPUT

SECOND = 1_000_000_000
_CALLS = frozenset(("write", "write_failed", "shell", "read"))


def session_link(
    session_id: str,
    agent: str,
    model: str | None,
    events: Sequence[Event],
    touched: Sequence[str],
    peers: Iterable[str],
) -> SessionLink:
    """One session as its own events before the commit show it. `touched`: files of the commit that it wrote."""
    calls = {_call(event): event for event in events if event.event in _CALLS}
    usage = Counter(event.tool for event in calls.values() if event.tool)
    last = {name: getattr(event, name) for event in events for name in ("parent_session_id", "subagent_type", "model")
            if getattr(event, name)}  # fmt: skip
    times = [event.at for event in events]
    parent = last.get("parent_session_id")
    return SessionLink(
        session_id=session_id,
        agent=agent,
        model=last.get("model") or model,
        link_type="explicit",
        duration_secs=(max(times) - min(times)) // SECOND if times else None,
        tool_calls=len(calls) or None,
        files_touched=tuple(sorted(touched)) or None,
        tool_usage=dict(usage) or None,
        tool_failures=sum(event.event == "write_failed" for event in calls.values()) or None,
        compact_count=sum(event.event == "compact" for event in events) or None,
        is_subagent=parent is not None,
        parent_session_id=parent,
        subagent_type=last.get("subagent_type"),
        peer_session_ids=tuple(sorted(peers)) or None,
    )


def _call(event: Event) -> str:
    """What tells one call from another; an id that was made from the input is that of each call with this input."""
    is_one_event = event.event in ("shell", "read") and (event.call_id or "").startswith(NAMED_BY_INPUT)
    return event.id if is_one_event else event.call_id or event.id


def subagents(links: Sequence[SessionLink]) -> tuple[Subagent, ...]:
    """The links that are subagents of a known type."""
    return tuple(
        Subagent(subagent_type=link.subagent_type, session_id=link.session_id)
        for link in links
        if link.is_subagent and link.subagent_type
    )


def turn_links(
    turns: Iterable[tuple[str, str]], sessions: Mapping[str, Session], agents: Mapping[str, str]
) -> tuple[TurnLink, ...]:
    """The prompts `(session id, turn id)` that led to lines of the commit, as far as the session knows them."""
    found = []
    for session_id, turn_id in sorted(set(turns)):
        session = sessions.get(session_id)
        index = next((n for n, turn in enumerate(session.turns) if turn.id == turn_id), None) if session else None
        if index is not None:
            found.append(
                TurnLink(
                    id=turn_id, session_id=session_id, source=agents.get(session_id, "unknown"), turn_index=index
                )
            )
    return tuple(sorted(found, key=lambda turn: (turn.session_id, turn.turn_index)))


def interactions(events: Sequence[Event], paths: Sequence[str]) -> tuple[FileInteraction, ...]:
    """The files that two or more sessions read or wrote."""
    roles: dict[str, dict[str, set[str]]] = {}
    for event, path in _touches(events, frozenset(paths)):
        assert event.session_id is not None
        roles.setdefault(path, {}).setdefault(event.session_id, set()).add(event.event)
    return tuple(
        FileInteraction(
            path=path,
            sessions=tuple(SessionRole(session_id=one, role=_role(did)) for one, did in sorted(sessions.items())),
        )
        for path, sessions in sorted(roles.items())
        if len(sessions) > 1
    )


def timeline(
    events: Sequence[Event], found: Sequence[FileInteraction], by_session: Mapping[str, Sequence[Event]]
) -> Timeline | None:
    """Reads and writes of the files that several sessions had to do with; None where there is no such file."""
    if not found:
        return None
    who = {role.session_id for interaction in found for role in interaction.sessions}
    lengths = [[event.at for event in by_session.get(session_id, ())] or [0] for session_id in who]
    shown = {
        (event.at // SECOND, path, event.session_id or "", event.event == "write")
        for event, path in _touches(events, frozenset(interaction.path for interaction in found))
    }
    return Timeline(
        session_count=len(who),
        longest_session_ms=max(max(times) - min(times) for times in lengths) // 1_000_000,
        file_interactions=tuple(found),
        events=tuple(
            TimelineEvent(session_id=session_id, path=path, action="write" if wrote else "read", timestamp=at)
            for at, path, session_id, wrote in sorted(shown)
        ),
    )


def _touches(events: Iterable[Event], paths: frozenset[str]) -> Iterable[tuple[Event, str]]:
    for event in events:
        if event.session_id and event.event in ("read", "write"):
            for path in (event.path,) if event.path else (event.paths or ()):
                if path in paths:
                    yield event, path


def _role(did: set[str]) -> Role:
    if len(did) > 1:
        return "both"
    return "writer" if "write" in did else "reader"
