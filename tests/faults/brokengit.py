"""A git that fails at chosen runs, for code that starts it through `byline.repo.run`."""

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from byline.errors import NOT_STARTED
from byline.repo import objects
from byline.repo.run import Git

WAYS = ("absent", "refuses", "dies", "late")
"""There is no git; it ends with an error; it is killed in the middle of its answer; it does not answer in time."""

Choose = Callable[[int, tuple[str, ...]], str | None]
"""Number of the run, from 0, and its arguments: a way to fail, or None for a git that works."""


@contextlib.contextmanager
def broken_git(choose: Choose) -> Iterator[list[tuple[str, ...]]]:
    """Within, git fails as chosen, also in forked children. Yields the runs this process itself has made."""
    runs: list[tuple[str, ...]] = []
    start, run = Git.start, Git.run
    inside = [False]

    def failing_start(git: Git, *args: str, **more: Any) -> "subprocess.Popen[bytes]":
        runs.append(args)
        way = choose(len(runs) - 1, args)
        if way is None:
            return start(git, *args, **more)
        if way == "absent":
            raise git.unfinished(args, NOT_STARTED, "[Errno 2] No such file or directory: 'git'")
        if way == "late" and inside[0]:
            raise git.unfinished(args, None, "no answer in 30 s")
        return subprocess.Popen(
            ["sh", "-c", _SCRIPTS[way], "git", *args],
            cwd=git.cwd,
            stdin=more.get("stdin", subprocess.PIPE),
            stdout=subprocess.PIPE,
            stderr=more.get("stderr", subprocess.PIPE),
            start_new_session=True,
        )

    def marked_run(git: Git, *args: str, **more: Any) -> bytes:
        inside[0] = True
        try:
            return run(git, *args, **more)
        finally:
            inside[0] = False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Git, "start", failing_start)
        patch.setattr(Git, "run", marked_run)
        patch.setattr(objects, "ANSWER_SECONDS", 0.3)
        yield runs


_SCRIPTS = {
    "refuses": "cat >/dev/null & exit 128",
    "dies": 'git "$@" | head -c 97; kill -9 $$',
    "late": "exec sleep 30",
}
