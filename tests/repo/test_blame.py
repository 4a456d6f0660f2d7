import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from byline.errors import UnknownRevision
from byline.repo.blame import Blame, blame
from byline.repo.run import Git
from gitrepo import ODD_PATHS, Repo


@pytest.fixture
def made(repo: Callable[..., Repo]) -> Repo:
    return repo()


def lines(found: Blame) -> list[tuple[str | None, int, str]]:
    """One `(commit, original line, original path)` a line."""
    return [
        (group.commit, group.original_start + number, group.original_path)
        for group in found.groups
        for number in range(group.count)
    ]


def test_lines_name_commit_and_place(made: Repo) -> None:
    one = made.commit("one", {"a": "1\n2\n3\n"})
    two = made.commit("two", {"a": "0\n1\n2\n3\nend"})
    found = blame(made.git, "a")
    assert lines(found) == [(two, 0, "a"), (one, 0, "a"), (one, 1, "a"), (one, 2, "a"), (two, 4, "a")]
    assert found.boundaries == {one}
    assert found.previous == {two: (one, "a")}
    assert (found.commits[two].summary, found.commits[two].author_mail) == ("two", "ada@example.org")


def test_working_file_and_unsaved_contents(made: Repo) -> None:
    one = made.commit("one", {"a": "1\n2\n"})
    made.write("a", "1\nx\n2\n")
    assert lines(blame(made.git, "a")) == [(one, 0, "a"), (None, 1, "a"), (one, 1, "a")]
    assert lines(blame(made.git, "a", contents=b"new\n1\n")) == [(None, 0, "a"), (one, 0, "a")]
    assert lines(blame(made.git, "a", rev="HEAD", contents=b"new\n1\n")) == [(None, 0, "a"), (one, 0, "a")]
    assert blame(made.git, "a", contents=b"") == Blame()
    assert "0" * 40 not in blame(made.git, "a").commits


def test_revision_and_renames(made: Repo) -> None:
    text = "".join(f"{number}\n" for number in range(10))
    one = made.commit("one", {'odd "näme\t': text})
    made.run("mv", 'odd "näme\t', "b")
    two = made.commit("two", {"b": text + "more\n"})
    assert lines(blame(made.git, "b", rev=two))[9:] == [(one, 9, 'odd "näme\t'), (two, 10, "b")]
    assert len(lines(blame(made.git, 'odd "näme\t', rev="HEAD~"))) == 10


@pytest.mark.parametrize("path", ODD_PATHS)
def test_any_path(made: Repo, path: str) -> None:
    one = made.commit("one", {path: "1\n"})
    assert lines(blame(made.git, path)) == [(one, 0, path)]
    assert lines(blame(made.git, path, rev="HEAD")) == [(one, 0, path)]


def test_file_git_does_not_have_is_empty(made: Repo) -> None:
    made.write("a", "1\n")
    assert blame(made.git, "a") == Blame()  # no commit yet
    made.commit("one", {"b": "1\n"})
    made.run("rm", "-q", "--cached", "a")
    made.run("commit", "-q", "-m", "two")
    assert blame(made.git, "a") == Blame()
    assert blame(made.git, "nothing", contents=b"x\n") == Blame()
    assert blame(made.git, "a", rev="HEAD") == Blame()
    made.run("add", "a")
    assert [group.commit for group in blame(made.git, "a").groups] in ([], [None])  # staged: git's versions differ


@pytest.mark.parametrize("rev", ["nothing", "--help", "", "HEAD\nHEAD", "HEAD:a"])
def test_unknown_revision(made: Repo, rev: str) -> None:
    made.commit("one", {"a": "1\n"})
    with pytest.raises(UnknownRevision):
        blame(made.git, "a", rev=rev)


def test_file_of_one_side_during_a_merge(made: Repo) -> None:
    made.commit("base", {"x": "1\n"})
    made.run("switch", "-q", "-c", "side")
    side = made.commit("side", {"x": "side\n", "new": "n\n"})
    made.run("switch", "-q", "main")
    made.commit("main", {"x": "main\n"})
    with pytest.raises(subprocess.CalledProcessError):
        made.run("merge", "-q", "side")
    assert lines(blame(made.git, "new")) == [(side, 0, "new")]
    assert None in [commit for commit, _, _ in lines(blame(made.git, "x"))]


def test_shallow_clone_ends_at_a_boundary(made: Repo, tmp_path: Path) -> None:
    made.commit("one", {"a": "1\n"})
    two = made.commit("two", {"a": "1\n2\n"})
    made.run("clone", "-q", "--depth=1", f"file://{made.path}", str(tmp_path / "shallow"))
    found = blame(Git(tmp_path / "shallow"), "a")
    assert {commit for commit, _, _ in lines(found)} == {two}
    assert found.boundaries == {two}
