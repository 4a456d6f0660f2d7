"""Many small batches leave loose objects, some seven for each. Now and then they become one pack."""

import contextlib
from pathlib import Path

from byline.errors import GitFailed
from byline.repo.anchors import names
from byline.repo.anchors.listing import resolve
from byline.repo.run import Git, path_text
from byline_hooks.system import write_whole

BATCHES = 60
"""Commits of the branch from which on they are packed: about four hundred objects."""


def pack(git: Git, common_dir: Path) -> bool:
    """Pack what the branch has gained since the last time, if it is much; whether it was. Nothing else is touched:
    only what git finds in a pack goes as a loose object. Failing costs nothing but room.
    """
    remembered = common_dir / "byline" / "packed"
    tip = resolve(git, names.BRANCH)
    if tip is None:
        return False
    try:
        last = resolve(git, remembered.read_text("ascii").strip())
    except (OSError, UnicodeError):
        last = None
    given = [tip] + ([f"^{last}"] if last else [])
    try:
        if int(git.run("rev-list", "--count", *given, "--")) < BATCHES:
            return False
        where = git.cwd / path_text(git.run("rev-parse", "--git-path", "objects/pack").removesuffix(b"\n"))
        git.run(
            *("pack-objects", "--quiet", "--revs", "--unpacked", "--local", "--non-empty", str(where / "pack")),
            input="".join(f"{one}\n" for one in given).encode(),
            timeout=120,
        )
        git.run("prune-packed", "--quiet", timeout=120)
    except GitFailed:
        return False
    with contextlib.suppress(OSError):
        write_whole(str(remembered), f"{tip}\n".encode())
    return True
