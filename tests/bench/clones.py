"""Many clones push what a week brought at one remote: `python tests/bench/clones.py [--clones 50] [--commits 25]`.

Every clone has its own commits, half of them an agent's, and pushes its anchors at the same moment as all others; who
is refused too often tries again. Then everybody fetches. Counted: runs of `git push` and `git fetch`, bytes in both
directions, seconds; checked: every commit has its anchor in every clone, and all branches are the same.
"""

import argparse
import json
import os
import random
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / part) for part in ("tests", "lsp", "hooks")]

from bench.alone import environment  # noqa: E402

BRANCH = "refs/heads/byline/anchors/v1"
FILES, LENGTH = 12, 120
RELAY = '''#!{python}
"""Stands between a clone and the remote, and counts what passes."""
import os, subprocess, sys, threading
process = subprocess.Popen(["git", *{words!r}, *sys.argv[1:]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
counts = [0, 0]
def pump(number, source, target):
    while data := os.read(source, 1 << 16):
        counts[number] += len(data)
        try:
            os.write(target, data)
        except BrokenPipeError:
            break
    os.close(target)
up = threading.Thread(target=pump, args=(0, 0, process.stdin.fileno()), daemon=True)
up.start()
pump(1, process.stdout.fileno(), 1)
code = process.wait()
with open({log!r}, "a") as log:
    log.write("{name} %d %d\\n" % tuple(counts))
os._exit(code)
'''


class Result(NamedTuple):
    """What an exchange took."""

    clones: int
    anchors: int
    """On the remote in the end."""
    missing: int
    """Commits without an anchor in some clone."""
    tips: int
    """How many different branches there are in the end; 1 where all agree."""
    gave_up: int
    """Runs of `byline push` that ended because others kept being faster."""
    pushes: int
    """Connections that wanted to push; as many as clones if nobody is ever overtaken."""
    fetches: int
    bytes_up: int
    bytes_down: int
    push_seconds: float
    """Until the last clone's anchors were on the remote."""
    seconds: float
    """Until everybody had everything."""


