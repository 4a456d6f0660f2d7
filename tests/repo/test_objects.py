import os
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from byline.errors import GitFailed
from byline.repo import objects
from byline.repo.objects import Objects, check, read_all
from gitrepo import ODD_PATHS, Repo


@pytest.fixture
def made(repo: Callable[..., Repo]) -> Repo:
    return repo()


@pytest.fixture
def store(made: Repo) -> Iterator[Objects]:
    with Objects(made.git) as opened:
        yield opened


def test_blob_by_id_and_by_place(made: Repo, store: Objects) -> None:
    commit = made.commit("one", {"dir/a b.txt": b"x\r\n\0y", "empty": b""})
    assert store.blob("HEAD:dir/a b.txt") == b"x\r\n\0y"
    assert store.blob(made.run("rev-parse", "HEAD:dir/a b.txt")) == b"x\r\n\0y"
    assert store.blob(f"{commit}:empty") == b""
    assert store.blob("HEAD:") is None  # a tree
    assert store.blob("HEAD") is None
    assert store.blob("f" * 40) is None
    assert store.blob("HEAD:nothing") is None
    assert store.blob("HEAD:dir/a b.txt") == b"x\r\n\0y"  # answers are still in step


@pytest.mark.parametrize("path", ODD_PATHS)
def test_any_path(made: Repo, store: Objects, path: str) -> None:
    commit = made.commit("one", {path: "text\n"})
    expected = made.run("hash-object", "--stdin", input=b"text\n")
    assert store.entry(commit, path) == expected
    assert store.blob(f"{commit}:{path}") == b"text\n"
    assert store.entry(commit, "after") is None


