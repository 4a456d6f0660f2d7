"""Kiro: the hooks of its CLI 2, and those that CLI 3 and the IDE share. Pure.

Known from documentation only. Where no session is named, the process that started the hook stands for it.
"""

from byline_hooks import calls
from byline_hooks.calls import text
from byline_hooks.observation import PROCESS, Observation, Rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload

_LIFECYCLE = {
    "agentSpawn": "session_start",
    "sessionStart": "session_start",
    "sessionEnd": "session_end",
    "userPromptSubmit": "prompt",
    "stop": "turn_end",
}
_WHOLE = ("create", "fsWrite")
_EDITS = ("fs_write", "write", "str_replace", "strReplace", "fsWrite", "fsAppend", "fs_append", "delete_file")
_SHELLS = ("execute_bash", "executeBash", "shell", "execute_cmd", "executePwsh")
_READS = ("fs_read", "read", "readFile", "read_file")


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one payload. What `PostFileSave` tells may be a person's doing: it proves nothing."""
    named = text(payload, "hook_event_name")
    if not named:
        raise Rejected("no hook_event_name")
    event = named[:1].lower() + named[1:]
    fields: Payload = {"agent": "kiro", "session_id": text(payload, "session_id", "sessionId") or PROCESS}
    cwd = text(payload, "cwd")
    if event in ("preToolUse", "postToolUse"):
        return _tool(event == "preToolUse", payload, fields, cwd)
    name = _LIFECYCLE.get(event, "")
    if name == "session_start":
        fields["cwd"] = cwd
    elif name == "prompt":
        fields["prompt"] = text(payload, "prompt", "user_prompt") or env.get("USER_PROMPT", "")
    return [Observation(name, fields, cwd=cwd)] if name else []


def _tool(is_before: bool, payload: "Payload", fields: "Payload", cwd: str) -> list[Observation]:
    tool, given = text(payload, "tool_name"), calls.decoded(payload.get("tool_input"))
    if tool not in (*_EDITS, *_SHELLS) and (tool not in _READS or is_before):
        return []
    fields |= {"tool": tool, "call_id": calls.call_id(str(fields["session_id"]), given)}
    if tool in _SHELLS:
        fields["command"] = text(given, "command")
        return [Observation("pre_shell" if is_before else "shell", fields, cwd=cwd)]
    answer = calls.decoded(payload.get("tool_response"))
    has_failed = answer.get("success") is False
    if tool in _READS:
        return [] if has_failed else _reads(fields, cwd, given)
    path = text(given, *calls.PATHS, "targetFile")
    if not path:
        raise Rejected(f"{tool} without a path")
    seen = Observation(
        "pre_write" if is_before else "write_failed" if has_failed else "write", fields, cwd=cwd, path=path
    )
    if seen.event == "write":
        command = text(given, "command") or tool
        if command in _WHOLE:
            calls.created(seen, given.get("file_text", given.get("text", given.get("content"))))
        elif command in ("insert", "append"):
            new = text(given, "new_str", "text")
            seen.changes = [("", new if new.endswith("\n") else new + "\n")] if new else []
        else:
            seen.changes = calls.swap(given)
    return [seen]


def _reads(fields: "Payload", cwd: str, given: "Payload") -> list[Observation]:
    """One read for each file of `operations`, or of the input itself; lines count from 1, -1 is the last."""
    operations = given.get("operations")
    found = []
    for one in operations if isinstance(operations, list) else [given]:
        if not isinstance(one, dict) or text(one, "mode") in ("Directory", "Search", "Image"):
            continue
        path = text(one, *calls.PATHS)
        first, last = one.get("start_line"), one.get("end_line")
        span: Payload = {}
        if type(first) is int and type(last) is int and 0 < first <= last:
            span = {"start_line": first, "end_line": last}
        if path:
            found.append(Observation("read", {**fields, **span}, cwd=cwd, path=path))
    return found
