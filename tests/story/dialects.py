"""How a deed of a session becomes the payloads of its agent: byline's own protocol, and Claude Code's."""

import itertools
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from story.patch import Hunk, changed_region, patch_hunks

Send = Callable[[str, dict[str, Any]], None]
"""Hands (agent, payload) to the hook."""

_NAMESPACE = uuid.UUID("5f0c6a53-51a7-4f0b-9d0c-0a6a2a7a9f11")


@dataclass(frozen=True)
class Change:
    """One write of an edit tool. `path` is absolute, as the event has it; `before` None: there was no file."""

    path: str
    before: bytes | None
    after: bytes
    hunks: Sequence[Hunk] = ()
    tool: str | None = None


class Dialect(Protocol):
    """What sessions of an agent tell byline."""

    def owner_of(self, session_id: str) -> str: ...
    def write(self, who: str, cwd: Path, change: Change) -> None: ...
    def pre_write(self, who: str, cwd: Path, path: str, before: bytes | None) -> None: ...
    def post_write(self, who: str, cwd: Path, path: str, after: bytes | None) -> None: ...
    def write_failed(self, who: str, cwd: Path, path: str, reason: str) -> None: ...
    def pre_shell(self, who: str, cwd: Path, command: str) -> None: ...
    def shell(self, who: str, cwd: Path, command: str) -> None: ...
    def session_event(self, who: str, cwd: Path, event: str) -> None: ...


class Calls:
    """Ids of tool calls: a fresh one for each, and the open one of (session, what)."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._open: dict[tuple[str, str], tuple[str, bytes | None]] = {}

    def fresh(self) -> str:
        return f"call-{next(self._numbers)}"

    def begin(self, who: str, what: str, before: bytes | None = None) -> str:
        call_id = self.fresh()
        self._open[who, what] = (call_id, before)
        return call_id

    def end(self, who: str, what: str) -> tuple[str, bytes | None]:
        return self._open.pop((who, what), None) or (self.fresh(), None)


def editor(send: Send, event: str, cwd: Path, path: str, **more: Any) -> None:
    """What the editor tells: `save`, `observe`, `format`. No session is named."""
    send("generic", {"v": 1, "agent": "vscode", "event": event, "cwd": str(cwd), "path": path, **more})


class Generic:
    """byline's own protocol. The session id is the story's name of the session; `A/1` is a subagent of `A`."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._calls = Calls()

    def owner_of(self, session_id: str) -> str:
        return session_id

    def _tell(self, who: str, cwd: Path, event: str, **more: Any) -> None:
        parent, slash, _ = who.rpartition("/")
        if slash:
            more["parent_session_id"] = parent
        self._send("generic", {"v": 1, "agent": "robot", "session_id": who, "event": event, "cwd": str(cwd), **more})

    def write(self, who: str, cwd: Path, change: Change) -> None:
        more: dict[str, Any] = {"path": change.path, "call_id": self._calls.fresh(), "tool": change.tool or "Edit"}
        if change.hunks:
            names = ("old_start", "old_lines", "new_start", "new_lines")
            more["edits"] = [dict(zip(names, hunk, strict=True)) for hunk in change.hunks]
        before = None if change.before is None else change.before.decode()
        self._tell(who, cwd, "write", before=before, **more)

    def pre_write(self, who: str, cwd: Path, path: str, before: bytes | None) -> None:
        self._tell(who, cwd, "pre_write", path=path, call_id=self._calls.begin(who, path), tool="Edit")

    def post_write(self, who: str, cwd: Path, path: str, after: bytes | None) -> None:
        self._tell(who, cwd, "write", path=path, call_id=self._calls.end(who, path)[0], tool="Edit")

    def write_failed(self, who: str, cwd: Path, path: str, reason: str) -> None:
        self._tell(who, cwd, "write_failed", path=path, call_id=self._calls.end(who, path)[0], reason=reason)

    def pre_shell(self, who: str, cwd: Path, command: str) -> None:
        self._tell(who, cwd, "pre_shell", call_id=self._calls.begin(who, " shell"), tool="Bash", command=command)

    def shell(self, who: str, cwd: Path, command: str) -> None:
        self._tell(who, cwd, "shell", call_id=self._calls.end(who, " shell")[0], tool="Bash", command=command)

    def session_event(self, who: str, cwd: Path, event: str) -> None:
        self._tell(who, cwd, event)


