"""A script that has git bring texts, and a line of the caller's own beside: what git brought is not the caller's."""

import subprocess
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

OWN = "python3 -c 'print(\"s\" + str(1))' >> f.txt"


@pytest.fixture
def told(tmp_path: Path) -> Story:
    """A branch `side` with two lines of B's, and a commit of somebody's on `main` since."""
    tale = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a b c", g="x")
    tale.git("checkout", "-qb", "side").edit("B", f="a x1 x2 b c").commit().git("checkout", "-q", "main")
    return tale.on_disk(g="x y").commit()


def runs(tale: Story, command: str) -> None:
    def run(here: Story) -> None:
        where, env = here.stage.here, here.world.environment()
        subprocess.run(["sh", "-ec", command], cwd=where, env=env, check=True, capture_output=True)

    tale.shell("A", command, run)


def script(tale: Story, tmp_path: Path, command: str) -> str:
    (tmp_path / "sync.sh").write_text(command + "\n")
    return "sh ../sync.sh"


@pytest.mark.parametrize("hidden", ["script", "alias"])
@pytest.mark.parametrize(
    "command", ["merge -q --no-edit side", "cherry-pick side", "rebase -q side", "reset -q --hard side"]
)
def test_what_heads_log_tells_of_is_known(told: Story, tmp_path: Path, command: str, hidden: str) -> None:
    if hidden == "alias":
        told.git("config", "alias.sync", command)
    said = "git sync" if hidden == "alias" else script(told, tmp_path, f"git {command}")
    runs(told, f"{said}; {OWN}; git commit -qam own")
    told.expect(f="U|a B|x1 B|x2 U|b U|c A|s1")


@pytest.mark.parametrize(
    "command",
    [
        "git merge -q --squash side",
        "git cherry-pick -n side",
        "git checkout -q side -- .",
        "git show side:f.txt > f.txt",
    ],
)
def test_what_leaves_no_trace_is_nobodys(told: Story, tmp_path: Path, command: str) -> None:
    runs(told, f"{script(told, tmp_path, command)}; {OWN}")
    found = {line.text: line.owner for line in told.stage.ask("f.txt", None)}
    assert found["x1"] in ("B", "U")
    assert found["x2"] in ("B", "U")
    assert found["s1"] == "A"


def test_a_session_that_makes_its_own_lines_again_keeps_them(told: Story, tmp_path: Path) -> None:
    (tmp_path / "gen.py").write_text("print('m' + str(1)); print('m' + str(2))\n")
    told.git("checkout", "-qb", "other")
    runs(told, "python3 ../gen.py >> f.txt; git commit -qam made")
    told.git("checkout", "-q", "main")
    runs(told, f"{OWN}; python3 ../gen.py >> f.txt")
    told.expect_working(f="U|a U|b U|c A|s1 A|m1 A|m2")


@pytest.mark.parametrize(
    "command",
    [
        "git commit -qa --amend --no-edit",
        "git update-ref -d HEAD; git commit -qam all",
        "git update-ref refs/heads/main HEAD~1; git commit -qam all",
    ],
)
@pytest.mark.parametrize("grown", [False, True])
def test_a_commit_made_anew_has_what_was_there(tmp_path: Path, command: str, *, grown: bool) -> None:
    """The first commit too: what the call found in the files it leaves alone is not its own."""
    tale = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a b", g="x y")
    if grown or "HEAD~1" in command:
        tale.edit("B", g="x y z1").commit()
    runs(tale, f"{OWN}; {command}")
    tale.expect(f="U|a U|b A|s1")
    tale.expect(g="U|x U|y B|z1" if grown or "HEAD~1" in command else "U|x U|y")
