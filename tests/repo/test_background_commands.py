"""What a session left running may change files while another session's call runs: those lines are nobody's."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from byline.workspace.workspace import Workspace
from gitrepo import Repo
from hookrun import generic, hook

Maker = Callable[..., Repo]


def owners(made: Repo) -> list[str]:
    """Session or kind of owner for each line, on disk."""
    with Workspace.for_path(made.path, os.environ) as workspace:
        lines = workspace.attribute(made.path / "a.txt").lines
    return [line.session_id or line.owner for line in lines]


def call(made: Repo, session: str, command: str, **more: Any) -> None:
    """A shell call that adds a line to the file."""
    told: dict[str, Any] = {"session_id": session, "call_id": f"{session} {command}", "command": command}
    generic(made.path, "pre_shell", **told)
    if "add" in more:
        made.write("a.txt", (made.path / "a.txt").read_text() + f"{more.pop('add')}\n")
    generic(made.path, "shell", **told, **more)


@pytest.fixture
def made(repo: Maker) -> Repo:
    found = repo()
    found.commit("zero", {"a.txt": "one\n"})
    call(found, "A", "npm run watch", background=True)
    return found


def test_what_stands_in_the_command_is_sure(made: Repo) -> None:
    call(made, "B", "make lint", add="of the watcher, or of lint")
    call(made, "B", "echo 'typed by B' >> a.txt", add="typed by B")
    call(made, "A", "make", add="of A in any case")
    assert owners(made) == ["unknown", "unknown", "B", "A"]


@pytest.mark.parametrize("event", ["turn_end", "session_end"])
def test_until_its_turn_or_session_ends(made: Repo, event: str) -> None:
    generic(made.path, event, session_id="A")
    call(made, "B", "make lint", add="of lint")
    assert owners(made) == ["unknown", "B"]


def test_the_next_prompt_ends_nothing(made: Repo) -> None:
    generic(made.path, "prompt", session_id="A", prompt="go on")
    call(made, "B", "make lint", add="of the watcher, or of lint")
    assert owners(made) == ["unknown", "unknown"]


def test_what_is_committed_in_such_a_call(made: Repo) -> None:
    told: dict[str, Any] = {
        "session_id": "B",
        "call_id": "c",
        "command": "make lint; git commit -qam x; git commit -q --amend -m y",
    }
    generic(made.path, "pre_shell", **told)
    made.write("a.txt", "one\nof the watcher, or of lint\n")
    made.run("commit", "-qam", "x")
    made.run("commit", "-q", "--amend", "-m", "y")
    generic(made.path, "shell", **told)
    assert owners(made) == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("tasks", "owner"),
    [
        ([], "B"),
        ([{"id": "b1", "type": "shell", "status": "running"}], "unknown"),
        ([{"id": "b1", "type": "shell", "status": "completed"}], "B"),
        ([{"id": "a1", "type": "subagent", "status": "running", "agent_type": "helper"}], "B"),
        (["x", None, 1], "B"),
        ("many", "B"),
    ],
)
def test_claude_says_what_still_runs(made: Repo, tasks: object, owner: str) -> None:
    stop = {"session_id": "A", "hook_event_name": "Stop", "cwd": str(made.path), "background_tasks": tasks}
    hook("claude", stop, made.path)
    call(made, "B", "make lint", add="of lint")
    assert owners(made) == ["unknown", owner]


def test_it_is_known_after_a_restart(made: Repo) -> None:
    for number in range(260):  # enough for what was read to be kept
        generic(made.path, "prompt", session_id="C", prompt=str(number))
    owners(made)
    call(made, "B", "make lint", add="of the watcher, or of lint")
    assert owners(made) == ["unknown", "unknown"]


def test_a_subagent_is_of_its_parent(repo: Maker) -> None:
    made = repo()
    made.commit("zero", {"a.txt": "one\n"})
    call(made, "A/x", "npm run watch", background=True)
    call(made, "A", "make", add="of A")
    call(made, "B", "make lint", add="of the watcher, or of lint")
    generic(made.path, "subagent_end", session_id="A/x", parent_session_id="A")
    generic(made.path, "turn_end", session_id="A")
    call(made, "B", "make lint again", add="of B")
    assert owners(made) == ["unknown", "A", "unknown", "B"]


def test_a_session_that_begins_anew_has_nothing_running(made: Repo) -> None:
    generic(made.path, "session_start", session_id="A", reason="compact")
    call(made, "B", "make lint", add="of the watcher, or of lint")
    generic(made.path, "session_start", session_id="A", reason="resume")
    call(made, "B", "make lint again", add="of B")
    assert owners(made) == ["unknown", "unknown", "B"]
