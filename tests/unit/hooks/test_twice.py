"""One event, told by an agent's own registration and by the one with Claude Code that it also runs."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitrepo import Repo
from hookrun import COMMAND, events, hook

Maker = Callable[..., Repo]
Payload = dict[str, Any]
SESSION = "05f2c61b-2dce-404e-be8a-5f204b3562aa"


def copilot(event: str, folder: Path, **more: Any) -> Payload:
    """As Copilot CLI sends it to hooks with Pascal case events: it names no call."""
    return {
        "hook_event_name": event,
        "session_id": SESSION,
        "timestamp": "2026-11-21T02:26:03.763Z",
        "cwd": str(folder),
        **more,
    }


def cursor(event: str, folder: Path, **more: Any) -> Payload:
    """As Cursor sends it."""
    common = {"conversation_id": SESSION, "generation_id": "g1", "model": "m", "cursor_version": "3.1.17"}
    return {**common, "workspace_roots": [str(folder)], "hook_event_name": event, "cwd": str(folder), **more}


def copilot_calls(folder: Path) -> list[Payload]:
    """A prompt, an edit, the same command twice, a read, the end."""
    edit = {"tool_name": "Edit", "tool_input": {"path": str(folder / "f"), "old_str": "a", "new_str": "b"}}
    command = {"tool_name": "Bash", "tool_input": {"command": "true"}}
    done = {"tool_result": {"result_type": "success", "text_result_for_llm": "b\n"}}
    shell = [copilot("PreToolUse", folder, **command), copilot("PostToolUse", folder, **command, **done)]
    return [
        copilot("UserPromptSubmit", folder, prompt="go"),
        copilot("PreToolUse", folder, **edit),
        copilot("PostToolUse", folder, **edit, **done),
        *shell,
        *shell,
        copilot("PostToolUse", folder, tool_name="Read", tool_input={"path": str(folder / "f")}, **done),
        copilot("Stop", folder, stop_reason="end_turn"),
    ]


def cursor_calls(folder: Path) -> list[Payload]:
    """The same of Cursor, whose calls have ids."""
    edit = {
        "tool_name": "StrReplace",
        "tool_input": {"path": str(folder / "f"), "old_string": "a", "new_string": "b"},
    }
    command = {"tool_name": "Shell", "tool_input": {"command": "true"}}
    calls = [{**edit, "tool_use_id": "t1"}, {**command, "tool_use_id": "t2"}, {**command, "tool_use_id": "t3"}]
    pairs = [(cursor("preToolUse", folder, **call), cursor("postToolUse", folder, **call)) for call in calls]
    read = {"tool_name": "Read", "tool_input": {"path": str(folder / "f")}, "tool_use_id": "t4"}
    return [
        cursor("beforeSubmitPrompt", folder, prompt="go"),
        *[payload for pair in pairs for payload in pair],
        cursor("postToolUse", folder, **read),
        cursor("stop", folder, status="completed"),
    ]


WHAT = ["prompt", "pre_write", "write", *["pre_shell", "shell"] * 2, "read", "turn_end"]
ORDERS = {
    "its own first": lambda number: (0, 1),
    "Claude's first": lambda number: (1, 0),
    "now one, now the other": lambda number: (number % 2, 1 - number % 2),
    "only Claude's": lambda number: (1,),
    "only its own": lambda number: (0,),
}


@pytest.mark.parametrize("agent", ["copilot", "cursor"])
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_one_event_each_under_the_right_name(
    repo: Maker, agent: str, order: Callable[[int], tuple[int, ...]]
) -> None:
    made = repo()
    made.commit("start", {"f": "a\n"})
    calls = {"copilot": copilot_calls, "cursor": cursor_calls}[agent](made.path)
    for number, payload in enumerate(calls):
        if number == 2:
            made.write("f", "b\n")
        for registration in order(number):
            hook((agent, "claude")[registration], payload, made.path)
    found = events(made.path / ".git" / "byline")
    assert [event["event"] for event in found] == WHAT
    assert {event["agent"] for event in found} == {agent}
    assert {event["session_id"] for event in found} == {SESSION}


def test_both_at_once(repo: Maker) -> None:
    made = repo()
    made.commit("start", {"f": "a\n"})
    for payload in copilot_calls(made.path):
        running = [
            subprocess.Popen([*COMMAND, name], cwd=made.path, stdin=subprocess.PIPE, env=os.environ)
            for name in ("claude", "copilot")
        ]
        data = json.dumps(payload).encode()
        for process in running:
            assert process.stdin is not None
            process.stdin.write(data)
        for process in running:
            process.communicate()
    assert [event["event"] for event in events(made.path / ".git" / "byline")] == WHAT


def test_two_agents_on_one_file_in_one_commit(repo: Maker) -> None:
    """Claude Code and Copilot run the same executable, registered as Claude's in the repository."""
    made = repo()
    made.commit("start", {"f": "one\ntwo\n"})
    claude = {
        "session_id": "c1",
        "transcript_path": "/home/dev/.claude/projects/p/c1.jsonl",
        "cwd": str(made.path),
        "hook_event_name": "PostToolUse",
        "tool_name": "Edit",
        "tool_use_id": "toolu_1",
        "tool_input": {"file_path": str(made.path / "f"), "old_string": "one", "new_string": "uno"},
        "tool_response": {
            "filePath": str(made.path / "f"),
            "oldString": "one",
            "newString": "uno",
            "originalFile": "one\ntwo\n",
            "structuredPatch": [
                {"oldStart": 1, "oldLines": 2, "newStart": 1, "newLines": 2, "lines": ["-one", "+uno", " two"]}
            ],
        },
    }
    made.write("f", "uno\ntwo\n")
    hook("claude", claude, made.path)
    edit = {"tool_name": "Edit", "tool_input": {"path": str(made.path / "f"), "old_str": "two", "new_str": "due"}}
    hook("claude", copilot("PreToolUse", made.path, **edit), made.path, {"COPILOT_CLI": "1"})
    made.write("f", "uno\ndue\n")
    result = {"result_type": "success", "text_result_for_llm": ""}
    hook("claude", copilot("PostToolUse", made.path, **edit, tool_result=result), made.path, {"COPILOT_CLI": "1"})
    made.commit("both")

    from byline.workspace.workspace import Workspace

    workspace = Workspace.for_path(made.path, dict(os.environ))
    lines = workspace.attribute(made.path / "f").lines
    workspace.close()
    assert [(line.agent, line.session_id) for line in lines] == [("claude", "c1"), ("copilot", SESSION)]
