"""The branch itself: written whole, never twice, never by touching what is not its own."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from anchorkit import numbers, put
from byline.errors import GitFailed
from byline.repo.anchors import branch, names
from byline.repo.anchors.branch import BranchInTheWay, write
from byline.repo.anchors.gate import Sealed
from byline.repo.anchors.listing import anchored, list_files, resolve
from byline.repo.anchors.packing import BATCHES, pack
from byline.repo.run import Git
from gitrepo import Repo

NewRepo = Callable[..., Repo]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    path = tmp_path / "repo"
    path.mkdir()
    repo = Repo(path)
    repo.run("init", "-q", "-b", "main", "--template=")
    repo.commit("first", {"a.txt": "a\n"})
    return repo


def sealed(number: int, text: bytes = b"{}\n") -> Sealed:
    commit = f"{number:040x}"
    return Sealed(commit, 1_800_000_000 + number, ((f"{names.folder(commit)}metadata.json", text),))


def present(git: Git) -> Callable[[str], frozenset[str]]:
    return lambda tip: anchored(git, tip)


def loose(repo: Repo) -> int:
    return int(repo.run("count-objects").split()[0])


def test_what_is_written_is_listed_and_sound(repo: Repo) -> None:
    assert write(repo.git, [sealed(1), sealed(2)], present(repo.git)) == 2
    tip = resolve(repo.git, names.BRANCH)
    assert tip is not None
    assert list_files(repo.git, tip).commits() == {f"{n:040x}" for n in (1, 2)}
    assert repo.run("fsck", "--strict", "--no-dangling") == ""
    assert repo.run("show", f"{names.BRANCH}:README.md").startswith("# Who wrote which line")


def test_nothing_of_the_person_is_touched(repo: Repo) -> None:
    repo.write("a.txt", "changed\n")
    repo.write("b.txt", "staged\n")
    repo.run("add", "b.txt")
    index = repo.path / ".git" / "index"
    said = (repo.run("status", "--porcelain"), repo.run("stash", "list"))
    before = (index.stat().st_mtime_ns, index.read_bytes())
    for number in range(3):
        write(repo.git, [sealed(number)], present(repo.git))
    assert before == (index.stat().st_mtime_ns, index.read_bytes())
    assert said == (repo.run("status", "--porcelain"), repo.run("stash", "list"))
    assert repo.run("rev-parse", "--abbrev-ref", "HEAD") == "main"
    assert not (repo.path / ".git" / "logs" / "refs" / "heads" / "byline").exists()


def test_no_hook_of_the_repository_runs(repo: Repo) -> None:
    hooks = repo.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    hook = hooks / "reference-transaction"
    hook.write_text("#!/bin/sh\ntouch '" + str(repo.path / "ran") + "'\n")
    hook.chmod(0o755)
    write(repo.git, [sealed(1)], present(repo.git))
    assert not (repo.path / "ran").exists()


def test_many_anchors_are_one_pack(repo: Repo) -> None:
    before = loose(repo)
    write(repo.git, [sealed(n, b'{"n": %d}\n' % n) for n in range(1000)], present(repo.git))
    assert loose(repo) == before
    assert len(list((repo.path / ".git" / "objects" / "pack").glob("*.pack"))) == 1


def test_the_same_anchors_are_the_same_commits_elsewhere(repo: Repo, tmp_path: Path) -> None:
    other_path = tmp_path / "other"
    other_path.mkdir()
    other = Repo(other_path)
    other.run("init", "-q", "--template=")
    for one in (repo, other):
        write(one.git, [sealed(2), sealed(1)], present(one.git))
        write(one.git, [sealed(3)], present(one.git))
    assert resolve(repo.git, names.BRANCH) == resolve(other.git, names.BRANCH)


def test_a_commit_is_anchored_once(repo: Repo) -> None:
    write(repo.git, [sealed(1, b'"first"\n')], present(repo.git))
    tip = resolve(repo.git, names.BRANCH)
    assert write(repo.git, [sealed(1, b'"second"\n')], present(repo.git)) == 0
    assert resolve(repo.git, names.BRANCH) == tip


def test_writers_at_once_lose_nothing(repo: Repo) -> None:
    failures: list[BaseException] = []

    def work(first: int) -> None:
        git = Git(repo.path)
        try:
            for number in range(first, first + 5):
                write(git, [sealed(number)], present(git))
        except BaseException as problem:
            failures.append(problem)

    threads = [threading.Thread(target=work, args=(first,)) for first in (100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    tip = resolve(repo.git, names.BRANCH)
    assert tip is not None
    wanted = {f"{n:040x}" for first in (100, 200) for n in range(first, first + 5)}
    assert list_files(repo.git, tip).commits() == wanted


def test_a_tip_that_moves_meanwhile_is_never_overwritten(repo: Repo) -> None:
    write(repo.git, [sealed(1)], present(repo.git))
    rival = [sealed(2)]

    def while_looking(tip: str) -> frozenset[str]:
        there = anchored(repo.git, tip)
        if rival:
            write(repo.git, [rival.pop()], present(repo.git))
        return there

    assert write(repo.git, [sealed(3)], while_looking) == 1
    tip = resolve(repo.git, names.BRANCH)
    assert tip is not None
    assert anchored(repo.git, tip) == {f"{n:040x}" for n in (1, 2, 3)}


def test_a_branch_in_the_way_is_named(repo: Repo) -> None:
    repo.run("branch", "byline")
    with pytest.raises(BranchInTheWay, match="git branch -m byline"):
        write(repo.git, [sealed(1)], present(repo.git))


def test_a_ref_that_somebody_has_locked_is_left_alone(repo: Repo) -> None:
    write(repo.git, [sealed(1)], present(repo.git))
    tip = resolve(repo.git, names.BRANCH)
    held = repo.path / ".git" / f"{names.BRANCH}.lock"
    held.touch()
    with pytest.raises(GitFailed):
        write(repo.git, [sealed(2)], present(repo.git))
    assert resolve(repo.git, names.BRANCH) == tip
    held.unlink()
    assert write(repo.git, [sealed(2)], present(repo.git)) == 1


def test_the_lock_is_given_back_by_a_process_that_was_killed(repo: Repo) -> None:
    script = (
        "import sys, time; from pathlib import Path; from byline.repo.anchors.branch import lock\n"
        "with lock(Path(sys.argv[1]), 1): print('locked', flush=True); time.sleep(60)\n"
    )
    common = repo.path / ".git"
    with subprocess.Popen([sys.executable, "-c", script, str(common)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(TimeoutError), branch.lock(common, 0.1):
            pass
        holder.kill()
    with branch.lock(common, 5):
        assert (common / "byline" / "anchors.lock").exists()


def test_a_sha256_repository(tmp_path: Path) -> None:
    path = tmp_path / "repo"
    path.mkdir()
    repo = Repo(path)
    repo.run("init", "-q", "--object-format=sha256", "--template=")
    commit = "ab" * 32
    one = Sealed(commit, 1_800_000_000, ((f"{names.folder(commit)}metadata.json", b"{}\n"),))
    write(repo.git, [one], present(repo.git))
    tip = resolve(repo.git, names.BRANCH)
    assert tip is not None
    assert anchored(repo.git, tip) == {commit}


def test_many_small_batches_are_packed_now_and_then(repo: Repo) -> None:
    """The person's own loose objects stay, and so do the worktree and the index."""
    common = repo.path / ".git"
    (common / "byline").mkdir()
    own = repo.run("hash-object", "-w", "--stdin", input=b"mine")
    packed = 0
    for number in range(1, 2 * BATCHES + 10):
        put(repo, number)
        packed += pack(repo.git, common)
    counts = dict(line.split(": ") for line in repo.run("count-objects", "-v").splitlines())
    assert packed == 2 and int(counts["packs"]) == 2
    assert int(counts["count"]) < 15 * 8
    assert (common / "objects" / own[:2] / own[2:]).is_file()
    assert repo.run("fsck", "--strict", "--no-dangling") == ""
    assert len(numbers(repo)) == 2 * BATCHES + 9
