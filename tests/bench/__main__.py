"""Every budget, as ratios measured in one run, at three sizes: `python tests/bench [SIZE …] [--only PART …]`.

    python tests/bench                          small and medium; about ten minutes
    python tests/bench large                    50,000 files, a file of 50,000 lines and 2,000 commits
    python tests/bench --json now.json          keep the figures
    python tests/bench --against before.json    say what became slower, by more than the samples of both runs
                                                lie apart; milliseconds beside those of an empty interpreter

Timings never decide a test; the exit code is 0 whatever the figures are.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("tests", "lsp", "hooks")]

from bench import anchors, blame, hooks, server, sessions  # noqa: E402
from bench.figure import SIZES, Figure, Run, Size, load, save, table  # noqa: E402

PARTS: dict[str, Callable[[Size], Iterator[Figure]]] = {
    "hooks": hooks.figures,
    "server": server.figures,
    "blame": blame.figures,
    "anchors": anchors.figures,
    "sessions": sessions.figures,
}


FLOORS = 15
"""Runs of an empty interpreter, whose median says how fast the machine is just now."""


def machine() -> dict[str, str]:
    """What it ran on, and how long an empty interpreter takes there."""
    empty = [sys.executable, "-I", "-S", "-c", "pass"]
    floor = statistics.median(server.timed(lambda: subprocess.run(empty, check=True)) for _ in range(FLOORS))
    git = subprocess.run(["git", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()[2]
    return {
        "date": time.strftime("%Y-%m-%d"),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?",
        "python": platform.python_version(),
        "git": git,
        "floor": f"{floor:.1f} ms",
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", metavar="SIZE", help="small, medium, large; small and medium if none")
    parser.add_argument("--only", action="append", choices=sorted(PARTS), help="one part; may be given again")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures here")
    parser.add_argument("--against", type=Path, metavar="FILE", help="figures of an earlier run to compare with")
    given = parser.parse_args()
    sizes = {size.name: size for size in SIZES}
    unknown = [name for name in given.sizes if name not in sizes]
    if unknown:
        parser.error(f"there is no size {unknown[0]!r}; there are {', '.join(sizes)}")
    try:
        earlier = load(given.against) if given.against else Run(0, {})
    except (OSError, ValueError, TypeError, LookupError) as problem:
        parser.error(f"{given.against} is no file that --json wrote: {problem}")
    about = machine()
    pace = float(about["floor"].split()[0]) / earlier.floor if earlier.floor else 1.0
    print(", ".join(f"{name} {value}" for name, value in about.items()))
    found: dict[str, list[Figure]] = {}
    for name in given.sizes or ["small", "medium"]:
        figures = found[name] = []
        for part in given.only or PARTS:
            print(f"{name}: {part} …", file=sys.stderr)
            figures += PARTS[part](sizes[name])
        print(f"\n## {name}\n\n{table(figures, earlier.figures.get(name, {}), pace)}", flush=True)
        if given.json:
            save(given.json, about, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
