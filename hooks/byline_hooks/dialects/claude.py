"""Claude Code. Pure.

Sizes up what its payloads leave out or get wrong: texts come with LF whatever the file has, patches expand tabs, only
`tool_input` has the absolute path, and subagents share the session's id.
"""

from byline_hooks import texts
from byline_hooks.observation import ABSENT, Observation, Rejected, as_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload, _Absent

_EDIT_TOOLS = {"Write": "file_path", "Edit": "file_path", "MultiEdit": "file_path", "NotebookEdit": "notebook_path"}
_SHELL_TOOLS = ("Bash", "PowerShell")
_NOT_A_PROMPT = "<task-notification>"
_WAITS = {"permission_prompt": "permission", "idle_prompt": "idle", "elicitation_dialog": "question"}
_MOST_RUNS = 50


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one payload."""
    session = _text(payload, "session_id")
    event = _text(payload, "hook_event_name")
    if not session or not event:
        raise Rejected("no session_id or hook_event_name")
    if event in ("PreToolUse", "PostToolUse", "PostToolUseFailure"):
        return _tool(event, payload)
    name, extra = _lifecycle(event, payload, env)
    if not name:
        return []
    return [Observation(name, {**_common(payload), **extra}, cwd=_text(payload, "cwd"))]


def _lifecycle(event: str, payload: "Payload", env: "Mapping[str, str]") -> "tuple[str, Payload]":
    """The event's name in records ("" for none) and the fields only it has."""
    if event == "SessionStart":
        return "session_start", {
            "agent_version": _version(env),
            "model": _text(payload, "model"),
            "cwd": _text(payload, "cwd"),
            "pid": as_number(env.get("CLAUDE_PID", "")),
            "transcript_path": _text(payload, "transcript_path"),
            "reason": _text(payload, "source"),
        }
    if event == "UserPromptSubmit":
        prompt = _text(payload, "prompt")
        if prompt.lstrip().startswith(_NOT_A_PROMPT) or _text(payload, "agent_id"):
            return "", {}
        return "prompt", {
            "agent_version": _version(env),
            "prompt": prompt,
            "transcript_path": _text(payload, "transcript_path"),
        }
    if event == "Notification":
        reason = _wait(payload)
        return ("wait", {"wait_reason": reason}) if reason else ("", {})
    if event in ("SubagentStart", "SubagentStop"):
        if not _text(payload, "agent_id"):
            return "", {}
        ended = event == "SubagentStop"
        path = _text(payload, "agent_transcript_path")
        return ("subagent_end", {"transcript_path": path}) if ended else ("subagent_start", {})
    if event == "PreCompact":
        return "compact", {"reason": _text(payload, "trigger")}
    if event == "SessionEnd":
        transcript = _text(payload, "transcript_path")
        return "session_end", {"reason": _text(payload, "reason"), "transcript_path": transcript}
    return ("turn_end", {"background": _runs_on(payload) or None}) if event == "Stop" else ("", {})


def _runs_on(payload: "Payload") -> bool:
    """Whether commands still run when the turn ends; subagents have events of their own."""
    told = payload.get("background_tasks")
    tasks = [task for task in told if isinstance(task, dict)] if isinstance(told, list) else []
    return any(task.get("type") != "subagent" and task.get("status") != "completed" for task in tasks)


def _common(payload: "Payload") -> "Payload":
    session, inner = _text(payload, "session_id"), _text(payload, "agent_id")
    return {
        "agent": "claude",
        "session_id": f"{session}/{inner}" if inner else session,
        "parent_session_id": session if inner else None,
        "subagent_type": _text(payload, "agent_type") if inner else None,
        "turn_id": _text(payload, "prompt_id"),
        "call_id": _text(payload, "tool_use_id"),
        "tool": _text(payload, "tool_name"),
    }


def _tool(event: str, payload: "Payload") -> list[Observation]:
    tool = _text(payload, "tool_name")
    given = payload.get("tool_input")
    reads = tool in ("Read", "Grep") and event == "PostToolUse"
    if not (reads or tool in _EDIT_TOOLS or tool in _SHELL_TOOLS):
        return []
    if not isinstance(given, dict):
        raise Rejected(f"{event} of {tool} without tool_input")
    answer = payload.get("tool_response")
    response: Payload = answer if isinstance(answer, dict) else {}
    if tool in _SHELL_TOOLS:
        return [_shell(event, payload, given, response)]
    if tool == "Grep":
        return _grep(payload, given, response)
    path = _text(given, _EDIT_TOOLS.get(tool, "file_path"))
    if not path:
        raise Rejected(f"{event} of {tool} without a path")
    if tool == "Read":
        return [_seen("read", payload, path, _read_lines(response))]
    if event == "PreToolUse":
        return [_seen("pre_write", payload, path)]
    if event == "PostToolUseFailure":
        return [_seen("write_failed", payload, path, {"reason": _text(payload, "error").partition("\n")[0][:200]})]
    if response.get("staged") is True:
        return [_seen("write_failed", payload, path, {"reason": "held for a review"})]
    return [_write(tool, payload, path, given, response)]


def _seen(name: str, payload: "Payload", path: str, extra: "Payload | None" = None) -> Observation:
    return Observation(name, {**_common(payload), **(extra or {})}, cwd=_text(payload, "cwd"), path=path)


