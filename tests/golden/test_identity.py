"""Every captured payload handed to the hook as every agent's: recorded under the right name, or not at all, and once.

Of Kiro's newer payloads little is known: what its own registration starts is Kiro's unless another agent is named,
and its payloads look like anybody's to the others, who record nothing of tools they do not have.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byline_hooks.entry import Foreign, understand
from byline_hooks.observation import SETTLE, Rejected
from gitrepo import Repo
from hookrun import events, hook
from replay import CAPTURED_AT, HELLO, PAYLOADS, exchange, here

AGENTS = (
    *("claude", "codex", "gemini", "opencode", "qwen", "copilot", "cursor", "droid", "cline", "windsurf", "kiro"),
    *("amp", "junie", "devin"),
)
OTHER_NAMES = {"cline_extension": "cline", "copilot_pascal": "copilot", "vscode_copilot": "copilot"}
FOLDERS = sorted(path.name for path in PAYLOADS.iterdir())
GIVEN = {
    "qwen": {"QWEN_CODE_SESSION_ID": "q"},
    "copilot_pascal": {"COPILOT_CLI": "1"},
    "copilot": {"COPILOT_CLI": "1"},
}
"""What an agent puts into the environment of its hooks."""


def payloads(folder: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((PAYLOADS / folder).glob("*.json"))]


def said(argument: str, payload: dict[str, Any], env: dict[str, str]) -> tuple[str, int]:
    """Under which name, and how much of it would be recorded."""
    try:
        agent, seen = understand(argument, payload, env)
    except (Foreign, Rejected):
        return "", 0
    return agent, sum(one.event != SETTLE for one in seen)


@pytest.mark.parametrize("with_environment", [True, False], ids=["environment", "payload alone"])
@pytest.mark.parametrize("argument", AGENTS)
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_payload_is_its_agent_s_whoever_the_hook_was_registered_for(
    folder: str, argument: str, with_environment: bool
) -> None:
    own = OTHER_NAMES.get(folder, folder)
    env = GIVEN.get(folder, {}) if with_environment else {}
    for payload in payloads(folder):
        if (argument, folder) == ("kiro", "copilot_pascal") and "tool_name" not in payload:
            continue
        agent, count = said(argument, payload, env)
        assert count == 0 or agent == own, (argument, payload)
        if folder not in ("kiro", "opencode", "amp", "junie"):
            assert (agent, count) == said(own, payload, env)


@pytest.mark.parametrize("argument", ["claude", "codex", "cursor", "droid"])
def test_lines_have_the_right_name_whoever_the_hook_was_registered_for(
    repo: Callable[..., Repo], argument: str
) -> None:
    made = repo("project")
    made.commit("start", {"hello.py": HELLO, "app.py": HELLO})
    edit = {"file_path": f"{CAPTURED_AT}/hello.py", "old_string": "'bye'", "new_string": "'ciao'"}
    answer = {"filePath": f"{CAPTURED_AT}/hello.py", "originalFile": HELLO, "structuredPatch": []}
    transcript = "/home/dev/.claude/projects/-p/s1.jsonl"
    payload = {
        "session_id": "s1",
        "transcript_path": transcript,
        "cwd": CAPTURED_AT,
        "tool_name": "Edit",
        "tool_input": edit,
        "tool_use_id": "t1",
        "prompt_id": "p1",
    }
    hook(argument, here({**payload, "hook_event_name": "PreToolUse"}, made.path), made.path)
    exchange(made.path / "hello.py", "'bye'", "'ciao'")
    after = {**payload, "hook_event_name": "PostToolUse", "tool_response": answer}
    hook(argument, here(after, made.path), made.path)
    found = events(made.path / ".git" / "byline")
    assert [(event["event"], event["agent"]) for event in found] == [("pre_write", "claude"), ("write", "claude")]


SHARED = {
    "copilot": {"timestamp": "2026-11-21T02:09:25Z"},
    "cursor": {"cursor_version": "3.1", "conversation_id": "s1", "tool_use_id": "t1"},
    "devin": {"transcript_path": "/home/dev/.devin/s1.jsonl", "tool_use_id": "t1"},
}
ENVIRONMENT = {"devin": {"DEVIN_PROJECT_DIR": "/x"}}


@pytest.mark.parametrize("order", [("claude", "own"), ("own", "claude")], ids=["foreign first", "own first"])
@pytest.mark.parametrize("agent", SHARED)
def test_a_project_whose_claude_settings_another_agent_runs_as_well(
    repo: Callable[..., Repo], agent: str, order: tuple[str, str]
) -> None:
    """Both registrations tell each event; each is recorded once, under the name of who sent it."""
    made = repo("project")
    made.commit("start", {"hello.py": HELLO})
    edit = {"file_path": f"{CAPTURED_AT}/hello.py", "old_string": "'bye'", "new_string": "'ciao'"}
    base = {"session_id": "s1", "cwd": CAPTURED_AT, "tool_name": "Edit", "tool_input": edit, **SHARED[agent]}
    env = ENVIRONMENT.get(agent, {})
    names = [agent if one == "own" else one for one in order]
    lowered = agent == "cursor"
    for event in ("PreToolUse", "PostToolUse"):
        if event == "PostToolUse":
            exchange(made.path / "hello.py", "'bye'", "'ciao'")
        for name in names:
            spelled = event[0].lower() + event[1:] if lowered and name == agent else event
            hook(name, here({**base, "hook_event_name": spelled}, made.path), made.path, env)
    found = events(made.path / ".git" / "byline")
    assert [(event["event"], event["agent"]) for event in found] == [("pre_write", agent), ("write", agent)]


def test_two_agents_on_one_file_in_one_commit(repo: Callable[..., Repo]) -> None:
    from followkit import agents

    made = repo("project")
    made.commit("start", {"hello.py": HELLO})
    sent = {
        "claude": ("'hello'", "'hi'", "/home/dev/.claude/projects/-p/s1.jsonl", ("old_string", "new_string")),
        "droid": ("'bye'", "'ciao'", "/home/dev/.factory/sessions/-p/s2.jsonl", ("old_str", "new_str")),
    }
    for agent, (old, new, transcript, names) in sent.items():
        path = str(made.path / "hello.py")
        given = {"file_path": path, **dict(zip(names, (old, new), strict=True))}
        base = {"session_id": agent, "transcript_path": transcript, "cwd": str(made.path), "tool_name": "Edit"}
        hook(agent, {**base, "hook_event_name": "PreToolUse", "tool_input": given, "tool_use_id": agent}, made.path)
        exchange(Path(path), old, new)
        after = {**base, "hook_event_name": "PostToolUse", "tool_input": given, "tool_use_id": agent}
        hook(agent, {**after, "tool_response": {"success": True}}, made.path)
    expected = [None, "claude", None, None, None, "droid"]
    assert agents(made, "hello.py") == expected
    made.commit("both", {})
    assert agents(made, "hello.py") == expected
