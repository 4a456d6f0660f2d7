"""Payloads of Copilot, Cursor, Droid, Cline, Windsurf, Kiro and Amp that the replayed runs do not have."""

import importlib
import os
from collections.abc import Callable
from typing import Any

import pytest

from byline.workspace.workspace import Workspace
from byline_hooks.observation import PROCESS, Observation, Rejected
from gitrepo import Repo
from hookrun import events, hook

Payload = dict[str, Any]
PATCH = (
    "*** Begin Patch\n*** Update File: a.py\n*** Move to: b.py\n@@\n-x\n+y\n*** Delete File: c.py\n*** End Patch\n"
)
DIFF = "------- SEARCH\nx\n=======\ny\n+++++++ REPLACE\n"
SESSION: dict[str, Payload] = {
    "copilot": {"sessionId": "s", "cwd": "/r"},
    "cursor": {"conversation_id": "s", "cursor_version": "3.1", "workspace_roots": ["/other", "/r"]},
    "droid": {"session_id": "s", "cwd": "/r"},
    "cline": {"taskId": "s", "workspaceRoots": ["/r"]},
    "windsurf": {"trajectory_id": "s"},
    "kiro": {"cwd": "/r"},
    "amp": {"system": {"workspaceRoot": {"path": "/r"}}},
}


def observe(agent: str, payload: Payload, env: dict[str, str] | None = None) -> list[Observation]:
    """What the dialect makes of a payload of session `s`."""
    dialect = importlib.import_module(f"byline_hooks.dialects.{agent}")
    found: list[Observation] = dialect.observe({**SESSION[agent], **payload}, env or {})
    return found


def told(found: list[Observation]) -> list[tuple[str, str | None]]:
    return [(seen.event, seen.path) for seen in found]


OK = {"resultType": "success"}
NOTHING: list[tuple[str, str | None]] = []


