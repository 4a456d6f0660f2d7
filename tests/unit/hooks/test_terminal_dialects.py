"""Payloads of Codex, Gemini CLI, OpenCode and Qwen Code that the replayed runs do not have."""

import importlib
import os
from collections.abc import Callable
from typing import Any

import pytest

from byline.workspace.workspace import Workspace
from byline_hooks import detect
from byline_hooks.observation import ABSENT, SETTLE, Observation, Rejected
from gitrepo import Repo
from hookrun import events, hook
from replay import Page

Payload = dict[str, Any]
SESSION: dict[str, Payload] = {
    "codex": {"session_id": "s", "cwd": "/r", "model": "m"},
    "gemini": {"session_id": "s", "cwd": "/r"},
    "qwen": {"session_id": "s", "cwd": "/r", "prompt_id": "p"},
    "opencode": {"directory": "/r", "session": {"id": "s"}},
}
INNER = {"agent_id": "i", "agent_type": "worker"}
PATCH = "*** Begin Patch\n*** Update File: a\n@@\n-x\n+y\n*** End Patch\n"
BOTH = {"originalContent": "a\n", "newContent": "b\n", "filePath": "/r/f", "fileDiff": "@@ -1 +1 @@\n-a\n+b\n"}


def observe(agent: str, payload: Payload, env: dict[str, str] | None = None) -> list[Observation]:
    dialect = importlib.import_module(f"byline_hooks.dialects.{agent}")
    found: list[Observation] = dialect.observe({**SESSION[agent], **payload}, env or {})
    return [seen for seen in found if seen.event != SETTLE]


def event(name: str, **more: object) -> Payload:
    return {"hook_event_name": name, **more}


def tool(name: str, tool: str, given: Payload, response: object = None, **more: object) -> Payload:
    told = {} if response is None else {"tool_response": response}
    return {"hook_event_name": name, "tool_name": tool, "tool_input": given, **told, **more}


def plugin(hook: str, tool: str = "", given: Payload | None = None, **more: Any) -> Payload:
    told = {"tool": tool, "callID": "c", "args": given or {}}
    return {"hook": hook, "input": told, "output": {"metadata": more}}


