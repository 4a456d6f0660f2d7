"""`goto`: put what is there away, and put another state in its place.

Files are moved, not copied and made again: what comes back is the same file, with its bytes, times and mode. Before
the first one moves it is written down what will; a process that dies in between leaves enough for `back` to undo it.
"""

import time
from pathlib import Path
from typing import NamedTuple

from byline.errors import GitFailed
from byline.repo.busy import in_the_middle_of
from byline.repo.drivers import silenced
from byline.repo.objects import check
from byline.repo.run import Git
from byline.repo.travel import returning
from byline.repo.travel.files import clear, in_the_way, is_file, prune, put_away
from byline.repo.travel.heads import branch_of, commit_of, detach, hold
from byline.repo.travel.indexlock import IndexLock
from byline.repo.travel.stack import Level, Stack, State
from byline.repo.travel.survey import (
    QUIET,
    CannotTravel,
    Entry,
    Survey,
    differing,
    joined,
    survey,
    tree_entries,
)
from byline_hooks.place import Place
from byline_hooks.snapshots import is_secret


class Destination(NamedTuple):
    """What is to be looked at."""

    label: str
    tree: str
    base: str | None
    """The commit HEAD is detached at; None: there was no commit yet."""


class _Plan(NamedTuple):
    moved: list[str]
    placed: list[str]
    kept: list[str]
    stashed: bool


def leave(place: Place, git: Git, destination: Destination) -> State:
    """Show `destination` in the worktree. Raises CannotTravel, and then nothing has changed."""
    git_dir = Path(place.git_dir)
    stack = Stack(Path(place.common_dir), git_dir)
    with stack.locked():
        returning.whole(stack)
        if (busy := in_the_middle_of(git_dir)) is not None:
            raise CannotTravel(f"git is in the middle of {busy}: finish or abort that first")
        with IndexLock(git_dir).held() as lock:
            level = stack.new(lock.index)
            levels = stack.levels()
            plan = _plan(place, git, level, destination, levels[-1].left_out() if levels else frozenset())
            state = _state(git, stack, destination, plan)
            level = stack.push(level, state)
            try:
                hold(git, stack, level, state)
                _go(place, git, level, state, lock, destination)
            except BaseException as problem:
                returning.undo(place, git, stack, level, lock)
                if isinstance(problem, OSError):
                    raise CannotTravel(f"nothing was changed: {problem}") from None
                raise
    return state


def _plan(place: Place, git: Git, level: Level, destination: Destination, left_out: frozenset[str]) -> _Plan:
    """What has to move and what has to be made; refuses where something would be lost."""
    root = Path(place.worktree)
    work = level.folder / "work"
    if level.index.exists():
        work.write_bytes(level.index.read_bytes())
    found = survey(git, work)
    work.unlink(missing_ok=True)
    wanted = tree_entries(git, destination.tree)
    kept = {path for path in (*found.changed, *found.untracked) if is_secret(path)} | (left_out & found.untracked)
    loose = (found.changed | found.untracked) - kept
    same = {path for path, entry in wanted.items() if found.tracked.get(path) == entry} - found.changed
    moved = sorted(path for path in (loose | set(found.tracked)) - same - kept if is_file(root, path))
    placed = sorted(set(wanted) - same - kept)
    leaving = frozenset(moved)
    for path in placed:
        if (other := in_the_way(root, path, leaving)) is not None:
            raise CannotTravel(f"{other} is in the way, and git ignores it: move it away and try again")
    _check_contents(git, placed, wanted)
    return _Plan(moved, placed, sorted(kept), bool(loose) or _is_staged(git, level, found))


def _is_staged(git: Git, level: Level, found: Survey) -> bool:
    """Whether the index has what HEAD has not."""
    head = commit_of(git, "HEAD")
    if head is None:
        return bool(found.tracked)
    return bool(differing(git, level.index, head))


def _check_contents(git: Git, placed: list[str], wanted: dict[str, Entry]) -> None:
    ids = sorted({wanted[path].id for path in placed})
    lost = [blob for blob, there in zip(ids, check(git, ids), strict=True) if there is None]
    if lost:
        path = next(path for path in placed if wanted[path].id == lost[0])
        raise CannotTravel(f"git lacks the contents of {path} (a partial clone?): `git fetch` them and try again")


def _state(git: Git, stack: Stack, destination: Destination, plan: _Plan) -> State:
    ref = branch_of(git)
    head = commit_of(git, "HEAD")
    levels = stack.levels()
    below = levels[-1].state().target if levels else None
    branch = ref.removeprefix("refs/heads/") if ref else None
    return State(
        target=destination.label,
        here=below or branch or (head or "")[:10],
        head_ref=ref,
        head=head,
        base=destination.base or head,
        stashed=plan.stashed,
        moved=plan.moved,
        placed=plan.placed,
        kept=plan.kept,
        at=time.time_ns(),
    )


def _go(place: Place, git: Git, level: Level, state: State, lock: IndexLock, destination: Destination) -> None:
    root = Path(place.worktree)
    for path in state.moved:
        put_away(root / path, level.files / path)
        prune(root, path)
    shown = git.with_index(level.shown)
    shown.run(*QUIET, "read-tree", destination.tree, timeout=60)
    for path in state.placed:
        clear(root / path)
    try:
        quiet = (*QUIET, *silenced(git))
        shown.run(*quiet, "checkout-index", "-u", "-z", "--stdin", input=joined(state.placed), timeout=300)
    except GitFailed as failure:
        raise CannotTravel(f"git could not put the files in place: {failure.stderr.strip()[:300]}") from None
    shown.run(*quiet, "update-index", "-q", "--refresh", check=False, timeout=120)
    if state.base is not None and (state.head_ref or state.base != state.head):
        detach(git, state.base, f"byline goto: {destination.label}")
    based = level.folder / "based"
    if destination.base is not None:
        git.with_index(based).run(*QUIET, "read-tree", f"{destination.base}^{{tree}}", timeout=60)
        git.with_index(based).run(*quiet, "update-index", "-q", "--refresh", check=False, timeout=120)
    else:
        git.with_index(based).run(*QUIET, "read-tree", "--empty")
    lock.install(based)
    level.leave_out(survey(git, level.shown).untracked)
    state.phase = "away"
    level.write(state)
