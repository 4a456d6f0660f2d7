"""Commits as git's own walk and diff tell them: which there are between two, where they meet, what they renamed."""

import os
from collections.abc import Iterable, Sequence

from byline.errors import GitFailed
from byline.repo.renames import alike
from byline.repo.run import Git, path_text

LOG_SECONDS = 120.0


def renames(git: Git, parent: str, commit: str) -> dict[str, tuple[str, ...]]:
    """The paths new in `commit` that git takes for renames, and those in `parent` that each may have had.

    First the one git names, then those that held the very same and are gone too. Raises GitFailed.
    """
    data = git.run(
        *("diff-tree", "-r", "-z", "--find-renames", "-l1000", "--raw", "--no-abbrev", "--diff-filter=RD"),
        *("--no-commit-id", "--end-of-options", parent, commit),
        timeout=LOG_SECONDS,
    )
    moved: list[tuple[str, str, str]] = []
    removed: list[tuple[str, str]] = []
    fields = iter(data.split(b"\0"))
    for field in fields:
        _, _, blob, _, status = [*field.decode("ascii", "replace").split(" "), "", "", "", ""][:5]
        if status.startswith("R"):
            old, new = path_text(next(fields)), path_text(next(fields))
            moved.append((new, old, blob))
        elif status:
            removed.append((path_text(next(fields)), blob))
    return alike(moved, removed)


def before(git: Git, commits: Iterable[str]) -> tuple[str | None] | None:
    """What the oldest of some commits stands on (None for a root); None where no commit is there. Raises GitFailed.

    The oldest by its date; of those of one second one that comes from no other of them.
    """
    told = git.run(
        *("rev-list", "--no-walk=sorted", "--timestamp", "--parents", "--ignore-missing", "--stdin"),
        input="".join(f"{commit}\n" for commit in sorted(commits)).encode(),
        timeout=LOG_SECONDS,
    )
    rows = [line.split(" ") for line in told.decode("ascii", "replace").splitlines()]
    oldest = {row[1]: row[2:] for row in rows if row[0] == rows[-1][0]}
    if not oldest:
        return None
    first = next(iter(oldest)) if len(oldest) == 1 else _lowest(git, list(oldest), rows[-1][0])
    return (oldest[first][0] if oldest[first] else None,)


def _lowest(git: Git, commits: Sequence[str], second: str) -> str:
    """One of some commits of one second that comes from no other of them."""
    told = git.run(
        *("rev-list", "--topo-order", f"--max-age={second}", "--stdin"),
        input="".join(f"{commit}\n" for commit in commits).encode(),
        timeout=LOG_SECONDS,
    )
    found = [commit for commit in told.decode("ascii", "replace").split() if commit in commits]
    return found[-1] if found else commits[-1]


def merge_base(git: Git, a: str, b: str) -> str | None:
    """The best common ancestor of two commits, the first of several; None if there is none."""
    try:
        bases = git.run("merge-base", "--all", "--", a, b).decode("ascii", "replace").split()
    except GitFailed as failure:
        if failure.code == 1:
            return None
        raise
    return bases[0] if bases else None


def rev_list(git: Git, include: Sequence[str], exclude: Sequence[str] = ()) -> list[tuple[str, tuple[str, ...]]]:
    """`(commit, parents)` of what `include` reaches and `exclude` does not, children before parents."""
    if not include:
        return []
    data = git.run(
        *("log", "--topo-order", "--format=tformat:%H %P", "--end-of-options"),
        *(*include, *(f"^{rev}" for rev in exclude), "--"),
        timeout=LOG_SECONDS,
    )
    lines = data.decode("ascii", "replace").splitlines()
    return [(commit, tuple(parents)) for commit, *parents in map(str.split, lines)]


def has_hook(git: Git, name: str) -> bool:
    """Whether git runs a hook of this name in the worktree, wherever the settings say hooks are."""
    told = git.run("rev-parse", "--git-path", f"hooks/{name}", check=False)
    path = git.cwd / path_text(told.rstrip(b"\n"))
    return bool(told) and path.is_file() and os.access(path, os.X_OK)
