"""Trees of workspaces, and the local references that hold them: `refs/byline/turns/SESSION/TURN`.

Trees are put together in an index of our own; contents that git has not yet come in as one stream. The references
name trees, not commits: no log shows them, no branch is made of them. Nothing pushes them but `git push --mirror`.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from byline.errors import GitFailed
from byline.repo.objects import check
from byline.repo.run import Git, path_bytes

REFS = "refs/byline/turns/"
QUIETLY = ("-c", "core.hooksPath=/dev/null", "-c", "core.logAllRefUpdates=false")
OWN_INDEX = ("-c", "core.splitIndex=false", "-c", "core.untrackedCache=false")
GONE = "0"


class Change(msgspec.Struct, frozen=True):
    """One file of a tree that is not as the commit has it."""

    path: str
    mode: str
    """`100644`; `0`: the file is not there."""
    blob: str = ""


class TreeWriter:
    """Writes trees of one repository, one after the other, in an index of our own that follows the commits."""

    def __init__(self, git: Git, folder: Path) -> None:
        self._git = git.with_index(folder / "index")
        self._base = folder / "base"
        self._index = folder / "index"
        self._commit: str | None = None

    def write(self, commit: str | None, changes: Sequence[Change]) -> str | None:
        """The tree of a commit with some files changed; None when git lacks something of it."""
        try:
            if not self._base.exists() or commit != self._commit:
                self._base.unlink(missing_ok=True)
                words = ("read-tree", "--empty") if commit is None else ("read-tree", f"{commit}^{{tree}}")
                self._git.run(*OWN_INDEX, *words, timeout=60)
                shutil.copy2(self._index, self._base)
                self._commit = commit
            else:
                shutil.copy2(self._base, self._index)
            if changes:
                self._git.run(*OWN_INDEX, "update-index", "-z", "--index-info", input=_info(changes, commit))
            return self._git.run(*OWN_INDEX, "write-tree", timeout=60).decode("ascii").strip()
        except GitFailed:
            self._base.unlink(missing_ok=True)
            return None


@contextlib.contextmanager
def tree_writer(git: Git, folder: Path) -> Iterator[TreeWriter]:
    """A writer whose index lies below `folder` while it is used."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="trees-", dir=folder) as own:
        yield TreeWriter(git, Path(own))


def add_blobs(git: Git, contents: Mapping[str, bytes | None]) -> None:
    """Have git hold these contents, by id; None for one that it has. What it has already is not written again."""
    given = {blob: data for blob, data in contents.items() if data is not None}
    there = check(git, list(given))
    missing = [data for (_, data), found in zip(given.items(), there, strict=True) if found is None]
    if missing:
        stream = b"".join(b"blob\ndata %d\n%s\n" % (len(data), data) for data in missing)
        words = ("-c", "fastimport.unpackLimit=100", "fast-import", "--quiet", "--done")
        git.run(*words, input=stream + b"done\n", timeout=300)


def modes(git: Git, commit: str, paths: Sequence[str]) -> dict[str, Change | None]:
    """What a commit has at each path; None for no file there."""
    found: dict[str, Change | None] = dict.fromkeys(paths)
    if not paths:
        return found
    for start in range(0, len(paths), 500):
        part = paths[start : start + 500]
        data = git.run("ls-tree", "-z", "--full-tree", commit, "--", *part, timeout=60)
        for line in data.split(b"\0"):
            told, _, name = line.partition(b"\t")
            if told:
                mode, kind, blob = told.decode("ascii").split(" ")
                path = os.fsdecode(name)
                if kind == "blob" and path in found:
                    found[path] = Change(path, mode, blob)
    return found


def listed(git: Git) -> dict[str, str]:
    """The trees that are held, by reference below `refs/byline/turns/`."""
    data = git.run("for-each-ref", "--format=%(objectname) %(refname)", REFS, check=False, timeout=60)
    pairs = (line.split(" ", 1) for line in data.decode("ascii", "replace").split("\n") if " " in line)
    return {name.removeprefix(REFS): tree for tree, name in pairs}


def hold(git: Git, trees: Mapping[str, str]) -> None:
    """Hold these trees, by reference below `refs/byline/turns/`."""
    _update(git, [f"update {REFS}{name} {tree}" for name, tree in trees.items()])


def release(git: Git, names: Iterable[str]) -> None:
    """Hold these no more."""
    _update(git, [f"delete {REFS}{name}" for name in names])


def holding(git: Git, trees: Iterable[str], blobs: Iterable[str]) -> set[str]:
    """Those of the trees that have one of the blobs somewhere."""
    wanted = {blob.encode() for blob in blobs}
    found = set()
    for tree in set(trees):
        data = git.run("ls-tree", "-r", "-z", "--full-tree", tree, check=False, timeout=60)
        if any(line.split(b"\t")[0].split(b" ")[-1] in wanted for line in data.split(b"\0") if line):
            found.add(tree)
    return found


def _update(git: Git, lines: Sequence[str]) -> None:
    if lines:
        git.run(*QUIETLY, "update-ref", "--stdin", input="".join(f"{line}\n" for line in lines).encode(), timeout=60)


def _info(changes: Sequence[Change], commit: str | None) -> bytes:
    none = "0" * len(commit or next((change.blob for change in changes if change.blob), "0" * 40))
    ordered = sorted(changes, key=lambda change: change.mode != GONE)  # a file that became a folder goes first
    return b"".join(
        f"{change.mode} {change.blob or none}\t".encode() + path_bytes(change.path) + b"\0" for change in ordered
    )
