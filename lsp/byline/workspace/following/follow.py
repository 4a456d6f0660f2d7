"""One look at what agents without hooks have left since the last one."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

from byline.workspace.following import stores
from byline.workspace.following.told import Memory
from byline_hooks import spool
from byline_hooks.place import Place, recording

SETTLED_SECONDS = 5
"""A record that was not written to for so long has come to an end, for now."""


def follow(place: Place | None, env: Mapping[str, str]) -> bool:
    """Record what is new. Whether a record is still being written, so that another look is due soon.

    Costs a few stats where nothing is new. Two processes never tell the same: one of them steps back. Never
    raises for a record that can't be read: the reason goes to `errors.log`.
    """
    if place is None or not recording(place, env):
        return False
    worktree = Path(place.worktree)
    found = list(stores.sources(worktree, env))
    if not found:
        return False
    for folder in map(Path, spool.folders(place.common_dir, env)):
        if all(Memory(folder).is_known(source.path, source.mark) for source in found):
            return False
        with contextlib.suppress(OSError):
            spool.prepare(str(folder))
            from byline.workspace.following.telling import tell

            return tell(found, place, env, folder)
    return False


def watched(worktree: Path, env: Mapping[str, str]) -> list[Path]:
    """The files, and folders of files, whose change means that there may be something to follow."""
    database = stores.zed_database(env)
    return [
        stores.aider_history(worktree, env),
        stores.continue_folder(env),
        database,
        database.with_name(f"{database.name}-wal"),
    ]
