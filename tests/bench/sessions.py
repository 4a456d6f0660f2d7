"""How long `byline sessions` and `byline search` take with many sessions: `python tests/bench --only sessions`."""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.alone import environment
from bench.figure import Figure, Size, spread

TURNS, CALLS = 3, 15
REBUILT = 10_000
"""Milliseconds within which 100,000 events are read and the index is built."""
RUNS = 15


def figures(size: Size) -> Iterator[Figure]:
    """The real program, start-up included: with the index there, and once from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        repository, env = Path(folder, "repo"), environment(Path(folder))
        subprocess.run(["git", "init", "-q", str(repository)], env=env, check=True)
        store = repository / ".git" / "byline"
        events = fill(store / "spool", repository, size.sessions)
        about = f"{size.sessions:,} sessions, {events:,} events"
        for words, budget in ((["sessions"], 150), (["sessions", "--json"], 150), (["search", "retry", "99"], 100)):
            command = [sys.executable, "-m", "byline.cli.main", *words]
            for file in store.glob("index.db*"):
                file.unlink()
            begun = time.perf_counter()
            subprocess.run(command, cwd=repository, env=env, stdout=subprocess.DEVNULL, check=True)
            first = 1000 * (time.perf_counter() - begun)
            name = f"byline {' '.join(words)}, {about}"
            walls, ratios = _measured(command, repository, env)
            yield Figure(name, statistics.median(walls), "ms", budget=budget, spread=spread(walls))
            ratio = statistics.median(ratios)
            yield Figure(f"{name}, CPU time", ratio, "x", "python -c pass", spread=spread(ratios))
            yield Figure(f"{name}, index from nothing", first, "ms", budget=REBUILT)


def _measured(command: list[str], cwd: Path, env: dict[str, str]) -> tuple[list[float], list[float]]:
    """Milliseconds, and the CPU time beside that of an interpreter which does nothing (their median), in turn."""
    walls: list[float] = []
    spent: list[float] = []
    floors: list[float] = []
    for _ in range(RUNS):
        for one, found in (([sys.executable, "-c", "pass"], floors), (command, spent)):
            before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(one, cwd=cwd, env=env, stdout=subprocess.DEVNULL, check=True)
            wall, after = 1000 * (time.perf_counter() - begun), resource.getrusage(resource.RUSAGE_CHILDREN)
            found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        walls.append(wall)
    floor = statistics.median(floors)
    return walls, [one / floor for one in spent]


def module(number: int) -> str:
    """A path that an agent writes."""
    return f"src/m{number % 500}.py"


def fill(
    spool: Path, worktree: Path, sessions: int, path: Callable[[int], str] = module, head: str | None = None
) -> int:
    """Write the events, in three days' files; how many there are. `head`: the commit that they name."""
    spool.mkdir(parents=True, exist_ok=True)
    here = {"head": head} if head else {}
    count, at = 0, time.time_ns() - 3 * 86_400 * 10**9
    for number in range(sessions):
        lines: list[str] = []
        name = f"{number:08x}-0000-4000-8000-000000000000"

        def tell(event: str, name: str = name, lines: list[str] = lines, **fields: object) -> None:
            nonlocal count, at
            count, at = count + 1, at + 10**6
            common = {"v": 1, "id": f"{at:x}-1-{count:x}", "at": at, "event": event, "agent": "m", "session_id": name}
            lines.append(
                "\n" + json.dumps({**common, "worktree": str(worktree), "source": "hook", **here, **fields}) + "\n"
            )

        tell("session_start", pid=5, cwd=str(worktree))
        for turn in range(TURNS):
            tell("prompt", prompt=f"fix bug {number} of module {turn}, with a test for the retry of the client")
            for call in range(CALLS):
                about: dict[str, Any] = {
                    "path": path(number * 7 + call),
                    "call_id": f"{turn}-{call}",
                    "tool": "Edit",
                }
                tell("pre_write", **about)
                tell("write", before_id="0" * 40, after_id="1" * 40, **about)
            tell("turn_end")
        with (spool / f"2026-01-0{1 + number * 3 // sessions}.aaaaaaaaaaaa.jsonl").open(
            "a", encoding="utf-8"
        ) as file:
            file.writelines(lines)
    return count
