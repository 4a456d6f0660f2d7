"""Whether git's hooks may act in a repository: a folder of hooks can be that of many (`core.hooksPath`).

`byline enable` leaves a mark in each repository. Hooks that were written before there were marks act where the record
of their folder names the repository, and as long as no folder of hooks elsewhere is known.
"""

from byline_hooks import fastjson, system
from byline_hooks.place import data_dir
from byline_hooks.system import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MARK = "githooks"
"""In a repository's own folder of byline's: `byline enable` was run here."""
VARIABLE = "BYLINE_HOOKS"
MARKED = "marked"
"""What hooks set this variable to that act only where there is a mark, or a record that names the repository."""
_RECORDS = "githooks"
"""The folder below the user data folder with one record for each folder of hooks."""


def is_enabled(common_dir: str, env: "Mapping[str, str]") -> bool:
    """Whether a git hook may act in the repository with this common folder."""
    try:
        os.stat(system.native(f"{common_dir}/byline/{MARK}"))
    except OSError:
        pass
    else:
        return True
    is_shared = False
    for folder, repositories in _records(env):
        if common_dir in repositories:
            return True  # enabled before there were marks, or where none could be written
        is_shared = is_shared or not any(folder.startswith(f"{one}/") for one in repositories)
    return env.get(VARIABLE) != MARKED and not is_shared


def _records(env: "Mapping[str, str]") -> "Iterator[tuple[str, list[str]]]":
    """Each folder of hooks that byline is in, and the common folders of the repositories that want it there."""
    try:
        folder = f"{data_dir(env)}/{_RECORDS}"
        names = [system.text(name) if isinstance(name, bytes) else name for name in os.listdir(system.native(folder))]
    except OSError:
        return
    for name in names:
        if not name.endswith(".json"):
            continue
        try:
            kept = fastjson.loads(system.text(system.read(f"{folder}/{name}")))
        except (OSError, ValueError):
            continue
        if isinstance(kept, dict) and isinstance(kept.get("repositories"), list):
            slashes = [str(one).replace("\\", "/") if system.WINDOWS else str(one) for one in kept["repositories"]]
            where = str(kept.get("folder", ""))
            yield (where.replace("\\", "/") if system.WINDOWS else where), slashes
