"""Windows and macOS, as far as they can be tried elsewhere: paths of theirs, and what their systems lack."""

import errno
import os
from pathlib import Path

import pytest

from byline.repo import programs
from byline.repo.travel import indexlock
from byline.repo.travel.survey import CannotTravel
from byline.server.places import file_path
from byline.workspace.running import _started
from byline_hooks import place, system

GIT = "C:\\Program Files\\Git\\cmd\\git.exe"


def test_a_program_is_not_taken_from_the_folder_at_hand() -> None:
    env = {"PATH": '.;;bin;\\bin;C:relative;"C:\\Program Files\\Git\\cmd";D:\\tools;\\\\server\\share'}
    assert programs.find("git", env, windows=True, is_file=lambda path: True) == GIT
    told = programs.search_path(env["PATH"], windows=True)
    assert told == "C:\\Program Files\\Git\\cmd;D:\\tools;\\\\server\\share"
    assert programs.find("git", env, windows=True, is_file=lambda path: path.startswith(".")) is None
    assert programs.find("git", {"PATH": ".::bin"}, windows=False, is_file=lambda path: True) is None
    assert programs.search_path("/bin:.::bin:/opt/bin", windows=False) == "/bin:/opt/bin"


def test_a_program_of_this_system_is_found() -> None:
    found = programs.find("git", os.environ)
    assert found is not None and Path(found).is_absolute() and Path(found).is_file()


@pytest.mark.parametrize(
    ("path", "is_absolute", "joined"),
    [
        ("C:\\a\\b.py", True, "C:/a/b.py"),
        ("c:/a/b.py", True, "c:/a/b.py"),
        ("a\\b.py", False, "C:/repo/a/b.py"),
        ("\\\\server\\share\\a.py", True, "//server/share/a.py"),
        ("\\\\?\\C:\\long\\a.py", True, "//?/C:/long/a.py"),
    ],
)
def test_paths_of_windows(monkeypatch: pytest.MonkeyPatch, path: str, joined: str, *, is_absolute: bool) -> None:
    monkeypatch.setattr(system, "WINDOWS", True)
    assert system.is_absolute(path) == is_absolute
    assert system.join("C:/repo", path) == joined
    assert system.native(path) == path


@pytest.mark.parametrize(
    ("path", "above"),
    [("C:/a/b", "C:/a"), ("C:/a", "C:/"), ("C:/", "C:/"), ("/a", "/"), ("/", "/"), ("//server/share", "//server")],
)
def test_folders_above_end_at_a_root(path: str, above: str) -> None:
    assert system.parent(path) == above


def test_the_user_data_folder_of_each_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "WINDOWS", True)
    env = {"USERPROFILE": "C:\\Users\\Ada", "LOCALAPPDATA": "C:\\Users\\Ada\\AppData\\Local"}
    assert place.data_dir(env) == "C:/Users/Ada/AppData/Local/byline"
    assert place.data_dir({"USERPROFILE": "C:\\Users\\Ada\\"}) == "C:/Users/Ada/AppData/Local/byline"
    with pytest.raises(FileNotFoundError):
        place.data_dir({})
    monkeypatch.setattr(system, "WINDOWS", False)
    monkeypatch.setattr("sys.platform", "darwin")
    assert place.data_dir({"HOME": "/Users/ada"}) == "/Users/ada/Library/Application Support/byline"


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///c%3A/Users/Ada/a.py", "c:/Users/Ada/a.py"),
        ("file:///C:/a%20b.py", "C:/a b.py"),
        ("file:///home/ada/a.py", "/home/ada/a.py"),
        ("file://localhost/home/a.py", "/home/a.py"),
        ("file://server/share/a.py", "//server/share/a.py"),
        ("file:///a%00b", None),
        ("untitled:x", None),
    ],
)
def test_uris_of_files(uri: str, path: str | None) -> None:
    assert file_path(uri) == (Path(path) if path is not None else None)


def test_a_lock_where_files_have_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "no second names here")

    monkeypatch.setattr(os, "link", refused)
    lock = indexlock.IndexLock(tmp_path)
    with lock.held():
        assert (tmp_path / "index.lock").read_bytes() == indexlock.WORD
    assert not (tmp_path / "index.lock").exists()
    (tmp_path / "index.lock").write_bytes(b"git's")
    with pytest.raises(CannotTravel), lock.held():
        pass
    assert (tmp_path / "index.lock").read_bytes() == b"git's"


def test_numbers_that_no_process_has() -> None:
    for number in (1 << 53, 1 << 31, -(1 << 40)):
        assert _started(number) is None
