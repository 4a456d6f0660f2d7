"""What all commits changed, asked at once, is what is told path by path."""

from collections.abc import Callable

import pytest

from byline.repo import worktree
from byline.repo.graph import Graph
from byline.repo.ignoring import ignored
from byline.repo.objects import Objects
from byline.repo.worktree import clean_ids, eol_normalised, passages, untouched
from byline.workspace.place import place_of
from byline.workspace.recorder import git_signature
from gitrepo import ODD_PATHS, Repo


def test_at_once_and_one_by_one_agree(repo: Callable[..., Repo]) -> None:
    made = repo()
    paths = [*ODD_PATHS, "a.txt", "b/c.txt", ":100644 100644 x"]
    made.commit("first", {path: f"{path!r}\n" for path in paths})
    made.run("checkout", "-q", "-b", "side")
    made.commit("side", {"a.txt": "side\n", "b/c.txt": None})
    made.run("checkout", "-q", "main")
    made.commit("more", dict.fromkeys(ODD_PATHS, "more\n"))
    made.run("merge", "-q", "--no-ff", "side")
    made.run("mv", "a.txt", "moved.txt")
    made.commit("moved", {})
    slow, fast = Graph(made.git), Graph(made.git)
    for graph in (slow, fast):
        graph.open(None)
    fast.expect_many()
    with Objects(made.git) as objects:
        for path in [*paths, "moved.txt", "never.txt"]:
            assert fast.touching(path) == slow.touching(path), path
            for commit in fast.touching(path):
                assert fast.entry(commit, path) == (objects.entry(commit, path),)
    assert fast.entry("0" * 40, "a.txt") is None and slow.entry("0" * 40, "a.txt") is None
    commit = made.commit("new", {"never.txt": "now\n"})
    fast.refresh()
    assert commit in fast.touching("never.txt")


def test_what_a_path_held_before_the_commits(repo: Callable[..., Repo]) -> None:
    made = repo()
    paths = [*ODD_PATHS, ":100644 100644 x", ":x"]
    made.commit("one", {path: f"{path!r}\n" for path in paths})
    since = made.commit("two", dict.fromkeys(paths, "two\n"))
    made.commit("three", dict.fromkeys(paths, "three\n"))
    graph = Graph(made.git)
    graph.open(since)
    for path in paths:
        held = [made.run("rev-parse", f"{commit}:{path}").strip() for commit in (since, f"{since}~")]
        assert graph.older(path) == held, path


def test_what_was_read_before_is_not_asked_for(repo: Callable[..., Repo]) -> None:
    made = repo()
    one = made.commit("one", {"a.txt": "a\n"})
    with Objects(made.git) as objects:
        whole = objects.commit(one)
    with Objects(made.git) as objects:
        objects.expect_commits([one, "0" * 40])
        objects.lend({"1" * 40: b"lent"}, {(one, "x"): "1" * 40})
        assert objects.commit(one) == whole
        assert objects.resolve(one) == one
        assert objects.commit("0" * 40) is None
        assert objects.entry(one, "x") == "1" * 40
        assert objects.blob("1" * 40) == b"lent"
        assert objects.blob(f"{one}:a.txt") == b"a\n"


def test_anchors_of_ones_own_do_not_unsettle_a_workspace(repo: Callable[..., Repo]) -> None:
    made = repo()
    head = made.commit("one", {"a.txt": "a\n"})
    place = place_of(made.path)
    before = git_signature(place)
    made.run("update-ref", "refs/heads/byline/anchors/v1", head)
    made.run("update-ref", "refs/byline/turns/1", head)
    assert git_signature(place) == before
    made.run("update-ref", "refs/remotes/origin/byline/anchors/v1", head)
    fetched = git_signature(place)
    assert fetched != before
    made.run("update-ref", "refs/heads/other", head)
    assert git_signature(place) != fetched


def test_many_files_that_git_stores_as_they_are(repo: Callable[..., Repo]) -> None:
    made = repo()
    attributes = "*.txt text\n*.raw -text\n*.lfs filter=lfs\n*.id ident\n*.auto text=auto\n*.old crlf\n"
    made.commit("one", {".gitattributes": attributes})
    paths = ["a.txt", "a.raw", "a.lfs", "a.id", "a.auto", "a.old", "a.py", "dir/b.py", *ODD_PATHS]
    found = untouched(made.git, paths)
    assert found == ["a.py", "dir/b.py", *ODD_PATHS]
    assert set(passages(made.git, found).values()) == {(False, False)}
    made.run("config", "core.autocrlf", "input")
    assert untouched(made.git, paths) == []


def test_passages_of_many_files_are_those_of_each(repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch) -> None:
    made, other = repo(), repo("other")
    attributes = "*.txt text\n*.raw -text\n*.up filter=up\n*.id ident\n*.auto text=auto\n*.old crlf\n*.cmd eol=crlf\n"
    attributes += "*.uni working-tree-encoding=UTF-16\n"
    windows = {
        "win.auto": "a\r\n",
        "win.py": "a\r\n",
        "both.auto": "a\r\nb\n",
        "dir/win.auto": "a\r\n",
        "dir/z.auto": "a\n",
    }
    made.commit("windows", windows)  # and so they are in the index, too
    other.commit("one", {"a.auto": "a\n"})
    made.run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.path), "sub")
    made.commit("attributes", {".gitattributes": attributes, "new.auto": "a\n"})
    ends = ("txt", "raw", "up", "id", "auto", "old", "cmd", "uni", "py")
    paths = [*windows, *(f"f.{end}" for end in ends), "dir", "sub/a.auto", "sub/b.py", "new.auto", *ODD_PATHS]
    monkeypatch.setattr(worktree, "_MOST_ARGUMENTS", 40)
    for setting in ("false", "input"):
        made.run("config", "core.autocrlf", setting)
        found = passages(made.git, paths)
        assert list(found) == paths
        for path, (is_filtered, converts) in found.items():
            assert passages(made.git, [path]) == {path: (is_filtered, converts)}
            assert is_filtered == path.endswith((".up", ".id", ".uni")), path
            assert converts == (not is_filtered and eol_normalised(made.git, path)), path
            if not is_filtered and not path.startswith("sub/"):
                stored = made.run("hash-object", "--stdin", "--no-filters", input=b"x\n" if converts else b"x\r\n")
                assert clean_ids(made.git, path, [b"x\r\n"]) == [stored], path
        assert {path for path, (_, converts) in found.items() if converts} >= {"f.txt", "f.auto", "f.old", "f.cmd"}
        assert found["win.auto"] == found["both.auto"] == found["dir/win.auto"] == found["f.raw"] == (False, False)
        assert found["new.auto"] == found["dir/z.auto"] == (False, True)
        assert found["f.py"] == (False, setting == "input") and found["win.py"] == (False, False)
    assert passages(made.git, []) == {}


def test_what_is_ignored_of_many_paths(repo: Callable[..., Repo]) -> None:
    made = repo()
    made.commit("rules", {".gitignore": "*.log\n!keep.log\nbuild/\n", "build.txt": "b\n"})
    (made.path / "link").symlink_to("elsewhere")
    paths = ["a.log", "keep.log", "build/x", "build.txt", "a.py", "link/a.log", *ODD_PATHS]
    assert ignored(made.git, paths) == {"a.log", "build/x"}
    assert [path for path in paths if ignored(made.git, [path])] == ["a.log", "build/x"]
    assert ignored(made.git, ["a.py", "b.py"]) == set()
