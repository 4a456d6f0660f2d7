"""What git blame said is kept, and is git's word still, whatever has happened to the repository since."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from byline.model import FileAttribution
from byline.workspace import blaming
from byline.workspace.workspace import Workspace
from gitrepo import Repo

TEXT = "one\ntwo\nthree\nfour\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo")
    made.path.mkdir()
    made.run("init", "-q", "-b", "main", "--template=")
    (made.path / ".git" / "byline").mkdir()
    return made


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "BYLINE_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The files that git blame was started for."""
    started: list[str] = []
    genuine = blaming.Blaming

    def noting(git: object, name: str, *rest: object) -> object:
        started.append(name)
        return genuine(git, name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(blaming, "Blaming", noting)
    yield started


def asked(repo: Repo, env: dict[str, str], text: bytes | None = None, rev: str | None = None) -> FileAttribution:
    """A new process's answer, which is also that of one that keeps nothing."""
    path = repo.path / "a.txt"
    with Workspace.for_path(path, env) as workspace:
        answer = workspace.attribute(path, text, rev)
    with Workspace(workspace._place, env, cached=False) as other:
        assert other.attribute(path, text, rev) == answer
    return answer


def commits(answer: FileAttribution) -> list[str | None]:
    return [line.commit for line in answer.lines]


def test_the_second_answer_starts_no_git_blame(repo: Repo, env: dict[str, str], runs: list[str]) -> None:
    first = repo.commit("first", {"a.txt": TEXT})
    second = repo.commit("second", {"a.txt": TEXT.replace("two", "2")})
    assert commits(asked(repo, env)) == [first, second, first, first]
    assert len(runs) == 2
    again = asked(repo, env)
    assert commits(again) == [first, second, first, first]
    assert again.commits[second].summary == "second"
    assert len(runs) == 3, "one run, by the workspace that keeps nothing"
    asked(repo, env, rev="HEAD~1")
    asked(repo, env, rev="HEAD~1")
    assert len(runs) == 3 + 3


def test_an_edit_a_commit_and_a_checkout_ask_again(repo: Repo, env: dict[str, str], runs: list[str]) -> None:
    first = repo.commit("first", {"a.txt": TEXT})
    asked(repo, env)
    (repo.path / "a.txt").write_text(TEXT + "five\n")
    assert commits(asked(repo, env)) == [first] * 4 + [None]
    repo.run("commit", "-qam", "second")
    second = repo.run("rev-parse", "HEAD")
    assert commits(asked(repo, env)) == [first] * 4 + [second]
    repo.run("checkout", "-q", first)
    assert commits(asked(repo, env)) == [first] * 4


def test_a_buffer_is_not_kept_and_does_not_take_what_is(repo: Repo, env: dict[str, str], runs: list[str]) -> None:
    first = repo.commit("first", {"a.txt": TEXT})
    asked(repo, env)
    typed = asked(repo, env, b"zero\n" + TEXT.encode())
    assert commits(typed) == [None] + [first] * 4
    runs.clear()
    assert commits(asked(repo, env)) == [first] * 4
    assert len(runs) == 1, "what is kept is still that of the file on disk"


def test_names_by_a_mailmap(repo: Repo, env: dict[str, str]) -> None:
    first = repo.commit("first", {"a.txt": TEXT})
    before = asked(repo, env).commits[first]
    (repo.path / ".mailmap").write_text(f"Grace <grace@example.org> <{before.author_mail}>\n")
    assert asked(repo, env).commits[first].author == "Grace"
    (repo.path / ".mailmap").unlink()
    assert asked(repo, env).commits[first] == before
    elsewhere = repo.path.parent / "names"
    elsewhere.write_text(f"Edith <edith@example.org> <{before.author_mail}>\n")
    repo.run("config", "mailmap.file", str(elsewhere))
    assert asked(repo, env).commits[first].author == "Edith"
    elsewhere.write_text(f"Ida <ida@example.org> <{before.author_mail}>\n")
    assert asked(repo, env).commits[first].author == "Ida"


@pytest.mark.parametrize("packed", [False, True])
def test_a_replaced_commit(repo: Repo, env: dict[str, str], packed: bool) -> None:
    first = repo.commit("first", {"a.txt": TEXT})
    second = repo.commit("second", {"a.txt": TEXT.replace("two", "2")})
    assert commits(asked(repo, env)) == [first, second, first, first]
    alone = repo.run("commit-tree", "-m", "alone", f"{second}^{{tree}}")
    repo.run("replace", second, alone)
    if packed:
        repo.run("pack-refs", "--all")
    assert commits(asked(repo, env)) == [second] * 4
    repo.run("replace", "-d", second)
    assert commits(asked(repo, env)) == [first, second, first, first]


def test_lines_of_the_commit_being_merged(repo: Repo, env: dict[str, str]) -> None:
    first = repo.commit("first", {"a.txt": TEXT})
    repo.run("checkout", "-qb", "side")
    side = repo.commit("side", {"a.txt": TEXT.replace("four", "4")})
    repo.run("checkout", "-q", "main")
    main = repo.commit("main", {"a.txt": TEXT.replace("one", "1")})
    repo.run("merge", "-q", "--no-commit", "side")
    assert commits(asked(repo, env)) == [main, first, first, side]
    repo.run("update-ref", "-d", "MERGE_HEAD")
    assert commits(asked(repo, env)) == [main, first, first, None]


def test_line_ends_that_git_takes_off(repo: Repo, env: dict[str, str]) -> None:
    first = repo.commit("first", {"a.txt": TEXT})
    (repo.path / "a.txt").write_bytes(TEXT.replace("\n", "\r\n").encode())
    assert commits(asked(repo, env)) == [None] * 4
    (repo.path / ".gitattributes").write_text("*.txt text\n")
    assert commits(asked(repo, env)) == [first] * 4
    (repo.path / ".gitattributes").unlink()
    assert commits(asked(repo, env)) == [None] * 4


def test_a_row_that_was_tampered_with_is_not_believed(repo: Repo, env: dict[str, str]) -> None:
    first = repo.commit("first", {"a.txt": TEXT})
    asked(repo, env)
    database = repo.path / ".git" / "byline" / "index.db"
    for value in ("x'00'", "x''", "substr(value, 1, length(value) - 9)", "zeroblob(100)"):
        with closing(sqlite3.connect(database)) as connection, connection:
            assert connection.execute(f"UPDATE entries SET value = {value} WHERE kind = 'blame'").rowcount == 1
        assert commits(asked(repo, env)) == [first] * 4
