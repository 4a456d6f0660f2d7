"""The hook on Windows and macOS, as far as it can be tried elsewhere: their paths, and what their systems lack."""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from byline_hooks import place, snapshots, spelling, spool, system, windows
from gitrepo import Repo
from hookrun import PYTHON, SHIM, events, generic, reasons

GIT = "C:\\Program Files\\Git\\cmd\\git.exe"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("C:/" + "a" * 230, "C:/" + "a" * 230),
        ("C:/" + "b/c" * 100, "\\\\?\\C:\\" + "b\\c" * 100),
        ("//server/share/" + "a" * 230, "\\\\?\\UNC\\server\\share\\" + "a" * 230),
        ("b/c" * 100, "b/c" * 100),
    ],
    ids=["short", "long", "on a server", "relative"],
)
def test_long_paths_of_windows(monkeypatch: pytest.MonkeyPatch, path: str, told: str) -> None:
    monkeypatch.setattr(system, "WINDOWS", True)
    assert system.native(path) == told
    assert system.join("C:/", told) == path or not path.startswith(("C:", "//"))


@pytest.mark.parametrize("name", ["NUL", "con.txt", "COM1.log", "lpt9", "CONIN$", "aux .c", "nul:x"])
def test_a_device_of_windows_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / name).write_text("a device would wait\n")
    assert snapshots.look(str(tmp_path / name), "sha1").data == b"a device would wait\n"
    monkeypatch.setattr(system, "WINDOWS", True)
    assert snapshots.look(f"C:/x/{name}", "sha1").skipped == "special"
    assert not any(windows.is_device(f"C:/x/{near}") for near in ("console", "com", "com10", "null.c", "auxiliary"))


def test_git_is_not_taken_from_the_folder_at_hand_by_a_hook() -> None:
    env = {"PATH": '.;;bin;\\bin;C:relative;"C:\\Program Files\\Git\\cmd";D:\\tools'}
    assert windows.find_program("git", env, lambda path: True) == GIT.replace("\\", "/")
    assert windows.find_program("git", env, lambda path: path.startswith(".")) is None
    assert windows.find_program("git", {}, lambda path: True) is None


class Msvcrt:
    """Windows' lock on a byte of a file, by the one of this system."""

    LK_NBLCK, LK_UNLCK = fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_UN

    def locking(self, descriptor: int, mode: int, size: int) -> None:
        fcntl.lockf(descriptor, mode, size, 0, os.SEEK_CUR)


def test_writers_wait_for_each_other_where_appending_is_two_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "WINDOWS", True)
    monkeypatch.setitem(sys.modules, "msvcrt", Msvcrt())
    monkeypatch.setattr(windows, "TRIES", 3)
    assert spool.append(str(tmp_path), "m", 0, b"one") is True
    assert spool.append(str(tmp_path), "m", 0, b"two") is False
    path = tmp_path / "spool" / "1970-01-01.m.jsonl"
    assert path.read_bytes() == b"\none\n\ntwo\n"
    began, freed = os.pipe()
    child = os.fork()
    if child == 0:  # a lock of the same process would not be one
        descriptor = os.open(path, os.O_WRONLY)
        windows.lock(descriptor)
        os.write(freed, b"locked")
        time.sleep(0.1)
        os.write(descriptor, b"")
        windows.unlock(descriptor)
        os._exit(0)
    os.read(began, 6)
    monkeypatch.setattr(windows, "TRIES", 400)
    start = time.monotonic()
    spool.append(str(tmp_path), "m", 0, b"three")
    assert time.monotonic() - start > 0.05
    os.waitpid(child, 0)
    assert path.read_bytes() == b"\none\n\ntwo\n\nthree\n"


def test_the_deadline_where_there_are_no_alarms(tmp_path: Path) -> None:
    """A thread calls the main one; what is known is recorded, and the process ends."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    told = {"v": 1, "agent": "m", "session_id": "s", "event": "prompt", "prompt": "p", "cwd": str(tmp_path)}
    program = f"""
