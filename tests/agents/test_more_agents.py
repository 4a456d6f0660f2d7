"""Copilot, Droid and Cline from npm, driven by a scripted model: who owns which line, and that nothing else changed.

`tests/agents/install.sh` installs them; a test whose agent is not there is skipped with that advice.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from .chatmodel import MAIN, ChatModel, Step
from .stage import Ran, Stage, program

pytestmark = pytest.mark.agents

Play = Callable[[Stage, ChatModel], Ran]
COMMAND = "sed -i s/bye/ciao/ hello.py"
SUBTASK = "SUBTASK: write sub.txt"


def copilot(stage: Stage, model: ChatModel, *more: str, name: str = "mock-model", wire: str = "completions") -> Ran:
    run = program("copilot", "node_modules", "@github", "copilot-linux-x64", "copilot")
    words: list[str | Path] = [
        run,
        "-p",
        f"{MAIN} please work",
        "--allow-all",
        "--no-color",
        "--disable-builtin-mcps",
        *more,
    ]
    return stage.run(
        words,
        COPILOT_OFFLINE="true",
        COPILOT_AUTO_UPDATE="false",
        COPILOT_PROVIDER_BASE_URL=model.url,
        COPILOT_PROVIDER_TYPE="openai",
        COPILOT_PROVIDER_API_KEY="sk-none",
        COPILOT_PROVIDER_WIRE_API=wire,
        COPILOT_MODEL=name,
    )


def droid(stage: Stage, model: ChatModel) -> Ran:
    run = program("droid", "node_modules", "@factory", "cli-linux-x64", "bin", "droid")
    custom = {"model": "mock-model", "id": "custom:mock-0", "index": 0, "displayName": "mock", "baseUrl": model.url}
    custom |= {"apiKey": "sk-none", "provider": "generic-chat-completion-api", "maxOutputTokens": 4096}
    stage.write(".factory/settings.json", {"customModels": [custom]}, at_home=True)
    words: list[str | Path] = [run, "exec", "-m", "custom:mock-0", "--skip-permissions-unsafe", f"{MAIN} please work"]
    return stage.run(words, FACTORY_API_KEY="fk-none")


def cline(stage: Stage, model: ChatModel, name: str = "mock-model") -> Ran:
    run = program("cline", "node_modules", "@cline", "cli-linux-x64", "bin", "cline")
    stage.run([run, "auth", "-p", "openai", "-k", "sk-none", "-m", name, "-b", model.url])
    words: list[str | Path] = [
        run,
        "--json",
        "--auto-approve",
        "true",
        "-P",
        "openai",
        "-m",
        name,
        "-t",
        "60",
        f"{MAIN} please work",
    ]
    done = stage.run(words, CLINE_TELEMETRY_DISABLED="1")
    return Ran(done.code, "")  # a stream of events, each with times of its own


def plan(edit: str, create: str, shell: str, read: str, hello: Path) -> Sequence[Step]:
    """Read, change a line, make a file, run a command; the tools by their names and arguments in each agent."""
    path, new = str(hello), str(hello.with_name("new.txt"))
    old_text, new_text = "return 'hello'", "return 'hello, world'"
    arguments: dict[str, Any] = {
        "view": {"path": path},
        "edit": {"path": path, "old_str": old_text, "new_str": new_text},
        "create": {"path": new, "file_text": "one\ntwo\n"},
        "bash": {"command": COMMAND, "description": "rename", "mode": "sync", "initial_wait": 10},
        "Read": {"file_path": path},
        "Edit": {"file_path": path, "old_str": old_text, "new_str": new_text},
        "Create": {"file_path": new, "content": "one\ntwo\n"},
        "Execute": {
            "command": COMMAND,
            "summary": "rename",
            "timeout": 30,
            "riskLevelReason": "local edit",
            "riskLevel": "low",
        },
        "read_files": {"files": [{"path": path}]},
        "editor": {"path": path, "old_text": old_text, "new_text": new_text},
        "editor ": {"path": new, "new_text": "one\ntwo\n"},
        "run_commands": {"commands": [COMMAND]},
    }
    steps: list[Step] = [{"calls": [(tool.strip(), arguments[tool])]} for tool in (read, edit, create, shell)]
    return [*steps, {"text": "All done."}]


AGENTS: dict[str, tuple[Play, tuple[str, str, str, str]]] = {
    "copilot": (copilot, ("edit", "create", "bash", "view")),
    "droid": (droid, ("Edit", "Create", "Execute", "Read")),
    "cline": (cline, ("editor", "editor ", "run_commands", "read_files")),
}


@pytest.mark.parametrize("agent", AGENTS)
def test_lines_have_their_owners_and_the_agent_noticed_nothing(tmp_path: Path, agent: str) -> None:
    play, tools = AGENTS[agent]
    ran = []
    for folder, has_byline in (("without", False), ("with", True)):
        stage = Stage(tmp_path / folder)
        if has_byline:
            stage.byline("install", agent)
        with ChatModel(plan(*tools, stage.project / "hello.py")) as model:
            ran.append(play(stage, model))
    assert ran[0] == ran[1]
    assert ran[1].code == 0
    events = stage.events()
    (session,) = {event["session_id"] for event in events}
    mine, nobody = (agent, session), (None, None)
    assert stage.owners("hello.py") == [nobody, mine, nobody, nobody, mine, mine]
    assert stage.owners("new.txt") == [mine, mine]
    assert [event["event"] for event in events if "path" in event or "paths" in event] == [
        *("read", "pre_write", "write", "pre_write", "write", "pre_shell", "shell"),
    ]
    assert stage.errors() == ""
    told = stage.byline("uninstall", agent)
    assert f"{stage.home}/" in told
    assert all("deleted; there was none before byline" in line for line in told.splitlines())


def test_copilot_with_a_patch_and_a_subagent_and_three_registrations(tmp_path: Path) -> None:
    """Its own hooks for the person and for the repository, and Claude Code's in the repository, which it runs too."""
    stage = Stage(tmp_path)
    stage.byline("install", "copilot")
    stage.byline("install", "copilot", "claude", "--project")
    path = str(stage.project / "sub.txt")
    task = {"agent_type": "general-purpose", "name": "sub-work", "description": "sub work", "mode": "sync"}
    steps: list[Step] = [
        {"calls": [("edit", {"path": str(stage.project / "hello.py"), "old_str": "bye'", "new_str": "ciao'"})]},
        {"calls": [("task", {**task, "prompt": SUBTASK})]},
        {"text": "All done."},
    ]
    inner: list[Step] = [{"calls": [("create", {"path": path, "file_text": "inner\n"})]}, {"text": "Sub done."}]
    with ChatModel(steps, {SUBTASK: inner}) as model:
        assert copilot(stage, model, "--trust-folder").code == 0
    told = [(event["event"], event.get("path")) for event in stage.events()]
    assert told == [
        *(("session_start", None), ("prompt", None), ("pre_write", "hello.py"), ("write", "hello.py")),
        *(("subagent_start", None), ("pre_write", "sub.txt"), ("write", "sub.txt"), ("subagent_end", None)),
        *(("turn_end", None), ("session_end", None)),
    ]
    session = stage.events()[0]["session_id"]
    assert {event.get("parent_session_id") for event in stage.events()} == {None, session}
    assert stage.owners("hello.py")[-1] == ("copilot", session)
    ((agent, inner_session),) = stage.owners("sub.txt")
    assert agent == "copilot"
    assert inner_session not in (None, session)


