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


def shell(cwd: Path, command: str, event: str = "shell", call_id: str | None = None, **env: str) -> None:
    tell(cwd, event, {"command": command, "call_id": call_id}, **env)


def tell(cwd: Path, event: str, fields: dict[str, object], **env: str) -> None:
    message = {"v": 1, "agent": "m", "session_id": "s", "event": event, "cwd": str(cwd), **fields}
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


def call(repo: Repo, folders: tuple[Path, Path], command: str, name: str = "c1") -> None:
    """A whole call of an agent that was started in `repo`: the folders where it began and where it ended."""
    for cwd, event in zip(folders, ("pre_shell", "shell"), strict=True):
        shell(cwd, command, event, name, CLAUDE_PROJECT_DIR=str(repo.path))


def test_when_the_folder_has_followed_the_command(repo: Maker) -> None:
    """Claude Code's folder after `cd ../w` is `w`: both events of the call are there in both worktrees."""
    one = repo("one")
    one.commit("c", {"f": "x\n"})
    one.run("worktree", "add", "-q", "../w", "-b", "w")
    call(one, (one.path, one.path.parent / "w"), "cd ../w && make")
    assert [name for name, _, _ in told(one)] == ["one", "w", "w", "one"]


@pytest.mark.parametrize("command", ["make; cd ../one", "make; popd", ". ./back"])
def test_when_the_folder_has_gone_back(repo: Maker, command: str) -> None:
    """The call ends in another worktree than it began in, which may be told of nowhere in its words."""
    one = repo("one")
    one.commit("c", {"f": "x\n"})
    one.run("worktree", "add", "-q", "../w", "-b", "w")
    call(one, (one.path.parent / "w", one.path), command)
    events = [(Path(each["worktree"]).name, each["event"]) for each in stored(one)]
    assert events[0] == ("w", "pre_shell")
    assert ("w", "shell") in events and ("one", "shell") in events
    assert waiting() == []


def test_the_words_are_read_from_where_the_call_began(repo: Maker) -> None:
    one, other, third = repo("one"), repo("other"), repo("third")
    for each in (one, other, third):
        each.commit("c", {"f": "x\n"})
    (other.path / "sub").mkdir()
    call(one, (other.path / "sub", one.path), "make -C ../../third; cd ../../one")
    assert [len(told(each)) for each in (one, other, third)] == [1, 2, 2]


def test_calls_at_once_begin_each_for_itself(repo: Maker) -> None:
    one, other, third = repo("one"), repo("other"), repo("third")
    for each in (one, other, third):
        each.commit("c", {"f": "x\n"})
    project = {"CLAUDE_PROJECT_DIR": str(one.path)}
    for name, each in (("c1", other), ("c2", third)):
        shell(each.path, "make; cd $X", "pre_shell", name, **project)
    assert len(waiting()) == 2
    for name in ("c1", "c2"):
        shell(one.path, "make; cd $X", "shell", name, **project)
    calls = [[event["call_id"] for event in stored(each)] for each in (one, other, third)]
    assert calls == [["c1", "c2"], ["c1", "c1"], ["c2", "c2"]]


def test_no_note_where_nobody_records(repo: Maker) -> None:
    one, other = repo("one"), repo("other")
    other.run("config", "byline.enabled", "false")
    call(one, (other.path, other.path), "make")
    shell(other.path, "make", "pre_shell", "c2", CLAUDE_PROJECT_DIR=str(one.path))
    assert waiting() == []


def waiting() -> list[str]:
    """The names of the notes of calls that have not ended."""
    data = Path(os.environ.get("BYLINE_DATA_DIR") or Path(os.environ["HOME"]) / ".local" / "share" / "byline")
    folder = data / "files" / "pending"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


LIFE = ("session_start", "prompt", "turn_end", "session_end")


def test_a_session_is_told_of_in_its_projects_repository(repo: Maker) -> None:
    """Also where its folder has gone elsewhere: its commands may still run here."""
    one, other = repo("one"), repo("other")
    for event in LIFE:
        tell(other.path, event, {"prompt": "p"}, CLAUDE_PROJECT_DIR=str(one.path))
    for each in (one, other):
        events = stored(each)
        assert [event["event"] for event in events] == [*LIFE]
        assert {event["worktree"] for event in events} == {str(each.path)}


def test_it_is_told_of_once_where_the_folder_has_not_left(repo: Maker) -> None:
    one = repo("one")
    one.commit("c", {"sub/f": "x\n"})
    one.run("worktree", "add", "-q", "../w", "-b", "w")
    for folder in (one.path, one.path / "sub", one.path.parent / "w"):
        tell(folder, "turn_end", {}, CLAUDE_PROJECT_DIR=str(one.path))
    assert len(stored(one)) == 3


def test_its_project_counts_only_where_it_is_recorded(repo: Maker) -> None:
    one, other = repo("one"), repo("other")
    one.run("config", "byline.enabled", "false")
    for project in (str(one.path), "", "one", f"{one.path}/torn\0"):
        tell(other.path, "turn_end", {}, CLAUDE_PROJECT_DIR=project)
    assert [len(stored(one)), len(stored(other))] == [0, 4]


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
