"""What somebody did in a worktree while it showed another state, and whether going back would lose it."""

import shutil
from pathlib import Path
from typing import NamedTuple

from byline.repo.run import Git
from byline.repo.travel.files import is_file
from byline.repo.travel.heads import commit_of
from byline.repo.travel.stack import Level, State
from byline.repo.travel.survey import QUIET, differing, survey
from byline_hooks.place import Place
from byline_hooks.snapshots import is_secret


class Changed(NamedTuple):
    """Files by path, sorted."""

    edited: list[str]
    """They lie there, and nothing else has them."""
    committed: list[str]
    """They are not as they were put there, but as the commit has them that HEAD is at now."""
    staged: list[str]
    """They were put into the index."""
    lost_head: str | None
    """The commit HEAD is at, if no branch or tag leads to it."""


def look(place: Place, git: Git, level: Level, state: State) -> Changed:
    """Compare with what was put in place. Deleted files are no loss: they come back or were never there."""
    root = Path(place.worktree)
    found = survey(git, level.shown)
    new = {path for path in found.untracked - level.left_out() if not is_secret(path)}
    touched = {path for path in (found.changed - set(state.kept)) | new if is_file(root, path)}
    head = commit_of(git, "HEAD")
    moved = head is not None and head != state.base
    committed: set[str] = set()
    if head is not None and moved:
        committed = touched - _unlike(git, level, head)
    return Changed(
        sorted(touched - committed),
        sorted(committed),
        _staged(place, git, level, head or state.base, moved=moved),
        head if head is not None and moved and not _is_held(git, head) else None,
    )


def _unlike(git: Git, level: Level, commit: str) -> set[str]:
    """The files of the worktree that are not as a commit has them."""
    work = level.folder / "work"
    work.unlink(missing_ok=True)
    git.with_index(work).run(*QUIET, "read-tree", f"{commit}^{{tree}}", timeout=60)
    found = survey(git, work)
    work.unlink(missing_ok=True)
    return {*found.changed, *found.untracked}


def _staged(place: Place, git: Git, level: Level, commit: str | None, *, moved: bool) -> list[str]:
    """What the index has that is in neither the commit nor the index that was put in place."""
    index = Path(place.git_dir) / "index"
    if commit is None or not index.exists():
        return []
    work = level.folder / "work"
    shutil.copy2(index, work)
    staged = differing(git, work, commit)
    work.unlink(missing_ok=True)
    if not moved and (level.folder / "based").exists():
        staged -= differing(git, level.folder / "based", commit)
    return sorted(staged)


def _is_held(git: Git, commit: str) -> bool:
    return bool(git.run("for-each-ref", "--contains", commit, "--count=1", "--format=x", check=False).strip())