@pytest.mark.parametrize(
    ("agent", "payload", "expected"),
    [
        ("copilot", {"toolName": "edit", "toolArgs": PATCH, "toolResult": OK}, "patch"),
        ("copilot", {"hook_event_name": "PreToolUse", "tool_name": "Edit", "tool_input": PATCH}, "before"),
        ("copilot", {"toolName": "rg", "toolArgs": {"pattern": "x"}, "toolResult": OK}, NOTHING),
        ("copilot", {"hookName": "permissionRequest", "toolName": "edit", "toolInput": {}}, NOTHING),
        ("copilot", {"toolName": "write_bash", "toolArgs": {"input": "y"}, "toolResult": OK}, [("shell", None)]),
        (
            "copilot",
            {"toolName": "edit", "toolArgs": {"path": "a"}, "toolResult": {"resultType": "rejected"}},
            [("write_failed", "a")],
        ),
        ("copilot", {"stopReason": "end_turn", "agentId": "i", "parentAgentId": "s"}, NOTHING),
        ("cursor", {"hook_event_name": "postToolUse", "tool_name": "ApplyPatch", "tool_input": PATCH}, "patch"),
        ("cursor", {"hook_event_name": "afterFileEdit", "file_path": "/r/a", "edits": []}, NOTHING),
        ("cursor", {"hook_event_name": "afterTabFileEdit", "file_path": "/r/a", "edits": []}, NOTHING),
        ("cursor", {"hook_event_name": "subagentStop", "subagent_type": "x"}, NOTHING),
        (
            "cursor",
            {
                "hook_event_name": "postToolUse",
                "tool_name": "Write",
                "tool_input": {"path": "/c:/x/a"},
                "tool_output": '{"success": false, "error": "no"}',
            },
            [("write_failed", "c:/x/a")],
        ),
        (
            "droid",
            {"hook_event_name": "PostToolUse", "tool_name": "ApplyPatch", "tool_input": {"input": PATCH}},
            "patch",
        ),
        ("droid", {"hook_event_name": "PostToolUse", "tool_name": "ApplyPatch", "tool_input": PATCH}, "patch"),
        ("droid", {"hook_event_name": "PreToolUse", "tool_name": "Read", "tool_input": {"file_path": "a"}}, NOTHING),
        ("cline", {"postToolUse": {"toolName": "apply_patch", "parameters": {"input": PATCH}}}, "patch"),
        (
            "cline",
            {"postToolUse": {"toolName": "write_to_file", "parameters": {"path": "a"}, "success": False}},
            [("write_failed", "a")],
        ),
        ("cline", {"userPromptSubmit": {"prompt": "go"}}, [("prompt", None)]),
        ("cline", {"hookName": "session_shutdown"}, [("session_end", None)]),
        ("windsurf", {"agent_action_name": "post_mcp_tool_use", "tool_info": {}}, NOTHING),
        ("kiro", {"hook_event_name": "PostFileSave"}, NOTHING),
        (
            "kiro",
            {
                "hook_event_name": "postToolUse",
                "tool_name": "fs_read",
                "tool_input": {"operations": [{"mode": "Line", "path": "a"}, {"mode": "Directory", "path": "d"}]},
            },
            [("read", "a")],
        ),
        (
            "amp",
            {
                "event": {
                    "thread": {"id": "T-1"},
                    "toolUseID": "t",
                    "tool": "apply_patch",
                    "status": "done",
                    "input": {"patchText": PATCH},
                }
            },
            "patch",
        ),
        (
            "amp",
            {
                "event": {
                    "thread": {"id": "T-1"},
                    "toolUseID": "t",
                    "tool": "edit_file",
                    "status": "cancelled",
                    "input": {"path": "a"},
                }
            },
            [("write_failed", "a")],
        ),
    ],
)
def test_what_a_payload_says(agent: str, payload: Payload, expected: object) -> None:
    found = observe(agent, payload)
    if expected == "patch":
        assert told(found) == [("write", "b.py"), ("write", "a.py"), ("write", "c.py")]
        assert [seen.old_path for seen in found] == ["a.py", None, None]
    elif expected == "before":
        assert told(found) == [("pre_write", "b.py"), ("pre_write", "a.py"), ("pre_write", "c.py")]
    else:
        assert told(found) == expected


def test_where_cursor_works() -> None:
    (seen,) = observe(
        "cursor", {"hook_event_name": "preToolUse", "tool_name": "Write", "tool_input": {"path": "/r/a"}}
    )
    assert seen.cwd == "/r"
    (seen,) = observe("cursor", {"hook_event_name": "preToolUse", "tool_name": "Write", "tool_input": {"path": "a"}})
    assert seen.cwd == "/other"


def test_a_call_without_an_id_has_the_same_before_and_after() -> None:
    given = {"toolName": "edit", "toolArgs": {"path": "a", "old_str": "x", "new_str": "y"}}
    (before,), (after,) = observe("copilot", given), observe("copilot", {**given, "toolResult": OK})
    pascal = {"tool_name": "Edit", "tool_input": dict(reversed(given["toolArgs"].items()))}  # type: ignore[attr-defined]
    (other,) = observe("copilot", {"hook_event_name": "PreToolUse", **pascal})
    assert before.fields["call_id"] == after.fields["call_id"] == other.fields["call_id"]
    (another,) = observe("copilot", {**given, "toolArgs": {"path": "b"}})
    assert another.fields["call_id"] != before.fields["call_id"]


def test_subagents_that_share_the_session_s_id() -> None:
    inner = {"agent_id": "a2", "parent_agent_id": "a1", "sessionContext": {"rootSessionId": "root"}}
    (seen,) = observe("cline", {**inner, "taskStart": {}})
    assert (seen.event, seen.fields["session_id"]) == ("subagent_start", "root/a2")
    assert seen.fields["parent_session_id"] == "root"
    (seen,) = observe("cline", {**inner, "hookName": "agent_end", "taskComplete": {}})
    assert seen.event == "subagent_end"
    assert observe("cline", {**inner, "userPromptSubmit": {"prompt": "not a person's"}}) == []