@pytest.mark.parametrize(
    ("agent", "payload", "expected"),
    [
        ("codex", event("SubagentStart", **INNER), [("subagent_start", None)]),
        ("codex", event("SubagentStop", **INNER), [("subagent_end", None)]),
        ("codex", event("UserPromptSubmit", prompt="do", **INNER), []),
        ("codex", event("PreCompact", trigger="auto"), [("compact", None)]),
        ("codex", event("Interrupt"), [("turn_end", None)]),
        ("codex", event("PermissionRequest", tool_name="Bash"), []),
        ("codex", tool("PostToolUse", "spawn_agent", {}, "{}"), []),
        ("codex", tool("PreToolUse", "apply_patch", {"command": PATCH}), [("pre_write", "a")]),
        ("codex", tool("PostToolUse", "apply_patch", {"command": PATCH}, "Exit code: 0"), [("write", "a")]),
        ("codex", tool("PostToolUse", "apply_patch", {"command": PATCH}, "Exit code: 1\nx"), [("write_failed", "a")]),
        (
            "codex",
            tool("PostToolUse", "apply_patch", {"command": PATCH}, '{"output": "x", "metadata": {"exit_code": 1}}'),
            [("write_failed", "a")],
        ),
        (
            "codex",
            tool("PostToolUse", "apply_patch", {"command": PATCH}, '{"output": "Exit code: 1", "metadata": {}}'),
            [("write", "a")],
        ),
        ("codex", tool("PostToolUse", "Bash", {"command": "cat a"}, "x"), [("shell", None), ("read", "a")]),
        ("codex", tool("PostToolUse", "Bash", {"command": "cat a"}, "cat: a: No such file"), [("shell", None)]),
        ("gemini", event("BeforeModel", llm_request={}), []),
        ("gemini", tool("BeforeTool", "run_shell_command", {"command": "ls"}), [("pre_shell", None)]),
        ("gemini", tool("AfterTool", "read_file", {"file_path": "a"}, {"error": {"message": "no"}}), []),
        (
            "gemini",
            tool("AfterTool", "replace", {"file_path": "a"}, {"error": {"message": "no"}}),
            [("write_failed", "a")],
        ),
        ("gemini", tool("AfterTool", "replace", {"file_path": "a"}, {"returnDisplay": "shown"}), []),
        ("gemini", tool("AfterTool", "replace", {"file_path": "f"}, {"returnDisplay": BOTH}), [("write", "/r/f")]),
        ("gemini", tool("AfterTool", "invoke_agent", {"agent_name": "g"}, {}), []),
        ("qwen", event("UserPromptSubmit", prompt="ignored"), []),
        ("qwen", event("UserPromptSubmit", prompt="x", submitted_prompt="x", agent_id="i"), []),
        ("qwen", event("Stop", agent_id="i"), []),
        ("qwen", event("Notification", notification_type="permission_prompt"), [("wait", None)]),
        ("qwen", event("Notification", notification_type="auth_success"), []),
        ("qwen", event("SessionEnd", reason="exit"), [("session_end", None)]),
        (
            "qwen",
            tool("PostToolUse", "notebook_edit", {"notebook_path": "n"}, {"llmContent": "ok"}),
            [("write", "n")],
        ),
        ("qwen", tool("PostToolUseFailure", "edit", {"file_path": "a"}, error="no"), [("write_failed", "a")]),
        ("qwen", tool("PostToolUse", "todo_write", {}, {}), []),
        ("opencode", plugin("tool.execute.before", "apply_patch", {"patchText": PATCH}), [("pre_write", "a")]),
        (
            "opencode",
            plugin(
                "tool.execute.after",
                "apply_patch",
                files=[
                    {"filePath": "/r/a", "type": "move", "movePath": "/r/b"},
                    {"filePath": "/r/c", "type": "delete"},
                ],
            ),
            [("write", "/r/b"), ("write", "/r/a"), ("write", "/r/c")],
        ),
        ("opencode", plugin("tool.execute.after", "read", display={"type": "directory", "path": "/r"}), []),
        ("opencode", plugin("tool.execute.before", "read", {"filePath": "a"}), []),
        ("opencode", plugin("tool.execute.after", "webfetch"), []),
        ("opencode", {"hook": "session.compacted"}, [("compact", None)]),
        ("opencode", {"hook": "dispose", "session": {"id": "s", "parent": "p"}}, []),
    ],
)
def test_what_is_seen(agent: str, payload: Payload, expected: list[tuple[str, str | None]]) -> None:
    assert [(seen.event, seen.path) for seen in observe(agent, payload)] == expected


@pytest.mark.parametrize("agent", ["codex", "qwen"])
def test_a_subagent_has_a_session_of_its_own(agent: str) -> None:
    (seen,) = observe(agent, event("SubagentStart", **INNER))
    named = {name: seen.fields[name] for name in ("session_id", "parent_session_id", "subagent_type")}
    assert named == {"session_id": "s/i", "parent_session_id": "s", "subagent_type": "worker"}


@pytest.mark.parametrize(
    ("agent", "payload"),
    [
        ("codex", {"session_id": None}),
        ("codex", tool("PreToolUse", "Bash", {})),
        ("codex", tool("PostToolUse", "apply_patch", {"command": "no patch"}, "")),
        ("gemini", {"hook_event_name": None}),
        ("gemini", tool("AfterTool", "replace", {}, {})),
        ("qwen", tool("PreToolUse", "edit", {})),
        ("opencode", {"hook": "dispose", "session": {}}),
        ("opencode", plugin("tool.execute.before", "edit")),
    ],
)
def test_what_is_rejected(agent: str, payload: Payload) -> None:
    with pytest.raises(Rejected):
        observe(agent, payload)


