"""What git says of pairs of texts: the judge of byline's own diff."""

import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

Hunk = tuple[int, int, int, int]
Text = Sequence[bytes]


def split(data: bytes) -> list[bytes]:
    """Lines with their ends; only `\\n` ends a line."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def judge(pairs: Iterable[tuple[Text, Text]], folder: Path, *options: str) -> list[list[Hunk]]:
    """The hunks of `git diff` for each pair, 0-based and half open. `folder` is filled with the texts."""
    total = 0
    for number, (old, new) in enumerate(pairs):
        for side, text in (("old", old), ("new", new)):
            (folder / side).mkdir(parents=True, exist_ok=True)
            (folder / side / f"{number:06}").write_bytes(b"".join(text))
        total = number + 1
    command = ["git", "diff", "--no-index", "--no-color", "--no-ext-diff", "--no-renames", "--text", "-U0", *options]
    isolated = {**os.environ, "HOME": str(folder), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run([*command, "old", "new"], cwd=folder, env=isolated, capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return _parse(done.stdout, total)


def origins(hunks: Iterable[Hunk], new_len: int) -> list[int]:
    """For each new line the old one, or -1."""
    found: list[int] = []
    i = 0
    for old_start, old_stop, new_start, new_stop in hunks:
        found += range(i, old_start)
        found += [-1] * (new_stop - new_start)
        i = old_stop
    return found + list(range(i, i + new_len - len(found)))


def _parse(output: bytes, total: int) -> list[list[Hunk]]:
    hunks: list[list[Hunk]] = [[] for _ in range(total)]
    current: list[Hunk] = []
    skip = 0
    for line in output.split(b"\n"):
        if skip and line[:1] in (b"+", b"-"):
            skip -= 1
        elif line.startswith(b"diff --git "):
            current = hunks[int(line[-6:])]
        elif line.startswith(b"@@ -"):
            _, removed, added, *_ = line.split(b" ")
            (i, di), (j, dj) = _numbers(removed), _numbers(added)
            current.append((i, i + di, j, j + dj))
            skip = di + dj
    return hunks


def _numbers(part: bytes) -> tuple[int, int]:
    """`-3,2` is the 0-based start 2 and the length 2; of an empty range git names the line before it."""
    start, _, length = part[1:].partition(b",")
    size = int(length) if length else 1
    return int(start) - (size > 0), size
