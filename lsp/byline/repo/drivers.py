"""Filters that a repository's own configuration names: programs, which looking at the repository must not start.

Whoever unpacks an archive has its `.git/config` too. A filter of a person's own configuration is theirs. One of the
repository's runs only where git itself has been at work in it since byline first saw it here: then git, started by
the person or their agent, has had the same programs to run.
"""

import json
import os
from pathlib import Path

from byline.errors import GitFailed
from byline.repo.run import Git
from byline_hooks.place import Place, data_dir, find_repository, key

OWN_WORDS = b"byline"
"""How byline's own movements of HEAD begin in its log: they prove nothing."""
_TAIL = 4096
_WORDS = ("filter", "include", "worktreeconfig")
"""One of them is in every configuration that names a filter, or another file that may."""


def foreign(git: Git) -> frozenset[str]:
    """The names of the filters that only the repository's own configuration names, and that must not run."""
    place = find_repository(str(git.cwd.absolute()))
    if place is None or not any(word in place.config.lower() for word in _WORDS):
        return frozenset()
    told = git.run("config", "--show-scope", "--null", "--get-regexp", r"^filter\.", check=False).split(b"\0")
    found = set()
    for scope, setting in zip(told[::2], told[1::2], strict=False):
        if scope in (b"local", b"worktree"):
            name = setting.partition(b"\n")[0].decode("utf-8", "surrogateescape")
            found.add(name.removeprefix("filter.").rpartition(".")[0])
    return frozenset(found) if found and not _has_worked(place, git) else frozenset()


def silenced(git: Git) -> tuple[str, ...]:
    """What to put before a git command that reads the working files, so that none of those filters runs."""
    names = foreign(git)
    if any("=" in name for name in names):  # git takes the first one for the end of the setting's name
        raise GitFailed(["-c"], None, "a filter whose name cannot be said on a command line")
    return tuple(
        part
        for name in sorted(names)
        for setting in ("clean=", "smudge=", "process=", "required=false")
        for part in ("-c", f"filter.{name}.{setting}")
    )


def _has_worked(place: Place, git: Git) -> bool:
    """Whether git has moved HEAD since byline's first event here, by a clock that no archive can set."""
    if os.name == "nt":  # there the system does not keep that clock
        return False
    log = Path(place.git_dir, "logs", "HEAD")
    try:
        with log.open("rb") as file:
            status = os.fstat(file.fileno())
            file.seek(max(0, status.st_size - _TAIL))
            words = file.read().rstrip(b"\n").rpartition(b"\n")[2].partition(b"\t")[2]
    except OSError:
        return False
    first = _first_seen(place, git)
    return first is not None and status.st_ctime_ns > first and not words.startswith(OWN_WORDS)


def _first_seen(place: Place, git: Git) -> int | None:
    """When byline's first event of the repository was written here, by the user data folder; in ns since 1970."""
    try:
        text = Path(data_dir(git.env), "projects", f"{key(place.common_dir)}.json").read_text("utf-8")
        at = json.loads(text)["at"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return at if isinstance(at, int) else None
