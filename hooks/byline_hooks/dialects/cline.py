"""Cline: its command line and its VS Code extension, which tell the same in different words. Pure.

What a payload has in it tells the event, for the names differ. The command line calls a failed edit a success in one
place and gives its error in another, and never tells a prompt. The extension is known from documentation.
"""

from byline_hooks import calls
from byline_hooks.calls import text
from byline_hooks.observation import Observation, Rejected, as_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload
    from byline_hooks.positions import Change

_TURN_ENDS = ("taskComplete", "taskCancel", "taskError")
_WHOLE = ("write_to_file", "new_rule")
_EDITS = ("editor", "apply_patch", "replace_in_file", *_WHOLE)
_SHELLS = ("run_commands", "execute_command")
_READS = ("read_files", "read_file")
_SEARCH, _MIDDLE, _REPLACE = ("------- SEARCH", "<<<<<<< SEARCH"), "=======", ("+++++++ REPLACE", ">>>>>>> REPLACE")


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one payload. Subagents share the session's id."""
    session = text(calls.inner(payload, "sessionContext"), "rootSessionId") or text(payload, "taskId")
    if not session:
        raise Rejected("no rootSessionId or taskId")
    inner = text(payload, "agent_id") if text(payload, "parent_agent_id") else ""
    fields: Payload = {
        "agent": "cline",
        "session_id": f"{session}/{inner}" if inner else session,
        "parent_session_id": session if inner else None,
        "model": text(calls.inner(payload, "model"), "slug"),
    }
    roots = payload.get("workspaceRoots")
    cwd = roots[0] if isinstance(roots, list) and roots and isinstance(roots[0], str) else ""
    if "preToolUse" in payload or "postToolUse" in payload:
        return _tool(payload, fields, cwd)
    name = _lifecycle(payload, bool(inner))
    if not name:
        return []
    if name == "session_start":
        fields |= {"agent_version": text(payload, "clineVersion"), "cwd": cwd}
        fields["reason"] = "resume" if "taskResume" in payload else None
    elif name == "prompt":
        fields["prompt"] = text(calls.inner(payload, "userPromptSubmit"), "prompt")
    return [Observation(name, fields, cwd=cwd)]


def _lifecycle(payload: "Payload", is_inner: bool) -> str:
    """The event's name in records; "" for none."""
    hook = text(payload, "hookName")
    if "taskStart" in payload or "taskResume" in payload:
        return "subagent_start" if is_inner else "session_start"
    if any(name in payload for name in _TURN_ENDS) or hook in ("agent_end", "agent_abort", "agent_error"):
        return "subagent_end" if is_inner else "turn_end"
    if "userPromptSubmit" in payload:
        return "" if is_inner else "prompt"
    if "preCompact" in payload:
        return "compact"
    return "session_end" if hook == "session_shutdown" else ""


def _tool(payload: "Payload", fields: "Payload", cwd: str) -> list[Observation]:
    is_before = "preToolUse" in payload
    brief = calls.inner(payload, "preToolUse", "postToolUse")
    whole = calls.inner(payload, "tool_call", "tool_result")  # the command line's, with values as they are
    tool = text(whole, "name") or text(brief, "toolName")
    if tool not in (*_EDITS, *_SHELLS) and (tool not in _READS or is_before):
        return []
    given = calls.inner(whole, "input") or calls.inner(brief, "parameters")
    fields |= {"tool": tool, "call_id": text(whole, "id") or calls.call_id(str(fields["session_id"]), given)}
    if tool in _SHELLS:
        several = given.get("commands")
        listed = [one for one in several if isinstance(one, str)] if isinstance(several, list) else []
        fields["command"] = "\n".join(listed) or text(given, "command")
        return [Observation("pre_shell" if is_before else "shell", fields, cwd=cwd)]
    failure = _failure(brief, whole)
    if tool in _READS:
        return [] if failure is not None else _reads(fields, cwd, given, whole)
    name = "pre_write" if is_before else "write" if failure is None else "write_failed"
    if name == "write_failed":
        fields["reason"] = failure
    if tool == "apply_patch":
        return calls.patched(name, fields, cwd, text(given, "input", "patch"))
    path = text(given, "path", "absolutePath")
    if not path:
        raise Rejected(f"{tool} without a path")
    seen = Observation(name, fields, cwd=cwd, path=path)
    if name == "write" and tool in _WHOLE:
        calls.created(seen, given.get("content"))
    elif name == "write":
        seen.changes = _blocks(text(given, "diff")) if "diff" in given else calls.swap(given)
    return [seen]


def _failure(brief: "Payload", whole: "Payload") -> str | None:
    """Why a call failed; None where nothing says that it did."""
    output = calls.inner(whole, "output")
    for answer in (output, whole, brief):
        if answer.get("success") is False or text(answer, "error"):
            return (text(answer, "error") or text(brief, "result") or "failed").partition("\n")[0][:200]
    return None


def _reads(fields: "Payload", cwd: str, given: "Payload", whole: "Payload") -> list[Observation]:
    """One read for each file; the command line numbers the lines it shows."""
    files = given.get("files")
    named = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else [given]
    answers = whole.get("output")
    shown: dict[str, str] = {}
    for answer in answers if isinstance(answers, list) else ():
        if isinstance(answer, dict) and answer.get("success") is not False:
            shown[text(answer, "query")] = text(answer, "result")
    found = []
    for file in named:
        path = text(file, "path", "absolutePath")
        if not path or (shown and path not in shown):
            continue
        first, last = file.get("start_line"), file.get("end_line")
        lines = [_number(line) for line in shown.get(path, "").split("\n")]
        span: Payload = {}
        if lines[0] and lines[-1]:
            span = {"start_line": lines[0], "end_line": lines[-1]}
        elif type(first) is int and type(last) is int and 0 < first <= last:
            span = {"start_line": first, "end_line": last}
        found.append(Observation("read", {**fields, **span}, cwd=cwd, path=path))
    return found


def _number(line: str) -> int:
    """12 for `12 | text`; 0 where no number stands."""
    return as_number(line.partition("|")[0].strip()) or 0


def _blocks(diff: str) -> "list[Change]":
    """The texts that SEARCH and REPLACE blocks exchange; none where the blocks are not whole."""
    found: list[Change] = []
    old: list[str] = []
    new: list[str] = []
    side: list[str] | None = None
    for line in diff.replace("\r\n", "\n").split("\n"):
        if line.startswith(_SEARCH):
            old, new = [], []
            side = old
        elif line == _MIDDLE and side is old:
            side = new
        elif line.startswith(_REPLACE) and side is new:
            found.append(("".join(old), "".join(new)))
            side = None
        elif side is not None:
            side.append(line + "\n")
    return found if side is None else []
