"""What one hook costs, as ratios to `python -I -S -c pass` and `git status` measured in the same run.

    python tests/bench/hooks.py [--rounds 60] [--python PYTHON]

The hook is a compiled copy of the package, made as `byline install` makes it. Cases run in turn, round after
round, so that a busy moment of the machine hits all of them alike. Payloads wait in a file before the program starts.
Medians of wall time; each case writes into a scratch repository and user folder.
"""

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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

    def time(self, command: list[str], payload: Path | None) -> float:
        """Milliseconds from start to end of one process."""
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
            status = os.waitpid(child, 0)[1]
            taken = (time.perf_counter() - began) * 1000
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


def measure(rounds: int, python: str) -> None:
    """Print one line a case."""
    with tempfile.TemporaryDirectory(prefix="byline-bench-") as folder:
        install(Path(folder), python)
        small, thousand, many = (Bench(Path(folder), python, files) for files in (3, 1000, 10_000))
        git = subprocess.run(
            ["/bin/sh", "-c", "command -v git"], stdout=subprocess.PIPE, check=True, text=True
        ).stdout.strip()
        floor = [python, "-I", "-S", "-c", "pass"]
        prompt = small.payload("prompt", {"hook_event_name": "UserPromptSubmit", "prompt": "go on"})
        cases = {
            "python -I -S -c pass": (small, floor, None),
            "prompt": (small, small.hook(), prompt),
            **{name: (small, small.hook(), small.write(size)) for name, size in SIZES.items()},
        }
        for bench in (thousand, many):
            name = bench.repository.name.partition("-")[2]
            status = [git, "-C", str(bench.repository), "--no-optional-locks", "status", "--porcelain"]
            cases[f"git status, {name} files"] = (bench, status, None)
            cases[f"shell, {name} files"] = (bench, bench.hook(), bench.shell())
        taken: dict[str, list[float]] = {name: [] for name in cases}
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
        report(taken)


def report(taken: dict[str, list[float]]) -> None:
    """Medians and ratios on standard output."""
    base = statistics.median(taken["python -I -S -c pass"])
    for name, times in taken.items():
        median = statistics.median(times)
        against = f"{median / base:5.2f} x floor"
        if name.startswith("shell"):
            git = statistics.median(taken[name.replace("shell", "git status")])
            against += f"   {median / git:5.2f} x git status"
        if "MiB" in name:
            against += f"   floor + {(median - base) / int(name.split()[1]):.1f} ms per MiB"
        print(f"{name:30} {min(times):7.1f} min {median:7.1f} median   {against}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--python", default=str(Path(sys.executable).resolve()))
    options = parser.parse_args()
    measure(options.rounds, options.python)