import sys, time
sys.path.insert(0, {str(SHIM.parents[1])!r})
from byline_hooks import deadline, entry, head, system
deadline.SECONDS, deadline.GRACE = 0.4, 1.0
def slow(place):
    for _ in range(300):
        time.sleep(0.01)  # an interrupt arrives between two steps of the program
kept = head.merging
calls = []
def once(place):
    calls.append(1)
    return slow(place) if len(calls) == 1 else kept(place)
import byline_hooks.record as record
record.merging = once
real = deadline.start
def start():
    system.WINDOWS = True
    real()
    system.WINDOWS = False
deadline.start = start
entry.main(["generic"])
"""
    began = time.monotonic()
    env = {**os.environ, "BYLINE_DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(
        [PYTHON, "-I", "-S", "-c", program], input=json.dumps(told).encode(), capture_output=True, env=env, timeout=30
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert time.monotonic() - began < 8
    assert [event["event"] for event in events(tmp_path / ".git" / "byline")] == ["prompt"]
    assert any("deadline" in reason for reason in reasons(tmp_path / ".git" / "byline"))


def test_one_name_for_files_that_the_system_finds_under_several(repo: Callable[..., Repo]) -> None:
    """`core.ignorecase`: a payload may name `Src/App.py` where git names `src/app.py`."""
    made = repo("Project")
    made.commit("c", {"src/app.py": "x\n"})
    made.run("config", "core.ignorecase", "true")
    here = place.find_repository(str(made.path))
    assert here is not None
    for named in ("src/app.py", "Src/App.py", "SRC/APP.PY"):
        assert spelling.of(here, named) == "src/app.py"
    assert spelling.of(here, "Src/new.py") == "src/new.py"
    assert spelling.of(here, "neu/App.py") == "neu/App.py"
    made.write("src/APP.py", "another, where names differ\n")
    assert spelling.of(here, "src/App.py") == "src/App.py"  # two are alike: none is meant
    generic(made.path, "write", path="SRC/new.py", before="x\n")
    assert events(made.path / ".git" / "byline")[-1]["path"] == "src/new.py"
    assert spelling.whole(str(made.path).upper().replace("PROJECT", "project")).endswith("/Project")
    made.run("config", "core.ignorecase", "false")
    unlike = place.find_repository(str(made.path))
    assert unlike is not None
    assert spelling.of(unlike, "SRC/app.py") == "SRC/app.py"


def test_letters_as_git_spells_them_on_macos(repo: Callable[..., Repo]) -> None:
    made = repo()
    made.run("config", "core.precomposeunicode", "true")
    here = place.find_repository(str(made.path))
    assert here is not None
    assert spelling.of(here, "cafe\u0301.txt") == "caf\u00e9.txt"


@pytest.mark.parametrize(
    ("is_windows", "platform", "files"),
    [
        (True, "win32", ["P:/Git/config", "F:/Git/etc/gitconfig", "H/.config/git/config", "H/.gitconfig"]),
        (False, "linux", ["/etc/gitconfig", "H/.config/git/config", "H/.gitconfig"]),
        (
            False,
            "darwin",
            [
                "/etc/gitconfig",
                "/usr/local/etc/gitconfig",
                "/opt/homebrew/etc/gitconfig",
                "H/.config/git/config",
                "H/.gitconfig",
            ],
        ),
    ],
)
def test_the_settings_of_each_systems_git(
    monkeypatch: pytest.MonkeyPatch, platform: str, files: list[str], *, is_windows: bool
) -> None:
    monkeypatch.setattr(system, "WINDOWS", is_windows)
    monkeypatch.setattr("sys.platform", platform)
    assert place._user_config({"PROGRAMDATA": "P:", "PROGRAMFILES": "F:"}, "H") == files
