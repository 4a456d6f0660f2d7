"""A file that is made equal to what another branch had: only what a commit puts there is of that branch."""

import subprocess
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

BOB = {
    "GIT_AUTHOR_NAME": "Bob",
    "GIT_AUTHOR_EMAIL": "bob@example.org",
    "GIT_COMMITTER_NAME": "Bob",
    "GIT_COMMITTER_EMAIL": "bob@example.org",
}
FORGE = {"GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com"}


@pytest.fixture
def told(tmp_path: Path) -> Story:
    return story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True))


def run(tale: Story, folder: Path, command: str, env: dict[str, str]) -> None:
    surroundings = {**tale.world.environment(), **env}
    subprocess.run(["sh", "-ec", command], cwd=folder, env=surroundings, check=True, capture_output=True)


def remote(tale: Story, tmp_path: Path) -> Path:
    """A remote, and a colleague's clone of it."""
    there = tmp_path / "there.git"
    setup = (
        f"git clone -q --bare . {there}; git remote add origin {there}; git fetch -q; git branch -q -u origin/main"
    )
    run(tale, tale.world.root, f"{setup}; git clone -q {there} {tmp_path}/other", {})
    return tmp_path / "other"


def test_a_colleagues_commit_with_the_same_content(told: Story, tmp_path: Path) -> None:
    """What never went out did not come back."""
    other = remote(told.init(f="a b"), tmp_path)
    told.git("checkout", "-q", "-b", "side").edit("A", f="s1 a b").commit().git("checkout", "-q", "main")
    run(told, other, "printf 's1\\na\\nb\\n' > f.txt; git commit -qam bump; git push -q", BOB)
    told.git("pull", "-q").expect(f="U|s1 U|a U|b").expect_working(f="U|s1 U|a U|b")


def test_a_colleagues_new_file(told: Story, tmp_path: Path) -> None:
    other = remote(told.init(f="x"), tmp_path)
    told.git("checkout", "-q", "-b", "side").edit("A", g="s1 s2").commit().git("checkout", "-q", "main")
    run(told, other, "printf 's1\\ns2\\n' > g.txt; git add -A; git commit -qm new; git push -q", BOB)
    told.git("pull", "-q").expect(g="U|s1 U|s2")


def test_a_branch_that_went_out_and_came_back_squashed_by_a_colleague(told: Story, tmp_path: Path) -> None:
    other = remote(told.init(f="a b"), tmp_path)
    told.git("checkout", "-q", "-b", "side").edit("A", f="s1 a b").commit().git("push", "-q", "origin", "side")
    squash = "git fetch -q; git merge -q --squash origin/side; git commit -qm squashed; git push -q"
    run(told, other, squash, BOB)
    told.git("checkout", "-q", "main").git("pull", "-q").expect(f="A|s1 U|a U|b")


def test_a_squash_on_a_forge_leaves_a_colleagues_line_alone(told: Story, tmp_path: Path) -> None:
    """The branch has the line from a session, main from the colleague: the squash puts only the other one there."""
    other = remote(told.init(f="a b c d"), tmp_path)
    told.git("checkout", "-q", "-b", "side").edit("A", f="same a b c s1 d").commit().git(
        "push", "-q", "origin", "side"
    )
    run(told, other, "sed -i '1i same' f.txt; git commit -qam theirs; git push -q", BOB)
    run(told, other, "git fetch -q; git merge -q --squash origin/side; git commit -qm 'x (#1)'; git push -q", FORGE)
    told.git("checkout", "-q", "main").git("pull", "-q").expect(f="U|same U|a U|b U|c A|s1 U|d")


def test_a_squash_of_a_branch_that_changed_a_line_away_and_back(told: Story) -> None:
    told.init(f="x1 a b").git("checkout", "-q", "-b", "side").edit("A", f="x2 a b").commit()
    told.edit("A", f="x1 a b s1").commit().git("checkout", "-q", "main").git(
        "merge", "-q", "--squash", "side"
    ).commit()
    told.expect(f="U|x1 U|a U|b A|s1")


def test_what_a_session_changes_and_puts_back_is_whose_it_was(told: Story) -> None:
    told.init(f="a").edit("H", f="a h1").commit().git("checkout", "-q", "-b", "side")
    told.edit("A", f="a h2").edit("A", f="a h1").git("checkout", "-q", "main").expect_working(f="U|a H|h1")
    told.edit("B", f="a h1 s1").commit().expect(f="U|a H|h1 B|s1")
