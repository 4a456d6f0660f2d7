"""An agent whose folder follows `cd`, in and out of a repository within its project's: Claude Code's payloads."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from byline.workspace.workspace import Workspace
from gitrepo import Repo
from hookrun import hook

Maker = Callable[..., Repo]


class Agent:
    """A session that was started in a project's folder."""

    def __init__(self, project: Path, session: str = "s1") -> None:
        self.folder = self._project = project
        self._session = session
        self._turn = 0
        self._calls = 0

    def tell(self, event: str, **fields: object) -> None:
        """One payload."""
        common = {"session_id": self._session, "prompt_id": f"{self._session}-{self._turn}", "cwd": str(self.folder)}
        payload = {**common, "hook_event_name": event, **fields}
        hook("claude", payload, self.folder, {"CLAUDE_PROJECT_DIR": str(self._project)})

    def asked(self, prompt: str) -> None:
        """A person's prompt."""
        self._turn += 1
        self.tell("UserPromptSubmit", prompt=prompt)

    def shell(self, command: str, ends_in: Path, does: Callable[[], object], **more: object) -> None:
        """A call of its shell, which leaves it in another folder, perhaps."""
        self._calls += 1
        call = {
            "tool_name": "Bash",
            "tool_use_id": f"{self._session}-call-{self._calls}",
            "tool_input": {"command": command, **more},
        }
        self.tell("PreToolUse", **call)
        does()
        self.folder = ends_in
        self.tell("PostToolUse", **call, tool_response={"stdout": "", "stderr": "", "interrupted": False})

    def writes(self, path: Path, text: str) -> None:
        """A new file."""
        self._calls += 1
        call = {
            "tool_name": "Write",
            "tool_use_id": f"{self._session}-call-{self._calls}",
            "tool_input": {"file_path": str(path), "content": text},
        }
        self.tell("PreToolUse", **call)
        path.write_text(text)
        answer: dict[str, object] = {
            "type": "create",
            "filePath": str(path),
            "content": text,
            "structuredPatch": [],
            "originalFile": None,
        }
        self.tell("PostToolUse", **call, tool_response=answer)


@pytest.fixture
def outer(repo: Maker) -> Repo:
    made = repo("outer")
    made.commit("c", {"f": "a\nb\n", ".gitignore": "inner/\n"})
    return made


@pytest.fixture
def inner(outer: Repo) -> Repo:
    made = Repo(outer.path / "inner")
    made.path.mkdir()
    made.run("init", "-q", "-b", "main")
    made.commit("c", {"g": "a\nb\n"})
    return made


def owners(path: Path) -> list[str]:
    """The owner of each line, by the name of its session where one wrote it."""
    with Workspace.for_path(path, os.environ) as workspace:
        return [line.session_id or line.owner for line in workspace.attribute(path).lines]


def test_a_call_that_goes_back_at_its_end(outer: Repo, inner: Repo) -> None:
    agent = Agent(outer.path)
    agent.asked("work")
    agent.shell("cd inner", inner.path, lambda: None)
    agent.shell(
        "sed -i s/b/B/ g; ./gen.sh; cd ..",
        outer.path,
        lambda: [inner.write("g", "a\nB\n"), inner.write("new", "n\n")],
    )
    assert owners(inner.path / "g") == ["unknown", "s1"]
    assert owners(inner.path / "new") == ["s1"]
    assert owners(outer.path / "f") == ["unknown", "unknown"]


@pytest.mark.parametrize("end", ["Stop", "SessionEnd"])
def test_its_end_in_another_repository_is_heard_of_at_home(outer: Repo, inner: Repo, end: str) -> None:
    agent, other = Agent(outer.path), Agent(outer.path, "s2")
    agent.asked("work")
    agent.shell("sleep 9", outer.path, lambda: None, run_in_background=True)
    agent.shell("cd inner", inner.path, lambda: None)
    agent.tell(end)
    other.asked("work")
    other.shell("./gen.sh", outer.path, lambda: outer.write("f", "a\nb\nc\n"))
    assert owners(outer.path / "f") == ["unknown", "unknown", "s2"]
