"""What one hook costs, as ratios to `python -I -S -c pass` and `git status` measured in the same run.

    python tests/bench --only hooks

The hook is a compiled copy of the package, made as `byline install` makes it. Cases run in turn, round after
round, so that a busy moment of the machine hits all of them alike. Payloads wait in a file before the program starts.
Medians of wall time and of CPU time; each case writes into a scratch repository and user folder.
"""

import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from bench.figure import Figure, Size, spread

PACKAGE = Path(__file__).resolve().parents[2] / "hooks" / "byline_hooks"
MIB = 1 << 20
SIZES = {
    "write 1 KiB": 1 << 10,
    "write 64 KiB": 64 << 10,
    "write 64 KiB, snapshots known": 64 << 10,
    "write 64 KiB, all new": 64 << 10,
    "write 1 MiB": MIB,
    "write 4 MiB": 4 * MIB,
}
"""A write keeps one new snapshot, of what it made; where it started from was seen. Two rows show the extremes."""


class Taken(NamedTuple):
    """Milliseconds of one process."""

    wall: float
    cpu: float
    """User and system together, its children's with it: what other programs on the machine hardly change."""


class Bench:
    """A scratch repository and the commands timed in it."""

    def __init__(self, root: Path, python: str, files: int) -> None:
        self.root = root
        self.python = python
        self.repository = root / f"repository-{files}"
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(root / "home"),
            "BYLINE_DATA_DIR": str(root / "data"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        self.repository.mkdir(parents=True)
        for number in range(files):
            path = self.repository / f"folder{number % 40}" / f"file{number}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"file {number}\n")
        for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "start", "--no-verify"]):
            who = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
            subprocess.run(["git", *who, *command], cwd=self.repository, env=self.env, check=True)
        # What is as new as the index is read again by each `git status`, until one a second later writes it anew: how
        # many files that are is chance, and would be most of what is measured.
        time.sleep(1.1)
        subprocess.run(["git", "status", "--porcelain"], cwd=self.repository, env=self.env, check=True)

    def payload(self, name: str, fields: dict[str, object]) -> Path:
        """A Claude Code payload in a file."""
        base = {
            "session_id": "4f149f91-5811-4ca7-bd43-5bd1e23e3725",
            "transcript_path": "/home/dev/.claude/projects/-home-dev/4f149f91-5811-4ca7-bd43-5bd1e23e3725.jsonl",
            "cwd": str(self.repository),
            "prompt_id": "accf2566-130a-4509-af8c-f72c6db837f3",
            "tool_use_id": "toolu_1",
        }
        path = self.root / f"{name}.json"
        path.write_text(json.dumps({**base, **fields}))
        return path

    def write(self, size: int, old: str = "") -> Path:
        """The payload of a Write of `size` bytes, which are on disk."""
        line = "a line of ordinary length, number {:08}\n"
        text = "".join(line.format(number) for number in range(size // len(line.format(0)) + 1))[:size]
        path = self.repository / f"written-{size}.txt"
        path.write_text(text)
        answer: dict[str, object] = {
            "type": "update",
            "content": text,
            "originalFile": old or text[: size // 2],
            "structuredPatch": [],
        }
        given: dict[str, object] = {"file_path": str(path), "content": text}
        fields: dict[str, object] = {
            "hook_event_name": "PostToolUse",
            "tool_name": "Write",
            "tool_input": given,
            "tool_response": answer,
        }
        return self.payload(f"write-{size}", fields)

    def shell(self) -> Path:
        """The payload before a shell call."""
        fields: dict[str, object] = {
            "hook_event_name": "PreToolUse",
            "tool_name": "Bash",
            "tool_input": {"command": "make"},
        }
        return self.payload(f"shell-{self.repository.name}", fields)

    def hook(self) -> list[str]:
        """The command an agent's settings name."""
        return [self.python, "-I", "-S", str(self.root / "byline_hooks" / "shim.py"), "claude"]

    def time(self, command: list[str], payload: Path | None) -> "Taken":
        """What one process takes from start to end."""
        descriptor = os.open(payload or os.devnull, os.O_RDONLY)
        try:
            began = time.perf_counter()
            child = os.posix_spawn(
                command[0],
                command,
                self.env,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, descriptor, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                ],
            )
            _, status, used = os.wait4(child, 0)
            taken = Taken((time.perf_counter() - began) * 1000, (used.ru_utime + used.ru_stime) * 1000)
        finally:
            os.close(descriptor)
        if status:
            raise SystemExit(f"{command} ended with {status}")
        return taken


def install(folder: Path, python: str) -> None:
    """Put a compiled copy of the hook package into `folder`."""
    copy = folder / PACKAGE.name
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    start = [python, "-I", "-S"]
    compiling = [*start, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(copy)]
    subprocess.run(compiling, check=True)
    subprocess.run([*start, str(copy / "bundle.py")], check=True)


def forget(file: Path, blobs: Path) -> None:
    """Drop the snapshot of what `file` holds."""
    data = file.read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    (blobs / blob[:2] / blob[2:]).unlink(missing_ok=True)


def figures(size: Size) -> Iterator[Figure]:
    """One event as a process, beside the bare interpreter and git."""
    taken = measure(size.rounds, str(Path(sys.executable).resolve()), size.files)
    walls = {name: [each.wall for each in times] for name, times in taken.items()}
    cpus = {name: [each.cpu for each in times] for name, times in taken.items()}
    median = {name: statistics.median(times) for name, times in walls.items()}
    bare = "python -I -S -c pass"
    for name in ("prompt", "post-commit", "write 1 KiB", "write 64 KiB", "write 64 KiB, all new"):
        yield _beside(f"hook: {name}", walls[name], walls[bare], bare, 1.25)
        yield _beside(f"hook: {name}, CPU time", cpus[name], cpus[bare], bare, 1.25)
    for name in ("write 1 MiB", "write 4 MiB"):
        above = (median[name] - median[bare]) / int(name.split()[1])
        yield Figure(f"hook: {name}, above the floor", above, "ms/MiB", "", 40, spread(walls[name]))
    about = f"hook: shell event, {size.files:,} files"
    yield _beside(about, walls["shell"], walls["git status"], "git status", 1.5)
    yield _beside(f"{about}, CPU time", cpus["shell"], cpus["git status"], "git status", 1.5)
    budget = {1_000: 15, 10_000: 75}.get(size.files)
    yield Figure(about, median["shell"], "ms", budget=budget, spread=spread(walls["shell"]))
    yield Figure("hook: 20 writers at once, 400 events", crowd(), "lost", budget=0)


def _beside(name: str, samples: list[float], others: list[float], beside: str, budget: float) -> Figure:
    """The ratio of two medians."""
    ratio = statistics.median(samples) / statistics.median(others)
    return Figure(name, ratio, "x", beside, budget, spread(samples) + spread(others))


def measure(rounds: int, python: str, files: int) -> dict[str, list[Taken]]:
    """What each case took in each round."""
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        install(Path(folder), python)
        small, large = Bench(Path(folder), python, 3), Bench(Path(folder), python, files)
        git = shutil.which("git") or "git"
        floor = [python, "-I", "-S", "-c", "pass"]
        prompt = small.payload("prompt", {"hook_event_name": "UserPromptSubmit", "prompt": "go on"})
        committed = [*small.hook()[:-1], "git", "post-commit"]
        status = [git, "-C", str(large.repository), "--no-optional-locks", "status", "--porcelain"]
        cases = {
            "python -I -S -c pass": (small, floor, None),
            "prompt": (small, small.hook(), prompt),
            "post-commit": (small, committed, None),
            **{name: (small, small.hook(), small.write(size)) for name, size in SIZES.items()},
            "git status": (large, status, None),
            "shell": (large, large.hook(), large.shell()),
        }
        taken: dict[str, list[Taken]] = {name: [] for name in cases}
        blobs = small.repository / ".git" / "byline" / "blobs"
        for turn in range(rounds + 5):
            for name, (bench, command, payload) in cases.items():
                if name.endswith("all new"):
                    shutil.rmtree(blobs)
                elif name.startswith("write") and not name.endswith("known"):
                    forget(bench.repository / f"written-{SIZES[name]}.txt", blobs)
                took = bench.time(command, payload)
                if turn >= 5:
                    taken[name].append(took)
        return taken


def crowd() -> int:
    """Events that are missing or torn after twenty processes wrote twenty each."""
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        python = str(Path(sys.executable).resolve())
        install(Path(folder), python)
        bench = Bench(Path(folder), python, 3)
        payloads = [
            bench.payload(f"prompt-{n}", {"hook_event_name": "UserPromptSubmit", "prompt": f"{n:03} " + "x" * 3000})
            for n in range(400)
        ]
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(lambda payload: bench.time(bench.hook(), payload), payloads))
        lines = [
            line
            for file in (bench.repository / ".git" / "byline" / "spool").iterdir()
            for line in file.read_bytes().split(b"\n")
            if line.strip()
        ]
        return len({number(line) for line in lines if number(line)} ^ {f"{n:03}" for n in range(400)})


def number(line: bytes) -> str | None:
    """Which of the crowd's events a line is; None for one that is torn."""
    try:
        return str(json.loads(line)["prompt"])[:3]
    except (ValueError, KeyError):
        return None
