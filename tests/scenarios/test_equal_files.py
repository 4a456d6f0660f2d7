"""Files of two sessions that hold the very same: chance does not say which of them a moved one had been."""

import subprocess
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

MOVES = "mkdir f g && git mv e/x f/ && git mv d/x g/"
CASES = [
    # Git names one of them for what is new.
    ("git mv e/x n && git rm -q d/x", {"n": "U|one U|two U|three"}),
    ("git mv e/x n && git rm -q d/x && echo four >> n && git add n", {"n": "U|one U|two U|three W|four"}),
    (MOVES, {"f/x": "U|one U|two U|three", "g/x": "U|one U|two U|three"}),
    # One that stays was not moved.
    ("git mv e/x n", {"n": "B|one B|two B|three"}),
    ("git mv d/x n", {"n": "A|one A|two A|three"}),
]
CALLS = [
    # What a command names is no chance.
    (MOVES, {"f/x": "B|one B|two B|three", "g/x": "A|one A|two A|three"}),
    ("git mv e/x ./n && rm d/x", {"n": "B|one B|two B|three"}),
    ("mv e n && rm -r d", {"n/x": "B|one B|two B|three"}),
    ("for i in d e; do mkdir n$i; git mv $i/x n$i/x; done", dict.fromkeys(["nd/x", "ne/x"], "U|one U|two U|three")),
    # The file that is called so now was the other one before.
    ("mv e/x t && mv d/x e/x && mv e/x n && rm t", {"n": "U|one U|two U|three"}),
]


@pytest.fixture
def told(tmp_path: Path) -> Story:
    """Two equal files, each of another session."""
    tale = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a")
    return tale.edit("A", {"d/x": "one two three"}).edit("B", {"e/x": "one two three"}).commit()


def run(tale: Story, command: str) -> None:
    environment = tale.world.environment()
    subprocess.run(["sh", "-ec", command], cwd=tale.stage.here, env=environment, check=True, capture_output=True)


def expect(tale: Story, rev: str | None, writer: str, files: dict[str, str]) -> None:
    tale.expect({path: lines.replace("W|", f"{writer}|") for path, lines in files.items()}, rev=rev)


@pytest.mark.parametrize(("command", "files"), CASES)
def test_one_commit_moves_them(told: Story, command: str, files: dict[str, str]) -> None:
    run(told, command)
    told.commit()
    for rev in ("HEAD", None):
        expect(told, rev, "U", files)


@pytest.mark.parametrize(("command", "files"), [*CALLS, *CASES[3:]])
@pytest.mark.parametrize("commits", [" && git add -A && git commit -qm moved", ""])
def test_one_call_moves_them(told: Story, command: str, files: dict[str, str], commits: str) -> None:
    command += commits
    told.shell("C", command, lambda it: run(it, command))
    expect(told, None, "C", files)
    if not commits:
        told.commit()
    expect(told, "HEAD", "C", files)


def test_where_they_agree_the_owner_stays(tmp_path: Path) -> None:
    tale = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init({"d/x": "one two", "e/x": "one two"})
    tale.edit("A", {"d/x": "one two a", "e/x": "one two a"}).edit("A", {"d/x": "one two a b"})
    tale.edit("B", {"e/x": "one two a b"}).commit()
    run(tale, "git mv e/x n && git rm -q d/x")
    tale.commit().expect({"n": "U|one U|two A|a U|b"}).expect_working({"n": "U|one U|two A|a U|b"})
