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
    """The hunks of `git diff` for each pair, 0-based and half open. `folder` is filled with the texts.

    Asked for with a line of context: without any, git sets common ends aside first and slides no run over them.
    """
    total = 0
    for number, (old, new) in enumerate(pairs):
        for side, text in (("old", old), ("new", new)):
            (folder / side).mkdir(parents=True, exist_ok=True)
            (folder / side / f"{number:06}").write_bytes(b"".join(text))
        total = number + 1
    command = ["git", "diff", "--no-index", "--no-color", "--no-ext-diff", "--no-renames", "--text", "-U1", *options]
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
    i = j = i_end = j_end = 0
    for line in output.split(b"\n"):
        if line[:1] == b" " and i < i_end:
            i, j = i + 1, j + 1
        elif line[:1] in (b"-", b"+") and (i < i_end or j < j_end):
            old_start, old_stop, new_start, new_stop = current.pop() if current else (-1, -1, -1, -1)
            if (old_stop, new_stop) != (i, j):
                if old_stop >= 0:
                    current.append((old_start, old_stop, new_start, new_stop))
                old_start, new_start = i, j
            i, j = (i + 1, j) if line[:1] == b"-" else (i, j + 1)
            current.append((old_start, i, new_start, j))
        elif line.startswith(b"diff --git "):
            current = hunks[int(line[-6:])]
        elif line.startswith(b"@@ -"):
            _, removed, added, *_ = line.split(b" ")
            (i, i_end), (j, j_end) = _range(removed), _range(added)
    return hunks


def _range(part: bytes) -> tuple[int, int]:
    """`-3,2` is the range 2 to 4; of an empty range git names the line before it."""
    start, _, length = part[1:].partition(b",")
    size = int(length) if length else 1
    first = int(start) - (size > 0)
    return first, first + size