def test_texts_before_and_after() -> None:
    given = {"file_path": "f"}
    (seen,) = observe("gemini", tool("AfterTool", "replace", given, {"returnDisplay": BOTH}))
    assert (seen.before, seen.after, seen.fields["edits"]) == ("a\n", "b\n", [[1, 1, 1, 1]])
    shown = {**BOTH, "originalContent": "", "isNewFile": True, "diffStat": {"user_added_lines": 1}}
    (seen,) = observe("gemini", tool("AfterTool", "write_file", given, {"returnDisplay": shown}))
    assert seen.before is ABSENT
    assert seen.fields["user_modified"] is True
    (seen,) = observe(
        "qwen", tool("PostToolUse", "write_file", given, {"returnDisplay": {**BOTH, "originalContent": ""}})
    )
    assert seen.before == ""


SLID = "--- a\n+++ b\n@@ -1,4 +1,7 @@\n app\n \n @c\n+def new\n+\n+@c\n def old\n"
"""What a comparison of whole texts says where the lines from `@c` on were put before others that begin alike."""


@pytest.mark.parametrize("agent", ["gemini", "qwen"])
def test_an_edit_is_where_its_own_words_are_not_where_the_patch_slid_to(agent: str) -> None:
    given = {"file_path": "f", "old_string": "app\n\n", "new_string": "app\n\n@c\ndef new\n\n"}
    texts = {"originalContent": "app\n\n@c\ndef old\n", "newContent": "app\n\n@c\ndef new\n\n@c\ndef old\n"}
    name = {"gemini": ("AfterTool", "replace"), "qwen": ("PostToolUse", "edit")}[agent]
    answer = {"returnDisplay": {**BOTH, **texts, "fileDiff": SLID}}
    (seen,) = observe(agent, tool(*name, given, answer))
    assert seen.fields["edits"] == [[3, 0, 3, 3]]
    (seen,) = observe(agent, tool(*name, {**given, "old_string": "not what was exchanged"}, answer))
    assert seen.fields["edits"] == [[4, 0, 4, 3]]


def test_qwen_s_model_is_in_the_environment_of_its_own_session() -> None:
    read = tool("PostToolUse", "read_file", {"file_path": "a"}, {"llmContent": "x"})
    env = {"QWEN_CODE_MODEL": "m"}
    assert observe("qwen", read, {**env, "QWEN_CODE_SESSION_ID": "s"})[0].fields["model"] == "m"
    assert not observe("qwen", read, {**env, "QWEN_CODE_SESSION_ID": "outer"})[0].fields["model"]


@pytest.mark.parametrize(
    ("text", "expected"), [('"say hi"', "say hi"), ('"a" and "b"', '"a" and "b"'), ("plain", "plain"), ('"', '"')]
)
def test_opencode_s_prompt(text: str, expected: str) -> None:
    parts = [{"type": "text", "text": text}, {"type": "text", "text": "a file", "synthetic": True}, {"type": "file"}]
    (seen,) = observe("opencode", {"hook": "chat.message", "output": {"parts": parts}})
    assert seen.fields["prompt"] == expected


@pytest.mark.parametrize("agent", ["codex", "gemini", "opencode", "qwen"])
def test_another_agent_s_shell_does_not_rename_it(agent: str) -> None:
    env = {
        "COPILOT_CLI": "1",
        "FACTORY_PROJECT_DIR": "/x",
        "CLAUDE_CODE_SESSION_ID": "c",
        "QWEN_CODE_SESSION_ID": "q",
    }
    assert detect.agent(agent, {**SESSION[agent], "hook_event_name": "SessionStart"}, env) == agent


Maker = Callable[..., Repo]
HEREDOC = f"apply_patch <<'EOF'\n{PATCH}EOF"


def codex(made: Repo, name: str, **more: object) -> None:
    """One event of session `s` in a repository."""
    path = "/h/.codex/sessions/s.jsonl"
    hook(
        "codex", {"session_id": "s", "transcript_path": path, "cwd": str(made.path), **event(name), **more}, made.path
    )


def begin(repo: Maker) -> Repo:
    """A shell call with a patch in it is about to run."""
    made = repo()
    made.commit("start", {"a": "k\nx\n"})
    codex(made, "PreToolUse", tool_name="Bash", tool_use_id="c", tool_input={"command": HEREDOC})
    return made


