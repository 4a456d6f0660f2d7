"""A repository's configuration may name programs; reading the repository runs none of them."""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byline.repo import drivers
from byline_hooks.place import find_repository, recording
from gitrepo import Repo
from hookrun import events, generic
from hostile.command import byline, crashes
from hostile.trap import Trap

READING = (
    *(("blame", "a.py"), ("blame", "--json", "--rev", "HEAD", "a.py"), ("status",), ("sessions",)),
    *(("session", "show", "s1"), ("search", "greet"), ("stats",), ("diff",), ("diff", "HEAD~1..HEAD"), ("report",)),
    *(("sync",), ("anchors",), ("anchor", "show", "HEAD"), ("export", "--format", "ndjson"), ("import",)),
    *(("export", "--format", "git-ai"), ("export", "--format", "agent-trace"), ("gc", "--dry-run"), ("gc",)),
    *(("reindex",), ("doctor",), ("projects",), ("settings",), ("goto", "s1-t1"), ("back",), ("forget", "s1")),
)


def armed(made: Repo, trap: Trap) -> None:
    made.commit("one", {"a.py": "def hello():\n    pass\n", "b.txt": "x\n"})
    made.commit("two", {"a.py": "def hello():\n    return 1\n"})
    trap.arm(made)
    made.write("b.txt", "changed\n")


def agent(made: Repo) -> None:
    """A session that writes and runs a command."""
    common: dict[str, Any] = {"turn_id": "s1-t1", "tool": "Edit", "model": "m"}
    generic(made.path, "session_start")
    generic(made.path, "prompt", prompt="greet", turn_id="s1-t1")
    generic(made.path, "pre_write", path="a.py", call_id="c1", **common)
    made.write("a.py", "def hello():\n    return 2\n")
    generic(made.path, "write", path="a.py", call_id="c1", **common)
    generic(made.path, "turn_end", turn_id="s1-t1")


def test_hook_of_a_write_runs_nothing(repo: Callable[..., Repo], tmp_path: Path) -> None:
    made, trap = repo(), Trap(tmp_path)
    armed(made, trap)
    trap.sprung()
    agent(made)
    assert trap.sprung() == []


def test_hook_around_a_command_runs_nothing(repo: Callable[..., Repo], tmp_path: Path) -> None:
    made, trap = repo(), Trap(tmp_path)
    armed(made, trap)
    os.utime(made.path / "a.py", (1, 1))
    trap.sprung()
    generic(made.path, "pre_shell", command="ls", call_id="c1")
    generic(made.path, "shell", command="ls", call_id="c1")
    assert trap.sprung() == []


def test_no_command_that_reads_runs_anything(
    repo: Callable[..., Repo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, trap = repo(), Trap(tmp_path)
    armed(made, trap)
    agent(made)
    trap.sprung()
    sprung = {}
    for words in READING:
        with contextlib.suppress(SystemExit):
            code, _, err = byline(monkeypatch, made.path, *words)
            assert code in (0, 1) and not crashes(), (words, err)
        if ran := trap.sprung():
            sprung[" ".join(words)] = ran
    assert sprung == {}


def test_a_filter_of_the_repository_runs_once_git_has_worked_here(repo: Callable[..., Repo], tmp_path: Path) -> None:
    made, trap = repo(), Trap(tmp_path)
    made.run("config", "filter.evil.clean", trap.program("clean"))
    made.commit("one", {"a.py": "x\n", ".gitattributes": "*.py filter=evil\n"})
    trap.sprung()
    assert drivers.foreign(made.git) == {"evil"}
    generic(made.path, "pre_write", path="a.py", call_id="c1")
    assert drivers.foreign(made.git) == {"evil"}
    made.commit("two", {"a.py": "y\n"})
    assert drivers.foreign(made.git) == frozenset()
    assert trap.sprung() == ["clean"]


def test_includes_without_end_are_read_in_no_time(repo: Callable[..., Repo]) -> None:
    made = repo()
    config = made.path / ".git" / "config"
    config.write_text(config.read_text() + "[include]\n" + "path = config\n" * 5000 + "[byline]\nenabled = true\n")
    generic(made.path, "prompt", prompt="hello")
    assert [event["event"] for event in events(made.path / ".git" / "byline")] == ["prompt"]


def test_conditions_without_end_are_read_in_no_time(repo: Callable[..., Repo]) -> None:
    made = repo()
    config = made.path / ".git" / "config"
    sections = f'[includeIf "gitdir:{"**/*a*" * 400}/"]\npath = other\n' * 400
    config.write_text(f"{config.read_text()}{sections}[byline]\nenabled = true\n")
    here = find_repository(str(made.path))
    begun = time.perf_counter()
    assert recording(here, os.environ)
    assert time.perf_counter() - begun < 2
