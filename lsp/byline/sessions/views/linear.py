"""Linear's AgentSession. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from byline.sessions.activities import Activity
from byline.sessions.facts import Facts
from byline.sessions.views.times import optional, text

Moment = Annotated[datetime, Meta(tz=True)]


class LinearAgentSession(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Linear's AgentSession. What only a Linear server knows is null."""

    id: str | None
    created_at: Moment | None
    updated_at: Moment | None
    archived_at: Moment | None
    creator: dict[str, Any] | None
    app_user: dict[str, Any] | None
    comment: dict[str, Any] | None
    source_comment: dict[str, Any] | None
    issue: dict[str, Any] | None
    slug_id: str | None
    status: Literal["pending", "active", "awaitingInput", "complete", "error", "stale"] | None
    started_at: Moment | None
    ended_at: Moment | None
    dismissed_at: Moment | None
    dismissed_by: dict[str, Any] | None
    activities: dict[str, Any] | None
    external_link: str | None
    summary: str | None
    source_metadata: Any
    plan: Any
    context: Any
    type: str | None
    url: str | None
    pull_requests: dict[str, Any] | None
    external_links: list[dict[str, Any]] | None
    external_urls: Any


def linear(
    one: Facts, now: int, *, is_running: bool | None, activities: Iterable[Activity] | None = None
) -> LinearAgentSession:
    """As Linear's AgentSession.

    activities: what events tell of its steps, in order; without them the prompts stand alone. The agent's last
    message is the last.
    """
    seen = (
        [Activity(turn.at, "prompt", turn.prompt) for turn in one.turns] if activities is None else list(activities)
    )
    if one.summary:
        seen.append(Activity(one.last_activity or 0, "response", one.summary))
    requests = _requests(one)
    return LinearAgentSession(
        id=one.session_id,
        created_at=optional(one.first_started_at),
        updated_at=optional(max(one.last_activity or 0, one.dismissed_at or 0) or None),
        archived_at=None,
        creator=None,
        app_user=None,
        comment=None,
        source_comment=None,
        issue=None,
        slug_id=None,
        status=one.state(now, is_running=is_running),
        started_at=optional(one.first_started_at) if one.has_begun else None,
        ended_at=None if one.is_dismissed_early else optional(one.last_ended_at),
        dismissed_at=optional(one.dismissed_at),
        dismissed_by=_person(one.dismissed_by),
        activities={"nodes": [_node(activity) for activity in seen]},
        external_link=None,
        summary=one.summary,
        source_metadata={"agent": one.agent, "agent_version": one.agent_version, "model": one.model},
        plan=[msgspec.to_builtins(step) for step in one.plan] or None,
        context=None,
        type=None,
        url=None,
        pull_requests={"nodes": requests} if requests else None,
        external_links=[{"label": link.label, "url": link.url} for link in one.links if link.url] or None,
        external_urls=[link.url for link in one.links if link.url] or None,
    )


def _node(activity: Activity) -> dict[str, Any]:
    told: dict[str, Any] = {"type": activity.type, "createdAt": text(activity.at)}
    if activity.type == "action":
        return {**told, "action": activity.action, "parameter": activity.body}
    return {**told, "body": activity.body}


def _person(name: str | None) -> dict[str, Any] | None:
    return None if name is None else {"name": name}


def _requests(one: Facts) -> list[dict[str, Any]]:
    return [{"number": link.number, "url": link.url} for link in one.links if link.kind == "pr"]
