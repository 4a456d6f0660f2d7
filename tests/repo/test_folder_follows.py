"""An agent whose folder follows `cd`, in and out of a repository within its project's: Claude Code's payloads."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from byline.cli.blamejson import as_json
from byline.server.hover import headline
from byline.server.words import Style
from byline.sessions.lineturns import prompt_of
from byline.store.paths import folders_for
from byline.workspace.place import place_of
from byline.workspace.sessionfacts import SessionFacts
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

    def writes(self, path: Path, text: str, **more: object) -> None:
        """A new file."""
        self._calls += 1
        call = {
            "tool_name": "Write",
            "tool_use_id": f"{self._session}-call-{self._calls}",
            "tool_input": {"file_path": str(path), "content": text},
            **more,
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


def prompts(path: Path) -> list[str | None]:
    """The prompt of each line; `byline blame --json` and a hover say the same."""
    with Workspace.for_path(path, os.environ) as workspace:
        answer = workspace.attribute(path)
    found = [prompt_of(line, answer.sessions) for line in answer.lines]
    told = as_json(answer, None, range(len(found)))["lines"]
    assert isinstance(told, list)
    assert [line["prompt"] for line in told] == found
    for line, prompt in zip(answer.lines, found, strict=True):
        assert not prompt or prompt in (headline(line, answer, time.time_ns(), Style(markdown=False)) or "")
    return found


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


def test_the_prompt_of_a_line_in_another_repository(outer: Repo, repo: Maker) -> None:
    other = repo("other")
    agent = Agent(outer.path)
    agent.asked("do this")
    agent.writes(other.path / "h", "h\n")
    assert prompts(other.path / "h") == ["do this"]


def test_a_second_prompt_that_was_given_elsewhere(outer: Repo, inner: Repo) -> None:
    """Each repository knows one of the two that the session had, or both."""
    agent = Agent(outer.path)
    agent.asked("first")
    agent.writes(inner.path / "one", "1\n")
    agent.shell("cd inner", inner.path, lambda: None)
    agent.asked("second")
    agent.writes(inner.path / "two", "2\n")
    agent.writes(outer.path / "three", "3\n")
    assert prompts(inner.path / "one") == ["first"]
    assert prompts(inner.path / "two") == ["second"]
    assert prompts(outer.path / "three") == ["second"]


def test_a_prompt_from_outside_any_repository(tmp_path: Path) -> None:
    """The session's first deed is a `git init`."""
    folder = tmp_path / "new"
    folder.mkdir()
    agent = Agent(folder)
    agent.asked("begin")
    agent.shell("git init -q", folder, lambda: Repo(folder).run("init", "-q"))
    agent.writes(folder / "f", "a\n")
    assert prompts(folder / "f") == ["begin"]


def test_a_subagent_works_for_a_prompt_from_elsewhere(outer: Repo, repo: Maker) -> None:
    other = repo("other")
    agent = Agent(outer.path)
    agent.asked("do this")
    agent.writes(other.path / "h", "h\n", agent_id="a1", agent_type="worker")
    assert prompts(other.path / "h") == ["do this"]


def test_what_others_ask_later_is_found_too(outer: Repo, repo: Maker) -> None:
    """What was found before is kept, and does not stand in the way of what came since."""
    other = repo("other")
    for turn in range(3):
        for name in ("s1", "s2"):
            agent = Agent(outer.path, f"{name}-{turn}")
            agent.asked(f"{name}, {turn}")
            agent.writes(other.path / f"{name}{turn}", "x\n")
            assert prompts(other.path / f"{name}{turn}") == [f"{name}, {turn}"]
            assert prompts(other.path / "s10") == ["s1, 0"]


def test_a_session_that_ended_elsewhere_is_over_here(outer: Repo, inner: Repo) -> None:
    agent = Agent(outer.path)
    agent.tell("SessionStart", source="startup")
    agent.asked("first")
    agent.shell("cd inner", inner.path, lambda: None)
    agent.asked("second")
    agent.writes(inner.path / "two", "2\n")
    agent.shell("cd ..", outer.path, lambda: None)
    agent.tell("SessionEnd", reason="other")
    for made in (inner, outer):
        facts = SessionFacts(folders_for(place_of(made.path), os.environ), os.environ)
        known = facts.events_only()["s1"]
        facts.close()
        assert known.is_over
        assert [turn.prompt for turn in known.turns] == ["first", "second"]
