"""What lies in a worktree: the files git tracks and those it could, and which of them are not as the index has them.

Everything is asked of an index of our own. The person's is only read, and nothing in the worktree is touched.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from byline.errors import BylineError
from byline.repo.drivers import silenced
from byline.repo.run import Git, path_bytes, path_text

QUIET = ("-c", "core.splitIndex=false", "-c", "core.untrackedCache=false", "-c", "index.threads=1")
"""An index of ours stands alone."""
GITLINK = "160000"


class CannotTravel(BylineError):
    """The workspace is in a state in which nothing is changed; the message says what to do."""


class Entry(NamedTuple):
    """One file in an index or a tree."""

    mode: str
    id: str


class Survey(NamedTuple):
    """A worktree at one moment. Paths as git has them, relative to its root; submodules are in none."""

    tracked: dict[str, Entry]
    """What the index has."""
    changed: frozenset[str]
    """Tracked files that are not as the index has them: edited, deleted, another mode or kind."""
    untracked: frozenset[str]
    """Files git does not track, and does not ignore."""


def survey(git: Git, index: Path) -> Survey:
    """Look at the worktree of `git`, `index` being a copy of the person's index or one of ours.

    It is refreshed. Raises CannotTravel for an open conflict or a sparse checkout.
    """
    own = git.with_index(index)
    tracked: dict[str, Entry] = {}
    assumed: list[bytes] = []
    for line in own.run(*QUIET, "ls-files", "-z", "-v", "-s", timeout=60).split(b"\0"):
        if not line:
            continue
        told, _, name = line.partition(b"\t")
        tag, mode, blob, stage = told.decode("ascii", "replace").split(" ")
        if stage != "0":
            raise CannotTravel(f"{path_text(name)} has an open conflict: resolve it, `git add` it, and try again")
        if tag in "Ss":
            raise CannotTravel("this is a sparse checkout; `git sparse-checkout disable` brings all files back first")
        if tag.islower():
            assumed.append(name)
        if mode != GITLINK:
            tracked[path_text(name)] = Entry(mode, blob)
    if assumed:  # they may well be changed: look
        own.run(*QUIET, "update-index", "--no-assume-unchanged", "-z", "--stdin", input=b"\0".join(assumed) + b"\0")
    quiet = (*QUIET, *silenced(git))
    own.run(*quiet, "update-index", "-q", "--refresh", check=False, timeout=120)
    changed = split_names(own.run(*quiet, "diff-files", "-z", "--name-only", "--ignore-submodules=all", timeout=120))
    others = split_names(own.run(*QUIET, "ls-files", "-z", "-o", "--exclude-standard", timeout=120))
    return Survey(
        tracked,
        frozenset(name for name in changed if name in tracked),
        frozenset(name for name in others if not name.endswith("/")),  # with a slash: a repository of its own
    )


def differing(git: Git, index: Path, commit: str) -> set[str]:
    """The files that an index has otherwise than a commit."""
    words = ("diff-index", "--cached", "--name-only", "-z", "--ignore-submodules=all", commit)
    return set(split_names(git.with_index(index).run(*QUIET, *words, timeout=60)))


def tree_entries(git: Git, tree: str) -> dict[str, Entry]:
    """The files of a tree by path, without submodules."""
    found = {}
    for line in git.run("ls-tree", "-r", "-z", "--full-tree", tree, timeout=60).split(b"\0"):
        if line:
            told, _, name = line.partition(b"\t")
            mode, _, blob = told.decode("ascii", "replace").split(" ")
            if mode != GITLINK:
                found[path_text(name)] = Entry(mode, blob)
    return found


def joined(paths: Iterable[str]) -> bytes:
    """Paths as git reads them with `-z`."""
    return b"".join(path_bytes(path) + b"\0" for path in paths)


def split_names(listed: bytes) -> list[str]:
    """The reverse."""
    return [path_text(name) for name in listed.split(b"\0") if name]
