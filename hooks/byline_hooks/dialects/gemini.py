"""Gemini CLI. Pure.

It names no calls, no turns, no model and no subagents: those write under their parent's session. A failed tool fires
the same event as one that worked.
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
    if event in ("BeforeTool", "AfterTool"):
        return _tool(event, payload, cwd)
    transcript = text(payload, "transcript_path")
    fields: Payload = {"agent": "gemini", "session_id": session}
    if event == "SessionStart":
        # Resumed, it names a file here that it never writes; the old one goes on.
        source = text(payload, "source")
        kept = transcript if source != "resume" else ""
        extra: Payload = {"cwd": cwd, "transcript_path": kept, "reason": source}
        return [Observation("session_start", {**fields, **extra}, cwd=cwd)]
    if event == "BeforeAgent":
        extra = {"prompt": text(payload, "prompt"), "transcript_path": transcript}
        return [Observation("prompt", {**fields, **extra}, cwd=cwd)]
    if event == "AfterAgent":
        return [Observation("turn_end", fields, cwd=cwd)]
    if event == "SessionEnd":
        extra = {"reason": text(payload, "reason"), "transcript_path": transcript}
        return [Observation("session_end", {**fields, **extra}, cwd=cwd)]
    return []


def _tool(event: str, payload: "Payload", cwd: str) -> list[Observation]:
    tool = text(payload, "tool_name")
    given, response = inner(payload, "tool_input"), inner(payload, "tool_response")
    common: Payload = {"agent": "gemini", "session_id": text(payload, "session_id"), "tool": tool}
    if tool == tools.SHELL:
        return [tools.shell("pre_shell" if event == "BeforeTool" else "shell", common, cwd, given)]
    if tool not in tools.EDITS and tool != tools.READ:
        return []
    path = tools.path_of(given)
    if not path:
        raise Rejected(f"{event} of {tool} without a path")
    if event == "BeforeTool":
        return [] if tool == tools.READ else [Observation("pre_write", common, cwd=cwd, path=path)]
    if response.get("error"):
        reason = tools.sentence(text(inner(response, "error"), "message"))
        failed = Observation("write_failed", {**common, "reason": reason}, cwd=cwd, path=path)
        return [] if tool == tools.READ else [failed]
    if tool == tools.READ:
        return [tools.read(common, cwd, path, given, response)]
    write = tools.written(common, cwd, given, response)
    return [write] if write else []
