"""Codex. Pure.

Its patches name no lines and a shell call tells nothing but its output, so positions come from the file on disk and
reads from the command. A patch inside a shell call has no event after it: see `pending.py`.
"""

from byline_hooks import patches
from byline_hooks.calls import decoded, inner, patched, text
from byline_hooks.observation import SETTLE, Observation, Rejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from byline_hooks.observation import Payload

_LASTING = ("SessionStart", "UserPromptSubmit", "Stop", "Interrupt", "SessionEnd")
"""Events between turns: what was not written by then will not be."""


def observe(payload: "Payload", env: "Mapping[str, str]") -> list[Observation]:
    """The observations in one payload."""
    session, event = text(payload, "session_id"), text(payload, "hook_event_name")
    if not session or not event:
        raise Rejected("no session_id or hook_event_name")
    cwd = text(payload, "cwd")
    late = Observation(SETTLE, {"session_id": session, "final": event in _LASTING}, cwd=cwd)
    if event in ("PreToolUse", "PostToolUse"):
        return [late, *_tool(event, payload, cwd)]
    name, extra = _lifecycle(event, payload)
    return [late, Observation(name, {**_common(payload), **extra}, cwd=cwd)] if name else [late]


def _lifecycle(event: str, payload: "Payload") -> "tuple[str, Payload]":
    """The event's name in records ("" for none) and the fields only it has."""
    inside = text(payload, "agent_id")
    transcript = text(payload, "transcript_path")
    if event == "SessionStart":
        source = text(payload, "source")
        return "session_start", {"cwd": text(payload, "cwd"), "transcript_path": transcript, "reason": source}
    if event == "UserPromptSubmit" and not inside:  # a subagent's is its parent's doing
        return "prompt", {"prompt": text(payload, "prompt"), "transcript_path": transcript}
    if event == "SubagentStart" and inside:
        return "subagent_start", {"transcript_path": transcript}
    if event == "SubagentStop" and inside:
        return "subagent_end", {"transcript_path": text(payload, "agent_transcript_path")}
    if event == "PreCompact":
        return "compact", {"reason": text(payload, "trigger")}
    if event == "SessionEnd":
        return "session_end", {"reason": text(payload, "reason"), "transcript_path": transcript}
    if event == "Interrupt":
        return "turn_end", {"reason": "interrupted"}
    return ("turn_end", {}) if event == "Stop" else ("", {})


def _common(payload: "Payload") -> "Payload":
    session, inside = text(payload, "session_id"), text(payload, "agent_id")
    return {
        "agent": "codex",
        "session_id": f"{session}/{inside}" if inside else session,
        "parent_session_id": session if inside else None,
        "subagent_type": text(payload, "agent_type") if inside else None,
        "turn_id": text(payload, "turn_id"),
        "call_id": text(payload, "tool_use_id"),
        "tool": text(payload, "tool_name"),
        "model": text(payload, "model"),
    }


def _tool(event: str, payload: "Payload", cwd: str) -> list[Observation]:
    tool = text(payload, "tool_name")
    if tool not in ("apply_patch", "Bash"):
        return []
    command = text(inner(payload, "tool_input"), "command")
    if not command:
        raise Rejected(f"{event} of {tool} without a command")
    common = _common(payload)
    if tool == "Bash":
        return _shell(event, common, cwd, command, payload.get("tool_response"))
    files = patches.parse(command)
    if files is None:
        raise Rejected(f"{event} of a patch that is none")
    if event == "PreToolUse":
        return _announced(files, common, cwd, is_last=False)
    return patched("write_failed" if _has_failed(payload.get("tool_response")) else "write", common, cwd, command)


def _has_failed(answer: object) -> bool:
    """Whether a patch ended with another exit code than 0, told in the first line or in an object's `metadata`."""
    if isinstance(answer, str) and answer.startswith("Exit code:"):
        return answer[len("Exit code:") :].split("\n", 1)[0].strip() != "0"
    told = inner(decoded(answer), "metadata").get("exit_code")
    return isinstance(told, int) and told != 0


def _announced(files: list[patches.FilePatch], common: "Payload", cwd: str, *, is_last: bool) -> list[Observation]:
    """What is there before a patch; where this is the last event about it, also what is to become of it."""
    found = []
    for file in files:
        seen = Observation("pre_write", common, cwd=cwd, path=file.path)
        if is_last and file.kind == "add":
            seen.after = file.text()
        found.append(seen)
        if file.target:
            found.append(Observation("pre_write", common, cwd=cwd, path=file.target))
        if is_last and file.kind == "update":
            found[-1].hunks = file.hunks
            found[-1].old_path = file.path if file.target else None
    return found


def _shell(event: str, common: "Payload", cwd: str, command: str, answer: object) -> list[Observation]:
    if event == "PostToolUse":
        seen = Observation("shell", {**common, "command": command}, cwd=cwd)
        if "apply_patch" in command:
            return [seen]
        from byline_hooks import reading

        reads = reading.files(command) if isinstance(answer, str) and "No such file" not in answer else []
        return [
            seen,
            *[
                Observation("read", {**common, "start_line": first, "end_line": last}, cwd=cwd, path=path)
                for path, first, last in reads
            ],
        ]
    found = [Observation("pre_shell", {**common, "command": command}, cwd=cwd)]
    if "apply_patch" in command and (files := patches.parse(command)):
        from byline_hooks import reading

        found += _announced(files, common, reading.folder(command, cwd), is_last=True)
    return found
