"""How long anchors take, against `git log -p -U0` over the same commits: `python tests/bench --only anchors`.

Sessions and nobody write in turn to fifty files of two hundred lines; each write is one commit. Then the history
that this program has itself, with every file of three commits in four written by a session. Budget: 3 times git.
"""

import cProfile
import json
import os
import pstats
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure, Size
from bench.replay import has_history, replay

FILES = 50
LENGTH = 200
OURS = Path(__file__).resolve().parents[2]
REPLAYED = 300


def build(root: Path, commits: int, env: dict[str, str]) -> None:
    """A repository with its events."""
    from byline_hooks import entry

    chance = random.Random(1)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(root)]

    def run(*words: str) -> None:
        subprocess.run([*git, *words], check=True, stdout=subprocess.DEVNULL, env={**os.environ, **env})

    subprocess.run(["git", "init", "-q", "--template=", str(root)], check=True)
    texts = [[f"line {number} of {file}" for number in range(LENGTH)] for file in range(FILES)]
    for number in range(FILES):
        (root / f"f{number}.txt").write_text("\n".join(texts[number]) + "\n")
    run("add", ".")
    run("commit", "-qm", "start")
    for number in range(commits):
        file = chance.randrange(FILES)
        path, lines = root / f"f{file}.txt", texts[file]
        before = path.read_text()
        at = chance.randrange(len(lines))
        lines[at : at + chance.randrange(3)] = [f"new {number} {one}" for one in range(chance.randrange(1, 5))]
        session = f"s{number // 20}"
        event = {"v": 1, "agent": "robot", "session_id": session, "cwd": str(root), "path": path.name, "tool": "Edit"}
        path.write_text("\n".join(lines) + "\n")
        if number % 4:
            payload = {**event, "event": "write", "call_id": f"c{number}", "turn_id": f"t{number}", "before": before}
            entry.run("generic", json.dumps(payload).encode(), {**os.environ, **env})
        run("commit", "-qam", f"change {number}")


def figures(size: Size) -> Iterator[Figure]:
    """All commits at once, from nothing; and the one that came last, as the server anchors it."""
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        root, env = prepared(Path(folder), size.anchored)
        ratio = sync(root, env) / git_log(root, size.anchored)
        yield Figure(f"anchors for {size.anchored:,} commits", ratio, "x", "git log -p -U0", 3)
    if not has_history(OURS):
        print("anchors of a real history: left out, this is no clone with commits", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        root, env = Path(folder) / "repo", environment(Path(folder))
        count = replay(OURS, root, {**os.environ, **env}, REPLAYED)
        ratio = sync(root, env) / git_log(root, count)
        yield Figure("anchors for commits of a real history", ratio, "x", "git log -p -U0", 3)


def prepared(keep: Path, commits: int) -> tuple[Path, dict[str, str]]:
    """A repository whose commits have no anchors, and its environment."""
    root, env = keep / "repo", environment(keep)
    if not root.exists():
        build(root, commits, env)
    subprocess.run(["git", "-C", str(root), "update-ref", "-d", "refs/heads/byline/anchors/v1"], check=True)
    for name in ("index.db", "looked.json"):
        (root / ".git" / "byline" / name).unlink(missing_ok=True)
    return root, env


def environment(keep: Path) -> dict[str, str]:
    """What keeps byline and git to a folder."""
    return {"HOME": str(keep), "BYLINE_DATA_DIR": str(keep / "data"), "GIT_CONFIG_GLOBAL": os.devnull}


def git_log(root: Path, commits: int) -> float:
    """Seconds that git takes to print the commits; the median of three."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(
            ["git", "-C", str(root), "log", "-p", "-U0", f"-{commits}"], check=True, stdout=subprocess.DEVNULL
        )
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def sync(root: Path, env: dict[str, str]) -> float:
    """Seconds that `byline sync` takes as a program."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "byline.cli.main", "sync"]
    subprocess.run(command, cwd=root, env={**os.environ, **env}, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Build, and say where the time goes: `python tests/bench/anchors.py [COMMITS [FOLDER]]`."""
    words = sys.argv[1:]
    commits = int(words[0]) if words else 1000
    keep = Path(words[1]) if len(words) > 1 else Path(tempfile.mkdtemp(prefix="byline-bench-"))
    root, env = prepared(keep, commits)
    git = git_log(root, commits)
    os.environ.update(env)
    os.chdir(root)
    from byline.cli.main import main as byline

    profile = cProfile.Profile()
    start = time.perf_counter()
    profile.enable()
    byline(["sync"])
    profile.disable()
    took = time.perf_counter() - start
    print(f"{commits} commits: git log -p -U0 {git:.2f} s, byline sync {took:.2f} s while it is watched")
    pstats.Stats(profile).sort_stats("tottime").print_stats(35)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
