"""A shell call that has git or `mv` bring a text and then edits it: what was brought is not the call's."""

import subprocess
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story


@pytest.fixture
def told(tmp_path: Path) -> Story:
    """A branch on which B wrote a line, newer than the branch at hand; a file of a person's that git ignores."""
    tale = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(
        {"f.txt": "a b c", ".gitignore": ["out/"]}
    )
    tale.git("checkout", "-qb", "side").edit("B", f=["a", "written by B", "b", "c"]).commit()
    tale.git("checkout", "-q", "main").on_disk({"out/x.txt": ["person 1", "person 2"]})
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "o.txt").write_text("person 1\nperson 2\n")
    return tale


def call(tale: Story, command: str) -> Story:
    root = tale.world.root
    env = tale.world.environment() | {"GIT_ALLOW_PROTOCOL": "file"}
    done = lambda it: subprocess.run(["sh", "-ec", command], cwd=root, env=env, check=True, capture_output=True)  # noqa: E731
    return tale.shell("A", command, done)


@pytest.mark.parametrize(
    "command",
    [
        "git restore -s side f.txt; echo by A >> f.txt",
        "git cherry-pick -n side; git reset -q; echo by A >> f.txt",
        "git checkout side -- . && git reset -q; echo by A >> f.txt",
        "git diff main side | git apply; echo by A >> f.txt",
        "git show side | git apply; sed -i '$ a by A' f.txt",
    ],
)
def test_a_newer_branch(told: Story, command: str) -> None:
    call(told, command).expect_working(f=["U|a", "U|written by B", "U|b", "U|c", "A|by A"])
    told.commit().expect(f=["U|a", "U|written by B", "U|b", "U|c", "A|by A"])


@pytest.mark.parametrize(
    ("command", "path", "own"),
    [
        ("sed -i /out/d .gitignore && git add -A && git commit -qm z", "out/x.txt", []),
        ("git rm -qf .gitignore; git add -A; git commit -qm z", "out/x.txt", []),
        ("mv out/x.txt y.txt; echo by A >> y.txt", "y.txt", ["A|by A"]),
        ("mv out/x.txt y.txt; echo by A >> y.txt; git add -A; git commit -qm z", "y.txt", ["A|by A"]),
        ("mkdir src; mv out/* src; echo by A >> src/x.txt", "src/x.txt", ["A|by A"]),
        ("mv ../outside/o.txt .; echo by A >> o.txt", "o.txt", ["A|by A"]),
    ],
)
def test_a_persons_own_file(told: Story, command: str, path: str, own: list[str]) -> None:
    rev = "HEAD" if "commit" in command else None
    call(told, command).expect({path: ["U|person 1", "U|person 2", *own]}, rev=rev)


@pytest.mark.parametrize("end", ["", " && git add -A && git commit -qm v"])
def test_another_repository(told: Story, end: str) -> None:
    call(told, f"git clone -q . ../there; git clone -q ../there vendor && rm -rf vendor/.git{end}")
    told.expect({"vendor/f.txt": ["U|a", "U|b", "U|c"]}, rev="HEAD" if end else None)
    bring = "git fetch -q ../there main && git read-tree --prefix=lib/ -u FETCH_HEAD"
    call(told, f"{bring} && echo by A >> lib/f.txt{end}")
    told.expect({"lib/f.txt": ["U|a", "U|b", "U|c", "A|by A"]}, rev="HEAD" if end else None)


def test_what_a_call_makes_beside_a_move_is_its_own(told: Story) -> None:
    call(told, "mv f.txt g.txt && seq 3 > made.txt").expect_working({"made.txt": ["A|1", "A|2", "A|3"]})


@pytest.mark.parametrize("word", ["skip-worktree", "assume-unchanged"])
def test_what_git_was_told_to_overlook(told: Story, word: str) -> None:
    told.git("update-index", f"--{word}", "f.txt").on_disk(f="a b c unseen")
    call(told, f"git update-index --no-{word} f.txt; echo by A >> f.txt")
    told.expect_working(f=["U|a", "U|b", "U|c", "U|unseen", "A|by A"])
