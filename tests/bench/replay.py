"""A real history played again: every file of three commits in four is written by a session and then committed."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from byline_hooks import entry

IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b")


def has_history(source: Path) -> bool:
    """Whether `source` is a clone with more than a few commits."""
    told = subprocess.run(
        ["git", "-C", str(source), "rev-list", "--count", "HEAD"], capture_output=True, text=True, check=False
    )
    return told.returncode == 0 and int(told.stdout) > 50


def replay(source: Path, into: Path, env: dict[str, str], commits: int) -> int:
    """Play the last `commits` of the first parents of `source` again in a new repository; how many there were.

    What the first of them found is there from the start, and nobody's.
    """
    clone = ["git", *IDENTITY, "-C", str(into)]
    subprocess.run(["git", "init", "-q", "--template=", str(into)], check=True)
    picked = _lines(source, "rev-list", "--first-parent", "--reverse", f"-{commits}", "HEAD")
    with _Blobs(source) as blobs:
        for number, commit in enumerate(picked):
            for path, blob in _changed(source, commit, whole=number == 0):
                _write(into, path, blobs.read(blob) if blob else None, number, env)
            subprocess.run([*clone, "add", "-A", "-f"], check=True)
            subprocess.run([*clone, "commit", "-q", "--allow-empty", "-m", f"commit {number}"], check=True, env=env)
    return len(picked)


def _write(into: Path, path: str, data: bytes | None, number: int, env: dict[str, str]) -> None:
    file = into / path
    if data is None:
        file.unlink()
        return
    before = file.read_text("utf-8", "replace") if file.exists() else None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    if number % 4:
        told = {"v": 1, "event": "write", "agent": "robot", "tool": "Edit", "cwd": str(into), "path": path}
        told |= {"session_id": f"s{number // 20}", "turn_id": f"t{number}", "call_id": f"c{number} {path}"}
        entry.run("generic", json.dumps({**told, "before": before}).encode(), env)


def _changed(source: Path, commit: str, *, whole: bool) -> Iterator[tuple[str, str | None]]:
    """Each file that a commit changed (for `whole` all that it has), no links and no submodules: path and blob."""
    if whole:
        for row in _fields(source, "ls-tree", "-r", "-z", commit):
            told, _, path = row.partition("\t")
            if told.startswith("100"):
                yield path, told.split()[2]
        return
    rows = iter(
        _fields(source, "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", f"{commit}^1", commit)
    )
    for row, path in zip(rows, rows, strict=True):
        old_mode, mode, _, blob, _ = row[1:].split(" ")
        if mode.startswith("100") or (mode == "000000" and old_mode.startswith("100")):
            yield path, blob if mode != "000000" else None


def _lines(source: Path, *words: str) -> list[str]:
    return subprocess.run(
        ["git", "-C", str(source), *words], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.split()


def _fields(source: Path, *words: str) -> list[str]:
    data = subprocess.run(["git", "-C", str(source), *words], check=True, stdout=subprocess.PIPE).stdout
    return [field for field in data.decode("utf-8", "surrogateescape").split("\0") if field]


class _Blobs:
    """Blobs of the source by id."""

    def __init__(self, source: Path) -> None:
        self._git = subprocess.Popen(
            ["git", "-C", str(source), "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __enter__(self) -> "_Blobs":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._git.stdin is not None and self._git.stdout is not None
        self._git.stdin.close()
        self._git.stdout.close()
        self._git.wait()

    def read(self, blob: str) -> bytes:
        assert self._git.stdin is not None and self._git.stdout is not None
        self._git.stdin.write(blob.encode() + b"\n")
        self._git.stdin.flush()
        size = int(self._git.stdout.readline().split()[2])
        return self._git.stdout.read(size + 1)[:size]
