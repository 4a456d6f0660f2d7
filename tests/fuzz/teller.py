"""Playing the steps of a fuzzed story one by one, and keeping them in the language of the scenarios."""

import difflib
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from fuzz.ledger import Ledger
from scenarios.player import Player, Step
from story.stage import Stage

FILES = ("one.py", "two.py", "lib/three.py")
SESSIONS = ("A", "B", "A/1")
PEOPLE = (*SESSIONS, "H", "U")


@dataclass
class Teller:
    """A story under way. `steps` can be played again by the scenario runner."""

    stage: Stage
    ledger: Ledger = field(default_factory=Ledger)
    steps: list[Step] = field(default_factory=list)
    commits: int = 0
    runner: str | None = None
    """The session whose shell call is under way: what changes now without an event of its own is its doing."""

    def __post_init__(self) -> None:
        self.player = Player(self.stage)
        self._inside: list[list[Step]] = [self.steps]

    @property
    def here(self) -> Path:
        return self.stage.here

    def do(self, *step: Any) -> None:
        """Play a step and keep it."""
        self._keep(list(step))
        self.player.play([list(step)])

    def _keep(self, step: Step) -> None:
        if self.here != self.stage.world.root:
            step = ["in-worktree", "../" + self.here.name, [step]]
        self._inside[-1].append(step)

    def git(self, *arguments: str) -> bool:
        """Run git, which may refuse or stop; False then."""
        code, _, _ = self.stage.world.try_git(*arguments, cwd=self.here)
        self._keep(["git-may-stop" if code else "git", *arguments])
        return code == 0

    def ask_git(self, *arguments: str) -> str:
        """What git prints, kept out of the story; empty where it refuses."""
        return self.stage.world.try_git(*arguments, cwd=self.here)[1].decode().strip()

    def shell(self, who: str, command: str, deed: Any) -> None:
        """Everything that `deed()` does happens inside a shell call of `who`."""
        inside: list[Step] = []
        self._keep(["shell-steps", who, command, inside])
        self._inside.append(inside)
        self.runner = who
        try:
            self.stage.shell(who, command, deed)
        finally:
            self.runner = None
            self._inside.pop()

    # files

    def files(self) -> list[str]:
        """The model's files that are on disk, sorted."""
        found = (path for path in self.here.rglob("*.py") if ".git" not in path.parts and path.is_file())
        return sorted(str(path.relative_to(self.here)) for path in found)

    def lines(self, path: str) -> list[str]:
        return split((self.here / path).read_bytes())

    def committed(self, rev: str, path: str) -> list[str] | None:
        code, out, _ = self.stage.world.try_git("cat-file", "blob", f"{rev}:{path}", cwd=self.here)
        return None if code else split(out)

    def write(self, who: str, path: str, lines: list[str], hint: dict[str, Any] | None = None) -> None:
        self.do("edit", who, path, lines, *([hint] if hint else []))

    def next_message(self) -> str:
        self.commits += 1
        return f"c{self.commits}"

    def is_dirty(self) -> bool:
        return bool(self.ask_git("status", "--porcelain", "-uno"))

    def branches(self) -> list[str]:
        return self.ask_git("for-each-ref", "--format=%(refname:short)", "refs/heads").split()

    def history(self, count: int = 8) -> list[str]:
        """The newest commits of HEAD's first-parent line, newest first."""
        return self.ask_git("rev-list", "--first-parent", f"--max-count={count}", "HEAD").split()

    def is_merge(self, commit: str) -> bool:
        return len(self.ask_git("rev-list", "--parents", "-n1", commit).split()) > 2

    def in_progress(self) -> str:
        """What git has stopped in the middle of, if anything."""
        folder = Path(self.ask_git("rev-parse", "--absolute-git-dir"))
        marks = {
            "rebase": ("rebase-merge", "rebase-apply"),
            "merge": ("MERGE_HEAD",),
            "cherry-pick": ("CHERRY_PICK_HEAD",),
            "revert": ("REVERT_HEAD",),
        }
        for what, names in marks.items():
            if any((folder / name).exists() for name in names):
                return what
        return "index" if self.ask_git("ls-files", "-u") else ""


def split(text: bytes) -> list[str]:
    """The lines of a file of the model; a carriage return at the end stays, as a blank among others."""
    lines = text.decode().split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def some_changes(old: list[str], new: list[str], rng: Random) -> list[str]:
    """`old` with some of the changes that lead to `new`, as a person stages hunks."""
    result: list[str] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        result += new[c:d] if tag == "equal" or rng.random() < 0.5 else old[a:b]
    return result
