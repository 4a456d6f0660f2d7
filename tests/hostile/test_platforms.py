"""Windows and macOS, as far as they can be tried elsewhere: paths of theirs, and what their systems lack."""

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest
from lsprotocol import types

from byline.cli.mcpanswers import Answers
from byline.repo import programs
from byline.repo.anchors import paths
from byline.repo.travel import indexlock
from byline.repo.travel.survey import CannotTravel
from byline.server.documents import Document
from byline.server.places import file_path
from byline.workspace import headlogs, recorder
from byline.workspace.private import is_private
from byline.workspace.running import _started
from byline.workspace.spelling import spelled
from byline_hooks import place, system
from gitrepo import Repo
from hookrun import generic
from hostile.command import byline

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
        ("\\\\?\\C:\\long\\a.py", True, "C:/long/a.py"),
        ("\\\\?\\UNC\\server\\share\\a.py", True, "//server/share/a.py"),
        ("/c/Users/Ada/a.py", True, "C:/Users/Ada/a.py"),
        ("/c:/Users/Ada/a.py", True, "c:/Users/Ada/a.py"),
        ("/usr/a.py", True, "/usr/a.py"),
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
    assert place.data_dir({**env, "BYLINE_DATA_DIR": "D:\\data\\"}) == "D:/data"
    assert place.data_dir({**env, "BYLINE_DATA_DIR": "data"}) == "C:/Users/Ada/AppData/Local/byline"
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


NFC, NFD = "caf\u00e9.py", "cafe\u0301.py"


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        ("src/app.py", "SRC/App.PY"),
        ("src/app.py", "./Src/../sRC/app.py"),
        ("Src/App.py", "src/app.py"),
        (NFC, NFD),
        (NFD, NFC),
        (NFC, "CAFÉ.py"),
        ("straße.py", "STRASSE.py"),
    ],
)
def test_a_name_in_another_case(
    repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch, named: str, asked: str
) -> None:
    made = repo()
    made.run("config", "core.ignorecase", "true")
    made.commit("zero", {named: "x = 1\n"})
    made.write(named, "x = 1\ny = 2\n")
    generic(made.path, "write", path=named, call_id="c1", before="x = 1\n")
    code, out, err = byline(monkeypatch, made.path, "blame", asked, "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert (told["file"], told["lines"][1]["session_id"]) == (named, "s1")
    code, out, _ = byline(monkeypatch, made.path, "blame", asked, "--rev", "HEAD", "--json")
    assert code == 0
    assert len(json.loads(out)["lines"]) == 1
    code, _, err = byline(monkeypatch, made.path, "correct", f"{asked}:1", "--owner", "human")
    assert (code, err) == (0, "")
    item = types.TextDocumentItem((made.path / asked).as_uri(), "python", 1, "")
    assert Document(item).path == made.path / named
    answers = Answers([made.path], made.path, dict(os.environ))
    assert answers.who_wrote(asked, None, None, None)["file"] == named


def test_where_case_counts_it_counts(repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch) -> None:
    made = repo()
    made.commit("zero", {"src/app.py": "x = 1\n"})
    code, _, err = byline(monkeypatch, made.path, "blame", "SRC/app.py")
    assert (code, len(err.splitlines())) == (1, 1)
    made.run("config", "core.ignorecase", "true")  # copied from another system, onto one where both can be
    made.commit("one", {"src/APP.py": "x = 2\n"})
    assert [spelled(made.path / "src" / name).name for name in ("app.py", "APP.py", "App.py")] == [
        "app.py",
        "APP.py",
        "App.py",
    ]
    assert spelled(Path("/nowhere/at/all")) == Path("/nowhere/at/all")
    assert spelled(made.path / "no" / "such") == made.path / "no" / "such"


def test_a_secret_is_known_by_its_name_on_windows() -> None:
    for path in ("C:\\Users\\Ada\\.env", "C:\\x\\.aws\\credentials", "d:\\id_rsa", "\\\\server\\share\\.npmrc"):
        windows: Any = PureWindowsPath(path)
        assert is_private(None, windows)
        assert not recorder.can_follow(windows, b"x")
    harmless: Any = PureWindowsPath("C:\\x\\.env\\app.py")
    assert not is_private(None, harmless)


@pytest.mark.parametrize(
    "path", ["C:/Windows/x", "C:x", "a\\..\\..\\x", "\\\\server\\share\\x", "a.py:stream", "../x"]
)
def test_what_other_tools_name_stays_inside_on_windows(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(system, "WINDOWS", True)
    assert not paths.is_file(path)
    assert paths.is_file("src/app.py")


def test_the_logs_of_worktrees_with_any_name(tmp_path: Path) -> None:
    """Told with `/`, as events name them; a name need be no text of the system's own encoding."""
    linked = tmp_path / "repo" / ".git" / "worktrees" / "w"
    linked.mkdir(parents=True)
    (linked / "gitdir").write_bytes(os.fsencode(tmp_path) + b"/w \xc3\xa9 \xff/.git\n")
    found = headlogs.head_logs(tmp_path / "repo" / ".git", [])
    assert set(found) == {f"{tmp_path.as_posix()}/w é \udcff", f"{tmp_path.as_posix()}/repo"}
