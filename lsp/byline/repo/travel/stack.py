"""The stack of what was put away in one worktree: a folder for each `goto` that has not come back.

`<git common dir>/byline/away/WORKTREE/N/` holds `state.json`, `index` (the person's, byte for byte), `shown` (an
index of what was put in place) and `files/` (what was moved out of the way, under its own path). It is made before
anything else changes and removed after everything is back, so whoever finds it knows how to go on.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import msgspec
from filelock import FileLock, Timeout

from byline.privacy import make_folders
from byline.repo.travel.survey import CannotTravel, joined, split_names

Phase = Literal["leaving", "away", "returning"]


class State(msgspec.Struct, kw_only=True):
    """`state.json` of one level."""

    v: int = 1
    phase: Phase = "leaving"
    target: str
    """The turn or commit that is looked at."""
    here: str
    """Where one was before: a branch, a commit, or the target below; what `back` says it returned to."""
    head_ref: str | None
    """What HEAD named before: a branch's whole name; None when it was detached."""
    head: str | None
    """The commit it led to; None on an unborn branch."""
    base: str | None
    """The commit HEAD is detached at while away; None: HEAD was left alone."""
    stashed: bool
    """Whether anything lay in the worktree that no commit has."""
    moved: list[str]
    """Files that were moved to `files/`."""
    placed: list[str]
    """Files that were put in place."""
    kept: list[str]
    """Files that stayed as they are: changed ones that hold secrets by their name."""
    at: int
    """Nanoseconds since 1970."""


class Level:
    """One folder of the stack."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index = folder / "index"
        self.shown = folder / "shown"
        self.files = folder / "files"

    def state(self) -> State:
        """What it says. Raises CannotTravel when it cannot be read."""
        try:
            return msgspec.convert(json.loads((self.folder / "state.json").read_bytes()), State)
        except (OSError, ValueError) as problem:
            raise CannotTravel(
                f"{self.folder}/state.json cannot be read ({problem}); your files are in {self.files}, your index is "
                f"{self.index}"
            ) from None

    def leave_out(self, paths: Iterable[str]) -> None:
        """Remember files that were untracked under the target's rules and ignored under the person's own."""
        (self.folder / "left").write_bytes(joined(sorted(paths)))

    def left_out(self) -> frozenset[str]:
        """Those files."""
        with suppress(OSError):
            return frozenset(split_names((self.folder / "left").read_bytes()))
        return frozenset()

    def write(self, state: State) -> None:
        """Say it, and have it on the disk."""
        told: dict[str, Any] = msgspec.structs.asdict(state)
        new = self.folder / "state.new"
        with new.open("wb") as file:
            file.write(json.dumps(told).encode())  # with escapes: not every path is UTF-8
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / "state.json")


class Stack:
    """The levels of one worktree."""

    def __init__(self, common_dir: Path, git_dir: Path) -> None:
        name = "main" if git_dir == common_dir else f"linked-{git_dir.name}"
        self.folder = common_dir / "byline" / "away" / name

    def levels(self) -> list[Level]:
        """From the first `goto` to the last."""
        try:
            numbers = sorted(int(entry.name) for entry in os.scandir(self.folder) if entry.name.isdecimal())
        except OSError:
            return []
        return [Level(self.folder / str(number)) for number in numbers]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone in this worktree. Raises CannotTravel when another byline is at it."""
        try:
            for folder in (self.folder.parent.parent, self.folder.parent, self.folder):
                folder.mkdir(mode=0o700, exist_ok=True)
            with FileLock(self.folder / "lock", timeout=1, mode=0o600):
                yield
        except Timeout:
            raise CannotTravel("another byline goto or back is at work in this worktree") from None
        except PermissionError as problem:
            raise CannotTravel(f"nothing can be put away here: {problem}") from None

    def new(self, index: Path) -> Level:
        """A level that does not count yet, with a copy of the person's index."""
        shutil.rmtree(self.folder / "new", ignore_errors=True)
        level = Level(self.folder / "new")
        make_folders(level.files)
        with suppress(FileNotFoundError):
            shutil.copy2(index, level.index)
        return level

    def push(self, level: Level, state: State) -> Level:
        """From now on it counts: what follows can be taken back from it."""
        level.write(state)
        target = self.folder / str(int(self.levels()[-1].folder.name) + 1 if self.levels() else 1)
        level.folder.rename(target)
        return Level(target)

    def drop(self, level: Level) -> None:
        """Everything is back."""
        done = self.folder / "done"
        shutil.rmtree(done, ignore_errors=True)
        level.folder.rename(done)
        shutil.rmtree(done, ignore_errors=True)


def away(common_dir: Path) -> list[tuple[str, State | None]]:
    """The worktrees of a repository in which somebody is away, by folder, with their last level's state."""
    found: list[tuple[str, State | None]] = []
    for folder in sorted((common_dir / "byline" / "away").glob("*/")):
        names = [entry for entry in folder.iterdir() if entry.name.isdecimal()]
        levels = sorted(names, key=lambda one: int(one.name))
        if levels:
            try:
                found.append((str(folder), Level(levels[-1]).state()))
            except CannotTravel:
                found.append((str(folder), None))
    return found
