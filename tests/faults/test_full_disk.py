"""A disk that is full or read-only from any moment of a command on: what is there stays whole, nothing is lost."""

import errno
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from byline.store.blobs import Snapshots
from faults import deaths
from faults.test_killed_commands import BRANCH, Stand, installed, revisions, spans, taken_back, tidied
from faults.test_killed_commands import stand as stand

STEPS = {"sync": 17, "gc": 23, "forget": 5, "install": 101, "uninstall": 53}
"""How far apart the moments are in the default run."""
PROBLEMS = (errno.ENOSPC, errno.EROFS)


def moments(command: str) -> pytest.MarkDecorator:
    return spans(command, STEPS)


def refusals(stand: Stand, step: int, *words: str) -> Iterator[tuple[int, int, int]]:
    """Every moment from which on the disk refuses: the error, its number and the exit code."""
    count = 0
    for problem in PROBLEMS:
        for first in range(1, 10_000, step):
            stand.restore()
            env, root = stand.tale.world.environment(), stand.tale.world.root
            was_refused, code, said = deaths.full(first, problem, list(words), env, root)
            if not was_refused:
                break
            count += 1
            assert code in (0, 1), (first, said)
            assert "unexpected" not in said, (first, said)
            assert all(line.startswith("byline: ") for line in said.splitlines()), (first, said)
            yield problem, first, code
    assert count
    print(f"{words[0]}: {count} refusals")


@moments("sync")
def test_sync(stand: Stand, step: int) -> None:
    stand.save()
    assert not stand.run("sync")
    whole = stand.git("rev-parse", f"{BRANCH}^{{tree}}")
    state = (stand.owners("f.txt"), stand.git("status", "--porcelain"), stand.events)
    for moment in refusals(stand, step, "sync"):
        assert not stand.run("sync"), moment
        assert stand.git("rev-parse", f"{BRANCH}^{{tree}}") == whole, moment
        assert (stand.owners("f.txt"), stand.git("status", "--porcelain"), stand.events) == state, moment


@moments("gc")
def test_gc(stand: Stand, step: int) -> None:
    before, whole, owned = tidied(stand)
    for moment in refusals(stand, step, "gc", "--keep-days", "0"):
        left = stand.snapshots
        assert whole <= left <= before, moment
        assert before - left <= Snapshots(stand.folders).dropped(), moment
        assert revisions(stand) == owned, moment
        assert not stand.run("gc", "--keep-days", "0"), moment
        assert stand.snapshots == whole, moment


@moments("forget")
def test_forget(stand: Stand, step: int) -> None:
    """What could not be taken back is told with the exit code, and a second run takes it."""
    stand.tale.edit("A", own="x").edit("A", own="x y")
    assert not stand.run("gc", "--keep-days", "0")
    stand.save()
    events = stand.events
    assert not stand.run("forget", "A")
    whole = stand.snapshots
    for moment in refusals(stand, step, "forget", "A"):
        assert set(events) <= set(stand.events), moment
        assert stand.snapshots >= whole, moment
        assert moment[2] == 1 or stand.snapshots == whole, moment
        assert not stand.run("forget", "A"), moment
        assert stand.snapshots == whole, moment


def no_halves(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.suffix == ".json" and not _is_json(path)]


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True


@moments("install")
def test_install(stand: Stand, step: int) -> None:
    path, old, new = installed(stand, "install")
    for moment in refusals(stand, step, "install", "claude", "codex", "-y"):
        assert path.read_bytes() in (old, new), moment
        assert no_halves(stand.tale.world.home / ".claude") == [], moment
        assert not stand.run("install", "claude", "codex", "-y"), moment
        assert path.read_bytes() == new, moment
        taken_back(stand, path, old, moment)


@moments("uninstall")
def test_uninstall(stand: Stand, step: int) -> None:
    path, old, new = installed(stand, "uninstall")
    for moment in refusals(stand, step, "uninstall", "claude", "codex"):
        assert path.read_bytes() in (old, new), moment
        taken_back(stand, path, old, moment)
