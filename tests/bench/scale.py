"""What grows with the store and with the repository: `python tests/bench/scale.py [--keep FOLDER]`; minutes.

One repository of 50,000 files and 20,000 commits with a file of 50,000 lines that 2,000 of them changed, built by
`git fast-import`. Everything is measured with 1,000 events of 10 sessions in the store and with 100,000 of 1,000.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / part) for part in ("tests", "lsp", "hooks")]

from bench import history  # noqa: E402
from bench.alone import environment, installed_hook  # noqa: E402
from bench.client import Client  # noqa: E402
from bench.server import BYLINE, cpu, live, memory, timed, typing  # noqa: E402
from bench.sessions import fill  # noqa: E402

FILES, COMMITS, LINES, BIG_COMMITS = 50_000, 20_000, 50_000, 2_000
BIG, SMALL = "big.txt", history.name(7)
TOUCHED = 400
"""Files that the events of sessions tell of."""
ROUNDS = 15


class Place:
    """The repository, its environment and the installed hook."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "repo"
        self.store = self.root / ".git" / "byline"
        self.env = environment(folder)
        if not self.root.exists():
            history.empty(self.root, self.env)
            history.take(self.root, self.env, _story())
        self.hook = installed_hook(folder)

    def git(self, *words: str) -> str:
        """What git prints."""
        done = subprocess.run(
            ["git", *words], cwd=self.root, env=self.env, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout.strip()

    def byline(self, *words: str) -> str:
        """What byline prints, with its diagnostics."""
        command = [sys.executable, "-m", "byline.cli.main", *words]
        return subprocess.run(command, cwd=self.root, env=self.env, check=True, capture_output=True, text=True).stdout

    def say(self, event: str, **fields: object) -> None:
        """One run of the hook."""
        told = {"v": 1, "agent": "robot", "session_id": "now", "event": event, "cwd": str(self.root), **fields}
        command = [*self.hook, "generic"]
        subprocess.run(command, input=json.dumps(told).encode(), cwd=self.root, env=self.env, check=True)

    def refill(self, sessions: int) -> int:
        """A new store with so many sessions; how many events."""
        shutil.rmtree(self.store, ignore_errors=True)
        self.git("checkout", "-q", "-f", "main")
        first = self.git("rev-parse", "HEAD~200")
        return fill(self.store / "spool", self.root, sessions, lambda number: history.name(number % TOUCHED), first)

    def forget(self) -> None:
        """Without an index."""
        for file in self.store.glob("index.db*"):
            file.unlink()


def _story() -> Iterator[bytes]:
    yield from history.many_files(FILES, COMMITS - BIG_COMMITS)
    yield from history.one_file(LINES, BIG_COMMITS, BIG)


def measure(place: Place) -> Iterator[tuple[str, float, str]]:
    """Name, value and unit of everything."""
    floor = [place.hook[0], "-I", "-S", "-c", "pass"]
    taken: dict[str, list[float]] = {"floor": [], "status": [], "write": [], "shell": []}
    (place.root / SMALL).write_text("one\n")
    for _ in range(ROUNDS):
        taken["floor"].append(timed(lambda: subprocess.run(floor, env=place.env, check=True)))
        taken["status"].append(timed(lambda: place.git("--no-optional-locks", "status", "--porcelain")))
        taken["write"].append(timed(lambda: place.say("write", path=SMALL, before="", call_id=str(time.time_ns()))))
        taken["shell"].append(timed(lambda: place.say("pre_shell", command="make")))
    median = {name: statistics.median(values) for name, values in taken.items()}
    yield "hook: write event", median["write"] / median["floor"], "x an empty Python"
    yield "hook: shell event", median["shell"], "ms"
    yield "hook: shell event", median["shell"] / median["status"], "x git status"
    place.forget()
    for path in (SMALL, BIG):
        text = (place.root / path).read_text() + "agent\n"
        (place.root / path).write_text(text)
        place.say("write", path=path, before=text[:-6], call_id=str(time.time_ns()))
        yield f"git blame {path}", spent(place.git, "blame", path), "ms CPU"
        yield f"byline blame {path}, no index", spent(place.byline, "blame", path), "ms CPU"
        yield f"byline blame {path}, warm", spent(place.byline, "blame", path), "ms CPU"
    yield from _server(place)
    yield "byline sync, the first: trees of all turns", spent(place.byline, "sync"), "ms CPU"
    for count in (1, 10):
        for number in range(count):
            text = (place.root / SMALL).read_text()
            (place.root / SMALL).write_text(f"{text}more {number}\n")
            place.say("write", path=SMALL, before=text, call_id=str(time.time_ns()))
            place.git("commit", "-q", "-m", "more", "--", SMALL)
        yield f"byline sync of {count} new commits", spent(place.byline, "sync"), "ms CPU"
    yield "byline sync with nothing new", spent(place.byline, "sync"), "ms CPU"
    place.byline("sessions")
    yield "byline sessions, warm", spent(place.byline, "sessions"), "ms CPU"
    yield "byline status", spent(place.byline, "status"), "ms CPU"
    for name, found in (("events", place.store / "spool"), ("index", place.store)):
        files = found.glob("*.jsonl" if name == "events" else "index.db*")
        yield f"disk: {name}", sum(file.stat().st_size for file in files) / 2**20, "MiB"


def spent(work: Callable[..., object], *words: str) -> float:
    """Milliseconds of CPU that a program and its children take: on a busy machine wall time says little."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work(*words)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _server(place: Place) -> Iterator[tuple[str, float, str]]:
    for path in (SMALL, BIG):
        place.forget()
        text = (place.root / path).read_text()
        uri, last = (place.root / path).as_uri(), text.count("\n") - 1
        client = None

        def cold() -> None:
            nonlocal client
            client = Client(BYLINE, place.env)
            client.open(uri, text)  # noqa: B023
            client.hover(uri, last)  # noqa: B023

        yield f"server: start to the first hover in {path}, no index", timed(cold), "ms"
        assert client is not None
        yield f"server: the same, without the gits it starts, {path}", cpu(client.process.pid), "ms CPU"
        found = typing(client, uri, last)
        yield f"server: a later hover in {path}", found["warm_hover_ms"], "ms"
        yield f"server: a keystroke in {path}", found["keystroke_ms"], "ms"
        yield f"server: a hover right after a keystroke in {path}", found["hover_after_key_ms"], "ms"
        (place.root / "small.txt").write_text("a\n")
        small = (place.root / "small.txt").as_uri()
        client.open(small, "a\n")
        client.hover(small, 0)
        time.sleep(1)
        late = statistics.median(live(client, place.root, place.env, size) for size in range(2, 7))
        yield f"server with {path}: an agent's event to the refresh of another file's lens", late, "ms"
        yield f"server with {path}: memory", memory(client.process.pid), "MiB"
        client.end()


def main() -> int:
    """Measure with little and with much in the store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="build the repository here and keep it; used again if it is there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="byline-scale-") as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        place = Place(folder.resolve())
        columns: dict[int, dict[str, tuple[float, str]]] = {}
        for sessions in (10, 1_000):
            events = place.refill(sessions)
            column = columns[events] = {}
            for what, value, unit in measure(place):
                column[f"{what} [{unit}]"] = (value, unit)
                print(f"{events:,} events: {what}: {value:.2f} {unit}", file=sys.stderr, flush=True)
    print(f"load {os.getloadavg()[0]:.1f}\n\n| what | " + " | ".join(f"{count:,} events" for count in columns) + " |")
    print("| --- |" + " --- |" * len(columns))
    for key, (_, unit) in next(iter(columns.values())).items():
        values = " | ".join(f"{column[key][0]:.2f}" for column in columns.values())
        print(f"| {key.rpartition(' [')[0]}, {unit} | {values} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