class Claude:
    """Claude Code: a subagent shares its parent's session id and has an `agent_id`; line ends are always `\\n`."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._calls = Calls()
        self._names: dict[str, str] = {}

    def owner_of(self, session_id: str) -> str:
        session, slash, agent = session_id.partition("/")
        return self._names.get(session, session) + slash + agent

    def _tell(self, who: str, cwd: Path, event: str, **more: Any) -> None:
        name, slash, agent_id = who.partition("/")
        session_id = str(uuid.uuid5(_NAMESPACE, name))
        self._names[session_id] = name
        payload: dict[str, Any] = {
            "session_id": session_id,
            "transcript_path": f"/nowhere/.claude/projects/repo/{session_id}.jsonl",
            "cwd": str(cwd),
            "prompt_id": str(uuid.uuid5(_NAMESPACE, name + " prompt")),
            "hook_event_name": event,
        }
        if slash:
            payload |= {"agent_id": agent_id, "agent_type": "general-purpose"}
        self._send("claude", payload | more)

    def write(self, who: str, cwd: Path, change: Change) -> None:
        tool_id = self._calls.fresh()
        old, new = _as_claude_reads(change.before), _as_claude_reads(change.after) or ""
        if old is None or change.tool == "write-whole-file":
            given, answer = _whole(change.path, old, new, change.hunks)
            self._used(who, cwd, "Write", given, answer, tool_id)
            return
        old_string, new_string = changed_region(old, new)
        given = {"file_path": change.path, "old_string": old_string, "new_string": new_string, "replace_all": False}
        answer = {
            "filePath": change.path,
            "oldString": old_string,
            "newString": new_string,
            "originalFile": old,
            "structuredPatch": patch_hunks(old, new, change.hunks),
            "userModified": False,
            "replaceAll": False,
        }
        self._used(who, cwd, "Edit", given, answer, tool_id)

    def _used(
        self, who: str, cwd: Path, tool: str, given: dict[str, Any], answer: dict[str, Any], tool_id: str
    ) -> None:
        self._tell(
            who, cwd, "PostToolUse", tool_name=tool, tool_input=given, tool_response=answer, tool_use_id=tool_id
        )

    def pre_write(self, who: str, cwd: Path, path: str, before: bytes | None) -> None:
        call_id = self._calls.begin(who, path, before)
        given = {"file_path": path, "content": "announced"}
        self._tell(who, cwd, "PreToolUse", tool_name="Write", tool_input=given, tool_use_id=call_id)

    def post_write(self, who: str, cwd: Path, path: str, after: bytes | None) -> None:
        call_id, before = self._calls.end(who, path)
        given, answer = _whole(path, _as_claude_reads(before), _as_claude_reads(after) or "", ())
        self._used(who, cwd, "Write", given, answer, call_id)

    def write_failed(self, who: str, cwd: Path, path: str, reason: str) -> None:
        call_id, _ = self._calls.end(who, path)
        given = {"file_path": path, "content": "announced"}
        self._tell(
            who, cwd, "PostToolUseFailure", tool_name="Write", tool_input=given, tool_use_id=call_id, error=reason
        )

    def pre_shell(self, who: str, cwd: Path, command: str) -> None:
        call_id = self._calls.begin(who, " shell")
        self._tell(who, cwd, "PreToolUse", tool_name="Bash", tool_input={"command": command}, tool_use_id=call_id)

    def shell(self, who: str, cwd: Path, command: str) -> None:
        call_id, _ = self._calls.end(who, " shell")
        answer = {"stdout": "", "stderr": "", "interrupted": False, "isImage": False, "noOutputExpected": False}
        self._used(who, cwd, "Bash", {"command": command}, answer, call_id)

    def session_event(self, who: str, cwd: Path, event: str) -> None:
        if event == "session_start":
            self._tell(who, cwd, "SessionStart", source="startup")
        elif event == "session_end":
            self._tell(who, cwd, "SessionEnd", reason="other")
        else:
            self._tell(who, cwd, {"subagent_start": "SubagentStart", "subagent_end": "SubagentStop"}[event])


def _as_claude_reads(text: bytes | None) -> str | None:
    return None if text is None else text.decode("utf-8", "replace").replace("\r\n", "\n")


def _whole(path: str, old: str | None, new: str, hunks: Sequence[Hunk]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Input and response of the Write tool."""
    answer = {
        "type": "create" if old is None else "update",
        "filePath": path,
        "content": new,
        "structuredPatch": [] if old is None else patch_hunks(old, new, hunks),
        "originalFile": old,
        "userModified": False,
    }
    return {"file_path": path, "content": new}, answer
