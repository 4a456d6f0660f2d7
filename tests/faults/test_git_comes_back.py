"""A server goes on after git failed to answer: what was half worked out then is no answer later."""

import contextlib
from pathlib import Path

import pytest

from byline.errors import BylineError
from byline.workspace import doubt
from byline.workspace.workspace import Workspace
from faults.brokengit import broken_git
from faults.test_git_fails import only
from story import ForkedHook, Story, story

Owners = list[tuple[str, str | None, str]]
WAYS = ("absent", "late")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git is asked again without a pause."""
    monkeypatch.setattr(doubt, "WAIT", 0.0)


def grown(folder: Path) -> Story:
    """A file that three sessions, two branches and nobody have changed."""
    tale = story(folder, hook=ForkedHook()).init(f="a b c d").edit("A", f="a s1 b c d").commit()
    tale.git("checkout", "-qb", "side").edit("B", f="a s1 b t1 c d").commit()
    tale.git("checkout", "-q", "main").edit("C", f="v1 a s1 b c d").commit()
    return tale.git("merge", "-q", "--no-edit", "side").on_disk(f="v1 a s1 u1 b t1 c d").edit("A", f="v1 a s1 b t1 c")


def owners(workspace: Workspace, path: Path) -> Owners:
    return [(line.owner, line.session_id, line.reason) for line in workspace.attribute(path).lines]


def doubted(workspace: Workspace, path: Path, number: int, way: str) -> bool:
    """Ask while one run of git fails; whether there were as many."""
    with broken_git(only(number, way)) as runs, contextlib.suppress(BylineError):
        owners(workspace, path)
    return len(runs) > number


@pytest.mark.parametrize("way", WAYS)
def test_asked_for_the_first_time(tmp_path: Path, way: str) -> None:
    tale = grown(tmp_path)
    path, env = tale.world.root / "f.txt", tale.world.environment()
    with Workspace.for_path(path, env) as fresh:
        truth = owners(fresh, path)
    assert {session for _, session, _ in truth if session} == {"A", "B", "C"}
    for number in range(60):
        for file in (tale.world.root / ".git" / "byline").glob("index.db*"):
            file.unlink()
        with Workspace.for_path(path, env) as living:
            failed = doubted(living, path, number, way)
            assert owners(living, path) == truth, number
        if not failed:
            assert number > 10
            return
    raise AssertionError("git is started without end")


@pytest.mark.parametrize("way", WAYS)
def test_while_it_lives(tmp_path: Path, way: str) -> None:
    tale = grown(tmp_path)
    path, env = tale.world.root / "f.txt", tale.world.environment()
    with Workspace.for_path(path, env) as living:
        owners(living, path)
        for number in range(24):
            tale.edit("B", f=f"v1 a s1 b t1 c new{number}")
            if number % 3:
                tale.commit()
            doubted(living, path, number // 2, way)
            with Workspace.for_path(path, env) as fresh:
                assert owners(living, path) == owners(fresh, path), number
