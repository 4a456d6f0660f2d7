"""HEAD of a worktree: let go of its branch, and taken back to it; and what git must keep meanwhile."""

import shutil

from byline.repo.run import Git
from byline.repo.travel.stack import Level, Stack, State
from byline.repo.travel.survey import QUIET

QUIETLY = ("-c", "core.hooksPath=/dev/null")
"""No hook of the repository runs."""


def commit_of(git: Git, name: str) -> str | None:
    """The commit a name leads to; None if there is none."""
    found = git.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", check=False)
    return found.decode("ascii", "replace").strip() or None


def branch_of(git: Git) -> str | None:
    """What HEAD names, `refs/heads/main`; None when it is detached."""
    return git.run("symbolic-ref", "-q", "HEAD", check=False).decode("utf-8", "surrogateescape").strip() or None


def detach(git: Git, commit: str, words: str) -> None:
    """HEAD at a commit, on no branch."""
    git.run(*QUIETLY, "update-ref", "--no-deref", "-m", words, "HEAD", commit)


def restore(git: Git, state: State) -> str | None:
    """HEAD as it was; where its branch went on meanwhile it stays detached, and why is told."""
    words = f"byline back: from {state.target}"
    if state.head_ref is None:
        if state.head is not None and (branch_of(git) or commit_of(git, "HEAD") != state.head):
            detach(git, state.head, words)
        return None
    if branch_of(git) == state.head_ref and commit_of(git, "HEAD") == state.head:
        return None
    tip = commit_of(git, state.head_ref)
    name = state.head_ref.removeprefix("refs/heads/")
    if state.head is None or (tip == state.head and not _is_elsewhere(git, state.head_ref)):
        git.run(*QUIETLY, "symbolic-ref", "-m", words, "HEAD", state.head_ref)
        return f"{name} got commits meanwhile" if tip != state.head else None
    detach(git, state.head, words)
    why = "was deleted" if tip is None else "was moved" if tip != state.head else "is checked out elsewhere"
    return f"{name} {why} meanwhile: HEAD is detached where it was, at {state.head[:10]}"


def hold(git: Git, stack: Stack, level: Level, state: State) -> None:
    """Have git keep what only the index that was put away names, and a commit that is on no branch."""
    if level.index.exists():
        work = level.folder / "work"
        shutil.copy2(level.index, work)
        tree = git.with_index(work).run(*QUIET, "write-tree", timeout=60).decode("ascii").strip()
        work.unlink()
        git.run(*QUIETLY, "update-ref", f"{_held(stack, level)}/index", tree)
    if state.head_ref is None and state.head is not None:
        git.run(*QUIETLY, "update-ref", f"{_held(stack, level)}/head", state.head)


def let_go(git: Git, stack: Stack, level: Level) -> None:
    """It is in its place again."""
    for name in ("index", "head"):
        git.run(*QUIETLY, "update-ref", "-d", f"{_held(stack, level)}/{name}", check=False)


def _held(stack: Stack, level: Level) -> str:
    return f"refs/byline/away/{stack.folder.name}/{level.folder.name}"


def _is_elsewhere(git: Git, ref: str) -> bool:
    """Whether another worktree is on the branch."""
    listed = git.run("worktree", "list", "--porcelain", check=False).decode("utf-8", "surrogateescape")
    here = f"worktree {git.cwd}"
    blocks = [block.split("\n") for block in listed.split("\n\n")]
    return any(f"branch {ref}" in lines and lines[0] != here for lines in blocks)
