"""Factory Droid. Pure.

No payload names a call or a model, and a tool that fails has no event after it: only `PostToolUse` proves anything.
"""

from byline_hooks import calls
from byline_hooks.calls import text
from byline_hooks.observation import Observation, Rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload

_LIFECYCLE = {
    "SessionStart": "session_start",
    "SessionEnd": "session_end",
    "UserPromptSubmit": "prompt",
    "Stop": "turn_end",
    "PreCompact": "compact",
}
_EDITS = ("Edit", "MultiEdit", "Create", "ApplyPatch")
_SHELL, _READ = "Execute", "Read"


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one payload. A subagent is a session of its own that names the one which called it."""
    session, event = text(payload, "session_id"), text(payload, "hook_event_name")
    if not session or not event:
        raise Rejected("no session_id or hook_event_name")
    fields: Payload = {"agent": "droid", "session_id": session}
    cwd = text(payload, "cwd")
    if event in ("PreToolUse", "PostToolUse"):
        return _tool(event == "PreToolUse", payload, fields, cwd)
    name = _LIFECYCLE.get(event, "")
    if not name:
        return []
    if name not in ("compact", "turn_end"):
        fields["transcript_path"] = text(payload, "transcript_path")
    if name == "session_start":
        fields |= {"parent_session_id": text(payload, "calling_session_id"), "cwd": cwd}
        fields["reason"] = text(payload, "source")
    elif name == "prompt":
        fields |= {"prompt": text(payload, "prompt"), "turn_id": text(payload, "message_id")}
    elif name in ("session_end", "compact"):
        fields["reason"] = text(payload, "reason", "trigger")
    return [Observation(name, fields, cwd=cwd)]


def _tool(is_before: bool, payload: "Payload", fields: "Payload", cwd: str) -> list[Observation]:
    tool, given = text(payload, "tool_name"), payload.get("tool_input")
    if tool not in (*_EDITS, _SHELL) and (tool != _READ or is_before):
        return []
    fields |= {"tool": tool, "call_id": calls.call_id(str(fields["session_id"]), given)}
    told = calls.decoded(given)
    if tool == _SHELL:
        fields["command"] = text(told, "command")
        if not is_before and (told.get("fireAndForget") is True or told.get("run_in_background") is True):
            fields["background"] = True
        return [Observation("pre_shell" if is_before else "shell", fields, cwd=cwd)]
    answer = calls.decoded(payload.get("tool_response"))
    name = "pre_write" if is_before else "write_failed" if answer.get("success") is False else "write"
    if tool == "ApplyPatch":
        return calls.patched(name, fields, cwd, given if isinstance(given, str) else text(told, "input", "patch"))
    path = text(told, *calls.PATHS)
    if not path:
        raise Rejected(f"{tool} without a path")
    if tool == _READ:
        span = _span(told, text(payload, "tool_response"))
        return [Observation("read", {**fields, **span}, cwd=cwd, path=path)]
    seen = Observation(name, fields, cwd=cwd, path=path)
    if name == "write" and tool == "Create":
        calls.created(seen, told.get("content"))
    elif name == "write":
        edits = _edits(answer.get("diffLines"))
        if edits:
            fields["edits"] = edits
        else:
            seen.changes = calls.swaps(told["edits"]) if "edits" in told else calls.swap(told)
    return [seen]


def _edits(lines: object) -> list[list[int]] | None:
    """The changed ranges of a whole diff as the answer lists it; None where it is not whole."""
    found: list[list[int]] = []
    old = new = 1
    is_open = False
    for line in lines if isinstance(lines, list) else ():
        kind = line.get("type") if isinstance(line, dict) else None
        number = calls.inner(line, "lineNumber") if isinstance(line, dict) else {}
        told_old, told_new = number.get("old"), number.get("new")
        if kind not in ("added", "removed", "unchanged", "context"):
            return None
        if kind in ("unchanged", "context"):
            if type(told_old) is not int or type(told_new) is not int:
                return None
            old, new, is_open = told_old + 1, told_new + 1, False
            continue
        if not is_open:
            old = told_old if type(told_old) is int else old
            new = told_new if type(told_new) is int else new
            found.append([old, 0, new, 0])
            is_open = True
        found[-1][1] += kind == "removed"
        found[-1][3] += kind == "added"
        old += kind == "removed"
        new += kind == "added"
    return found or None


def _span(given: "Payload", shown: str) -> "Payload":
    """First and last line that were shown: a part that was asked for, counted from 0, or the whole text."""
    first, count = given.get("offset"), given.get("limit")
    start = (first if type(first) is int and first > 0 else 0) + 1
    lines = count if type(count) is int else shown.count("\n") + (not shown.endswith("\n")) if shown else 0
    return {"start_line": start, "end_line": start + lines - 1} if lines > 0 else {}
