"""What is looked at for one repository."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from watchfiles import Change

from byline.server.watch import Points, points
from gitrepo import Repo


def test_folders_that_do_not_exist_yet_are_awaited_where_they_will_appear(repo: Callable[..., Repo]) -> None:
    made = repo()
    found = points(made.path / "a.py", os.environ)
    common = made.path / ".git"
    assert found.spools[0] == common / "byline" / "spool"
    assert common in found.folders()
    (common / "byline" / "spool").mkdir(parents=True)
    assert common / "byline" / "spool" in found.folders()


def test_outside_a_repository_only_events_count(tmp_path: Path) -> None:
    found = points(tmp_path / "a.py", os.environ)
    assert found.heads == ()
    assert all(folder.is_dir() for folder in found.folders())


@pytest.mark.parametrize(
    ("name", "matters"),
    [
        ("/r/.git/byline/spool/2026-11-21.abc.jsonl", True),
        ("/r/.git/byline/spool/notes.txt", False),
        ("/r/.git/byline/spool", True),
        ("/r/.git/byline", True),
        ("/r/.git/byline/errors.log", False),
        ("/r/.git/HEAD", True),
        ("/r/.git/logs/HEAD", True),
        ("/r/.git/index.lock", False),
        ("/r/.git/index", False),
        ("/r/.git/logs", True),
    ],
)
def test_what_matters(name: str, matters: bool) -> None:
    git = Path("/r/.git")
    found = Points((git / "byline" / "spool",), (git, git / "logs"))
    assert found.matters(Change.modified, name) is matters


def test_records_of_agents_without_hooks_matter() -> None:
    found = Points((), (), (Path("/r/.aider.chat.history.md"), Path("/h/.continue/sessions")))
    assert found.matters(Change.modified, "/r/.aider.chat.history.md")
    assert found.matters(Change.added, "/h/.continue/sessions/1.json")
    assert not found.matters(Change.modified, "/r/README.md")
    assert not found.matters(Change.modified, "/h/.continue/config.yaml")
