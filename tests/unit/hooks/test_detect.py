"""Whose payload is it?"""

import pytest

from byline_hooks import detect

ID = "4f149f91-5811-4ca7-bd43-5bd1e23e3725"
CLAUDE = {
    "session_id": ID,
    "transcript_path": f"/home/dev/.claude/projects/-home-dev-project/{ID}.jsonl",
    "hook_event_name": "PostToolUse",
    "tool_name": "Write",
}
CURSOR = {"hook_event_name": "postToolUse", "cursor_version": "3.1.17", "session_id": ID, "tool_name": "Write"}
VSCODE = {
    **CLAUDE,
    "timestamp": "2026",
    "transcript_path": "/u/workspaceStorage/e8/GitHub.copilot-chat/transcripts/b.jsonl",
}
COPILOT = {
    "hook_event_name": "PostToolUse",
    "session_id": ID,
    "timestamp": "2026",
    "tool_name": "Edit",
    "tool_result": {},
}


@pytest.mark.parametrize(
    ("payload", "env", "expected"),
    [
        pytest.param(CLAUDE, {}, "claude", id="by the transcript's place"),
        pytest.param(CLAUDE, {"CLAUDE_PROJECT_DIR": "/x"}, "claude", id="the project folder proves nothing"),
        pytest.param({**CLAUDE, "transcript_path": "/tmp/t.jsonl"}, {}, "claude", id="no sign of anybody else"),
        pytest.param(
            {**CLAUDE, "transcript_path": f"/cfg/projects/p/{ID}.jsonl", "timestamp": "2026"},
            {"CLAUDE_CONFIG_DIR": "/cfg"},
            "claude",
            id="in Claude's own configured folder",
        ),
        pytest.param(CLAUDE, {"COPILOT_CLI": "1"}, "copilot", id="Copilot runs the hooks of .claude"),
        pytest.param(
            CLAUDE,
            {"COPILOT_CLI": "1", "CLAUDE_CODE_SESSION_ID": ID},
            "claude",
            id="Claude inside Copilot's shell: the session is its own",
        ),
        pytest.param(
            COPILOT,
            {"COPILOT_CLI": "1", "CLAUDE_CODE_SESSION_ID": "another"},
            "copilot",
            id="Copilot inside Claude's shell: the session is not Claude's",
        ),
        pytest.param(COPILOT, {}, "copilot", id="Copilot by its answers"),
        pytest.param({"sessionId": ID, "toolName": "edit"}, {}, "copilot", id="Copilot's camel case"),
        pytest.param(
            {"hook_event_name": "PreToolUse", "session_id": ID, "timestamp": "2026", "cwd": "/x"},
            {},
            "copilot",
            id="Copilot before its answer",
        ),
        pytest.param(VSCODE, {}, "copilot", id="VS Code's chat"),
        pytest.param(VSCODE, {"CLAUDE_CODE_SESSION_ID": ID}, "copilot", id="VS Code's chat started by Claude"),
        pytest.param(CLAUDE, {"QWEN_CODE_SESSION_ID": "q"}, "qwen", id="Qwen"),
        pytest.param(CLAUDE, {"FACTORY_PROJECT_DIR": "/x"}, "droid", id="Droid"),
        pytest.param(CLAUDE, {"DROID_PROJECT_DIR": "/x"}, "droid", id="Droid, other name"),
        pytest.param(CURSOR, {}, "cursor", id="Cursor by its version"),
        pytest.param(CLAUDE, {"CURSOR_VERSION": "3.1"}, "cursor", id="Cursor by its environment"),
        pytest.param({"agent_action_name": "post_write_code"}, {}, "windsurf", id="Windsurf"),
        pytest.param({"workspaceRoots": ["/x"], "postToolUse": {}}, {}, "cline", id="Cline"),
        pytest.param({"hook_event_name": "SessionStart", "project_path": "/x"}, {}, "junie", id="Junie"),
        pytest.param(CLAUDE, {"DEVIN_PROJECT_DIR": "/x"}, "devin", id="Devin"),
        pytest.param({"hook_event_name": "postToolUse", "session_id": ID}, {}, "kiro", id="Kiro"),
        pytest.param(
            {**CLAUDE, "transcript_path": "/home/d/.factory/s.jsonl"}, {}, "droid", id="by a foreign transcript"
        ),
        pytest.param(
            {"session_id": ID, "hook_event_name": "PostToolUse", "timestamp": "2026"},
            {},
            "",
            id="somebody, but not Claude",
        ),
        pytest.param({"hook_event_name": "PreToolUse", "tool_name": "Write"}, {}, "", id="no session at all"),
        pytest.param(
            {"session_id": ID, "hook_event_name": "PostToolUse", "tool_name": "fs_write"},
            {},
            "",
            id="nothing of Claude's",
        ),
        pytest.param(
            {"session_id": ID, "hook_event_name": "SessionStart", "project_path": "/x"}, {}, "junie", id="Junie"
        ),
    ],
)
def test_a_payload_that_comes_to_the_claude_hook(
    payload: dict[str, object], env: dict[str, str], expected: str
) -> None:
    assert detect.agent("claude", payload, env) == expected


@pytest.mark.parametrize("env", [{}, {"COPILOT_CLI": "1"}])
def test_byline_s_own_protocol_is_taken_at_its_word(env: dict[str, str]) -> None:
    assert detect.agent("generic", {"agent": "x", "cursor_version": "1"}, env) == "generic"


def test_the_argument_counts_where_nothing_speaks_against_it() -> None:
    assert detect.agent("codex", {"session_id": "x", "hook_event_name": "Stop"}, {}) == "codex"


def test_a_time_alone_makes_nobody_copilot() -> None:
    payload: dict[str, object] = {
        "session_id": "x",
        "hook_event_name": "PostToolUse",
        "timestamp": "2026",
        "cwd": "/x",
    }
    assert detect.agent("kiro", payload, {}) == "kiro"
    assert detect.agent("claude", payload, {}) == "copilot"


def test_copilot_s_tools_are_copilot_s_in_kiro_s_hooks_too() -> None:
    before: dict[str, object] = {**COPILOT, "hook_event_name": "PreToolUse", "cwd": "/x"}
    del before["tool_result"]
    assert detect.agent("kiro", {**COPILOT, "cwd": "/x"}, {}) == "copilot"
    assert detect.agent("kiro", before, {}) == "copilot"
    assert detect.agent("kiro", {**before, "tool_name": "fs_write"}, {}) == "kiro"


def test_an_environment_is_inherited_by_what_an_agent_starts() -> None:
    payload: dict[str, object] = {"name": "tool.call", "event": {"thread": {"id": "T-1"}}}
    assert detect.agent("amp", payload, {"COPILOT_CLI": "1"}) == "amp"
