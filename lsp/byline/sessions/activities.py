"""The steps of a session that could be seen, in Linear's words. Pure."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from byline.model import Event

MOST = 500
"""Steps; of more, the last."""


class Activity(msgspec.Struct, frozen=True):
    """One step that could be seen of a session."""

    at: int
    """Nanoseconds since 1970; 0 for unknown."""
    type: Literal["prompt", "action", "elicitation", "response", "error"]
    body: str
    """What was said; of an action the file or the command."""
    action: str | None = None
    """Actions: the agent's own name of the tool."""


def activities(events: Iterable[Event]) -> list[Activity]:
    """The steps that a session's events tell of, in order; each call once."""
    found: list[Activity] = []
    calls: set[str] = set()
    for event in events:
        one = _activity(event)
        if one is None or (one.type == "action" and event.call_id in calls):
            continue
        if event.call_id is not None and one.type == "action":
            calls.add(event.call_id)
        found.append(one)
        if len(found) > 2 * MOST:
            del found[:MOST]
    return found[-MOST:]


def _activity(event: Event) -> Activity | None:
    kind = event.event
    if kind == "prompt" and event.prompt:
        return Activity(event.at, "prompt", event.prompt)
    if kind in ("write", "read", "shell"):
        body = event.command or event.path or ", ".join(event.paths or ())
        return Activity(event.at, "action", body, event.tool or kind)
    if kind == "write_failed":
        return Activity(event.at, "error", f"{event.tool or 'write'} {event.path or ''}: {event.reason or 'failed'}")
    if kind == "session_end" and event.reason in ("error", "failed"):
        return Activity(event.at, "error", f"the session ended: {event.reason}")
    if kind == "wait":
        return Activity(event.at, "elicitation", event.wait_reason or "waits for a person")
    return None
