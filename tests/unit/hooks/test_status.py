"""The dirty files around a shell call."""

import os
import subprocess
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from byline_hooks import place, staged, status
from byline_hooks.observation import Payload
from gitrepo import Repo
from hookrun import events, generic, snapshot

Maker = Callable[..., Repo]


def shell(repo: Repo, cwd: Path | None = None, env: dict[str, str] | None = None) -> dict[str, object]:
    """The record of a shell event, its files as a mapping under `files`."""
    generic(cwd or repo.path, "pre_shell", env, command="make")
    event = events(repo.path / ".git" / "byline")[-1]
    event["files"] = dict(zip(event.get("paths", []), event.get("after_ids", []), strict=True))
    return event


def test_every_dirty_file_is_named_and_kept(repo: Maker) -> None:
    made = repo()
    names = {"same": "s\n", "changed": "c\n", "gone": "g\n", "moved": "m\n" * 9, 'sp ace \u00e9\n"q': "w\n"}
    made.commit("c", {**names, ".gitignore": "ignored\n"})
    for name in ("changed", 'sp ace \u00e9\n"q', "new", "sub/new", "ignored", "staged", ".env"):
        made.write(name, f"now {name}\n")
    (made.path / "gone").unlink()
    made.run("mv", "moved", "moved2")
    made.run("add", "staged")
    (made.path / "link").symlink_to("same")
    nested = Repo(made.path / "nested")
    nested.path.mkdir()
    nested.run("init", "-q")
    nested.write("inner", "x\n")
    event = shell(made, made.path / "sub")
    hashed = ("changed", 'sp ace \u00e9\n"q', "new", "sub/new", "staged", "moved2")
    expected = {name: made.run("hash-object", name) for name in hashed}
    assert event["files"] == {**expected, "gone": "none", "moved": "none", "link": "unread", ".env": "unread"}
    for name, blob in expected.items():
        assert snapshot(made.path / ".git" / "byline", blob) == (made.path / name).read_bytes()
    assert "incomplete" not in event


def test_a_clean_repository_has_no_paths(repo: Maker) -> None:
    made = repo()
    made.commit("c", {"f": "x\n"})
    event = shell(made)
    assert event["files"] == {}
    assert event["command"] == "make"
    assert "incomplete" not in event


def test_the_index_is_never_locked_and_surroundings_do_not_mislead(repo: Maker) -> None:
    made = repo()
    made.commit("c", {"f": "x\n"})
    made.write("f", "y\n")
    (made.path / ".git" / "index.lock").write_text("")
    misleading = {"GIT_DIR": "/nowhere", "GIT_INDEX_FILE": "/nowhere/index", "GIT_WORK_TREE": "/"}
    assert list(shell(made, env=misleading)["files"]) == ["f"]  # type: ignore[call-overload]


def test_the_repositorys_own_watcher_is_not_run(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    made.commit("c", {"f": "x\n"})
    watcher = tmp_path / "watcher"
    watcher.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    watcher.chmod(0o755)
    made.run("config", "core.fsmonitor", str(watcher))
    shell(made)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "script", ["exit 3", "sleep 20", "printf ' M f'; sleep 20"], ids=["fails", "hangs", "hangs midway"]
)
def test_a_git_that_fails_or_hangs_leaves_an_incomplete_event(repo: Maker, tmp_path: Path, script: str) -> None:
    made = repo()
    (tmp_path / "bin").mkdir()
    git = tmp_path / "bin" / "git"
    git.write_text(f"#!/bin/sh\n{script}\n")
    git.chmod(0o755)
    event = shell(made, env={"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"})
    assert event["incomplete"] is True
    assert "paths" not in event


def test_a_folder_that_is_called_git_is_no_program(repo: Maker, tmp_path: Path) -> None:
    (tmp_path / "bin" / "git").mkdir(parents=True)
    assert "incomplete" not in shell(repo(), env={"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"})


def test_without_git_the_event_is_incomplete(repo: Maker, tmp_path: Path) -> None:
    assert shell(repo(), env={"PATH": str(tmp_path)})["incomplete"] is True


def test_outside_a_repository_there_are_no_paths(tmp_path: Path) -> None:
    generic(tmp_path, "shell", command="ls")
    (event,) = events(Path(os.environ["BYLINE_DATA_DIR"], "files"))
    assert event["command"] == "ls"
    assert {"paths", "incomplete"}.isdisjoint(event)


