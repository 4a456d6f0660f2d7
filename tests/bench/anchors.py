"""How long anchors take, against `git log -p -U0` over the same commits: `python tests/bench/anchors.py [COMMITS]`.

Sessions and nobody write in turn to fifty files of two hundred lines; each write is one commit. Budget: 3 times git.
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
from pathlib import Path

FILES = 50
LENGTH = 200


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


def main() -> None:
    """Build, measure, and with `--profile` say where the time goes."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    commits = int(words[0]) if words else 1000
    keep = Path(words[1]) if len(words) > 1 else Path(tempfile.mkdtemp(prefix="byline-bench-"))
    root = keep / "repo"
    env = {"HOME": str(keep), "BYLINE_DATA_DIR": str(keep / "data"), "GIT_CONFIG_GLOBAL": os.devnull}
    if not root.exists():
        build(root, commits, env)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(
            ["git", "-C", str(root), "log", "-p", "-U0", f"-{commits}"], check=True, stdout=subprocess.DEVNULL
        )
        times.append(time.perf_counter() - start)
    git = statistics.median(times)
    subprocess.run(["git", "-C", str(root), "update-ref", "-d", "refs/heads/byline/anchors/v1"], check=True)
    (root / ".git" / "byline" / "index.db").unlink(missing_ok=True)
    (root / ".git" / "byline" / "looked.json").unlink(missing_ok=True)
    os.environ.update(env)
    os.chdir(root)
    from byline.cli.main import main as byline

    profile = cProfile.Profile() if "--profile" in sys.argv else None
    start = time.perf_counter()
    if profile:
        profile.enable()
    byline(["sync"])
    if profile:
        profile.disable()
    took = time.perf_counter() - start
    print(
        f"{commits} commits: git log -p -U0 {git:.2f} s, byline sync {took:.2f} s, ratio {took / git:.1f} (budget 3)"
    )
    if profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
