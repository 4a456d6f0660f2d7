"""Copilot in VS Code, in the editor's own chat ("Local" target). Its "Copilot" target speaks as the CLI does. Pure.

Known from documentation and public source. An edit may be told before it is on disk, so the hook waits for the text.
"""

from byline_hooks import calls
from byline_hooks.calls import text
from byline_hooks.observation import Observation, Rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload

_EDITS = (
    *("create_file", "replace_string_in_file", "multi_replace_string_in_file", "insert_edit_into_file"),
    *("edit_notebook_file", "apply_patch"),
)
_SHELL = "run_in_terminal"
_READ = "read_file"


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one payload."""
    session = text(payload, "session_id", "sessionId")
    event = text(payload, "hook_event_name", "hookEventName")
    if not session or not event:
        raise Rejected("no session or event")
    inner = text(payload, "agent_id")
    fields: Payload = {
        "agent": "copilot",
        "session_id": f"{session}/{inner}" if inner else session,
        "parent_session_id": session if inner else None,
        "subagent_type": text(payload, "agent_type") if inner else None,
    }
    cwd = text(payload, "cwd")
    if event in ("PreToolUse", "PostToolUse"):
        return _tool(event == "PreToolUse", payload, fields, cwd)
    name = {
        "SessionStart": "session_start",
        "UserPromptSubmit": "" if inner else "prompt",
        "Stop": "" if inner else "turn_end",
        "SubagentStart": "subagent_start" if inner else "",
        "SubagentStop": "subagent_end" if inner else "",
        "PreCompact": "compact",
    }.get(event, "")
    if not name:
        return []
    if name in ("session_start", "prompt", "turn_end"):
        fields["transcript_path"] = text(payload, "transcript_path")
    if name == "session_start":
        fields |= {"reason": text(payload, "source"), "cwd": cwd}
    elif name == "prompt":
        fields["prompt"] = text(payload, "prompt")
    elif name == "compact":
        fields["reason"] = text(payload, "trigger")
    return [Observation(name, fields, cwd=cwd)]


def _tool(is_before: bool, payload: "Payload", fields: "Payload", cwd: str) -> list[Observation]:
    tool, given = text(payload, "tool_name"), calls.decoded(payload.get("tool_input"))
    if tool not in _EDITS and tool not in (_SHELL, _READ):
        return []
    fields |= {"tool": tool, "call_id": text(payload, "tool_use_id")}
    if tool == _SHELL:
        fields["command"] = text(given, "command")
        if not is_before and given.get("isBackground") is True:
            fields["background"] = True
        return [Observation("pre_shell" if is_before else "shell", fields, cwd=cwd)]
    if tool == _READ:
        return [] if is_before else [_read(fields, cwd, given)]
    found = _edits(tool, "pre_write" if is_before else "write", given, fields, cwd)
    for seen in found:
        if not seen.path:
            raise Rejected(f"{tool} without a path")
        seen.is_early = not is_before
    return found


def _edits(tool: str, name: str, given: "Payload", fields: "Payload", cwd: str) -> list[Observation]:
    if tool == "apply_patch":
        return calls.patched(name, fields, cwd, text(given, "input", "patch"))
    if tool != "multi_replace_string_in_file":
        seen = Observation(name, fields, cwd=cwd, path=text(given, *calls.PATHS))
        if tool == "create_file" and name == "write":
            calls.created(seen, given.get("content"))
        elif tool == "replace_string_in_file" and name == "write":
            seen.changes = calls.swap(given)
        return [seen]
    edits = given.get("replacements")
    by_path: dict[str, list[Payload]] = {}
    for edit in edits if isinstance(edits, list) else ():
        if isinstance(edit, dict):
            by_path.setdefault(text(edit, *calls.PATHS) or text(given, *calls.PATHS), []).append(edit)
    found = [Observation(name, dict(fields), cwd=cwd, path=path) for path in by_path]
    for seen, mine in zip(found, by_path.values(), strict=True):
        seen.changes = calls.swaps(mine) if name == "write" else []
    return found


def _read(fields: "Payload", cwd: str, given: "Payload") -> Observation:
    first, last = given.get("startLine"), given.get("endLine")
    if type(first) is int and type(last) is int and 0 < first <= last:
        fields |= {"start_line": first, "end_line": last}
    path = text(given, *calls.PATHS)
    if not path:
        raise Rejected("a read without a path")
    return Observation("read", fields, cwd=cwd, path=path)
