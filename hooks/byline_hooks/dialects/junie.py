"""JetBrains Junie's command line. Pure.

Known from documentation only. Nothing tells that a tool has run, and events of tools name no session: what is left
are sessions and prompts, and no line is ever Junie's.
"""

from byline_hooks.calls import text
from byline_hooks.observation import Observation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one payload."""
    session, event = text(payload, "session_id"), text(payload, "hook_event_name")
    cwd = text(payload, "cwd", "project_path")
    fields: Payload = {"agent": "junie", "session_id": session}
    if session and event == "SessionStart":
        return [Observation("session_start", {**fields, "cwd": cwd, "reason": text(payload, "source")}, cwd=cwd)]
    if session and event == "UserPromptSubmit":
        return [Observation("prompt", {**fields, "prompt": text(payload, "prompt")}, cwd=cwd)]
    return []
