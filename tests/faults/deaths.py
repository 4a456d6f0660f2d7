"""Programs that are killed (`SIGKILL`) at the n-th thing they do to the disk, or git they start."""

import errno
import importlib
import itertools
import json
import os
import pkgutil
import posix
import runpy
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import byline as program
from story.fork import in_child
from story.hook import SHIM

WRITING = os.O_WRONLY | os.O_RDWR
DEEDS = ("mkdir", "replace", "rename", "link", "unlink", "rmdir", "truncate", "ftruncate", "chmod", "posix_spawn")
TOLD = ("os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "subprocess.Popen")

EASY = ("os.remove", "os.rmdir", "os.rename", "os.truncate")
"""What a full disk allows."""
REFUSED = "\x00refused\x00"


class Life:
    """Counts the deeds of this process; it does not outlive deed number `last`, counted from 1."""

    def __init__(self, last: int) -> None:
        self.left = last

    def live(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def hook(last: int, agent: str, payload: object, env: Mapping[str, str], cwd: Path) -> bool:
    """Run the hook; whether it was killed. It dies before a deed, or in the middle of what it writes."""

    def main() -> None:
        life = Life(last)
        write, opened = posix.write, posix.open

        def torn(descriptor: int, data: Any) -> int:
            life.live()
            whole = bytes(data)
            if life.left == 1:
                write(descriptor, whole[: len(whole) // 2])
            life.live()
            return write(descriptor, whole)

        def opening(path: Any, flags: int, *more: Any, **others: Any) -> int:
            if flags & WRITING:
                life.live()
            return opened(path, flags, *more, **others)

        def counted(deed: Callable[..., Any]) -> Callable[..., Any]:
            def do(*given: Any, **named: Any) -> Any:
                life.live()
                return deed(*given, **named)

            return do

        for name in DEEDS:
            setattr(posix, name, counted(getattr(posix, name)))
        posix.write = torn
        posix.open = opening
        starter: Any = importlib.import_module("_posixsubprocess")
        starter.fork_exec = counted(starter.fork_exec)
        runpy.run_path(str(SHIM), run_name="__main__")

    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    code, out, err = in_child(main, [str(SHIM), agent], data, env, cwd)
    assert (out, err) == (b"", b""), (out, err)
    assert code in (0, -signal.SIGKILL), code
    return code != 0


@cache
def loaded() -> None:
    """Every module of the commands is there before the first child is forked: a death costs no imports."""
    for module in pkgutil.walk_packages(program.__path__, "byline."):
        if not module.name.startswith("byline.server") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def byline(last: int, words: list[str], env: Mapping[str, str], cwd: Path) -> bool:
    """Run `byline WORDS`; whether it was killed. It dies before a deed, or between opening a file and writing it."""

    def main() -> int:
        run = importlib.import_module("byline.cli.main").main
        life = Life(last)

        def watch(event: str, given: tuple[Any, ...]) -> None:
            if event in TOLD or (event == "open" and isinstance(given[2], int) and given[2] & WRITING):
                life.live()

        def profile(frame: object, event: str, what: object) -> None:
            # Text for the terminal counts for nothing.
            if event == "c_call" and getattr(what, "__name__", "") == "write":
                stream = getattr(what, "__self__", None)
                if getattr(stream, "name", 1) not in (0, 1, 2, "<stdout>", "<stderr>"):
                    life.live()

        sys.addaudithook(watch)
        sys.setprofile(profile)
        return int(run())

    loaded()
    code, out, err = in_child(main, ["byline", *words], b"", env, cwd)
    assert code in (0, -signal.SIGKILL), (code, out, err)
    return code != 0


def full(first: int, problem: int, words: list[str], env: Mapping[str, str], cwd: Path) -> tuple[bool, int, str]:
    """Run `byline WORDS` on a disk that refuses deed number `first` and all after it with the error `problem`.

    Whether it refused any, the exit code, and what was complained. With ENOSPC, things can still be deleted.
    Git's own processes are not refused anything.
    """
    refused = EASY if problem == errno.ENOSPC else ()

    def main() -> int:
        run = importlib.import_module("byline.cli.main").main
        left = [first]

        def watch(event: str, given: tuple[Any, ...]) -> None:
            writes = event == "open" and isinstance(given[2], int) and given[2] & WRITING
            if (event in TOLD and event not in ("subprocess.Popen", *refused)) or (writes and given[0] != os.devnull):
                left[0] -= 1
                if left[0] <= 0:
                    sys.stderr.write(REFUSED)
                    raise OSError(problem, os.strerror(problem), given[0])

        sys.addaudithook(watch)
        return int(run())

    loaded()
    code, _, err = in_child(main, ["byline", *words], b"", env, cwd)
    said = err.decode(errors="replace")
    return REFUSED in said, code, said.replace(REFUSED, "")


def until_it_lives(step: int = 1) -> Iterator[int]:
    """The numbers of deeds to die at; the caller stops when the program came through."""
    return itertools.count((step + 1) // 2, step)


def ended(words: list[str], env: Mapping[str, str], cwd: Path) -> tuple[int, str]:
    """Run a command to its end: exit code and what it complained."""
    code, _, err = in_child(importlib.import_module("byline.cli.main").main, ["byline", *words], b"", env, cwd)
    return code, err.decode(errors="replace")
