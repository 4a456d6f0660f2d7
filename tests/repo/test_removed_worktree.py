"""A linked worktree that is gone has taken HEAD's log along; what was committed there is still this clone's."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

from gitrepo import NAMES, Repo
from hookrun import generic


def test_its_lines_keep_their_owners(repo: Callable[..., Repo]) -> None:
    """Who git's author is only the environment says, and not always byline's."""
    made = repo()
    made.commit("one", {"a.txt": "one\ntwo\n"})
    made.run("worktree", "add", "-q", "../linked", "-b", "side")
    linked = Repo(made.path.parent / "linked")
    generic(linked.path, "pre_write", path="a.txt", call_id="c")
    linked.write("a.txt", "one\nits\ntwo\n")
    generic(linked.path, "write", path="a.txt", call_id="c", before="one\ntwo\n")
    linked.commit("two")
    made.run("merge", "-q", "side")
    made.run("worktree", "remove", str(linked.path))
    command = [sys.executable, "-m", "byline.cli.main", "blame", "--json", "--rev", "HEAD", "a.txt"]
    for env in (os.environ, {**os.environ, **NAMES}):
        told = json.loads(subprocess.run(command, cwd=made.path, env=env, capture_output=True, check=True).stdout)
        assert [line["session_id"] for line in told["lines"]] == [None, "s1", None]
