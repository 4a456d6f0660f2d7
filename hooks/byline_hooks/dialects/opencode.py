"""OpenCode, through byline's plugin in it (`byline install opencode`), which passes on what its hooks are given.

Pure. A message: `{"hook", "directory", "version", "session": {"id", "parent", "type", "turn", "model", "is_new"},
"input", "output"}`, the last two as OpenCode gives them. Subagents have sessions of their own. Without "session", as
another plugin may pass on what it is given, the input's own session is all that is known.
"""

from byline_hooks import patches, texts
from byline_hooks.calls import inner, swap, swaps, text
from byline_hooks.observation import ABSENT, Observation, Rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload
    from byline_hooks.positions import Change

_EDITS = ("write", "edit", "multiedit")
_PATCHES = ("apply_patch", "patch")
_TELLING = 4
"""Letters from which on a part of a line says which line it is."""


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one message of the plugin."""
    hook = text(payload, "hook")
    session = inner(payload, "session") or {"id": text(inner(payload, "input"), "sessionID")}
    if not hook or not text(session, "id"):
        raise Rejected("no hook or session")
    cwd = text(payload, "directory")
    if hook in ("tool.execute.before", "tool.execute.after"):
        return _tool(hook, payload, session, cwd)
    common = _common(payload, session)
    is_inside = bool(text(session, "parent"))
    begin: Payload = {**common, "cwd": cwd, "pid": payload.get("pid") if type(payload.get("pid")) is int else None}
    if hook == "session.created":
        return [Observation("subagent_start" if is_inside else "session_start", begin, cwd=cwd)]
    if hook == "chat.message":
        started = Observation("session_start", {**begin, "reason": "resume"}, cwd=cwd)
        asked = Observation("prompt", {**common, "prompt": _prompt(payload)}, cwd=cwd)
        return [] if is_inside else [started, asked] if session.get("is_new") is True else [asked]
    if hook == "session.idle":
        return [Observation("subagent_end" if is_inside else "turn_end", common, cwd=cwd)]
    if hook == "session.compacted":
        return [Observation("compact", common, cwd=cwd)]
    return [Observation("session_end", common, cwd=cwd)] if hook == "dispose" and not is_inside else []


def _common(payload: "Payload", session: "Payload") -> "Payload":
    told = inner(payload, "input")
    return {
        "agent": "opencode",
        "agent_version": text(payload, "version"),
        "session_id": text(session, "id"),
        "parent_session_id": text(session, "parent"),
        "subagent_type": text(session, "type") if text(session, "parent") else None,
        "turn_id": text(session, "turn"),
        "call_id": text(told, "callID"),
        "tool": text(told, "tool"),
        "model": text(session, "model"),
    }


def _prompt(payload: "Payload") -> str:
    """What the person typed: `opencode run` puts it in quotes, and files come as texts nobody typed."""
    parts = inner(payload, "output").get("parts")
    typed = [
        text(part, "text")
        for part in (parts if isinstance(parts, list) else ())
        if isinstance(part, dict) and part.get("type") == "text" and part.get("synthetic") is not True
    ]
    whole = "\n".join(typed).strip()
    inside = whole[1:-1]
    return inside if whole[:1] == whole[-1:] == '"' and len(whole) > 1 and '"' not in inside else whole


def _tool(hook: str, payload: "Payload", session: "Payload", cwd: str) -> list[Observation]:
    told, answer = inner(payload, "input"), inner(payload, "output")
    given = inner(told, "args") or inner(answer, "args")
    shown = inner(answer, "metadata")
    common = _common(payload, session)
    tool = text(told, "tool")
    is_before = hook == "tool.execute.before"
    if tool == "bash":
        folder = text(given, "workdir")
        place = folder if folder.startswith("/") else f"{cwd}/{folder}" if folder else cwd
        fields = {**common, "command": text(given, "command")}
        return [Observation("pre_shell" if is_before else "shell", fields, cwd=place)]
    if tool in _PATCHES:
        return _announced(given, common, cwd) if is_before else _patched(shown, given, common, cwd)
    if tool == "read" and not is_before:
        return _read(inner(shown, "display"), common, cwd)
    if tool not in _EDITS:
        return []
    change = inner(shown, "filediff")
    path = text(shown, "filepath") or text(change, "file") or text(given, "filePath")
    if not path:
        raise Rejected(f"{hook} of {tool} without a path")
    if is_before:
        return [Observation("pre_write", common, cwd=cwd, path=path)]
    hunks = patches.unified(change.get("patch"))
    write = Observation("write", common, cwd=cwd, path=path)
    write.changes = _changes(tool, given)
    if hunks and _is_all_its_own(hunks, write.changes):
        write.fields["edits"] = texts.edits(hunks)
    elif hunks:
        write.is_formatted = True
    if tool == "write" and shown.get("exists") is False:
        write.before = ABSENT
    return [write]


def _changes(tool: str, given: "Payload") -> "list[Change]":
    """What the call exchanges, as its input tells."""
    content = given.get("content")
    if tool == "write":
        return [("", content)] if isinstance(content, str) else []
    return swaps(given.get("edits")) if tool == "multiedit" else swap(given)


def _is_all_its_own(hunks: "list[Payload]", changes: "list[Change]") -> bool:
    """Whether what a patch adds is what the call said: OpenCode runs the project's formatter before it compares."""
    whole: set[str] = set()
    ends: list[str] = []
    for change in changes:
        lines = change[1].split("\n")
        whole.update(lines)
        ends += [end for end in (lines[0], lines[-1]) if len(end.strip()) >= _TELLING]
    lines = [line for hunk in hunks if isinstance(hunk["lines"], list) for line in hunk["lines"]]
    others = [line[1:] for line in lines if line[:1] == "+" and line[1:].strip() and line[1:] not in whole]
    return not changes or (len(others) <= len(ends) and all(any(end in line for end in ends) for line in others))


