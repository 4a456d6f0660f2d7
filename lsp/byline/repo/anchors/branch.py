"""Writing to the branch: whole batches in one commit, and only if nobody else was faster.

`git fast-import` makes blobs, trees and the commit in one process, as a pack where they are many, and moves the ref
itself, refusing unless the new commit contains what the ref is at. Neither a worktree nor an index is touched, and no
hook of the repository runs. Author and dates are fixed, so that the same anchors written in the same batches are the
same commits on every machine; the first commit is the same in every repository of one object format.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from filelock import FileLock

from byline.errors import BylineError, GitFailed
from byline.repo.anchors import names
from byline.repo.anchors.gate import Sealed
from byline.repo.anchors.listing import resolve
from byline.repo.run import Git

PERSON = b"byline <byline@localhost>"
BIRTH = 1_767_225_600
"""When every such branch begins: 2026-01-01, so that two clones that start one alone start the same one."""

LATEST = 2**33
"""In the year 2242. Commits may claim any date, and git does not take all of them back."""

ATTEMPTS = 5
QUIETLY = ("core.hooksPath=/dev/null", "core.logAllRefUpdates=false", "fastimport.unpackLimit=100")
"""No hook of the repository runs; the branch gets no reflog, which would show up as work in `git log --reflog`; few
objects stay loose, many become a pack.
"""


class BranchInTheWay(BylineError):
    """The ref cannot be made, because another branch has the name of one of its folders."""


def lock(common_dir: Path, seconds: float) -> AbstractContextManager[object]:
    """Held by whoever builds anchors in this repository. Raises filelock.Timeout after `seconds`."""
    folder = common_dir / "byline"
    folder.mkdir(mode=0o700, exist_ok=True)
    return FileLock(folder / "anchors.lock", timeout=seconds, mode=0o600)


def write(git: Git, anchors: Sequence[Sealed], present: Callable[[str], frozenset[str]]) -> int:
    """Write the anchors of commits that have none yet, as one commit on the branch; how many were written.

    `present(tip)` tells which commits have anchors at a tip. Raises GitFailed, BranchInTheWay.
    """
    for attempt in range(ATTEMPTS):
        tip = resolve(git, names.BRANCH)
        there = present(tip) if tip else frozenset()
        missing = [anchor for anchor in anchors if anchor.commit not in there]
        if not missing:
            return 0
        try:
            git.run(
                *(part for setting in QUIETLY for part in ("-c", setting)),
                "fast-import",
                "--quiet",
                "--done",
                "--date-format=raw",
                input=_stream(tip, missing),
                timeout=300,
            )
        except GitFailed as failure:
            if (other := in_the_way(git)) is not None:
                raise BranchInTheWay(
                    f"a branch named {other!r} is in byline's way; rename it: git branch -m {other} OTHER"
                ) from None
            if attempt + 1 == ATTEMPTS or resolve(git, names.BRANCH) == tip:
                raise failure
            time.sleep(0.05 * 2**attempt)  # somebody else moved the branch: look again at what is missing
        else:
            return len(missing)
    return 0


def _stream(tip: str | None, anchors: Sequence[Sealed]) -> bytes:
    """What fast-import reads: the batch on top of `tip`, with the beginning of the branch where there is none."""
    anchors = sorted(anchors, key=lambda anchor: anchor.commit)
    parts: list[bytes] = []
    if tip is None:
        parts += _commit(BIRTH, "Begin the record of who wrote which line\n", None)
        parts += _file("README.md", names.README)
    date = min(max(BIRTH, *(anchor.committed_at for anchor in anchors)), LATEST)
    count = f"{len(anchors)} commit{'s' if len(anchors) > 1 else ''}"
    parts += _commit(date, f"Anchor {count}\n", tip)
    if tip is not None:  # what lies there without being an anchor would be taken for a part of this one
        parts += [b"D %s\n" % names.folder(anchor.commit).rstrip("/").encode() for anchor in anchors]
    for path, data in sorted(file for anchor in anchors for file in anchor.files):
        parts += _file(path, data)
    parts.append(b"done\n")
    return b"".join(parts)


def _commit(date: int, message: str, parent: str | None) -> Iterable[bytes]:
    yield b"commit %s\n" % names.BRANCH.encode()
    yield b"committer %s %d +0000\n" % (PERSON, date)
    yield _data(message.encode())
    if parent is not None:
        yield b"from %s\n" % parent.encode()


def _file(path: str, data: bytes) -> Iterable[bytes]:
    yield b"M 100644 inline %s\n" % path.encode()
    yield _data(data)


def _data(data: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(data), data)


def in_the_way(git: Git) -> str | None:
    """A branch `byline` or `byline/anchors`, beside which git keeps no branch in a folder of that name."""
    for name in ("byline", "byline/anchors"):
        if resolve(git, f"refs/heads/{name}"):
            return name
    return None
