"""Two people, two clones: commits, rebases, pushes and fetches of anchors in any order, processes killed.

In the end both branches are the same, sound, and nothing is lost.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byline.repo.anchors import names
from byline_hooks import entry
from gitrepo import NAMES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed as on POSIX systems")

BYLINE = [sys.executable, "-m", "byline"]


class Person:
    """A clone with its own user data, whose commits are half an agent's."""

    def __init__(self, folder: Path, name: str, server: Path, seed: int) -> None:
        self.path, self.name, home = folder / name, name, folder / f"home-{name}"
        home.mkdir()
        self.chance = random.Random(seed)
        self.env = {
            **NAMES,
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": f"{name}@example.org",
            "HOME": str(home),
            "BYLINE_DATA_DIR": str(home / "byline"),
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }
        self.written = 0
        subprocess.run(["git", "clone", "-q", "--template=", str(server), str(self.path)], env=self.env, check=True)

    def git(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(["git", *words], cwd=self.path, env=self.env, capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout.strip()

    def byline(self, *words: str, check: bool = True) -> None:
        done = subprocess.run([*BYLINE, *words], cwd=self.path, env=self.env, capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stderr

    def killed(self, *words: str) -> None:
        """Begin, and die somewhere."""
        process = subprocess.Popen(
            [*BYLINE, *words],
            cwd=self.path,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(self.chance.uniform(0.05, 0.9))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def work(self) -> None:
        """A commit: lines of a session, of nobody, or of both, in a file of one's own or in one that both change."""
        self.written += 1
        name = self.chance.choice((f"{self.name}.txt", "shared.txt"))
        file = self.path / name
        before = file.read_text() if file.exists() else ""
        lines = before.splitlines(keepends=True)
        place = 0 if self.name == "ada" else len(lines)  # so that rebases go through
        lines[place:place] = [f"{self.name} {self.written} {n}\n" for n in range(self.chance.randint(1, 3))]
        file.write_text("".join(lines))
        if self.chance.random() < 0.6:
            event = {"v": 1, "agent": "robot", "session_id": f"{self.name}-{self.written // 5}", "event": "write"}
            event |= {"cwd": str(self.path), "path": name, "tool": "Edit", "call_id": f"c{self.written}"}
            assert entry.run("generic", json.dumps({**event, "before": before}).encode(), self.env)
        self.git("add", "-A")
        self.git("commit", "-qm", f"{self.name} {self.written}")

    def share(self) -> None:
        """Rebase on what the other has pushed, then push."""
        self.git("pull", "-q", "--rebase", check=False)
        if (self.path / ".git" / "rebase-merge").exists():
            self.git("rebase", "--abort")
            self.git("reset", "-q", "--hard", "@{upstream}")
        self.git("push", "-q", "origin", "main", check=False)

    def rebase(self) -> None:
        """Reword the last commit, or put the last two into another order."""
        if int(self.git("rev-list", "--count", "@{upstream}..")) > 1 and self.chance.random() < 0.5:
            editor = {"GIT_SEQUENCE_EDITOR": "sed -i '1{h;d};2{G}'", "GIT_EDITOR": "true"}
            done = subprocess.run(
                ["git", "rebase", "-q", "-i", "HEAD~2"],
                cwd=self.path,
                env={**self.env, **editor},
                capture_output=True,
            )
            if done.returncode:
                self.git("rebase", "--abort")
        elif int(self.git("rev-list", "--count", "@{upstream}..")):
            self.git("commit", "-q", "--amend", "-m", f"{self.name} {self.written} reworded")

    def anchors(self) -> dict[str, dict[str, Any]]:
        """All anchors by commit."""
        listed = self.git("ls-tree", "-r", "--name-only", names.BRANCH).split("\n")
        commits = sorted({place[0] for path in listed if (place := names.stored(path))})
        return {
            commit: json.loads(self.git("show", f"{names.BRANCH}:{names.folder(commit)}metadata.json"))
            for commit in commits
        }


def play(folder: Path, rounds: int, commits: int) -> tuple[Person, Person, Path]:
    server = folder / "server.git"
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", "--template=", str(server)], env=env, check=True)
    ada, bob = (Person(folder, name, server, seed) for seed, name in enumerate(("ada", "bob"), 1))
    (ada.path / "shared.txt").write_text("middle\n" * 3)
    for event in ("session_start",):
        said = {"v": 1, "agent": "robot", "session_id": "ada-0", "event": event, "cwd": str(ada.path)}
        assert entry.run("generic", json.dumps(said).encode(), ada.env)
    ada.git("add", "-A")
    ada.git("commit", "-qm", "begin")
    ada.git("push", "-q", "-u", "origin", "main")
    bob.git("pull", "-q")
    chance = random.Random(7)
    deeds: list[Callable[[Person], None]] = [
        lambda one: one.byline("push", check=False),
        lambda one: one.byline("fetch", check=False),
        lambda one: one.byline("sync"),
        lambda one: one.killed("push"),
        lambda one: one.killed("sync"),
        lambda one: one.killed("fetch"),
        Person.share,
        Person.rebase,
    ]
    for _ in range(rounds):
        for one in (ada, bob):
            for _ in range(commits):
                one.work()
            for deed in chance.sample(deeds, 2):
                deed(one)
    for one in (ada, bob, ada, bob):
        one.share()
    return ada, bob, server


def check(ada: Person, bob: Person, server: Path) -> None:
    for one in (ada, bob):
        one.byline("sync")
    before = [one.anchors() for one in (ada, bob)]
    for one in (ada, bob, ada):
        one.byline("push")
    bob.byline("fetch")
    tips = {one.git("rev-parse", names.BRANCH) for one in (ada, bob)}
    assert len(tips) == 1
    assert subprocess.check_output(["git", "rev-parse", names.BRANCH], cwd=server, text=True).strip() in tips
    for where in (ada.path, bob.path, server):
        done = subprocess.run(["git", "fsck", "--strict", "--no-dangling"], cwd=where, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    together = ada.anchors()
    assert set(together) == set(before[0]) | set(before[1])
    made = {*ada.git("rev-list", "main").split(), *bob.git("rev-list", "main").split()}
    assert made <= set(together) | {ada.git("rev-list", "--max-parents=0", "main")}
    for commit, anchor in together.items():
        assert anchor["ai_added"] + anchor["human_added"] == anchor["added"]
        sides = [side[commit] for side in before if commit in side]
        assert anchor["ai_added"] == max(side["ai_added"] for side in sides), commit
    for one in (ada, bob):
        assert one.git("for-each-ref", "refs/byline/merged") == ""
        one.byline("sync")
        assert {one.git("rev-parse", names.BRANCH)} == tips


def test_both_end_with_the_same_bytes(tmp_path: Path) -> None:
    check(*play(tmp_path, rounds=5, commits=4))


@pytest.mark.long
def test_both_end_with_the_same_bytes_after_hundreds_of_commits(tmp_path: Path) -> None:
    check(*play(tmp_path, rounds=40, commits=8))
