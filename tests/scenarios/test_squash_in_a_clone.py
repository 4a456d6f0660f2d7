"""A clone that knows commits by their anchors alone squashes them: lines keep their writers; chance names nobody."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

SECOND = {"GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000"}
SQUASH = 'GIT_SEQUENCE_EDITOR="sed -i 2,9s/pick/squash/" git rebase -q -i HEAD~3'
SOFT = "git reset -q --soft HEAD~3 && git commit -qm all"
MERGE = "git checkout -q -B side HEAD~3 && git merge -q --squash origin/main && git commit -q"
SEEDS = ("0", "1", "4")
"""Under each of these sets of strings have another order."""


def run(tale: Story, folder: Path, command: str, **more: str) -> None:
    environment = tale.world.environment({**SECOND, "PYTHONPATH": os.pathsep.join(sys.path), **more})
    command = command.replace("byline ", f"{sys.executable} -m byline ")
    subprocess.run(["sh", "-ec", command], cwd=folder, env=environment, check=True, capture_output=True)


def published(folder: Path, steps: list[tuple[str, str]]) -> tuple[Story, Path]:
    """Sessions that change a file one after the other, a commit each and all in one second; a clone beside it."""
    tale = story(folder, hook=ForkedHook(), blame=Blame(forked=True)).init(f="one two three four")
    root, there, clone = tale.world.root, folder / "there.git", folder / "clone"
    run(tale, root, f"git clone -q --bare . {there} && git remote add origin {there} && git fetch -q")
    for who, text in steps:
        tale.edit(who, f=text)
        run(tale, root, f"git commit -qam {who}")
    run(tale, root, "git push -q origin main && byline sync --push")
    run(tale, root, f"git clone -q {there} {clone} && cd {clone} && byline fetch")
    return tale, clone


def owners(tale: Story, clone: Path, rev: str | None = "HEAD") -> set[str]:
    """The answers for the last commit or (None) the working file, under several orders of sets, nothing kept."""
    found = set()
    for seed in SEEDS:
        run(tale, clone, "byline reindex", PYTHONHASHSEED=seed)
        environment = tale.world.environment({"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": seed})
        lines = Blame()("f.txt", rev, environment, clone)
        known = {"U": "U"} | {one.owner: tale.stage.agent.owner_of(one.owner) for one in lines if one.owner != "U"}
        found.add(" ".join(f"{known[one.owner]}|{one.text}" for one in lines))
    return found


@pytest.mark.parametrize("command", [SQUASH, SOFT, MERGE, f"{MERGE}m all"])
def test_lines_keep_their_writers(tmp_path: Path, command: str) -> None:
    steps = [("A", "one two a three four"), ("B", "one two a three b"), ("C", "c two a three b")]
    tale, clone = published(tmp_path, steps)
    run(tale, clone, command)
    assert owners(tale, clone) == {"C|c U|two A|a U|three B|b"}


@pytest.mark.parametrize(("command", "writer"), [(SQUASH, "U"), (SOFT, "C"), (MERGE, "C"), (f"{MERGE}m all", "C")])
def test_a_line_that_was_away_is_not_its_first_writers(tmp_path: Path, command: str, writer: str) -> None:
    tale, clone = published(
        tmp_path, [("A", "one TWO three four"), ("B", "one b three four"), ("C", "one TWO three four")]
    )
    run(tale, clone, command)
    assert owners(tale, clone) == {f"U|one {writer}|TWO U|three U|four"}


def test_a_text_that_two_commits_have_is_nobodys_where_they_disagree(tmp_path: Path) -> None:
    tale, clone = published(tmp_path, [("A", "one TWO x"), ("B", "one b x"), ("C", "one TWO x"), ("D", "one TWO d")])
    run(tale, clone, "git reset -q --hard HEAD~2 && git checkout -q HEAD@{1}~1 -- f.txt")
    assert owners(tale, clone, None) == {"U|one U|TWO A|x"}