class Clone:
    """One developer's repository."""

    def __init__(self, folder: Path, number: int, server: Path, commits: int) -> None:
        self.root = folder / f"clone{number}"
        home = folder / f"person{number}"
        home.mkdir()
        self.env = environment(home, f"dev{number}")
        subprocess.run(["git", "clone", "-q", "--template=", str(server), str(self.root)], env=self.env, check=True)
        for kind in ("receive", "upload"):
            self.git("config", f"remote.origin.{kind}pack", str(folder / kind))
        self.gave_up = 0
        self.commits = [self._commit(number, commit) for commit in range(commits)]
        self.byline("sync", "--quiet")

    def git(self, *words: str) -> str:
        """What git prints."""
        done = subprocess.run(
            ["git", *words], cwd=self.root, env=self.env, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def byline(self, *words: str) -> str | None:
        """What byline prints; None where it says no."""
        command = [sys.executable, "-m", "byline.cli.main", *words]
        done = subprocess.run(command, cwd=self.root, env=self.env, capture_output=True, text=True)
        if done.returncode and "try again" not in done.stderr:
            raise SystemExit(f"byline {' '.join(words)}: {done.stderr}")
        return None if done.returncode else done.stdout

    def push(self) -> None:
        """Push anchors until it is done."""
        while self.byline("push", "--no-sync", "--quiet") is None:
            self.gave_up += 1

    def tree(self) -> str:
        """What the branch here says."""
        return self.git("rev-parse", f"{BRANCH}^{{tree}}")

    def _commit(self, number: int, commit: int) -> str:
        from byline_hooks import entry

        chance = random.Random(number * 10_000 + commit)
        path = self.root / f"file{chance.randrange(FILES)}.txt"
        before = path.read_text()
        lines = before.splitlines(keepends=True)
        at = chance.randrange(len(lines))
        new = [f"line {number}.{commit}.{one}\n" for one in range(chance.randrange(1, 9))]
        lines[at : at + chance.randrange(4)] = new
        path.write_text("".join(lines))
        if commit % 2 == 0:
            event = {"v": 1, "agent": "robot", "session_id": f"s{number}-{commit // 10}", "cwd": str(self.root)}
            told = {"event": "write", "path": path.name, "call_id": f"c{commit}", "tool": "Edit", "before": before}
            entry.run("generic", json.dumps({**event, **told}).encode(), {**os.environ, **self.env})
        self.git("commit", "-qam", f"change {commit} of {number}")
        return self.git("rev-parse", "HEAD")


def exchange(folder: Path, clones: int, commits: int) -> Result:
    """Let `clones` clones with `commits` commits each exchange their anchors."""
    server, log = _server(folder)
    developers = [Clone(folder, number, server, commits) for number in range(clones)]
    log.write_text("")
    begun = time.monotonic()
    with ThreadPoolExecutor(clones) as pool:
        list(pool.map(Clone.push, developers))
    pushed = time.monotonic() - begun
    with ThreadPoolExecutor(min(8, clones)) as pool:
        list(pool.map(lambda one: one.byline("fetch", "--quiet"), developers))
    took = time.monotonic() - begun
    lines = [line.split() for line in log.read_text().splitlines()]
    wanted = {commit for one in developers for commit in one.commits}
    calls = [line[0] for line in lines]
    return Result(
        clones,
        anchors=len(_anchored(developers[0], f"{server}")),
        missing=sum(len(wanted - _anchored(one)) for one in developers),
        tips=len({one.tree() for one in developers}),
        gave_up=sum(one.gave_up for one in developers),
        pushes=calls.count("receive"),
        fetches=calls.count("upload"),
        bytes_up=sum(int(line[1]) for line in lines),
        bytes_down=sum(int(line[2]) for line in lines),
        push_seconds=pushed,
        seconds=took,
    )


def _server(folder: Path) -> tuple[Path, Path]:
    """A bare repository with a first commit, and the log of what passes on the way to it."""
    server, log, seed = folder / "server.git", folder / "passed.log", folder / "seed"
    for kind in ("receive", "upload"):
        relay = folder / kind
        words, python = [f"{kind}-pack"], str(Path(sys.executable).resolve())
        relay.write_text(RELAY.format(python=python, words=words, log=str(log), name=kind))
        relay.chmod(relay.stat().st_mode | stat.S_IXUSR)
    who = ("-c", "user.name=ada", "-c", "user.email=ada@example.org")
    run: Callable[..., object] = lambda *words: subprocess.run(["git", *words], check=True)  # noqa: E731
    run("init", "-q", "--bare", "--template=", "--initial-branch=main", str(server))
    run("clone", "-q", str(server), str(seed))
    for number in range(FILES):
        (seed / f"file{number}.txt").write_text("".join(f"line {line} of {number}\n" for line in range(LENGTH)))
    run("-C", str(seed), "add", ".")
    run("-C", str(seed), *who, "commit", "-qm", "start")
    run("-C", str(seed), "push", "-q", "origin", "HEAD:main")
    return server, log


def _anchored(clone: Clone, where: str = "") -> set[str]:
    """The commits with an anchor on a clone's branch, or on the remote's."""
    git_dir = ("--git-dir", where) if where else ()
    listed = clone.git(*git_dir, "ls-tree", "-r", "--name-only", BRANCH).splitlines()
    return {path[:2] + path[3:].split("/")[0] for path in listed if path.count("/") == 2 and path[2] == "/"}


def main() -> int:
    """Run once and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clones", type=int, default=50)
    parser.add_argument("--commits", type=int, default=25, help="of each clone")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="byline-clones-") as folder:
        found = exchange(Path(folder), given.clones, given.commits)
    for name, value in found._asdict().items():
        print(f"{name}: {value:,.1f}" if isinstance(value, float) else f"{name}: {value:,}")
    return 1 if found.missing or found.tips != 1 else 0


if __name__ == "__main__":
    sys.exit(main())
