"""The repository that everybody in a soak works on, and what is true of it.

Every line names its writer: `OWNER NUMBER …`. So the right owner of any line, in any commit, is its first word.
Byline may know less (`unknown`) but never somebody else.
"""

import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.alone import environment, installed_hook

LONGEST = 160
"""Lines of a file; who writes into a longer one takes lines away first."""


class Turns:
    """Many at once, or one alone: git commands that change the worktree."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._many = 0
        self._waiting = 0

    @contextmanager
    def shared(self) -> Iterator[None]:
        """One of many."""
        with self._lock:
            self._lock.wait_for(lambda: not self._waiting)
            self._many += 1
        try:
            yield
        finally:
            with self._lock:
                self._many -= 1
                self._lock.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else."""
        with self._lock:
            self._waiting += 1
            self._lock.wait_for(lambda: not self._many)
            try:
                yield
            finally:
                self._waiting -= 1
                self._lock.notify_all()


class World:
    """A repository, an installed hook, and counts of what happened."""

    def __init__(self, folder: Path, files: int) -> None:
        self.root = folder / "repo"
        self.env = environment(folder)
        self.turns = Turns()
        self.over = threading.Event()
        self.done: Counter[str] = Counter()
        self.troubles: list[str] = []
        self._numbers: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.hook_command = installed_hook(folder)
        self.root.mkdir(parents=True)
        self.git("init", "-q", "--template=", "--initial-branch=main")
        self.paths = [f"part{number % 4}/file{number}.txt" for number in range(files)]
        self.locks = {path: threading.Lock() for path in self.paths}
        for path in self.paths:
            (self.root / path).parent.mkdir(exist_ok=True)
            self.put(path, [self.line("nobody") for _ in range(20)])
        self.git("add", ".")
        self.git("commit", "-qm", "start")

    def line(self, owner: str) -> str:
        """A line that nobody else has."""
        with self._lock:
            self._numbers[owner] += 1
            return f"{owner} {self._numbers[owner]:06} says something of ordinary length\n"

    def count(self, what: str, number: int = 1) -> None:
        """Something happened."""
        with self._lock:
            self.done[what] += number

    def trouble(self, what: str) -> None:
        """Something happened that must not."""
        with self._lock:
            self.troubles.append(what)
        print(f"TROUBLE {what}", file=sys.stderr, flush=True)

    def get(self, path: str) -> list[str]:
        """A file's lines."""
        return (self.root / path).read_text().splitlines(keepends=True)

    def put(self, path: str, lines: list[str]) -> None:
        """Write a file as editors do: in place."""
        (self.root / path).write_text("".join(lines))

    def changed(self, lines: list[str], owner: str, chance: random.Random) -> list[str]:
        """`lines` with some new ones of `owner`, some of them in the place of others."""
        made = list(lines)
        while len(made) > LONGEST:
            at = chance.randrange(len(made))
            del made[at : at + chance.randrange(1, 12)]
        at = chance.randrange(len(made) + 1)
        made[at : at + chance.choice((0, 0, 1, 2))] = [self.line(owner) for _ in range(chance.randrange(1, 5))]
        return made

    def git(self, *words: str, check: bool = True, **env: str) -> str:
        """What git prints; empty where it refuses and may."""
        done = subprocess.run(["git", *words], cwd=self.root, env={**self.env, **env}, capture_output=True, text=True)
        if done.returncode and check:
            self.trouble(f"git {' '.join(words)}: {done.stderr.strip()}")
        return "" if done.returncode else done.stdout

    def byline(self, *words: str) -> str:
        """What byline prints; it must end with 0."""
        command = [sys.executable, "-m", "byline.cli.main", *words]
        done = subprocess.run(command, cwd=self.root, env=self.env, capture_output=True, text=True, timeout=600)
        if done.returncode:
            self.trouble(f"byline {' '.join(words)} ended with {done.returncode}: {done.stderr.strip()[-300:]}")
        return done.stdout
