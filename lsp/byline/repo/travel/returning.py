"""`back`: take away what was shown, and put back what was there. Every step may be done twice."""

import os
import shutil
import time
from pathlib import Path
from typing import NamedTuple

from byline.errors import GitFailed
from byline.privacy import make_folders
from byline.repo.busy import in_the_middle_of
from byline.repo.drivers import silenced
from byline.repo.run import Git
from byline.repo.travel.changed import Changed, look
from byline.repo.travel.files import clear, free, in_the_way, is_file, move, prune, put_away
from byline.repo.travel.heads import let_go, restore
from byline.repo.travel.indexlock import IndexLock
from byline.repo.travel.stack import Level, Stack, State
from byline.repo.travel.survey import QUIET, CannotTravel, joined, split_names
from byline_hooks.place import Place

NAMED = 5
"""How many files a message names."""


class Returned(NamedTuple):
    """What `back` did."""

    label: str | None
    """Where one is again; None: a goto had died before it put anything away, and its lock on the index is gone."""
    stash_applied: bool
    remaining: int
    aside: str | None
    """The folder in which lies what was changed while away."""
    detached: str | None
    """Why HEAD is not on its branch again; None: it is as it was."""
    recovered: bool
    """A goto or back that had died was finished."""


class Undone(NamedTuple):
    """What undoing one level met."""

    aside: Path | None
    detached: str | None


def whole(stack: Stack) -> None:
    """Raises CannotTravel when a goto or back has died half way."""
    levels = stack.levels()
    if levels and levels[-1].state().phase != "away":
        raise CannotTravel("a goto or back was interrupted here; `byline back` puts everything back")


def come_back(place: Place, git: Git, *, force: bool) -> Returned:
    """One level back. With `force` what was changed meanwhile is put aside; else that raises CannotTravel."""
    git_dir = Path(place.git_dir)
    stack = Stack(Path(place.common_dir), git_dir)
    with stack.locked():
        levels = stack.levels()
        if not levels:
            if IndexLock(git_dir).break_stale():
                return Returned(None, False, 0, None, None, True)
            raise CannotTravel("there is nothing to go back to: no `byline goto` was made in this worktree")
        level = levels[-1]
        state = level.state()
        died = state.phase != "away"
        if not died and (busy := in_the_middle_of(git_dir)) is not None:
            raise CannotTravel(f"git is in the middle of {busy}: finish or abort that first")
        with IndexLock(git_dir).held() as lock:
            aside = None
            if not died:
                changed = look(place, git, level, state)
                _check(changed, force=force)
                _returning(level, state)
                aside = _remove(place, changed, lock)
            undone = undo(place, git, stack, level, lock, aside)
        folder = str(undone.aside) if undone.aside else None
        return Returned(state.here, state.stashed, len(levels) - 1, folder, undone.detached, died)


def undo(place: Place, git: Git, stack: Stack, level: Level, lock: IndexLock, aside: Path | None = None) -> Undone:
    """Put everything of a level back and forget it. What does not belong to it is put aside, never deleted."""
    root = Path(place.worktree)
    state = level.state()
    _returning(level, state)
    altered = _altered(git, level, state)
    for path in sorted(state.placed, reverse=True):
        if not is_file(root, path) or (path in state.moved and not is_file(level.files, path)):
            continue  # not put there yet, or what was there is back already
        if path in altered:
            aside = aside or _new_aside(place)
            put_away(root / path, free(aside / "files" / path))
        else:
            (root / path).unlink()
        prune(root, path)
    for path in [path for path in state.moved if is_file(level.files, path)]:
        while (other := in_the_way(root, path, frozenset())) is not None:
            aside = aside or _new_aside(place)
            put_away(root / other, free(aside / "files" / other))
            prune(root, other)
        clear(root / path)
        move(level.files / path, root / path)
    _replace(git, root, level, state)
    detached = restore(git, state)
    lock.install(level.index)
    stack.drop(level)
    let_go(git, stack, level)
    return Undone(aside, detached)


def _returning(level: Level, state: State) -> None:
    if state.phase != "returning":
        state.phase = "returning"
        level.write(state)


def _altered(git: Git, level: Level, state: State) -> set[str]:
    """Of the files that were put in place, those that are not as they were put there."""
    try:
        own = git.with_index(level.shown)
        quiet = (*QUIET, *silenced(git))
        own.run(*quiet, "update-index", "-q", "--refresh", check=False, timeout=120)
        tracked = split_names(own.run(*QUIET, "ls-files", "-z", timeout=60))
        listed = own.run(*quiet, "diff-files", "-z", "--name-only", "--ignore-submodules=all", timeout=120)
    except GitFailed:
        return set(state.placed)
    return set(state.placed) - (set(tracked) - set(split_names(listed)))


def _replace(git: Git, root: Path, level: Level, state: State) -> None:
    """Files that are the same here and there, and are gone: they were deleted, or changed and put aside."""
    if not (level.shown.exists() and level.index.exists()):
        return
    own = git.with_index(level.index)  # which then knows them as they are now
    moving = {*state.placed, *state.moved, *state.kept}
    tracked = split_names(git.with_index(level.shown).run(*QUIET, "ls-files", "-z", timeout=60))
    lost = [path for path in tracked if path not in moving and not os.path.lexists(root / path)]
    if lost:
        for path in lost:
            clear(root / path)
        own.run(*QUIET, "checkout-index", "-q", "-u", "-z", "--stdin", input=joined(lost), check=False, timeout=300)


def _check(changed: Changed, *, force: bool) -> None:
    if changed.lost_head is not None:
        short = changed.lost_head[:10]
        raise CannotTravel(
            f"commits were made while away, and {short} is on no branch: `git branch NAME {short}` keeps them, "
            "then go back"
        )
    paths = sorted({*changed.edited, *changed.staged})
    if paths and not force:
        some = ", ".join(paths[:NAMED]) + (f" and {len(paths) - NAMED} more" if len(paths) > NAMED else "")
        raise CannotTravel(
            f"changed while away: {some}; commit it on a branch of its own (`git switch -c NAME`), or "
            "`byline back --force` puts it aside and goes back"
        )


def _remove(place: Place, changed: Changed, lock: IndexLock) -> Path | None:
    """Clear the worktree of what came into it while away: what a commit has goes, all else is put aside."""
    root = Path(place.worktree)
    folder = _new_aside(place) if changed.edited or changed.staged else None
    for path in changed.committed:
        (root / path).unlink(missing_ok=True)
        prune(root, path)
    if folder is not None:
        make_folders(folder / "files")
        if changed.staged and lock.index.exists():
            shutil.copy2(lock.index, free(folder / "index"))
        for path in changed.edited:
            put_away(root / path, free(folder / "files" / path))
            prune(root, path)
    return folder


def _new_aside(place: Place) -> Path:
    return Path(place.common_dir) / "byline" / "aside" / time.strftime("%Y%m%dT%H%M%S", time.gmtime())
