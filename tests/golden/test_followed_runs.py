"""What agents without hooks had left after a run, followed: Aider and Continue as captured, Zed and Trae as known.

What is recorded is compared with a page that a person can read. After a wanted change: delete that page, run the test
once, look at the difference.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from followkit import DATA, TRAILER, aider_history, continue_session, look, trae_state, zed_threads
from gitrepo import Repo
from replay import HELLO, Page, compare

NEW = HELLO.replace("'hello'", "'hello, world'")


def page(made: Repo, name: str, *committed: str) -> None:
    """The events, and the owners of files that are not committed and of those that are."""
    look(made)
    shown = Page(made)
    told = shown.whole() + "".join(f"\n{shown.owned_by(path)}\n" for path in committed)
    compare(told.replace(os.environ["HOME"], "HOME"), Path(__file__).with_name(f"{name}-followed.txt"))


@pytest.fixture
def project(repo: Callable[..., Repo]) -> Repo:
    made = repo("project")
    made.commit("start", {"hello.py": HELLO, ".gitignore": ".aider*\n"})
    return made


def test_aider(project: Repo) -> None:
    commit = project.commit(f"greet{TRAILER}", {"hello.py": NEW, "new_a.txt": "one\ntwo\n"})
    aider_history(project, (DATA / "aider.chat.history.md").read_text().replace("38cb519", commit[:7]))
    page(project, "aider", "hello.py", "new_a.txt")


def test_continue(project: Repo) -> None:
    project.write("hello.py", NEW)
    project.write("new_a.txt", "one\ntwo\n")
    continue_session(project, json.loads((DATA / "continue-session.json").read_text()))
    page(project, "continue")


@pytest.mark.skipif(shutil.which("zstd") is None, reason="packs a thread as Zed does: needs zstd")
def test_zed(project: Repo) -> None:
    project.write("hello.py", NEW)
    project.write("new_a.txt", "one\ntwo\n")
    zed_threads(project, [("thread-1", json.loads((DATA / "zed-thread.json").read_text()))])
    page(project, "zed")


def test_trae(project: Repo) -> None:
    project.write("hello.py", NEW)
    project.write("new_a.txt", "one\ntwo\n")
    trae_state(
        project, {"list": [{"sessionId": "t1", "messages": [{"id": "m", "role": "user", "content": "greet"}]}]}
    )
    page(project, "trae")
