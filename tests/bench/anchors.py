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

OURS = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(OURS / part) for part in ("tests", "lsp", "hooks")]

from bench.figure import Figure, Size, spread  # noqa: E402
from bench.replay import has_history, replay  # noqa: E402

FILES = 50
LENGTH = 200
REPLAYED = 300
ROUNDS = 3


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
    """All commits at once, from nothing; of a repository that is made up, and of a real history."""
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        root, env = prepared(Path(folder), size.anchored)
        yield _beside(f"anchors for {size.anchored:,} commits", root, env, size.anchored)
    if not has_history(OURS):
        print("anchors of a real history: left out, this is no clone with commits", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        root, env = Path(folder) / "repo", environment(Path(folder))
        count = replay(OURS, root, {**os.environ, **env}, REPLAYED)
        yield _beside("anchors for commits of a real history", root, env, count)


def _beside(name: str, root: Path, env: dict[str, str], commits: int) -> Figure:
    """`byline sync` from nothing and `git log -p -U0` in turn."""
    ours, gits = [], []
    for _ in range(ROUNDS):
        forget(root)
        gits.append(git_log(root, commits))
        ours.append(sync(root, env))
    ratio = statistics.median(ours) / statistics.median(gits)
    return Figure(name, ratio, "x", "git log -p -U0", 3, spread(ours) + spread(gits))


def prepared(keep: Path, commits: int) -> tuple[Path, dict[str, str]]:
    """A repository whose commits have no anchors, and its environment."""
    root, env = keep / "repo", environment(keep)
    if not root.exists():
        build(root, commits, env)
    forget(root)
    return root, env


def forget(root: Path) -> None:
    """No anchors, and nothing that was worked out."""
    subprocess.run(["git", "-C", str(root), "update-ref", "-d", "refs/heads/byline/anchors/v1"], check=True)
    for name in ("index.db", "looked.json"):
        (root / ".git" / "byline" / name).unlink(missing_ok=True)


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
