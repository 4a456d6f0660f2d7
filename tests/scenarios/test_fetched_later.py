"""What a call wrote and committed stays its session's, whatever is fetched afterwards that has the same lines."""

import subprocess
import time
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

AHEAD = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2031-01-01T00:00:00Z")
FORGE = {"GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com"}
OWN = "U|a A|s1 A|s2 U|d A|t1"
COMMANDS = [
    "sed -i 's/b/s1/;s/c/s2/' f.txt && git commit -qam x",
    "python gen.py",
    "git stash && ./gen.sh && git commit -qam x",
]


@pytest.fixture
def told(tmp_path: Path) -> Story:
    """A repository with a remote, on a branch of its own."""
    tale = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a b c d")
    subprocess.run(["git", "clone", "-q", "--bare", str(tale.world.root), str(tmp_path / "remote.git")], check=True)
    tale.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    return tale.git("checkout", "-q", "-b", "side")


def elsewhere(tale: Story, tmp_path: Path, *commands: tuple[str, ...], **env: str) -> None:
    """A colleague's clone, in which this happens, a moment later; it is pushed."""
    time.sleep(1.1)  # git counts in seconds
    there = tmp_path / "there"
    if not there.exists():
        subprocess.run(["git", "clone", "-q", str(tmp_path / "remote.git"), str(there)], check=True)
    for words in [*commands, ("push", "-q", "origin", "HEAD")]:
        surroundings = {**tale.world.environment(), **AHEAD, **env}
        subprocess.run(["git", *words], cwd=there, env=surroundings, check=True, capture_output=True)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("deeds", "env"),
    [
        (
            [("merge", "-q", "--squash", "origin/side"), ("commit", "-q", "-m", "side (#1)")],
            {"GIT_AUTHOR_NAME": "Eve"},
        ),
        ([("commit", "-q", "--allow-empty", "-m", "z"), ("cherry-pick", "main~1..origin/side")], FORGE),
        ([("checkout", "-q", "side"), ("revert", "--no-edit", "HEAD")], {}),
    ],
    ids=["squashed", "picked", "built upon"],
)
def test_what_is_fetched_later(
    told: Story, tmp_path: Path, command: str, deeds: list[tuple[str, ...]], env: dict[str, str]
) -> None:
    told.shell("A", command, lambda tale: tale.on_disk(f="a s1 s2 d").git("commit", "-qam", "x"))
    told.shell("A", command, lambda tale: tale.on_disk(f="a s1 s2 d t1").git("commit", "-qam", "y"))
    told.expect(f=OWN).git("push", "-q", "origin", "side")
    elsewhere(told, tmp_path, *deeds, **env)
    told.git("fetch", "-q").expect(f=OWN)
    told.git("merge", "-q", "-s", "ours", "--allow-unrelated-histories", "FETCH_HEAD").expect(f=OWN)


@pytest.mark.parametrize("how", ["a branch of the remote", "a commit that was looked at"])
def test_what_was_fetched_before_from_a_clock_that_is_ahead(told: Story, tmp_path: Path, how: str) -> None:
    """A script that picks it is no writer of it, though it says that it was written later."""
    there = tmp_path / "there"
    subprocess.run(["git", "clone", "-q", str(tmp_path / "remote.git"), str(there)], check=True)
    (there / "f.txt").write_text("a\nb\nc\nd\ncolleague\n")
    elsewhere(told, tmp_path, ("commit", "-q", "-a", "-m", "theirs"))
    if how == "a branch of the remote":
        told.git("fetch", "-q")
    else:
        told.git("fetch", "-q", str(there), "HEAD").git("checkout", "-q", "FETCH_HEAD")
        told.git("checkout", "-q", "side").observed()

    def pick(tale: Story) -> None:
        tale.git("cherry-pick", "-n", "FETCH_HEAD").on_disk(f="a b c d colleague own").git("commit", "-qam", "picked")

    told.shell("A", "./pick.sh", pick).expect(f="U|a U|b U|c U|d U|colleague A|own")