def test_cline_s_search_and_replace_blocks() -> None:
    tool = {"toolName": "replace_in_file", "parameters": {"path": "a", "diff": DIFF}}
    (seen,) = observe("cline", {"postToolUse": tool})
    assert seen.changes == [("x\n", "y\n")]
    tool = {"toolName": "replace_in_file", "parameters": {"path": "a", "diff": DIFF[:-20]}}
    (seen,) = observe("cline", {"postToolUse": tool})
    assert seen.changes == []


@pytest.mark.parametrize("agent", ["copilot", "cursor", "droid", "cline", "windsurf", "amp"])
def test_no_session(agent: str) -> None:
    with pytest.raises(Rejected):
        importlib.import_module(f"byline_hooks.dialects.{agent}").observe({"hook_event_name": "Stop"}, {})


def test_an_agent_that_names_no_session_is_known_by_its_process(repo: Callable[..., Repo]) -> None:
    (seen,) = observe("kiro", {"hook_event_name": "agentSpawn"})
    assert seen.fields["session_id"] == PROCESS
    made = repo()
    for event in ("agentSpawn", "stop"):
        hook("kiro", {"hook_event_name": event, "cwd": str(made.path)}, made.path)
    (first, second) = events(made.path / ".git" / "byline")
    assert first["session_id"] == second["session_id"]
    assert first["session_id"].startswith(f"pid-{os.getpid()}")


def test_an_edit_that_is_told_before_it_is_on_disk(repo: Callable[..., Repo]) -> None:
    """VS Code may do so: the hook looks again for a moment."""
    import threading

    made = repo()
    path = made.write("f", "a\nb\n")
    given = {"filePath": str(path), "oldString": "b", "newString": "c"}
    common = {"session_id": "s", "timestamp": "2026", "cwd": str(made.path), "tool_use_id": "t"}
    payload = {**common, "tool_name": "replace_string_in_file", "tool_input": given}
    hook("copilot", {**payload, "hook_event_name": "PreToolUse"}, made.path)
    late = threading.Timer(0.15, path.write_text, ["a\nc\n"])
    late.start()
    hook("copilot", {**payload, "hook_event_name": "PostToolUse", "tool_response": ""}, made.path)
    late.join()
    before, after = events(made.path / ".git" / "byline")
    assert before["after_id"] != after["after_id"]
    assert after["edits"] == [[2, 1, 2, 1]]


def test_a_file_that_was_deleted_and_made_anew_is_its_maker_s(repo: Callable[..., Repo]) -> None:
    made = repo()
    path = made.write("f", "a\nb\n")
    made.commit("start")
    for number, tool in enumerate(("Delete", "Write")):
        given = {"path": str(path), **({"content": "a\nb\n"} if tool == "Write" else {})}
        call = {"tool_name": tool, "tool_input": given, "tool_use_id": f"t{number}", "cwd": str(made.path)}
        payload = {**SESSION["cursor"], **call}
        hook("cursor", {**payload, "hook_event_name": "preToolUse"}, made.path)
        if tool == "Delete":
            path.unlink()
        else:
            path.write_text("a\nb\n")
        hook("cursor", {**payload, "hook_event_name": "postToolUse"}, made.path)
    workspace = Workspace.for_path(made.path, dict(os.environ))
    lines = workspace.attribute(path).lines
    workspace.close()
    assert [line.agent for line in lines] == ["cursor", "cursor"]


def test_the_same_command_twice_is_two_calls(repo: Callable[..., Repo]) -> None:
    made = repo()
    made.commit("start", {"f": "a\n"})
    for event in ("PreToolUse", "PostToolUse") * 2:
        call = {"tool_name": "Execute", "tool_input": {"command": "true"}, "hook_event_name": event}
        hook("droid", {"session_id": "s", "cwd": str(made.path), **call}, made.path)
    workspace = Workspace.for_path(made.path, dict(os.environ))
    session = workspace.sessions()["s"]
    workspace.close()
    assert session.tool_calls == 2
