"""Shell events of the other worktrees that a command works in."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from byline_hooks import beside, entry
from gitrepo import Repo
from hookrun import events

Maker = Callable[..., Repo]


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("cd ../w && sed -i s/a/b/ f", ["/B/../w", "/B/../w/s/a/b/"]),
        ("(cd ../w; make) && cd sub && ls", ["/B/../w", "/B/sub"]),
        ("git -C ../w commit -m 'cd nowhere'", ["/B/../w"]),
        ("cat > /x/w/f <<'EOF'\ncd ../z\nEOF\ncd b && ls", ["/x/w/f", "/B/b"]),
        ("cat <<A; cat <<B\ncd 1\nA\ncd 2\nB\ncd 3", ["/B/3"]),
        ("x <<< 'cd a'; cd b", ["/B/b"]),
        ("cat <<EOF\ncd never-ended", ["/B/never-ended"]),
        ("cd ~/p && x", ["/H/p"]),
        ("cd $HOME/p; cd ../q", ["/H/p", "/H/p/../q"]),
        ('cd "$X" && cd y', []),
        ("cd - ; cd z", []),
        ("make -C sub -j4; make -Cother", ["/B/sub", "/B/other"]),
        ("npm --prefix=ui run b; pnpm --prefix ui2 run b", ["/B/ui", "/B/ui2"]),
        ("FOO=1 sudo cd a", ["/B/a"]),
        ("echo hi 2>&1 >out/x 2>>e/y", ["/B/out/x", "/B/e/y"]),
        ("cd 'a b'/c && cd d\\ e", ["/B/a b/c", "/B/a b/c/d e"]),
        ("if cd q; then ls; fi", ["/B/q"]),
        ("for d in a b; do (cd $d && x); done", []),
        ("cd //host/share && cd z", []),
        ("echo cd ../w; grep -rn cd ../w; ls ../w", []),
        ("", []),
    ],
)
def test_folders(command: str, named: list[str]) -> None:
    assert beside.folders(command, "/B", "/H") == named


def shell(cwd: Path, command: str, event: str = "shell", **env: str) -> None:
    message = {"v": 1, "agent": "m", "session_id": "s", "event": event, "cwd": str(cwd), "command": command}
    surroundings = {"HOME": os.environ["HOME"], "PATH": os.environ["PATH"], **env}
    data = os.environ.get("BYLINE_DATA_DIR")
    entry.run(
        "generic", json.dumps(message).encode(), {**surroundings, **({"BYLINE_DATA_DIR": data} if data else {})}
    )


def told(repo: Repo) -> list[tuple[str, bool, list[str]]]:
    """Of each shell event the worktree's name, whether it is of another than the agent's, and the dirty files."""
    store = repo.path / ".git" / "byline"
    if not (store / "spool").exists():
        return []
    return [(Path(one["worktree"]).name, one.get("beside", False), one["paths"]) for one in events(store)]


def test_a_linked_worktree_and_another_repository(repo: Maker) -> None:
    one, other = repo("one"), repo("other")
    one.commit("c", {"f": "x\n"})
    other.commit("c", {"g": "x\n"})
    one.run("worktree", "add", "-q", "../w", "-b", "w")
    (one.path.parent / "w" / "f").write_text("y\n")
    other.write("new", "n\n")
    shell(one.path, f"cd ../w && ls; cd {other.path}; ls; git -C {other.path} status; cd nowhere")
    assert told(one) == [("one", False, []), ("w", True, ["f"])]
    assert told(other) == [("other", True, ["new"])]


def test_a_folder_of_the_same_worktree_is_no_other(repo: Maker) -> None:
    one = repo("one")
    one.commit("c", {"sub/f": "x\n"})
    (one.path / "link").symlink_to("sub")
    shell(one.path, f"cd sub && ls > out; cd {one.path}/link && make; cd .git && ls; rm /nowhere/at/all")
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
    shell(one.path, "; ".join(f"cd {other.path}" for other in others))
    assert [len(told(other)) for other in others] == [1] * beside.MOST + [0, 0]
