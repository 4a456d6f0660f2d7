from collections.abc import Callable
from itertools import permutations

import pytest

from byline.errors import GitFailed
from byline.repo import history
from byline.repo.anchors.changes import deltas, old_names
from gitrepo import ODD_PATHS, Repo

LONG = "".join(f"line {number}\n" for number in range(20))


@pytest.fixture
def made(repo: Callable[..., Repo]) -> Repo:
    return repo()


@pytest.mark.parametrize("path", ODD_PATHS)
def test_a_rename_names_its_source(made: Repo, path: str) -> None:
    one = made.commit("one", {"old": LONG, "other": "x\n"})
    (made.path / path).parent.mkdir(parents=True, exist_ok=True)
    made.run("mv", "old", f"./{path}")
    two = made.commit("two", {path: LONG + "more\n", "third": "new\n"})
    assert history.renames(made.git, one, two) == {path: ("old",)}
    assert history.renames(made.git, two, two) == {}


def test_a_rename_of_one_of_several_equal_files_names_all_that_went(made: Repo) -> None:
    one = made.commit("one", {"a": LONG, "b": LONG, "c": LONG, "d": LONG + "d\n", "e": "e\n"})
    made.run("mv", "c", "n")
    made.run("rm", "-q", "a", "d", "e")
    two = made.commit("two", {"n": LONG + "more\n"})
    found = history.renames(made.git, one, two)
    assert set(found) == {"n"} and found["n"] in (("a", "c"), ("c", "a"), ("d",))
    assert old_names(deltas(made.git, [two])[two]) == found


def test_where_branches_meet(made: Repo) -> None:
    base = made.commit("base", {"a": "1\n"})
    made.run("switch", "-q", "-c", "side")
    side = made.commit("side", {"b": "2\n"})
    made.run("switch", "-q", "main")
    main = made.commit("main", {"a": "3\n"})
    made.run("switch", "-q", "--orphan", "alone")
    alone = made.commit("alone", {"z": "1\n"})
    assert history.merge_base(made.git, side, main) == base
    assert history.merge_base(made.git, alone, main) is None
    with pytest.raises(GitFailed):
        history.merge_base(made.git, "f" * 40, main)


def test_rev_list(made: Repo) -> None:
    one = made.commit("one", {"a": "1\n"})
    two = made.commit("two", {"b": "1\n"})
    three = made.commit("three", {"a": "2\n"})
    assert history.rev_list(made.git, ["HEAD"]) == [(three, (two,)), (two, (one,)), (one, ())]
    assert history.rev_list(made.git, ["HEAD"], [two]) == [(three, (two,))]
    assert history.rev_list(made.git, []) == []


def test_the_oldest_of_one_second_is_told_by_descent(made: Repo) -> None:
    second = {"GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000"}
    commits = []
    for name in "abcd":
        made.run("commit", "-q", "--allow-empty", "-m", name, env=second)
        commits.append(made.run("rev-parse", "HEAD").strip())
    for some in permutations(commits[1:]):
        assert history.before(made.git, some) == (commits[0],)
    assert history.before(made.git, commits) == (None,)
    assert history.before(made.git, ["f" * 40]) is None
