"""Two months of work on a file: what `byline gc` leaves levels off, or takes little.

Snapshots that a living line needs stay however old they are, packed with the others of their path.
"""

import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from byline.workspace import tidying
from byline.workspace.place import place_of
from byline.workspace.workspace import Workspace
from byline_hooks import entry
from gitrepo import Repo

DAY = 86_400
DAYS, WRITES, LINES = 60, 3, 400
STEP = LINES // (WRITES * 25)
"""Lines of a write; the whole file is new after some 27 days."""


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def aged(store: Path, at: float) -> None:
    """What was written a moment ago, as if it had been at `at`: the store has no other clock than these."""
    spool = store / "spool"
    for number, file in enumerate(spool.glob(time.strftime("%Y-%m-%d*", time.gmtime()))):
        events = [json.loads(line) for line in file.read_bytes().split(b"\n") if line]
        lines = ["\n" + json.dumps({**event, "at": int(at * 1e9) + k}) + "\n" for k, event in enumerate(events)]
        day = time.strftime("%Y-%m-%d", time.gmtime(at))
        (spool / f"{day}.{number:012x}.jsonl").write_text("".join(lines))
        file.unlink()
    for blob in (store / "blobs").rglob("*"):
        if blob.is_file() and blob.stat().st_mtime > at:
            os.utime(blob, (at, at))


def months(made: Repo, change: Callable[[list[str], int], None]) -> list[tuple[int, int]]:
    """Bytes of snapshots and of events after each `byline gc`, every ten days; `change` makes write number N."""
    chance = random.Random(1)
    store = made.path / ".git" / "byline"
    lines = [f"{chance.random()} line\n" for _ in range(LINES)]
    file = made.write("a.py", "".join(lines))
    made.commit("start")
    begun = time.time() - (DAYS + 1) * DAY
    sizes = []
    for day in range(DAYS):
        for number in range(WRITES):
            before = "".join(lines)
            change(lines, day * WRITES + number)
            file.write_text("".join(lines))
            told = {"v": 1, "agent": "m", "session_id": f"s{day}", "event": "write", "path": "a.py", "before": before}
            call = {"call_id": f"{day}.{number}", "tool": "Edit", "cwd": str(made.path)}
            entry.run("generic", json.dumps(told | call).encode(), dict(os.environ))
        made.commit(f"day {day}")
        now = begun + day * DAY
        aged(store, now)
        if day % 10 == 9:
            before_it = owners(made)
            place = place_of(made.path)
            tidying.carry_out(tidying.plan(place, os.environ, 30, now + 1), place, os.environ)
            sizes.append((size(store / "blobs") + size(store / "packs"), size(store / "spool")))
            assert owners(made) == before_it
    print("KiB of snapshots after each gc:", [blobs // 1024 for blobs, _ in sizes])
    return sizes


def owners(made: Repo) -> list[tuple[object, ...]]:
    with Workspace(place_of(made.path), os.environ, cached=False) as workspace:
        lines = workspace.attribute(made.path / "a.py").lines
    return [(line.owner, line.session_id, line.evidence, line.turn_id, line.reason) for line in lines]


def test_the_store_stops_growing_after_the_days_that_are_kept(repo: Callable[..., Repo]) -> None:
    chance = random.Random(2)

    def anew(lines: list[str], write: int) -> None:
        at = write * STEP % LINES
        lines[at : at + STEP] = [f"{chance.random()} new\n" for _ in range(STEP)]

    sizes = months(repo(), anew)
    blobs = [each for each, _ in sizes]
    assert blobs[2] > 2 * blobs[0], "nothing is dropped in the days that are kept"
    assert blobs[5] < 1.15 * blobs[3], f"snapshots after 10, 20, … days: {blobs}"
    events = [each for _, each in sizes]
    assert events[5] < 700 * DAYS * WRITES, f"events stay, and are small: {events}"


def test_texts_that_living_lines_need_are_packed(repo: Callable[..., Repo]) -> None:
    """One line a write: nearly all live on, and with them every text they came with."""
    chance = random.Random(3)

    def one(lines: list[str], _write: int) -> None:
        lines[chance.randrange(LINES)] = f"{chance.random()} new\n"

    sizes = months(repo(), one)
    blobs = [each for each, _ in sizes]
    grown = (blobs[5] - blobs[3]) / (20 * WRITES)
    assert grown < 250, f"bytes of an old write: {grown}; snapshots after 10, 20, … days: {blobs}"
