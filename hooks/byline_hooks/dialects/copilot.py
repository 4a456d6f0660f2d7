"""GitHub Copilot CLI, in both spellings of its payloads, and Copilot in VS Code (`vscode_copilot`). Pure.

The spelling of the event in the settings chooses the spelling of the payload. A camel case one does not name its
event, Pascal case ones rename the tools but not their arguments, and no payload names call or model.
"""

from byline_hooks import calls
from byline_hooks.calls import text
from byline_hooks.observation import Observation, Rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload

_EVENTS = {
    "SessionStart": "session_start",
    "SessionEnd": "session_end",
    "UserPromptSubmit": "prompt",
    "UserPromptSubmitted": "prompt",
    "PreToolUse": "pre",
    "PostToolUse": "post",
    "PostToolUseFailure": "failed",
    "Stop": "turn_end",
    "AgentStop": "turn_end",
    "SubagentStart": "subagent_start",
    "SubagentStop": "subagent_end",
    "PreCompact": "compact",
}
_SHAPES = (
    *(("prompt", "prompt"), ("source", "session_start"), ("initialPrompt", "session_start")),
    *(("stopReason", "turn_end"), ("reason", "session_end"), ("trigger", "compact")),
)
"""A field that tells an event which is not named."""
_EDITS = ("edit", "create", "write", "str_replace", "insert")
_SHELLS = ("bash", "powershell")
_READS = ("view", "read")


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one payload."""
    if _is_chat(payload):
        from byline_hooks.dialects import vscode_copilot

        return vscode_copilot.observe(payload, env)
    event = _event(payload)
    if not text(payload, "sessionId", "session_id"):
        raise Rejected("no session id")
    if event in ("pre", "post", "failed"):
        return _tool(event, payload)
    if not event:
        return []
    fields = _common(payload)
    if fields["parent_session_id"] and event in ("prompt", "turn_end"):
        return []  # a subagent's prompt is no person's, and its end has an event of its own
    transcript = text(payload, "transcriptPath", "transcript_path")
    if event == "session_start":
        fields |= {
            "agent_version": env.get("COPILOT_CLI_BINARY_VERSION"),
            "model": env.get("COPILOT_MODEL"),
            "cwd": text(payload, "cwd"),
            "reason": text(payload, "source"),
        }
    elif event == "prompt":
        fields |= {"prompt": text(payload, "prompt"), "model": env.get("COPILOT_MODEL")}
    elif event == "session_end":
        fields["reason"] = text(payload, "reason")
    elif event == "compact":
        fields["reason"] = text(payload, "trigger")
    elif event == "turn_end":
        fields["transcript_path"] = transcript
    return [Observation(event, fields, cwd=text(payload, "cwd"))]


def _is_chat(payload: "Payload") -> bool:
    """Whether VS Code's own chat sent this and not the CLI, which names no call and no chat transcript."""
    path = text(payload, "transcript_path").replace("\\", "/")
    return "tool_use_id" in payload or "/GitHub.copilot-chat/" in path or "/chatSessions/" in path


def _event(payload: "Payload") -> str:
    """What happened: `pre`, `post`, `failed`, an event's name in records, or "" for what is of no interest."""
    named = text(payload, "hook_event_name", "hookEventName")
    if named:
        return _EVENTS.get(named[:1].upper() + named[1:], "")
    if "hookName" in payload:
        return ""
    if "toolName" in payload:
        return "post" if "toolResult" in payload else "failed" if "error" in payload else "pre"
    if "agentName" in payload or "agent_name" in payload:
        return "subagent_end" if "stopReason" in payload else "subagent_start"
    return next((event for field, event in _SHAPES if field in payload), "")


def _common(payload: "Payload") -> "Payload":
    """A subagent's events carry its own id as the session's, but those that begin and end it carry its parent's."""
    session = text(payload, "sessionId", "session_id")
    inner, parent = text(payload, "agentId", "agent_id"), text(payload, "parentAgentId", "parent_agent_id")
    if inner and not parent and session != inner:
        parent = session
    return {
        "agent": "copilot",
        "session_id": inner or session,
        "parent_session_id": parent if inner else None,
        "subagent_type": text(payload, "agentType", "agent_type") if inner else None,
    }


def _tool(event: str, payload: "Payload") -> list[Observation]:
    tool = text(payload, "toolName", "tool_name")
    given = payload.get("toolArgs", payload.get("tool_input"))
    kind = tool.lower()
    is_patch = kind == "apply_patch" or (isinstance(given, str) and kind in _EDITS)
    is_shell = kind.endswith(_SHELLS)
    if not (is_patch or is_shell or kind in _EDITS or kind in _READS):
        return []
    fields = _common(payload)
    fields |= {"tool": tool, "call_id": calls.call_id(str(fields["session_id"]), given)}
    cwd = text(payload, "cwd")
    answer = calls.inner(payload, "toolResult", "tool_result")
    result = text(answer, "resultType", "result_type") or "success"
    if is_shell:
        return [_shell(event, fields, cwd, calls.decoded(given))]
    if event != "pre":
        event = "write" if event == "post" and result == "success" else "write_failed"
    if kind in _READS:
        return _read(fields, cwd, calls.decoded(given), answer) if event == "write" else []
    name = "pre_write" if event == "pre" else event
    if name == "write_failed":
        fields["reason"] = (text(payload, "error") or result).partition("\n")[0][:200]
    if is_patch:
        patch = given if isinstance(given, str) else text(calls.decoded(given), "input", "patch")
        return calls.patched(name, fields, cwd, patch)
    return [_edit(name, fields, cwd, calls.decoded(given), kind)]


def _edit(name: str, fields: "Payload", cwd: str, given: "Payload", kind: str) -> Observation:
    path = text(given, *calls.PATHS)
    if not path:
        raise Rejected(f"{kind} without a path")
    seen = Observation(name, fields, cwd=cwd, path=path)
    if name == "write" and kind in ("create", "write"):
        calls.created(seen, given.get("file_text"))
    elif name == "write":
        seen.changes = calls.swap(given)
    return seen


def _shell(event: str, fields: "Payload", cwd: str, given: "Payload") -> Observation:
    fields["command"] = text(given, "command", "input")
    if event != "pre" and given.get("mode") in ("async", "detached"):
        fields["background"] = True
    return Observation("pre_shell" if event == "pre" else "shell", fields, cwd=cwd)


def _read(fields: "Payload", cwd: str, given: "Payload", answer: "Payload") -> list[Observation]:
    """Without a range the whole file was shown; then its text tells how many lines that are."""
    path = text(given, *calls.PATHS)
    if not path:
        raise Rejected("a read without a path")
    shown = text(answer, "textResultForLlm", "text_result_for_llm")
    first, last = 1, shown.count("\n") + (not shown.endswith("\n"))
    span = given.get("view_range")
    if isinstance(span, list) and len(span) == 2 and all(type(number) is int for number in span):
        first = max(1, span[0])
        last = span[1] if span[1] >= first else first + last - 1
    return [Observation("read", {**fields, "start_line": first, "end_line": last}, cwd=cwd, path=path)]
