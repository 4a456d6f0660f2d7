"""Cursor, the editor and its command line. Pure.

Known from documentation and from payloads in other tools' tests. `postToolUse` is what proves a write:
`afterFileEdit` tells the same edit again without its call, and what Tab completes is the person's own.
"""

from byline_hooks import calls
from byline_hooks.calls import text
from byline_hooks.observation import Observation, Rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload

_LIFECYCLE = {
    "sessionStart": "session_start",
    "sessionEnd": "session_end",
    "beforeSubmitPrompt": "prompt",
    "userPromptSubmit": "prompt",
    "stop": "turn_end",
    "subagentStart": "subagent_start",
    "subagentStop": "subagent_end",
    "preCompact": "compact",
}
_TOOL_EVENTS = {"preToolUse": "pre", "postToolUse": "post", "postToolUseFailure": "failed"}
_WHOLE = ("Write",)
_EDITS = ("StrReplace", "Edit", "MultiEdit", "Delete", "EditNotebook", "NotebookEdit", "ApplyPatch", *_WHOLE)
_SHELLS = ("Shell", "Bash")
_PATHS = (*calls.PATHS, "target_file", "target_notebook")


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one payload."""
    session = text(payload, "conversation_id", "session_id")
    named = text(payload, "hook_event_name")
    if not session or not named:
        raise Rejected("no conversation_id or hook_event_name")
    event = named[:1].lower() + named[1:]  # settings of Claude Code spell it with a capital
    fields: Payload = {
        "agent": "cursor",
        "session_id": session,
        "turn_id": text(payload, "generation_id"),
        "model": text(payload, "model"),
    }
    if event in _TOOL_EVENTS:
        return _tool(_TOOL_EVENTS[event], payload, fields)
    name = _LIFECYCLE.get(event, "")
    cwd = _folder(payload, text(payload, "cwd"))
    if name in ("subagent_start", "subagent_end"):
        inner = text(payload, "subagent_id")
        if not inner:
            return []
        parent = text(payload, "parent_conversation_id") or session
        fields |= {"session_id": f"{parent}/{inner}", "parent_session_id": parent}
        fields |= {"subagent_type": text(payload, "subagent_type")}
        fields |= {"transcript_path": text(payload, "agent_transcript_path")}
    elif name == "prompt":
        fields["prompt"] = text(payload, "prompt")
    elif name in ("session_end", "compact"):
        fields["reason"] = text(payload, "reason", "trigger")
    if name in ("session_start", "prompt", "session_end"):
        fields["transcript_path"] = text(payload, "transcript_path")
        fields["agent_version"] = text(payload, "cursor_version")
    if name == "session_start":
        fields["cwd"] = cwd
    return [Observation(name, fields, cwd=cwd)] if name else []


def _tool(event: str, payload: "Payload", fields: "Payload") -> list[Observation]:
    tool, given = text(payload, "tool_name"), payload.get("tool_input")
    if tool not in _EDITS and tool not in _SHELLS and tool != "Read":
        return []
    fields |= {
        "tool": tool,
        "call_id": text(payload, "tool_use_id") or calls.call_id(str(fields["session_id"]), given),
    }
    told = calls.decoded(given)
    path = _path(text(told, *_PATHS))
    cwd = _folder(payload, text(told, "cwd", "working_directory") or text(payload, "cwd"), path)
    if tool in _SHELLS:
        return [_shell(event, payload, told, fields, cwd)]
    if event == "post" and _has_failed(payload):
        event = "failed"
    patch = given if isinstance(given, str) else text(told, "patch", "input")
    if not path and tool != "ApplyPatch":
        raise Rejected(f"{tool} without a path")
    if tool == "Read":
        return [Observation("read", fields, cwd=cwd, path=path)] if event == "post" else []
    name = {"pre": "pre_write", "post": "write"}.get(event, "write_failed")
    if name == "write_failed":
        fields["reason"] = text(payload, "error_message", "failure_type").partition("\n")[0][:200]
    if tool == "ApplyPatch":
        return calls.patched(name, fields, cwd, patch)
    seen = Observation(name, fields, cwd=cwd, path=path)
    if name == "write" and tool in _WHOLE:
        calls.created(seen, told.get("content", told.get("contents")))
    elif name == "write":
        seen.changes = calls.swaps(told["edits"]) if "edits" in told else calls.swap(told)
    return [seen]


def _shell(event: str, payload: "Payload", told: "Payload", fields: "Payload", cwd: str) -> Observation:
    fields["command"] = text(told, "command")
    if event != "pre" and (told.get("is_background") is True or told.get("run_in_background") is True):
        fields["background"] = True
    if payload.get("is_interrupt") is True:
        fields["reason"] = "interrupted"
    return Observation("pre_shell" if event == "pre" else "shell", fields, cwd=cwd)


def _has_failed(payload: "Payload") -> bool:
    answer = calls.decoded(payload.get("tool_output"))
    return answer.get("success") is False or bool(answer.get("error"))


def _folder(payload: "Payload", told: str, path: str = "") -> str:
    """Where the agent works: as told, else the workspace root that holds the path, else the first one."""
    if told:
        return _path(told)
    listed = payload.get("workspace_roots")
    roots = [_path(root) for root in listed if isinstance(root, str)] if isinstance(listed, list) else []
    holding = [root for root in roots if path.startswith(root.rstrip("/") + "/")]
    return max(holding, key=len) if holding else roots[0] if roots else ""


def _path(path: str) -> str:
    """On Windows paths come as `/c:/Users`."""
    return path[1:] if path[:1] == "/" and path[2:4] == ":/" else path
