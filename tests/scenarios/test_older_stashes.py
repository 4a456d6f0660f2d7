"""A shell command takes back another stash than the newest: what it brings is not the caller's."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

SED = "sed -i 's/^c$/s1/' f.txt"


@pytest.fixture(params=["told", "unseen"])
def stashed(request: pytest.FixtureRequest, tmp_path: Path) -> Story:
    """Two stashes; the older one has B's lines, also of a file that git does not track."""
    told = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a b c", g="x")
    told.edit("B", f="a b o1 c", n="o2 o3 o4")
    push(told, "git stash -q -u", request.param)
    told.edit("A", g="x y")
    push(told, "git stash -q", request.param)
    return told


def push(told: Story, command: str, how: str) -> None:
    if how == "told":
        told.shell("B", *runs(command))
    else:
        run(told, command)


def runs(command: str) -> tuple[str, Callable[[Story], object]]:
    return command, lambda tale: run(tale, command)


def run(tale: Story, command: str) -> None:
    here, env = tale.stage.here, tale.world.environment()
    subprocess.run(["sh", "-ec", command], cwd=here, env=env, check=True, capture_output=True)


@pytest.mark.parametrize("end", ["", " && git add -A && git commit -qm x"])
@pytest.mark.parametrize(
    "command",
    [
        f"git stash pop -q stash@{{1}} && {SED}",
        f"git stash pop -q 1 && {SED}",
        f"git stash drop -q; git stash pop -q; {SED}",
        f"git stash pop -q; git commit -qam z; git stash pop -q; {SED}",
        f"for k in 1 2; do git stash pop -q; done; {SED}",
        f"git checkout -q stash@{{1}}^3 -- n.txt; git restore -s stash@{{1}} f.txt; {SED}",
    ],
)
def test_what_it_brings_is_not_the_callers(stashed: Story, command: str, end: str) -> None:
    stashed.shell("A", *runs(command + end))
    found = {line.text: line.owner for name in ("f.txt", "n.txt") for line in stashed.stage.ask(name, None)}
    assert found.pop("s1") == "A"
    assert set(found) == set("a b o1 o2 o3 o4".split())
    assert set(found.values()) <= {"B", "U"}


def test_the_newest_is_known(stashed: Story) -> None:
    stashed.shell("B", *runs("git stash pop -q && sed -i 's/^x$/s1/' g.txt"))
    stashed.expect_working(g="B|s1 A|y")
