from collections.abc import Callable

import pytest

from byline.errors import GitFailed
from byline.repo import history
from gitrepo import ODD_PATHS, Repo


@pytest.fixture
def made(repo: Callable[..., Repo]) -> Repo:
    return repo()


def ids(made: Repo, commit: str, path: str) -> str:
    return made.run("rev-parse", f"{commit}:{path}")


LONG = "".join(f"line {number}\n" for number in range(20))


def test_each_commit_with_the_blobs_before_and_after(made: Repo) -> None:
    one = made.commit("one", {"a": "1\n", "b": "b\n"})
    made.commit("elsewhere", {"b": "c\n"})
    two = made.commit("two", {"a": "2\n"})
    gone = made.commit("gone", {"a": None})
    back = made.commit("back", {"a": "1\n"})
    changes = history.path_changes(made.git, "HEAD", "a")
    assert [(c.commit, c.status, c.old_id, c.new_id) for c in changes] == [
        (back, "A", None, ids(made, one, "a")),
        (gone, "D", ids(made, two, "a"), None),
        (two, "M", ids(made, one, "a"), ids(made, two, "a")),
        (one, "A", None, ids(made, one, "a")),
    ]
    assert changes[-1].parents == () and changes[-1].parent is None
    assert [c.commit for c in history.path_changes(made.git, "HEAD", "a", exclude=[two])] == [back, gone]


def test_rename_names_its_source(made: Repo) -> None:
    one = made.commit("one", {"old": LONG})
    made.run("mv", "old", "dir-new")
    two = made.commit("two", {"dir-new": LONG + "more\n"})
    change = history.path_changes(made.git, "HEAD", "dir-new")[0]
    assert (change.status, change.old_path, change.old_id) == ("R", "old", ids(made, one, "old"))
    assert history.rename_source(made.git, one, two, "dir-new") == "old"
    assert history.rename_source(made.git, one, two, "other") is None
    plain = history.path_changes(made.git, "HEAD", "dir-new", renames=False)[0]
    assert (plain.status, plain.old_path, plain.old_id) == ("A", None, None)


def test_merge_is_seen_from_each_parent_that_differs(made: Repo) -> None:
    made.commit("base", {"a": LONG})
    made.run("switch", "-q", "-c", "side")
    side = made.commit("side", {"a": LONG + "side\n"})
    made.run("switch", "-q", "main")
    main = made.commit("main", {"a": "main\n" + LONG})
    made.run("merge", "-q", "--no-edit", "side")
    merge = made.run("rev-parse", "HEAD")
    changes = history.path_changes(made.git, "HEAD", "a")
    assert [(c.parent, c.old_id, c.new_id) for c in changes if c.commit == merge] == [
        (main, ids(made, main, "a"), ids(made, merge, "a")),
        (side, ids(made, side, "a"), ids(made, merge, "a")),
    ]
    assert {c.commit for c in changes} >= {side, main, merge}


def test_work_that_a_merge_threw_away_is_there(made: Repo) -> None:
    made.commit("base", {"a": "1\n"})
    made.run("switch", "-q", "-c", "side")
    side = made.commit("side", {"a": "2\n"})
    made.run("switch", "-q", "main")
    made.run("merge", "-q", "--no-edit", "-s", "ours", "--no-ff", "side")
    assert side in [c.commit for c in history.path_changes(made.git, "HEAD", "a")]


def test_all_refs(made: Repo) -> None:
    made.commit("base", {"a": "1\n"})
    made.run("switch", "-q", "-c", "side")
    side = made.commit("side", {"a": "2\n"})
    made.run("switch", "-q", "main")
    assert side not in [c.commit for c in history.path_changes(made.git, "HEAD", "a")]
    assert side in [c.commit for c in history.path_changes(made.git, "HEAD", "a", all_refs=True)]


@pytest.mark.parametrize("path", ODD_PATHS)
def test_any_path(made: Repo, path: str) -> None:
    one = made.commit("one", {path: "1\n", "a": "a\n", "dir/x": "x\n"})
    two = made.commit("two", {path: "2\n", "ab": "b\n"})
    assert [c.commit for c in history.path_changes(made.git, "HEAD", path)] == [two, one]
    assert [c.path for c in history.path_changes(made.git, "HEAD", path)] == [path, path]
    first, second = (made.run("hash-object", "--stdin", input=text) for text in (b"1\n", b"2\n"))
    assert history.blobs_at(made.git, [one, two], path) == {one: first, two: second}


def test_folder_of_the_name_is_no_file(made: Repo) -> None:
    one = made.commit("one", {"a/x": "1\n"})
    assert history.path_changes(made.git, "HEAD", "a") == []
    assert history.blobs_at(made.git, [one, "f" * 40], "a") == {one: None, "f" * 40: None}


def test_file_that_becomes_a_submodule_has_no_blob(made: Repo) -> None:
    made.commit("one", {"a": "1\n"})
    made.run("rm", "-q", "a")
    made.run("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},a")
    made.run("commit", "-q", "-m", "two")
    change = history.path_changes(made.git, "HEAD", "a")[0]
    assert (change.status, change.new_id) == ("T", None)


def test_bases_and_ancestors(made: Repo) -> None:
    base = made.commit("base", {"a": "1\n"})
    made.run("switch", "-q", "-c", "side")
    side = made.commit("side", {"b": "2\n"})
    made.run("switch", "-q", "main")
    main = made.commit("main", {"a": "3\n"})
    made.run("switch", "-q", "--orphan", "alone")
    alone = made.commit("alone", {"z": "1\n"})
    assert history.merge_base(made.git, side, main) == base
    assert history.merge_bases(made.git, side, main) == [base]
    assert history.merge_base(made.git, alone, main) is None
    assert history.is_ancestor(made.git, base, side)
    assert history.is_ancestor(made.git, side, side)
    assert not history.is_ancestor(made.git, side, main)
    with pytest.raises(GitFailed):
        history.is_ancestor(made.git, "f" * 40, main)


def test_rev_list(made: Repo) -> None:
    one = made.commit("one", {"a": "1\n"})
    two = made.commit("two", {"b": "1\n"})
    three = made.commit("three", {"a": "2\n"})
    assert history.rev_list(made.git, ["HEAD"]) == [(three, (two,)), (two, (one,)), (one, ())]
    assert history.rev_list(made.git, ["HEAD"], [two]) == [(three, (two,))]
    assert history.rev_list(made.git, ["HEAD"], path="a") == [(three, (two,)), (one, ())]
    assert history.rev_list(made.git, []) == []


def test_commits(made: Repo) -> None:
    one = made.commit("one\n\nbody", {"a": "1\n"})
    found = history.commits(made.git, [one, "f" * 40, one, made.run("rev-parse", "HEAD:a")])
    assert found.keys() == {one}
    assert (found[one].id, found[one].author, found[one].summary) == (one, "Ada", "one")
    assert found[one].author_mail == "ada@example.org"