def test_copilot_where_only_claude_code_has_byline(tmp_path: Path) -> None:
    """It runs the repository's hooks of Claude Code, not the person's, which Claude Code itself would use instead."""
    stage = Stage(tmp_path)
    stage.byline("install", "claude")
    stage.byline("install", "claude", "--project")
    edit = {"path": str(stage.project / "hello.py"), "old_str": "bye'", "new_str": "ciao'"}
    with ChatModel([{"calls": [("edit", edit)]}, {"text": "All done."}]) as model:
        assert copilot(stage, model, "--trust-folder").code == 0
    assert [event["event"] for event in stage.events() if "path" in event] == ["pre_write", "write"]
    assert stage.owners("hello.py")[-1][0] == "copilot"


PATCH = (
    "*** Begin Patch\n*** Update File: hello.py\n@@\n-    return 'hello'\n+    return 'hello, world'\n"
    "*** Add File: new.txt\n+one\n+two\n*** End Patch\n"
)


def test_copilot_with_the_patch_tool(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.byline("install", "copilot")
    with ChatModel([{"calls": [("apply_patch", PATCH)]}, {"text": "All done."}]) as model:
        assert copilot(stage, model, name="gpt-5.1-codex", wire="responses").code == 0
    assert [agent for agent, _ in stage.owners("hello.py")] == [None, "copilot", None, None, None, None]
    assert [agent for agent, _ in stage.owners("new.txt")] == ["copilot", "copilot"]


def test_cline_with_the_patch_tool_and_a_subagent(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.byline("install", "cline")
    update = PATCH.partition("*** Add File")[0] + "*** End Patch\n"
    steps: list[Step] = [
        {"calls": [("apply_patch", {"input": update})]},
        {"calls": [("spawn_agent", {"systemPrompt": "You are a helper", "task": SUBTASK})]},
        {"text": "All done."},
    ]
    new = {"path": str(stage.project / "sub.txt"), "new_text": "inner\n"}
    with ChatModel(steps, {SUBTASK: [{"calls": [("editor", new)]}, {"text": "Sub done."}]}) as model:
        assert cline(stage, model, "gpt-5").code == 0
    session = stage.events()[0]["session_id"]
    assert stage.owners("hello.py")[1] == ("cline", session)
    ((agent, inner),) = stage.owners("sub.txt")
    assert agent == "cline"
    assert inner is not None
    assert inner.startswith(f"{session}/")