def test_a_patch_in_a_shell_call_counts_once_the_file_is_as_it_says(repo: Maker) -> None:
    made = begin(repo)
    codex(made, "PostToolUse", tool_name="Bash", tool_use_id="d", tool_input={"command": "ls"}, tool_response="")
    made.write("a", "k\ny\n")
    codex(made, "Stop")
    codex(made, "Stop")
    store = made.path / ".git" / "byline"
    assert [seen["event"] for seen in events(store)] == [
        *("pre_shell", "pre_write", "shell", "write", "turn_end", "turn_end"),
    ]
    assert events(store)[3]["call_id"] == "c"
    assert [line.split()[0] for line in Page(made).owners()[0].splitlines()[1:]] == ["unknown", "session"]
    assert not list((store / "pending").iterdir())


def test_a_patch_in_a_shell_call_that_failed_is_nobody_s(repo: Maker) -> None:
    made = begin(repo)
    made.write("a", "k\nz\n")
    codex(made, "Stop")
    made.write("a", "k\ny\n")  # a person's, in a later turn
    codex(made, "UserPromptSubmit", prompt="go on")
    store = made.path / ".git" / "byline"
    assert [seen["event"] for seen in events(store)] == ["pre_shell", "pre_write", "turn_end", "prompt"]
    assert not list((store / "pending").iterdir())


MOVED = "*** Begin Patch\n*** Update File: a\n*** Move to: sub/b\n@@\n k\n-x\n+y\n*** End Patch\n"


@pytest.mark.parametrize("folder", ["", "sub"])
def test_a_patch_in_a_shell_call_that_moves_a_file(repo: Maker, folder: str) -> None:
    made = repo()
    made.commit("start", {f"{folder}/a".strip("/"): "k\nx\n"})
    begin = f"cd {folder} && " if folder else ""
    given = {"command": f"{begin}apply_patch <<'EOF'\n{MOVED}EOF"}
    codex(made, "PreToolUse", tool_name="Bash", tool_use_id="c", tool_input=given)
    there = made.path / folder
    (there / "sub").mkdir()
    (there / "a").unlink()
    (there / "sub" / "b").write_text("k\ny\n")
    codex(made, "Stop")
    old, path = (f"{folder}/{name}".strip("/") for name in ("a", "sub/b"))
    told = [
        (seen["event"], seen.get("path"), seen.get("old_path"), seen.get("edits"))
        for seen in events(made.path / ".git" / "byline")
    ]
    assert told[1:-1] == [
        ("pre_write", old, None, None),
        ("pre_write", path, None, None),
        ("write", path, old, [[2, 1, 2, 1]]),
    ]
    with Workspace.for_path(made.path, os.environ) as workspace:
        lines = workspace.attribute(made.path / path).lines
    assert [line.owner for line in lines] == ["unknown", "session"]


def test_a_patch_of_a_file_with_crlf_keeps_its_positions_to_itself(repo: Maker) -> None:
    """What the kept lines were before can't be told from the patch; the event before knows."""
    made = repo()
    made.commit("start", {"a": "k\r\nx\r\n"})
    given = {"tool_name": "apply_patch", "tool_use_id": "c", "tool_input": {"command": PATCH}}
    codex(made, "PreToolUse", **given)
    made.write("a", "k\r\ny\n")
    codex(made, "PostToolUse", **given, tool_response="Exit code: 0")
    assert "before_id" not in events(made.path / ".git" / "byline")[-1]
    assert [line.split()[0] for line in Page(made).owners()[0].splitlines()[1:]] == ["unknown", "session"]


def test_what_opencode_gives_a_plugin_that_adds_no_session() -> None:
    given = {"filePath": "/r/a", "oldString": "x", "newString": "y"}
    told = {"tool": "edit", "sessionID": "ses_1", "callID": "c", "args": given}
    (seen,) = observe("opencode", {"session": None, "hook": "tool.execute.after", "input": told, "output": {}})
    assert (seen.event, seen.path, seen.fields["session_id"]) == ("write", "/r/a", "ses_1")
    assert seen.changes == [("x", "y")]