def _shell(event: str, payload: "Payload", given: "Payload", response: "Payload") -> Observation:
    extra: Payload = {"command": _text(given, "command")}
    if event != "PreToolUse" and (response.get("backgroundTaskId") or given.get("run_in_background") is True):
        extra["background"] = True
    if payload.get("is_interrupt") is True or response.get("interrupted") is True:
        extra["reason"] = "interrupted"
    if event == "PreToolUse":
        return Observation("pre_shell", {**_common(payload), **extra}, cwd=_text(payload, "cwd"))
    ended = Observation("shell", {**_common(payload), **extra}, cwd=_text(payload, "cwd"))
    ended.transcript = _transcript(payload)
    return ended


def _write(tool: str, payload: "Payload", path: str, given: "Payload", response: "Payload") -> Observation:
    seen = _seen("write", payload, path)
    patch = texts.hunks(response.get("structuredPatch"))
    if tool == "NotebookEdit":
        seen.before, seen.after = _text_or_none(response, "original_file"), _text_or_none(response, "updated_file")
    elif tool == "Write":
        seen.before, seen.after = _before(response), _text_or_none(response, "content")
        if seen.after is None and not response:
            seen.after = _text_or_none(given, "content")
    elif tool == "Edit":
        seen.before, seen.after = _before(response), _edited(response, patch)
    else:
        seen.before = _before(response)
    seen.fields["edits"] = _edits(patch, response, seen) if patch else None
    if response.get("userModified") is True:
        seen.fields["user_modified"] = True
    seen.transcript = _transcript(payload)
    return seen


def _transcript(payload: "Payload") -> str:
    """Where the call is kept: a subagent's in a file of its own, beside its parent's."""
    path, inner = _text(payload, "transcript_path"), _text(payload, "agent_id")
    if not inner:
        return path
    return f"{path.removesuffix('.jsonl')}/subagents/agent-{inner}.jsonl" if inner.isalnum() else ""


def _before(response: "Payload") -> "str | _Absent | None":
    original = response.get("originalFile")
    if response.get("type") == "create" or (original == "" and response.get("oldString") == ""):
        return ABSENT
    return original if isinstance(original, str) else None


def _edited(response: "Payload", patch: "list[Payload] | None") -> str | None:
    """What an Edit made of the file, if the patch agrees: the agent adjusts quotes and blanks it does not tell of."""
    original, old, new = (response.get(name) for name in ("originalFile", "oldString", "newString"))
    if not (isinstance(original, str) and isinstance(old, str) and isinstance(new, str)):
        return None
    if old == "":
        return new if original == "" else None
    if patch is None or old not in original:
        return None
    after = original.replace(old, new, -1 if response.get("replaceAll") is True else 1)
    return after if texts.fits(patch, original, after) else None


def _edits(patch: "list[Payload]", response: "Payload", seen: Observation) -> list[list[int]]:
    edits, before = texts.edits(patch), seen.before
    old, new = response.get("oldString"), response.get("newString")
    if not (isinstance(before, str) and isinstance(old, str) and isinstance(new, str)):
        return edits
    if seen.after is None or response.get("replaceAll") is True:
        return edits  # what it exchanged is not what it says, or not once
    from byline_hooks import positions

    return positions.exchanged(edits, before, old, new)


def _read_lines(response: "Payload") -> "Payload":
    """First and last line the agent was shown; a final newline is not one more line."""
    file = response.get("file")
    if not isinstance(file, dict) or type(file.get("startLine")) is not int:
        return {}
    content, first = file.get("content"), file["startLine"]
    if isinstance(content, str):
        count = content.count("\n") + (not content.endswith("\n"))
    else:
        count = file["numLines"] if type(file.get("numLines")) is int else 0
    return {"start_line": first, "end_line": first + count - 1} if first > 0 and count > 0 else {}


def _grep(payload: "Payload", given: "Payload", response: "Payload") -> list[Observation]:
    """One read for each run of lines that a search printed; names and counts alone are no reading."""
    if response.get("mode") != "content":
        return []
    runs: list[tuple[str, list[int]]] = []
    for line in _text(response, "content").split("\n"):
        path, number = _found(line, _text(given, "path"))
        if not number:
            continue
        if runs and runs[-1][0] == path and runs[-1][1][1] + 1 == number:
            runs[-1][1][1] = number
        elif len(runs) < _MOST_RUNS:
            runs.append((path, [number, number]))
        else:
            break
    return [_seen("read", payload, path, {"start_line": first, "end_line": last}) for path, (first, last) in runs]


def _found(line: str, searched: str) -> tuple[str, int]:
    """Path and line number of `path:12:text`, or of `12:text` where one file was searched; context lines have `-`."""
    for mark in (":", "-"):
        head, _, rest = line.partition(mark)
        line_number = as_number(head)
        if line_number is not None and searched:
            return searched, line_number
        line_number = as_number(rest.partition(mark)[0])
        if head and line_number is not None and rest.find(mark) > 0:
            return head, line_number
    return "", 0


def _wait(payload: "Payload") -> str:
    kind = _text(payload, "notification_type")
    if kind:
        return _WAITS.get(kind, "")
    message = _text(payload, "message").lower()
    if "permission" in message or "approval" in message:
        return "permission"
    return "idle" if "waiting for your input" in message else ""


def _version(env: "Mapping[str, str]") -> str:
    name, _, rest = env.get("AI_AGENT", "").partition("_")
    return rest.partition("_")[0].replace("-", ".") if name == "claude-code" else ""


def _text(payload: "Payload", name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def _text_or_none(payload: "Payload", name: str) -> str | None:
    value = payload.get(name)
    return value if isinstance(value, str) else None
