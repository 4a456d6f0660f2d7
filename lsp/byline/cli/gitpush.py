"""The `git push` that the pre-push hook runs beside: whether it only rehearses, and what it brings to the remote.

Git tells a hook nothing of `--dry-run`, so the command lines of the processes above are looked at. Whatever cannot be
found out is as if it were not so.
"""

import contextlib
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from byline.repo import programs
from byline.repo.anchors import names

MOST_ABOVE = 8
"""Processes between git and this one: shells, and what runs a project's hooks."""
SECONDS = 0.5
_VALUED_BEFORE = frozenset(
    ("-c", "-C", "--git-dir", "--work-tree", "--namespace", "--super-prefix", "--config-env", "--attr-source")
)
_VALUED = frozenset(("-o", "--push-option", "--repo", "--receive-pack", "--exec", "--recurse-submodules"))
_PUSH = re.compile(r"git-push(\.exe)?$")
_GIT = re.compile(r"git(\.exe)?$")


def is_rehearsal(env: Mapping[str, str]) -> bool:
    """Whether the nearest `git push` above this process has `--dry-run`."""
    until, pid = time.monotonic() + SECONDS, os.getppid()
    for _ in range(MOST_ABOVE):
        found = _process(pid, env) if pid > 1 and time.monotonic() < until else None
        if found is None:
            return False
        options = push_options(found[1])
        if options is not None:
            return is_dry(options)
        pid = found[0]
    return False


def push_options(command: Sequence[str]) -> list[str] | None:
    """What follows `push` in a command line of git; None for any other command. Pure."""
    words = iter(command)
    program = re.split(r"[/\\]", next(words, ""))[-1].lower()
    if _PUSH.match(program):
        return list(words)
    if not _GIT.match(program):
        return None
    for word in words:
        if word in _VALUED_BEFORE:
            next(words, None)
        elif not word.startswith("-"):
            return list(words) if word == "push" else None
    return None


def is_dry(options: Iterable[str]) -> bool:
    """Whether these options of `git push` have it change nothing; git takes beginnings of long ones. Pure."""
    found = False
    words = iter(options)
    for word in words:
        if word == "--":
            break
        if word in _VALUED:
            next(words, None)
        elif len(word) > 3 and "--dry-run".startswith(word):
            found = True
        elif len(word) > 5 and "--no-dry-run".startswith(word):
            found = False
        elif re.match(r"-[^-]", word):
            flags, has_value, value = word[1:].partition("o")
            found = found or "n" in flags
            if has_value and not value:
                next(words, None)
    return found


def is_in_the_way(lines: Iterable[bytes]) -> bool:
    """Whether the push brings a branch that cannot be beside ours on a remote, or ours itself. Pure.

    `lines` are what git tells a pre-push hook: local ref, local id, remote ref, remote id.
    """
    for line in lines:
        words = line.split()
        ref = words[-2].decode("utf-8", "replace") if len(words) > 3 else ""
        if f"{names.BRANCH}/".startswith(f"{ref}/") or ref.startswith(f"{names.BRANCH}/"):
            return True
    return False


def told() -> list[bytes]:
    """The lines of standard input, as far as they come at once: who runs hooks may leave it open."""
    parts: list[bytes] = []

    def read() -> None:
        with contextlib.suppress(OSError):
            while part := os.read(0, 1 << 16):
                parts.append(part)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(SECONDS)
    return b"".join(parts).splitlines()


def _process(pid: int, env: Mapping[str, str]) -> tuple[int, list[str]] | None:
    """The parent of a process and its command line; None where the system does not tell."""
    try:
        if sys.platform == "linux":
            above = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1]
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            return int(above), [word.decode("utf-8", "replace") for word in words]
        program = programs.find("ps", env)
        if program is None or sys.platform == "win32":
            return None
        done = subprocess.run(
            [program, "-o", "ppid=,args=", "-p", str(pid)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
        number, *words_told = done.stdout.decode("utf-8", "replace").split()
        return int(number), words_told
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return None
