"""What an anchor says about sessions: links, turns, who read and wrote the same files.

Only what happened before the commit counts, so that the answer does not depend on when it is asked for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from byline.model import Event, Session
from byline.moment import second
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
from byline.workspace.anchorfacts import Known
from byline.workspace.anchorlines import stored_path
from byline.workspace.evidence import Evidence

SECOND = 1_000_000_000
AT_WORK = ("prompt", "pre_write", "write", "write_failed", "pre_shell", "read")
"""Events that show a session at work, not only ending what it began before."""

NEARBY = 1800
"""Seconds before a commit within which a session must have been at work for a guess that it had a hand in it."""


def session_link(
    known: Known, agent: str, model: str | None, touched: Sequence[str], peers: Iterable[str]
) -> SessionLink:
    """One session as it was before the commit. `touched`: files of the commit that it wrote."""
    facts = known.facts
    spent = (known.last - known.first) // SECOND if known.first is not None and known.last is not None else None
    return SessionLink(
        session_id=facts.session_id,
        agent=agent,
        model=facts.model or model,
        link_type="explicit" if touched else "inferred",
        input_tokens=facts.input_tokens,
        output_tokens=facts.output_tokens,
        cache_read_tokens=facts.cache_read_tokens,
        cache_creation_tokens=facts.cache_creation_tokens,
        duration_secs=spent,
        tool_calls=facts.tool_calls or None,
        files_touched=tuple(sorted(touched)) or None,
        tool_usage=dict(facts.tool_usage) or None,
        tool_failures=facts.tool_failures or None,
        subagent_count=facts.subagent_count or None,
        bash_commands=facts.bash_commands or None,
        thinking_duration_ms=facts.thinking_duration_ms,
        compact_count=facts.compact_count or None,
        context_tokens=facts.context_tokens,
        context_window_size=facts.context_window_size,
        is_subagent=facts.is_subagent,
        parent_session_id=facts.parent_session_id,
        subagent_type=facts.subagent_type,
        is_estimated=facts.is_estimated,
        peer_session_ids=tuple(sorted(peers)) or None,
    )


def nearby(evidence: Evidence, parent: str | None, until: int, worktree: str | None, moment: int) -> list[str]:
    """The sessions that were at work in the half hour before `moment` (ns since 1970), by id.

    They saw HEAD at the commit's `parent`, before the event at the position `until`; `worktree` is where the commit
    was made, if known. That they had a hand in the commit is a guess from time alone: it names no line.
    """
    events, since = evidence.events, moment - NEARBY * SECOND
    numbers = [
        number
        for number in evidence.at_head(parent, AT_WORK)
        if number < until and since <= events.at[number] <= moment
    ]
    near = (event for event in events.some(numbers) if worktree is None or event.worktree in (None, worktree))
    return sorted({event.session_id for event in near if event.session_id})


def peers(session_id: str, shared: Iterable[FileInteraction]) -> set[str]:
    """The sessions that read or wrote the same files."""
    groups = ({role.session_id for role in one.sessions} for one in shared)
    return {other for group in groups if session_id in group for other in group} - {session_id}


def subagents(links: Sequence[SessionLink]) -> tuple[Subagent, ...]:
    """The links that are subagents of a known type."""
    return tuple(
        Subagent(subagent_type=link.subagent_type, session_id=link.session_id)
        for link in links
        if link.is_subagent and link.subagent_type
    )


def turn_links(
    turns: Iterable[tuple[str, str]],
    session: Callable[[str], Session | None],
    agents: Mapping[str, str],
    begun: Callable[[str], Sequence[str]],
) -> tuple[TurnLink, ...]:
    """The turns `(session id, turn id)` that led to lines of the commit.

    session: a session by its id. begun: the turns that its events name, in order; they give the place of one whose
    prompt nobody told.
    """
    found = []
    for session_id, turn_id in sorted(set(turns)):
        known = session(session_id)
        told = [turn.id for turn in known.turns] if known else []
        order = told if turn_id in told else [*begun(session_id), turn_id]
        source, place = agents.get(session_id, "unknown"), order.index(turn_id)
        found.append(TurnLink(id=turn_id, session_id=session_id, source=source, turn_index=place))
    return tuple(sorted(found, key=lambda turn: (turn.session_id, turn.turn_index, turn.id)))


def touching(evidence: Evidence, paths: Iterable[str], since: int, until: int) -> list[Event]:
    """The reads and writes of some files, from one position up to another."""
    numbers = {
        number
        for path in paths
        for number in evidence.naming(path)
        if since <= number < until and evidence.is_any(number, ("read", "write"))
    }
    return evidence.events.some(sorted(numbers))


def interactions(events: Sequence[Event], writers: Mapping[str, frozenset[str]]) -> tuple[FileInteraction, ...]:
    """The files that two or more sessions read or wrote. `events`: reads and writes of them; `writers`: for each path
    whose lines the commit tells of.
    """
    roles: dict[str, dict[str, set[str]]] = {
        path: {session_id: {"write"} for session_id in known} for path, known in writers.items()
    }
    for event, path in _touches(events, frozenset(writers)):
        assert event.session_id is not None
        roles.setdefault(path, {}).setdefault(event.session_id, set()).add(event.event)
    return tuple(
        FileInteraction(
            path=stored_path(path),
            sessions=tuple(SessionRole(session_id=one, role=_role(did)) for one, did in sorted(sessions.items())),
        )
        for path, sessions in sorted(roles.items())
        if len(sessions) > 1
    )


def timeline(
    events: Sequence[Event], found: Sequence[FileInteraction], times: Callable[[str], Sequence[int]]
) -> Timeline | None:
    """Reads and writes of the files that several sessions had to do with; None where there is no such file.

    times: when a session's events were.
    """
    if not found:
        return None
    who = {role.session_id for interaction in found for role in interaction.sessions}
    lengths = [times(session_id) or [0] for session_id in who]
    shown = {
        (second(event.at // SECOND), stored_path(path), event.session_id or "", event.event == "write")
        for event, path in _touches(events, _raw(events, {interaction.path for interaction in found}))
    }
    return Timeline(
        session_count=len(who),
        longest_session_ms=max(max(own) - min(own) for own in lengths) // 1_000_000,
        file_interactions=tuple(found),
        events=tuple(
            TimelineEvent(session_id=session_id, path=path, action="write" if wrote else "read", timestamp=at)
            for at, path, session_id, wrote in sorted(shown)
        ),
    )


def _raw(events: Iterable[Event], stored: set[str]) -> frozenset[str]:
    """Paths as events have them, of those that are stored."""
    named = {path for event in events for path in (event.path, *(event.paths or ())) if path}
    return frozenset(path for path in named if stored_path(path) in stored)


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
