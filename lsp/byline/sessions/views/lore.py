"""lore's Session. Pure."""

import uuid
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from byline.sessions.facts import Facts
from byline.sessions.views.times import known, moment, optional

Moment = Annotated[datetime, Meta(tz=True)]
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://byline.invalid/lore")
_TOOLS = {"claude": "claude-code"}


class LoreSession(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """lore's Session."""

    id: uuid.UUID
    tool: str
    tool_version: str | None
    started_at: Moment
    ended_at: Moment | None
    model: str | None
    working_directory: str
    git_branch: str | None
    source_path: str | None
    message_count: Annotated[int, Meta(ge=-(1 << 31), lt=1 << 31)]
    machine_id: str | None


def lore(one: Facts) -> LoreSession:
    """As lore's Session. Its id is the agent's own where that is a UUID, else one made of agent and id.

    Untold where its start or its folder is not known: lore requires both.
    """
    started = known(one.first_started_at, "when it started")
    folder = known(one.first_cwd or one.worktree or one.cwd, "the folder it worked in")
    try:
        own = uuid.UUID(one.session_id)
    except ValueError:
        own = uuid.uuid5(_SPACE, f"{one.agent} {one.session_id}")
    return LoreSession(
        id=own,
        tool=_TOOLS.get(one.agent, one.agent),
        tool_version=one.agent_version,
        started_at=moment(started),
        ended_at=optional(one.last_ended_at),
        model=one.model,
        working_directory=folder,
        git_branch=one.git_branch,
        source_path=one.transcript_path,
        message_count=one.message_count,
        machine_id=one.machine_id,
    )
