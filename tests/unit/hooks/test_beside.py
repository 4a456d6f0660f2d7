"""Shell events of the other worktrees that a command works in."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byline_hooks import beside, entry
from gitrepo import Repo
from hookrun import events

Maker = Callable[..., Repo]


def shell(cwd: Path, command: str, event: str = "shell", **env: str) -> None:
    message = {"v": 1, "agent": "m", "session_id": "s", "event": event, "cwd": str(cwd), "command": command}
    surroundings = {"HOME": os.environ["HOME"], "PATH": os.environ["PATH"], **env}
    data = os.environ.get("BYLINE_DATA_DIR")
    entry.run(
        "generic", json.dumps(message).encode(), {**surroundings, **({"BYLINE_DATA_DIR": data} if data else {})}
    )


def told(repo: Repo) -> list[tuple[str, bool, list[str]]]:
    """Of each shell event the worktree's name, whether it is of another than the agent's, and the dirty files."""
    return [(Path(one["worktree"]).name, one.get("beside", False), one["paths"]) for one in stored(repo)]


def stored(repo: Repo) -> list[dict[str, Any]]:
    store = repo.path / ".git" / "byline"
    return events(store) if (store / "spool").exists() else []


def test_a_linked_worktree_and_another_repository(repo: Maker) -> None:
    one, other = repo("one"), repo("other")
    one.commit("c", {"f": "x\n"})
    other.commit("c", {"g": "x\n"})
    one.run("worktree", "add", "-q", "../w", "-b", "w")
    (one.path.parent / "w" / "f").write_text("y\n")
    other.write("new", "n\n")
    shell(one.path, f"cd ../w && make; cd {other.path}; make; cd nowhere; make")
    assert told(one) == [("one", False, []), ("w", True, ["f"])]
    assert told(other) == [("other", True, ["new"])]


def test_a_folder_of_the_same_worktree_is_no_other(repo: Maker) -> None:
    one = repo("one")
    one.commit("c", {"sub/f": "x\n"})
    (one.path / "link").symlink_to("sub")
    shell(one.path, f"cd sub && ls > out; cd {one.path}/link && make; cd ../.git && make; touch /nowhere/at/all")
    assert told(one) == [("one", False, ["link"])]


def test_from_a_folder_outside(repo: Maker) -> None:
    one = repo("one")
    one.commit("c", {"f": "x\n"})
    shell(one.path.parent, "cd one && make")
    assert told(one) == [("one", True, [])]


def test_when_the_folder_has_followed_the_command(repo: Maker) -> None:
    """Claude Code's folder after `cd ../w` is `w`: both events of the call are there in both worktrees."""
    one = repo("one")
    one.commit("c", {"f": "x\n"})
    one.run("worktree", "add", "-q", "../w", "-b", "w")
    shell(one.path, "cd ../w && make", "pre_shell", CLAUDE_PROJECT_DIR=str(one.path))
    shell(one.path.parent / "w", "cd ../w && make", CLAUDE_PROJECT_DIR=str(one.path))
    assert [name for name, _, _ in told(one)] == ["one", "w", "w", "one"]


def test_where_it_began_counts_only_at_the_end(repo: Maker) -> None:
    one, other = repo("one"), repo("other")
    for each in (one, other):
        each.commit("c", {"f": "x\n"})
    shell(one.path, "cd sub && make", "pre_shell", CLAUDE_PROJECT_DIR=str(other.path))
    assert told(other) == []


def test_the_files_that_it_names(repo: Maker) -> None:
    one, other = repo("one"), repo("other")
    for each in (one, other):
        each.commit("c", {"sub/f": "x\n"})
    shell(one.path, "sed -i s/x/y/ ../other/sub/f; git -C ../other commit -qam x; cp a b ../other/sub")
    shell(one.path, "git -C ../other commit -qam x")
    shell(one.path, "touch ../other/f; make -C ../other")
    assert [event.get("named") for event in stored(other)] == [["sub/f", "sub"], [], None]


@pytest.mark.parametrize("folder", ["w\0", "w\ud800", "torn"])
def test_a_folder_that_cannot_be_opened(repo: Maker, folder: str) -> None:
    one = repo("one")
    one.commit("c", {"f": "x\n"})
    (one.path.parent / "torn").mkdir()
    (one.path.parent / "torn" / ".git").write_bytes(b"gitdir: a\0b\n")
    shell(one.path, f"cd ../{folder} && make")
    assert told(one) == [("one", False, [])]


def test_where_nobody_records(repo: Maker) -> None:
    one, other = repo("one"), repo("other")
    for each in (one, other):
        each.commit("c", {"f": "x\n"})
    other.run("config", "byline.enabled", "false")
    shell(one.path, "cd ../other && make")
    assert [len(told(one)), len(told(other))] == [1, 0]


def test_no_more_than_a_few(repo: Maker) -> None:
    one = repo("one")
    others = [repo(f"r{number}") for number in range(beside.MOST + 2)]
    for each in (one, *others):
        each.commit("c", {"f": "x\n"})
    shell(one.path, "; ".join(f"cd {other.path}; make" for other in others))
    assert [len(told(other)) for other in others] == [1] * beside.MOST + [0, 0]
