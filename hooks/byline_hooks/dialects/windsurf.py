"""Windsurf's Cascade, also under its newer name Devin Desktop. Pure.

Known from documentation and other tools' tests. No payload names a call; the turn is `execution_id`.
"""

from byline_hooks import calls
from byline_hooks.calls import text
from byline_hooks.observation import Observation, Rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload

_FILES = {"pre_write_code": "pre_write", "post_write_code": "write", "post_read_code": "read"}
_SHELLS = {"pre_run_command": "pre_shell", "post_run_command": "shell"}
_NO_MODEL = ("", "Unknown")


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one payload."""
    session, event = text(payload, "trajectory_id"), text(payload, "agent_action_name")
    if not session or not event:
        raise Rejected("no trajectory_id or agent_action_name")
    told = calls.inner(payload, "tool_info")
    model = text(payload, "model_name")
    fields: Payload = {
        "agent": "windsurf",
        "session_id": session,
        "turn_id": text(payload, "execution_id"),
        "model": None if model in _NO_MODEL else model,
    }
    cwd = text(told, "cwd", "workspace_path")
    if event == "pre_user_prompt":
        return [Observation("prompt", {**fields, "prompt": text(told, "user_prompt")}, cwd=cwd)]
    if event in ("post_cascade_response", "post_cascade_response_with_transcript"):
        return [Observation("turn_end", {**fields, "transcript_path": text(told, "transcript_path")}, cwd=cwd)]
    if event in _SHELLS:
        fields |= {"call_id": calls.call_id(session, told), "tool": "run_command"}
        return [Observation(_SHELLS[event], {**fields, "command": text(told, "command_line")}, cwd=cwd)]
    if event not in _FILES:
        return []
    path = text(told, "file_path")
    if not path:
        raise Rejected(f"{event} without a path")
    name = _FILES[event]
    if name == "read":
        return [Observation(name, {**fields, "tool": "read_code"}, cwd=cwd, path=path)]
    seen = Observation(
        name, {**fields, "call_id": calls.call_id(session, told), "tool": "write_code"}, cwd=cwd, path=path
    )
    if name == "write":
        seen.changes = calls.swaps(told.get("edits"))
    return [seen]
