"""`byline blame` beside `git blame`, both as whole programs: `python tests/bench blame`."""

import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure, Size, spread
from bench.server import agent, scratch, timed

START_UP = 80
"""Milliseconds that design grants the first answer beside 1.3 times git's."""


def figures(size: Size) -> Iterator[Figure]:
    """From nothing and with the index there; the whole file, without and with JSON."""
    with scratch(size.lines, size.commits) as (repo, env, content):
        agent(repo, env, "file.txt", "".join(content) + "agent\n")
        byline = [sys.executable, "-m", "byline.cli.main", "blame", "file.txt"]
        git = ["git", "blame", "file.txt"]
        rounds = 9 if size.lines < 50_000 else 3

        def run(command: list[str]) -> float:
            return timed(lambda: subprocess.run(command, cwd=repo, env=env, stdout=subprocess.DEVNULL, check=True))

        colds, warms, gits = [], [], []
        for _ in range(rounds):
            gits.append(run(git))
            _forget(repo)
            colds.append(run(byline))
            warms.append(run(byline))
        reference = statistics.median(gits)
        above = [cold - START_UP for cold in colds]
        cold, apart = statistics.median(above), spread(gits)
        name = "byline blame, from nothing, less 80 ms"
        yield Figure(name, cold / reference, "x", "git blame", 1.3, apart + abs(spread(above)))
        warm = statistics.median(warms) / reference
        yield Figure("byline blame, warm", warm, "x", "git blame", 1.0, apart + spread(warms))


def _forget(repo: Path) -> None:
    for file in (repo / ".git" / "byline").glob("index.db*"):
        file.unlink()
