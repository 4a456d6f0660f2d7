"""Amp, as byline's plugin for it tells: each event of the plugin interface as it is, with its name. Pure.

A thread is a session. Which files a call touches the plugin asks Amp's own helper.
"""

from byline_hooks import calls
from byline_hooks.calls import text
from byline_hooks.observation import Observation, Rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload

_SHELLS = ("shell_command", "Bash")


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one payload."""
    told = calls.inner(payload, "event")
    session = text(calls.inner(told, "thread"), "id")
    if not session:
        raise Rejected("no thread")
    fields: Payload = {"agent": "amp", "session_id": session}
    cwd = text(calls.inner(calls.inner(payload, "system"), "workspaceRoot"), "path")
    name = text(payload, "name") or _name(told)
    if name in ("tool.call", "tool.result"):
        return _tool(name == "tool.call", payload, told, fields, cwd)
    fields["turn_id"] = text(told, "id")
    if name == "session.start":
        return [Observation("session_start", {**fields, "cwd": cwd}, cwd=cwd)]
    if name == "agent.start":
        return [Observation("prompt", {**fields, "prompt": text(told, "message")}, cwd=cwd)]
    return [Observation("turn_end", fields, cwd=cwd)] if name == "agent.end" else []


def _name(told: "Payload") -> str:
    """What an event without its name is."""
    if "toolUseID" in told:
        return "tool.result" if "status" in told else "tool.call"
    if "message" in told:
        return "agent.end" if "status" in told else "agent.start"
    return "session.start"


def _tool(is_before: bool, payload: "Payload", told: "Payload", fields: "Payload", cwd: str) -> list[Observation]:
    tool, given = text(told, "tool"), calls.inner(told, "input")
    fields |= {"tool": tool, "call_id": text(told, "toolUseID")}
    status = text(told, "status") or "done"
    if tool in _SHELLS:
        fields["command"] = text(given, "command", "cmd")
        where = text(given, "workdir", "cwd") or cwd
        return [Observation("pre_shell" if is_before else "shell", fields, cwd=where)]
    if tool == "Read":
        path = text(given, *calls.PATHS)
        span = given.get("read_range")
        if is_before or status != "done" or not path:
            return []
        if isinstance(span, list) and len(span) == 2 and all(type(one) is int and one > 0 for one in span):
            fields |= {"start_line": span[0], "end_line": span[1]}
        return [Observation("read", fields, cwd=cwd, path=path)]
    name = "pre_write" if is_before else "write" if status == "done" else "write_failed"
    if name == "write_failed":
        fields["reason"] = (text(told, "error") or status).partition("\n")[0][:200]
    patch = text(given, "patchText")
    if patch:
        return calls.patched(name, fields, cwd, patch)
    listed = payload.get("filesModified")
    paths = [path for path in listed if isinstance(path, str)] if isinstance(listed, list) else []
    if not paths and tool in ("create_file", "edit_file", "delete_file"):
        paths = [text(given, *calls.PATHS)]
    found = [Observation(name, dict(fields), cwd=cwd, path=path) for path in paths if path]
    if name == "write" and len(found) == 1 and tool == "create_file":
        calls.created(found[0], given.get("content"))
    elif name == "write" and len(found) == 1:
        found[0].changes = calls.swap(given) if tool == "edit_file" else []
    return found