def test_the_caps_keep_the_files_changed_last(repo: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    made = repo()
    monkeypatch.setattr(status, "MOST_READ", 2)
    for name in "dbca":  # the folder's order is not the order of change
        made.write(name, name)
        time.sleep(0.02)
    here = place.find_repository(str(made.path))
    assert here is not None
    blobs: list[tuple[str, bytes]] = []

    def found() -> Payload:
        told: Payload = {"at": time.time_ns()}
        status.dirty(here, status.start(here, os.environ), told, blobs, os.environ)
        del told["at"]
        return told

    ids = [made.run("hash-object", name) for name in "ac"]
    assert found() == {"paths": ["a", "b", "c", "d"], "after_ids": [ids[0], "unread", ids[1], "unread"]}
    assert sorted(data for _, data in blobs) == [b"a", b"c"]
    monkeypatch.setattr(status, "MOST_READ", 200)
    monkeypatch.setattr(status, "MOST_BYTES", 1)
    assert found()["after_ids"].count("unread") == 3  # type: ignore[attr-defined]
    monkeypatch.setattr(status, "MOST_LISTED", 3)
    assert found().items() >= {"paths": ["a", "b", "c"], "incomplete": True}.items()


def test_the_portable_way_prints_the_same(repo: Maker) -> None:
    made = repo()
    made.write("a", "x")
    here = place.find_repository(str(made.path))
    assert here is not None
    assert status._run_portably(here.worktree, os.environ) == status.start(here, os.environ).result() == b"? a\0"


def test_how_a_linked_worktrees_head_moved_lately(repo: Maker) -> None:
    """Without the subjects of commits; the main worktree's log stays, so it needs none of that."""
    made = repo()
    made.commit("c", {"f": "x\n"})
    made.run("worktree", "add", "-q", "../w", "-b", "w")
    there = made.path.parent / "w"
    for words in (
        ["commit", "-m", "token=hunter2", "--allow-empty"],
        ["commit", "--amend", "-m", "b", "--allow-empty"],
    ):
        made.run("-C", str(there), *words)
    heads = [line.split(" ") for line in (made.path / ".git/worktrees/w/logs/HEAD").read_text().splitlines()]
    size = (made.path / ".git/worktrees/w/logs/HEAD").stat().st_size
    moves = shell(made, there)["moves"]
    assert isinstance(moves, list)
    assert [(one[1], one[2], one[4]) for one in moves[-2:]] == [
        (heads[-2][0], heads[-2][1], "commit"),
        (heads[-1][0], heads[-1][1], "commit (amend)"),
    ]
    assert moves[-1][0] == size
    assert "hunter2" not in str(moves)
    assert "moves" not in shell(made)
    os.utime(made.path / ".git/worktrees/w/logs/HEAD", (1, 1))
    assert "moves" not in shell(made, there)
    (made.path / ".git/worktrees/w/logs/HEAD").write_bytes(b"\0rubbish\n\xff" * 400)
    assert "moves" not in shell(made, there)
    (made.path / ".git/worktrees/w/logs/HEAD").unlink()
    assert "moves" not in shell(made, there)


def test_what_only_the_index_has_is_named_and_kept(repo: Maker) -> None:
    made = repo()
    names = ["both \u00e9", "gone", "mode", "same", "touched"]
    made.commit("c", dict.fromkeys(names, "old\n"))
    for name in (*names[:4], "new", "new and gone", ".env", "binary"):
        made.write(name, f"staged {name}\n" if name != "binary" else "\0")
    made.run("add", "-A")
    made.run("add", "--chmod=+x", "mode")
    made.write("touched", "now\n")
    for name in ("both \u00e9", ".env", "binary"):
        made.write(name, "now\n")
    for name in ("gone", "new and gone"):
        (made.path / name).unlink()
    told = shell(made)
    staged = told["staged"]
    assert isinstance(staged, dict)
    assert set(staged) == {"both \u00e9", "gone", "new and gone", "binary"}
    for name, blob in staged.items():
        assert blob == made.run("rev-parse", f":{name}")
        if name != "binary":
            assert snapshot(made.path / ".git" / "byline", blob) == f"staged {name}\n".encode()
    assert not (made.path / ".git" / "byline" / "blobs" / staged["binary"][:2] / staged["binary"][2:]).exists()
    generic(made.path, "shell", command="make")
    assert "staged" not in events(made.path / ".git" / "byline")[-1]


def test_what_is_staged_in_a_merge_or_beyond_reach_is_passed_over(repo: Maker) -> None:
    made = repo()
    made.commit("c", {"f": "old\n", "g": "old\n"})
    made.run("checkout", "-qb", "side")
    made.commit("side", {"f": "side\n"})
    made.run("checkout", "-q", "-")
    made.commit("here", {"f": "here\n"})
    with pytest.raises(subprocess.CalledProcessError):
        made.run("merge", "side")
    made.write("g", "staged\n")
    made.run("add", "g")
    made.write("g", "now\n")
    blob = made.run("rev-parse", ":g")
    loose = made.path / ".git" / "objects" / blob[:2] / blob[2:]
    for damage in (b"", b"no zlib", zlib.compress(b"blob 3\0staged\n"), zlib.compress(b"tree 7\0staged\n")):
        loose.chmod(0o644)
        loose.write_bytes(damage)
        told = shell(made)
        assert told["staged"] == {"g": blob}
        assert set(told["files"]) == {"f", "g"}  # type: ignore[call-overload]
        assert not (made.path / ".git" / "byline" / "blobs" / blob[:2] / blob[2:]).exists()


def test_how_git_lists_files() -> None:
    listed = (
        b"# branch.oid 1\x001 MM N... 100644 100644 100644 aa bb a  b\x001 .M N... 100644 100644 100644 aa aa c\x00"
        b"1 MM S..U 160000 160000 160000 aa bb sub\x001 AD N... 000000 120000 000000 00 bb link\x00"
        b"u UU N... 100644 100644 100644 100644 aa bb cc u v\x00? un tracked\x00? nested/\x00? \xff\x001 short\x00"
    )
    paths, held = staged.parse(listed)
    assert paths == ["a  b", "c", "sub", "link", "u v", "un tracked"]
    assert held == {"a  b": "bb"}
    assert staged.parse(b"") == ([], {})
