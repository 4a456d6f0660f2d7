"""Qwen Code. Pure.

Events as Claude Code's, tools as Gemini CLI's. It fires a prompt event before every request to the model; only a
person's own has `submitted_prompt`. The model of the moment is in the environment.
"""

from byline_hooks import geminitools as tools
from byline_hooks.calls import inner, text
from byline_hooks.observation import Observation, Rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one payload."""
    session, event = text(payload, "session_id"), text(payload, "hook_event_name")
    if not session or not event:
        raise Rejected("no session_id or hook_event_name")
    cwd = text(payload, "cwd")
    if event in ("PreToolUse", "PostToolUse", "PostToolUseFailure"):
        return _tool(event, payload, env, cwd)
    name, extra = _lifecycle(event, payload, env)
    return [Observation(name, {**_common(payload, env), **extra}, cwd=cwd)] if name else []


def _lifecycle(event: str, payload: "Payload", env: "Mapping[str, str]") -> "tuple[str, Payload]":
    """The event's name in records ("" for none) and the fields only it has."""
    inside, transcript = text(payload, "agent_id"), text(payload, "transcript_path")
    version = env.get("QWEN_CODE_STARTUP_VERSION", "")
    if event == "SessionStart":
        cwd, source = text(payload, "cwd"), text(payload, "source")
        told: Payload = {"cwd": cwd, "transcript_path": transcript, "reason": source, "agent_version": version}
        return "session_start", told
    if event == "UserPromptSubmit":
        prompt = text(payload, "submitted_prompt")
        known: Payload = {"prompt": prompt, "transcript_path": transcript, "agent_version": version}
        return ("prompt", known) if prompt and not inside else ("", {})
    if event in ("SubagentStart", "SubagentStop") and inside:
        if event == "SubagentStart":
            return "subagent_start", {}
        return "subagent_end", {"transcript_path": text(payload, "agent_transcript_path")}
    if event == "PreCompact":
        return "compact", {"reason": text(payload, "trigger")}
    if event == "SessionEnd":
        return "session_end", {"reason": text(payload, "reason"), "transcript_path": transcript}
    if event == "Notification":
        waits = text(payload, "notification_type") == "permission_prompt"
        return ("wait", {"wait_reason": "permission"}) if waits else ("", {})
    # A subagent in the background ends on its own; its parent's turn ends without it.
    return ("turn_end", {}) if event == "Stop" and not inside else ("", {})


def _common(payload: "Payload", env: "Mapping[str, str]") -> "Payload":
    session, inside = text(payload, "session_id"), text(payload, "agent_id")
    own = env.get("QWEN_CODE_SESSION_ID") == session
    return {
        "agent": "qwen",
        "session_id": f"{session}/{inside}" if inside else session,
        "parent_session_id": session if inside else None,
        "subagent_type": text(payload, "agent_type") if inside else None,
        "turn_id": text(payload, "prompt_id"),
        "call_id": text(payload, "tool_use_id"),
        "tool": text(payload, "tool_name"),
        "model": text(payload, "model") or (env.get("QWEN_CODE_MODEL", "") if own else ""),
    }


def _tool(event: str, payload: "Payload", env: "Mapping[str, str]", cwd: str) -> list[Observation]:
    tool = text(payload, "tool_name")
    given, response = inner(payload, "tool_input"), inner(payload, "tool_response")
    common = _common(payload, env)
    is_before = event == "PreToolUse"
    if tool == tools.SHELL:
        seen = tools.shell("pre_shell" if is_before else "shell", common, cwd, given)
        if payload.get("is_interrupt") is True:
            seen.fields["reason"] = "interrupted"
        return [seen]
    reads = tool == tools.READ and event == "PostToolUse"
    if tool not in tools.EDITS and not reads:
        return []
    path = tools.path_of(given)
    if not path:
        raise Rejected(f"{event} of {tool} without a path")
    if reads:
        return [tools.read(common, cwd, path, given, response)]
    if is_before:
        return [Observation("pre_write", common, cwd=cwd, path=path)]
    if event == "PostToolUseFailure":
        reason = tools.sentence(text(payload, "error"))
        return [Observation("write_failed", {**common, "reason": reason}, cwd=cwd, path=path)]
    write = tools.written(common, cwd, given, response)
    # Without texts in the answer (notebooks) the disk has them, and the event before knows what was there.
    return [write or Observation("write", common, cwd=cwd, path=path)]
