import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from byline.errors import GitFailed
from byline.repo.run import Git, environment
from gitrepo import Repo


def script(path: Path, text: str) -> Path:
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_says_what_git_prints(repo: Callable[..., Repo]) -> None:
    made = repo()
    assert made.git.run("rev-parse", "--is-inside-work-tree") == b"true\n"
    assert made.git.version() >= (2, 20)


def test_failure_tells_command_code_and_reason(repo: Callable[..., Repo]) -> None:
    with pytest.raises(GitFailed) as caught:
        repo().git.run("rev-parse", "--verify", "nothing")
    assert caught.value.code == 128
    assert caught.value.command[0] == "rev-parse"
    assert "nothing" in caught.value.stderr or "single revision" in caught.value.stderr


def test_unchecked_failure_is_no_error(repo: Callable[..., Repo]) -> None:
    assert repo().git.run("rev-parse", "--verify", "--quiet", "nothing", check=False) == b""


def test_git_that_is_not_there_and_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(GitFailed):
        Git(tmp_path / "gone").run("version")
    with pytest.raises(GitFailed):
        Git(tmp_path).run("log", "a\0b")


def test_timeout_ends_what_git_started(repo: Callable[..., Repo], tmp_path: Path) -> None:
    made = repo()
    pid = tmp_path / "pid"
    made.run("config", "alias.slow", f"!echo $$ >{pid}; sleep 60; true")
    with pytest.raises(GitFailed) as caught:
        made.git.run("slow", timeout=1)
    assert caught.value.code is None
    child = int(pid.read_text())
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{child}/stat").exists() and " Z " in Path(f"/proc/{child}/stat").read_text():
            return  # dead, not yet collected by whoever inherited it
        time.sleep(0.05)
    pytest.fail("the child of git is still alive")


def test_surrounding_git_command_is_forgotten(repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch) -> None:
    made, other = repo("a"), repo("b")
    for name, value in {
        "GIT_DIR": str(other.path / ".git"),
        "GIT_WORK_TREE": str(other.path),
        "GIT_INDEX_FILE": "/nowhere/index",
        "GIT_OBJECT_DIRECTORY": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    assert Git(made.path).run("rev-parse", "--show-toplevel").decode().strip() == str(made.path)


def test_environment_keeps_configuration_and_drops_ways_to_ask_or_fetch() -> None:
    env = {
        "PATH": "/bin:.::p:/opt/bin",
        "GIT_DIR": "d",
        "GIT_SSH_COMMAND": "s",
        "GIT_CONFIG_GLOBAL": "g",
        "GIT_ASKPASS": "a",
    }
    kept = environment(env)
    assert kept["PATH"] == "/bin:/opt/bin"  # the others lead into the repository
    assert kept["GIT_CONFIG_GLOBAL"] == "g"
    assert kept["GIT_TERMINAL_PROMPT"] == "0"
    assert kept["GIT_NO_LAZY_FETCH"] == "1"
    assert not {"GIT_DIR", "GIT_SSH_COMMAND", "GIT_ASKPASS"} & kept.keys()
    online = environment(env, network=True)
    assert online["GIT_SSH_COMMAND"] == "s"
    assert not {"GIT_NO_LAZY_FETCH", "GIT_ALLOW_PROTOCOL", "SSH_ASKPASS"} & online.keys()
    assert online["GIT_ASKPASS"] == ""  # else git asks with the program that SSH_ASKPASS names


def test_code_that_a_repository_names_is_not_run(repo: Callable[..., Repo], tmp_path: Path) -> None:
    made = repo()
    made.commit("one", {"a.txt": "a\n", ".gitattributes": "*.txt diff=evil\n"})
    made.commit("two", {"a.txt": "b\n"})
    ran = tmp_path / "ran"
    evil = script(tmp_path / "evil", f'echo ran >>{ran}\ncat "$1" 2>/dev/null\n')
    for setting in ("core.fsmonitor", "diff.external", "diff.evil.textconv", "diff.evil.command", "core.pager"):
        made.run("config", setting, str(evil))
    made.write("a.txt", "c\n")
    assert b"+b" in made.git.run("show", "HEAD")
    assert b"+c" in made.git.run("diff")
    assert b"+b" in made.git.run("log", "-p", "-1")
    assert made.git.run("diff-index", "-p", "HEAD")
    assert made.git.run("blame", "--incremental", "a.txt")
    assert made.git.run("status", "--porcelain")
    assert not ran.exists()


def test_settings_of_a_person_change_nothing(repo: Callable[..., Repo]) -> None:
    made = repo()
    made.commit("one", {"dir/a b\u00e4.txt": "1\n2\n3\n4\n5\n6\n7\n8\n"})
    made.commit("two", {"dir/a b\u00e4.txt": "1\n2\n3\n4\nx\n6\n7\n8\n"})
    runs = [
        ("show", "HEAD"),
        ("log", "--raw", "--format=%H %an"),
        ("blame", "--incremental", "dir/a b\u00e4.txt"),
        ("diff-tree", "-r", "-p", "HEAD~", "HEAD"),
        ("diff", "HEAD~", "--stat"),
    ]
    plain = [made.git.run(*args) for args in runs]
    made.write("ignored-revs", made.run("rev-parse", "HEAD") + "\n")
    for setting, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.renames": "copies",
        "diff.algorithm": "patience",
        "diff.context": "0",
        "diff.orderFile": "/nowhere/order",
        "diff.colorMoved": "zebra",
        "diff.wsErrorHighlight": "all",
        "color.ui": "always",
        "color.diff": "always",
        "blame.ignoreRevsFile": "ignored-revs",
        "blame.blankBoundary": "true",
        "blame.showRoot": "true",
        "blame.coloring": "highlightRecent",
        "log.showSignature": "true",
        "log.date": "relative",
        "log.decorate": "full",
        "log.follow": "true",
        "format.pretty": "oneline",
        "core.quotePath": "true",
        "core.pager": "false",
        "i18n.logOutputEncoding": "latin1",
    }.items():
        made.run("config", setting, value)
    assert [made.git.run(*args) for args in runs] == plain


