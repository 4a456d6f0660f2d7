"""The person's index, held so that no git command changes it meanwhile, by the lock git itself takes."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from byline.repo.travel.survey import CannotTravel

WORD = b"byline goto or back is at work; if it died, `byline back` goes on\n"


class IndexLock:
    """`index.lock` of one worktree. Whoever uses it holds the lock of the stack: no other byline is at work."""

    def __init__(self, git_dir: Path) -> None:
        self.index = git_dir / "index"
        self._lock = git_dir / "index.lock"

    @contextlib.contextmanager
    def held(self) -> Iterator["IndexLock"]:
        """Take the lock and give it back. Raises CannotTravel when git has it."""
        self.break_stale()
        mine = self._lock.with_name("index.byline-lock")
        try:
            mine.write_bytes(WORD)
            _appear(mine, self._lock)
        except FileExistsError:
            raise CannotTravel(
                f"{self._lock} is there: a git command is at work; if none is, remove that file and try again"
            ) from None
        except OSError as problem:
            raise CannotTravel(f"the index cannot be locked: {problem}") from None
        finally:
            mine.unlink(missing_ok=True)
        try:
            yield self
        finally:
            self._lock.unlink(missing_ok=True)

    def break_stale(self) -> bool:
        """Remove a lock that a byline left which died; whether there was one."""
        was_there = is_ours(self._lock)
        if was_there:
            self._lock.unlink(missing_ok=True)
        return was_there

    def install(self, index: Path) -> None:
        """Make a copy of `index` the person's; where there is none, theirs goes too."""
        if not index.exists():
            self.index.unlink(missing_ok=True)
            return
        new = self.index.with_name("index.byline-new")
        shutil.copy2(index, new)
        new.replace(self.index)


def _appear(mine: Path, lock: Path) -> None:
    """Give a file the name of the lock, whole or not at all, so that a lock of a byline that died can be told.

    FileExistsError where there is one. Windows renames to no name that is taken; where a file system has no second
    names for a file (FAT, some network drives) the lock is made and then filled.
    """
    if os.name == "nt":
        mine.rename(lock)
        return
    try:
        os.link(mine, lock)
    except FileExistsError:
        raise
    except OSError:
        with lock.open("xb") as file:
            file.write(WORD)


def is_ours(lock: Path) -> bool:
    """Whether a byline made this lock."""
    try:
        return lock.read_bytes() == WORD
    except OSError:
        return False
