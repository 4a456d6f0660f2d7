"""Pull requests that come back from a forge as one commit, by a button."""

import subprocess
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

FORGE = {"GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com"}
THERE = "1234+ada@users.noreply.github.com"
OWN = "U|a A|s1 U|b B|t1 U|c U|d U|u1"
NOBODYS = "U|a U|s1 U|b U|t1 U|c U|d U|u1"


@pytest.fixture
def told(tmp_path: Path) -> Story:
    return story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a b c d e")


def git(tale: Story, folder: Path, *words: str, **env: str) -> None:
    surroundings = {**tale.world.environment(), **env}
    subprocess.run(["git", *words], cwd=folder, env=surroundings, check=True, capture_output=True)


def squashed(tale: Story, tmp_path: Path, author: str, mail: str, committer: dict[str, str]) -> None:
    """Two sessions' branch, pushed; a colleague's commit to the same file; the button; and the pull."""
    root, remote, other = tale.world.root, tmp_path / "there.git", tmp_path / "other"
    git(tale, root, "clone", "-q", "--bare", ".", str(remote))
    git(tale, root, "remote", "add", "origin", str(remote))
    git(tale, root, "checkout", "-q", "-b", "side")
    tale.edit("A", f="a s1 b c d e").commit().edit("B", f="a s1 b t1 c d e").commit()
    git(tale, root, "push", "-q", "origin", "side")
    git(tale, tmp_path, "clone", "-q", str(remote), str(other))
    (other / "f.txt").write_text("a\nb\nc\nd\nu1\n")
    git(tale, other, "commit", "-qam", "theirs", GIT_AUTHOR_NAME="Carl", GIT_AUTHOR_EMAIL="carl@example.org")
    git(tale, other, "merge", "-q", "--squash", "origin/side")
    git(tale, other, "commit", "-qm", "side (#1)", GIT_AUTHOR_NAME=author, GIT_AUTHOR_EMAIL=mail, **committer)
    git(tale, other, "push", "-q", "origin", "main")
    git(tale, root, "checkout", "-q", "main")
    git(tale, root, "pull", "-q", "--ff-only", "origin", "main")


@pytest.mark.parametrize(
    ("author", "mail", "committer", "expected"),
    [
        ("Ada", THERE, FORGE, OWN),
        ("Ada", "ada@example.org", FORGE, OWN),
        ("Eve", "eve@example.org", FORGE, NOBODYS),
        ("Ada", THERE, {}, NOBODYS),
    ],
    ids=["another address", "own address", "somebody else", "no forge"],
)
def test_a_squash(
    told: Story, tmp_path: Path, author: str, mail: str, committer: dict[str, str], expected: str
) -> None:
    squashed(told, tmp_path, author, mail, {"GIT_COMMITTER_NAME": "X", "GIT_COMMITTER_EMAIL": "x@y", **committer})
    told.expect(f=expected)
