"""Checks of what was recorded: the spool, the snapshots, what the hook had to refuse."""

import os
import shlex
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from byline.cli.doctor.problem import Problem
from byline.cli.here import Here
from byline.cli.moments import age
from byline.model import NONE_ID, Event
from byline.store import obstacles
from byline.store.blobs import Snapshots
from byline_hooks import place as rules

KEPT_DAYS = 30
"""Snapshots of older events may have been tidied away."""
VERIFIED = 500
"""So many of the newest snapshots are unpacked and hashed; of the others only their being there is checked."""
_DAY = 86_400_000_000_000


def standing(here: Here) -> Iterator[Problem]:
    """Nothing else stands where byline keeps a file or a folder of its own."""
    for path, said in obstacles.found(here.folders):
        if path not in _written(here):  # `writable` tells of those
            yield Problem("store", said, _aside(path))


def writable(here: Here) -> Iterator[Problem]:
    """The folders that events go to can be written."""
    there = dict(obstacles.found(here.folders))
    for folder in _written(here):
        reason = there.get(folder) or _unwritable(folder)
        if reason:
            instead = f"; events go to {here.folders.fallback} instead" if here.folders.fallback else ""
            mend = _aside(folder) if folder in there else f"chmod -R u+rwX {here.folders.store}"
            yield Problem("spool", f"{folder} can't be written: {reason}{instead}", mend)
            return


def _written(here: Here) -> tuple[Path, ...]:
    return here.folders.store, here.folders.store / "spool", here.folders.store / "blobs"


def _aside(path: Path) -> str:
    return f"mv {shlex.quote(str(path))} {shlex.quote(f'{path}.aside')}"


def _unwritable(folder: Path) -> str | None:
    """Why no file can be made in `folder`, or in the nearest folder above it that is there."""
    while not os.path.lexists(folder):
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as problem:
        return problem.strerror or str(problem)


def lines(here: Here) -> Iterator[Problem]:
    """Every line of the spool was read."""
    found = here.problems
    where: dict[str, str] = {
        problem.kind: f"{problem.file} at byte {problem.offset}" for problem in reversed(found.first)
    }
    for folder in here.folders.all:
        spool = folder / "spool"
        if os.path.isdir(spool) and not os.access(spool, os.R_OK | os.X_OK):  # noqa: PTH112  no right to look is no
            yield Problem("spool", f"{spool} can't be read", f"chmod u+rwx {spool}")
    if found.unreadable:
        yield Problem(
            "spool",
            f"{found.unreadable} spool file(s) can't be read, first {where.get('unreadable')}",
            f"chmod -R u+rwX {here.folders.store}",
        )
    if found.newer:
        yield Problem(
            "lines",
            f"{found.newer} event(s) written by a newer byline were skipped, first in {where.get('newer')}",
            "upgrade byline",
        )
    for kind, words in (("torn", "torn line(s)"), ("invalid", "line(s) that are no event")):
        count = getattr(found, kind)
        if count:
            yield Problem(
                "lines",
                f"{count} {words} skipped, first in {where.get(kind)}",
                "nothing to do: their neighbours were read, no owner comes from them",
                "note",
            )
    for file, offset in here.unended:
        yield Problem(
            "lines",
            f"the last line of {file}, from byte {offset}, has no end: an event in flight that a crash cut",
            "nothing to do: all before it is read, and the next event begins a line of its own",
            "note",
        )


def snapshots(here: Here) -> Iterator[Problem]:
    """The texts that events name are there and whole."""
    store = Snapshots(here.folders)
    recent = time.time_ns() - KEPT_DAYS * _DAY
    ids = list(
        dict.fromkeys(named for event in reversed(here.events) if event.at >= recent for named in _named(event))
    )
    dropped = store.dropped()
    missing = [named for named in ids if named not in dropped and not store.has(named)]
    if missing:
        yield Problem(
            "snapshots",
            f"{len(missing)} snapshot(s) that events name are missing, newest {missing[0]}",
            "nothing brings them back; their lines are unknown where no commit holds the text",
            "note",
        )
    gone = set(missing)
    for named in ids[:VERIFIED]:
        if named not in gone:
            store.get(named)
    if store.damaged:
        yield Problem(
            "snapshots",
            f"{len(store.damaged)} snapshot(s) do not hold what their name says, one is {min(store.damaged)}",
            "nothing brings them back; check the disk",
            "note",
        )


def _named(event: Event) -> list[str]:
    if event.skipped:
        return []
    return [named for named in event.contents if named and named != NONE_ID]


def refused(here: Here) -> Iterator[Problem]:
    """The hook had no errors and refused no payload."""
    for folder in dict.fromkeys((*here.folders.all, _outside(here))):
        log = folder / "errors.log"
        entries = _entries(log)
        if entries:
            yield Problem(
                "errors",
                f"{len(entries)} error(s) in {log}, {age(log.stat().st_mtime_ns)} the last: {entries[-1]}",
                f"report it if it goes on; rm {log} forgets it",
            )
        rejected = folder / "rejected"
        files = sorted(rejected.iterdir()) if os.access(rejected, os.R_OK | os.X_OK) and rejected.is_dir() else []
        if files:
            yield Problem(
                "rejected",
                f"{len(files)} payload(s) of agents could not be read, kept in {rejected}",
                f"report one if it goes on (it may hold your text); rm -r {rejected} forgets them",
            )


def _outside(here: Here) -> Path:
    return Path(rules.files_dir(here.env))


def _entries(log: Path) -> list[str]:
    try:
        return [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    except OSError:
        return []
