"""What the page of a session is made of: facts from events and transcripts, lines from the files as they are."""

import time
from collections.abc import Mapping

from byline.errors import BylineError
from byline.model import Session
from byline.server.pagewords import SHEET, Sheet
from byline.server.places import Answering
from byline.server.sessionpage import Course, session_page
from byline.sessions.activities import activities
from byline.sessions.facts import Facts
from byline.sessions.naming import pick
from byline.sessions.shortids import ShortIds
from byline.store.paths import folders_for
from byline.workspace.place import place_of
from byline.workspace.running import is_running
from byline.workspace.sessionfacts import SessionFacts

PATIENCE = 3.0
"""Seconds spent on counting lines; files beyond that are named without a count."""


def text(
    workspace: Answering, id: str, env: Mapping[str, str], sheet: Sheet = SHEET, *, counted: bool = True
) -> str | None:
    """The page of a session by its id, or by the beginning of exactly one; None where no event tells of it.

    `counted`: say how many lines of its files are its own now, which may take seconds.
    """
    place = place_of(workspace.worktree / "x") if workspace.worktree else None
    known = SessionFacts(folders_for(place, env), env)
    try:
        growing = known.events_only()
        name = pick(growing, id)
        found = known.of(growing, [name])
    except BylineError:
        return None
    finally:
        known.close()
    one = found[name]
    children = [child for child in found.values() if child.parent_session_id == one.session_id]
    lines = _lines(workspace, one) if counted else {}
    return session_page(one, children, lines, _course(workspace, one), sheet._replace(among=ShortIds(growing)))


def from_answer(session: Session, sessions: Mapping[str, Session], sheet: Sheet = SHEET) -> str:
    """The page of a session of which only published data tells."""
    children = [_facts(child) for child in sessions.values() if child.parent_session_id == session.id]
    one = _facts(session)
    course = Course(started_for=_started_for(one, sessions))
    return session_page(one, children, {}, course, sheet._replace(among=ShortIds(sessions)))


def _course(workspace: Answering, one: Facts) -> Course:
    own = workspace.of_session(one.session_id)
    ends = tuple(sorted(event.at for event in own if event.event == "turn_end"))
    state = one.state(time.time_ns(), is_running=is_running(one))
    return Course(ends, tuple(activities(own)), _started_for(one, workspace.sessions()), state)


def _started_for(one: Facts, sessions: Mapping[str, Session]) -> str | None:
    """The parent's last prompt from before the subagent's start."""
    parent = sessions.get(one.parent_session_id) if one.parent_session_id else None
    began = one.first_started_at
    found = [turn for turn in parent.turns if began is None or turn.at <= began] if parent else []
    return found[-1].prompt if found else None


def _facts(one: Session) -> Facts:
    return Facts(
        session_id=one.id,
        agent=one.agent,
        agent_version=one.agent_version,
        model=one.model,
        parent_session_id=one.parent_session_id,
        subagent_type=one.subagent_type,
        first_started_at=one.first_started_at,
        last_activity=one.last_activity,
        turns=one.turns,
        files_written=one.files_written,
        files_read=one.files_read,
        transcript_path=one.transcript_path,
    )


def _lines(workspace: Answering, one: Facts) -> dict[str, int]:
    until = time.monotonic() + PATIENCE
    found: dict[str, int] = {}
    for path in one.files_written:
        if workspace.worktree is None or time.monotonic() > until:
            break
        try:
            answer = workspace.attribute(workspace.worktree / path, blame=False)
        except BylineError:
            continue
        found[path] = sum(line.session_id == one.session_id for line in answer.lines)
    return found