def test_entry_is_none_for_folders_submodules_and_bad_revisions(made: Repo, store: Objects) -> None:
    made.commit("one", {"dir/a": "1\n"})
    made.run("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    made.run("commit", "-q", "-m", "two")
    assert store.entry("HEAD", "dir") is None
    assert store.entry("HEAD", "sub") is None
    assert store.entry("", "dir/a") is None
    assert store.entry("nothing", "dir/a") is None
    assert store.entry("HEAD\0", "dir/a") is None


@pytest.mark.parametrize(
    "rev", ["--all", "-h", "--version", "HEAD\n", "HEAD\nHEAD", "", "a..b", "^HEAD", "HEAD:a", "nothing"]
)
def test_what_is_no_revision_resolves_to_nothing(made: Repo, store: Objects, rev: str) -> None:
    made.commit("one", {"a": "1\n"})
    assert store.resolve(rev) is None
    assert store.commit(rev) is None


def test_resolve(made: Repo, store: Objects) -> None:
    assert store.resolve("HEAD") is None  # unborn
    first = made.commit("one", {"a": "1\n"})
    second = made.commit("two", {"a": "2\n"})
    made.run("tag", "-a", "-m", "t", "v1", first)
    assert store.resolve("HEAD") == second
    assert store.resolve("v1") == first
    assert store.resolve("HEAD~1") == first
    assert store.resolve(first[:8]) == first
    assert store.resolve("HEAD@{1}") == first
    assert store.resolve(":/one") == first
    third = made.commit("three", {"a": "3\n"})
    assert store.resolve("HEAD") == third  # a ref that moved meanwhile


def test_index_is_never_an_old_one(made: Repo, store: Objects) -> None:
    made.commit("one", {"a": "1\n"})
    assert store.blob(":a") == b"1\n"
    made.write("a", "2\n")
    made.run("add", "a")
    assert store.blob(":a") == b"2\n"
    assert store.blob(":nothing") is None


def test_commit(made: Repo, store: Objects) -> None:
    first = made.commit("one", {"a": "1\n"})
    made.write("a", "2\n")
    made.run(
        *("commit", "-qam", "Sübject\nmore\n\nbody"),
        env={"GIT_AUTHOR_NAME": "Zoë <z>", "GIT_AUTHOR_DATE": "@1000 -0730", "GIT_COMMITTER_DATE": "@2000 +0200"},
    )
    commit = store.commit("HEAD")
    assert commit is not None
    assert commit.id == made.run("rev-parse", "HEAD")
    assert commit.tree == made.run("rev-parse", "HEAD^{tree}")
    assert commit.parents == (first,)
    assert (commit.author.name, commit.author.mail, commit.author.time, commit.author.tz) == (
        *("Zoë z", "ada@example.org", 1000, "-0730"),
    )
    assert (commit.committer.name, commit.committer.time, commit.committer.tz) == ("Ada", 2000, "+0200")
    assert commit.message == "Sübject\nmore\n\nbody\n"
    assert commit.summary == made.run("log", "-1", "--format=%s")


def test_commit_in_another_encoding(made: Repo, store: Objects) -> None:
    made.run("config", "i18n.commitEncoding", "latin1")
    made.run("commit", "-q", "--allow-empty", "-F", "-", input="Grün".encode("latin1"))
    commit = store.commit("HEAD")
    assert commit is not None and commit.message == "Grün\n"


def test_large_blobs_are_not_read(made: Repo, store: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    made.commit("one", {"big": b"x" * 300_000, "small": b"y"})
    monkeypatch.setattr(objects, "LARGEST_BLOB", 100_000)
    assert store.blob("HEAD:big") is None
    assert store.blob("HEAD:small") == b"y"
    assert store.size("HEAD:big") == 300_000
    monkeypatch.setattr(objects, "LARGEST_BLOB", 300_000)
    assert store.blob("HEAD:big") == b"x" * 300_000


def test_dead_process_is_started_again(made: Repo, store: Objects) -> None:
    made.commit("one", {"a": "1\n"})
    assert store.blob("HEAD:a") == b"1\n"
    process = store._contents._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert store.blob("HEAD:a") == b"1\n"
    store.close()
    assert store.blob("HEAD:a") == b"1\n"


@pytest.mark.parametrize("by_timer", [False, True], ids=["by poll", "by timer, as on Windows"])
def test_process_that_does_not_answer_is_ended(
    made: Repo, store: Objects, monkeypatch: pytest.MonkeyPatch, *, by_timer: bool
) -> None:
    monkeypatch.setattr(objects, "BY_TIMER", by_timer)
    made.commit("one", {"a": "1\n"})
    assert store.blob("HEAD:a") == b"1\n"
    process = store._contents._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    monkeypatch.setattr(objects, "ANSWER_SECONDS", 0.3)
    with pytest.raises(GitFailed):
        store.blob("HEAD:a")
    assert process.poll() is not None
    monkeypatch.setattr(objects, "ANSWER_SECONDS", 30.0)
    assert store.blob("HEAD:a") == b"1\n"


def test_damaged_object_is_no_answer_and_no_end(made: Repo, store: Objects) -> None:
    made.commit("one", {"a": "1\n", "b": "2\n"})
    blob = made.run("rev-parse", "HEAD:a")
    file = made.path / ".git" / "objects" / blob[:2] / blob[2:]
    file.chmod(0o600)
    file.write_bytes(b"garbage")
    assert store.blob("HEAD:a") is None
    assert store.blob("HEAD:b") == b"2\n"


def test_one_process_serves_many_threads(made: Repo, store: Objects) -> None:
    made.commit("one", {f"f{number}": f"{number}\n" * (number * 500) for number in range(40)})
    wrong: list[int] = []

    def ask(number: int) -> None:
        expected = f"{number}\n".encode() * (number * 500)
        wrong.extend(number for _ in range(20) if store.blob(f"HEAD:f{number}") != expected)

    ask(0)
    first = store._contents._process
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert first is not None and store._contents._process is first


def test_new_objects_and_packs_are_seen(made: Repo, store: Objects) -> None:
    made.commit("one", {"a": "1\n"})
    assert store.blob("HEAD:a") == b"1\n"
    made.commit("two", {"a": "2\n"})
    made.run("gc", "-q", "--prune=now")
    assert store.blob("HEAD:a") == b"2\n"
    assert store.blob("HEAD~:a") == b"1\n"


def test_sha256(repo: Callable[..., Repo]) -> None:
    made = repo("long", "--object-format=sha256")
    commit = made.commit("one", {"a": "1\n"})
    with Objects(made.git) as store:
        assert len(commit) == 64
        assert store.resolve("HEAD") == commit
        assert store.blob("HEAD:a") == b"1\n"


def test_batches(made: Repo) -> None:
    commit = made.commit("one", {"a": "1\n", "b": b"\n\n"})
    assert [answer and answer[1:] for answer in check(made.git, ["HEAD", "nothing", "HEAD:a"])] == [
        *(("commit", check(made.git, [commit])[0][2]), None, ("blob", 2)),  # type: ignore[index]
    ]
    assert [answer and answer[2] for answer in read_all(made.git, ["HEAD:b", "no", "HEAD:a"])] == [
        b"\n\n",
        None,
        b"1\n",
    ]
    assert check(made.git, []) == []
    assert read_all(made.git, []) == []