def _announced(given: "Payload", common: "Payload", cwd: str) -> list[Observation]:
    files = patches.parse(text(given, "patchText")) or ()
    paths = [path for file in files for path in (file.path, file.target) if path]
    return [Observation("pre_write", common, cwd=cwd, path=path) for path in dict.fromkeys(paths)]


def _patched(shown: "Payload", given: "Payload", common: "Payload", cwd: str) -> list[Observation]:
    """The files that `apply_patch` says it changed."""
    found = []
    files = shown.get("files")
    for file in files if isinstance(files, list) else ():
        path, target = (text(file, "filePath"), text(file, "movePath")) if isinstance(file, dict) else ("", "")
        if not path:
            continue
        hunks = patches.unified(file.get("patch"))
        fields = {**common, "edits": texts.edits(hunks) if hunks else None}
        if target:
            found.append(Observation("write", fields, cwd=cwd, path=target, old_path=path))
        gone = bool(target) or file.get("type") == "delete"
        found.append(Observation("write", common if gone else fields, cwd=cwd, path=path))
        found[-1].hunks = None if gone else _own_hunks(text(given, "patchText"), path)
    return found


def _own_hunks(patch: str, path: str) -> "list[patches.Hunk] | None":
    """What the call's own patch does to a file: OpenCode's is of whole texts and may slide among equal lines."""
    files = [file for file in patches.parse(patch) or () if path == file.path or path.endswith(f"/{file.path}")]
    return files[0].hunks if len(files) == 1 and files[0].kind == "update" else None


def _read(display: "Payload", common: "Payload", cwd: str) -> list[Observation]:
    path, first, last = text(display, "path"), display.get("lineStart"), display.get("lineEnd")
    if display.get("type") != "file" or not path:
        return []
    is_told = type(first) is int and type(last) is int and last >= first > 0
    lines = {"start_line": first, "end_line": last} if is_told else {}
    return [Observation("read", {**common, **lines}, cwd=cwd, path=path)]