def test_paths_are_taken_by_the_letter(repo: Callable[..., Repo]) -> None:
    made = repo()
    made.commit("one", {"a*": "1\n", "ab": "2\n", ":(top)x": "3\n"})
    assert made.git.run("ls-files", "-z", "--", "a*") == b"a*\0"
    assert made.git.run("ls-files", "-z", "--", ":(top)x") == b":(top)x\0"


def test_status_takes_no_lock_and_writes_no_index(repo: Callable[..., Repo]) -> None:
    made = repo()
    made.commit("one", {"a": "1\n"})
    made.write("a", "1\n")
    os.utime(made.path / "a", (1, 1))  # a stale index entry, which a plain status would refresh
    before = (made.path / ".git" / "index").stat().st_mtime_ns
    (made.path / ".git" / "index.lock").write_bytes(b"")
    assert made.git.run("status", "--porcelain") == b""
    assert (made.path / ".git" / "index").stat().st_mtime_ns == before


def test_partial_clone_fetches_nothing(repo: Callable[..., Repo], tmp_path: Path) -> None:
    origin = repo("origin")
    first = origin.commit("one", {"a": "1\n"})
    origin.commit("two", {"a": "2\n"})
    origin.run("config", "uploadpack.allowFilter", "true")
    origin.run("clone", "-q", "--filter=blob:none", f"file://{origin.path}", str(tmp_path / "clone"))
    clone = Git(tmp_path / "clone")
    with pytest.raises(GitFailed):
        clone.run("cat-file", "blob", f"{first}:a")
    assert Repo(tmp_path / "clone").run("cat-file", "blob", f"{first}:a") == "1"  # git itself would have fetched it


def test_git_dir_stands_for_the_repository(repo: Callable[..., Repo], tmp_path: Path) -> None:
    made = repo()
    commit = made.commit("one", {"a": "1\n"})
    git = Git(tmp_path, made.path / ".git")
    assert git.run("rev-parse", "HEAD").decode().strip() == commit
