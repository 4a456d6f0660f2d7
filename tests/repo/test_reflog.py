from collections.abc import Callable
from pathlib import Path

from byline.repo.reflog import all_logs, ask, head_log, read
from gitrepo import Repo


def test_head_log_tells_every_move(repo: Callable[..., Repo]) -> None:
    made = repo()
    first = made.commit("one", {"a": "1\n"})
    made.write("a", "2\n")
    made.run("commit", "-qa", "--amend", "-m", "better")
    second = made.run("rev-parse", "HEAD")
    log = head_log(made.path / ".git")
    assert [(entry.old, entry.new) for entry in log] == [("0" * 40, first), (first, second)]
    assert [entry.message for entry in log] == ["commit (initial): one", "commit (amend): better"]
    assert (log[0].name, log[0].mail, log[0].tz) == ("Ada", "ada@example.org", "+0000")
    assert log[1].time > log[0].time


def test_all_logs_name_branches_stash_and_worktrees(repo: Callable[..., Repo], tmp_path: Path) -> None:
    made = repo()
    made.commit("one", {"a": "1\n"})
    made.run("switch", "-q", "-c", "topic/x")
    made.write("a", "2\n")
    made.run("stash")
    made.run("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    common = made.path / ".git"
    logs = all_logs(common, [common, common / "worktrees" / "side"])
    assert logs.keys() == {
        *("HEAD", "refs/heads/main", "refs/heads/topic/x", "refs/heads/side", "refs/stash", "worktrees/side/HEAD"),
    }
    assert logs["refs/stash"][0].new == made.run("rev-parse", "stash")


def test_git_itself_tells_the_same(repo: Callable[..., Repo]) -> None:
    made = repo()
    for number in range(5):
        made.commit(f"c {number}\n\nbody", {"a": f"{number}\n"})
    made.run("checkout", "-q", "HEAD~2")
    made.run("checkout", "-q", "main")
    assert ask(made.git, "HEAD") == head_log(made.path / ".git")
    assert ask(made.git, "refs/heads/main") == read(made.path / ".git" / "logs" / "refs" / "heads" / "main")
    assert ask(made.git, "--all") == []
    assert ask(made.git, "nothing") == []


def test_no_log_is_no_entries(tmp_path: Path) -> None:
    assert read(tmp_path / "nothing") == []
    assert read(tmp_path) == []
    assert head_log(tmp_path) == []
    assert all_logs(tmp_path / "nothing") == {}
