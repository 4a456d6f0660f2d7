from collections.abc import Callable
from pathlib import Path

import pytest

from byline.store.paths import Folders, folders_for
from byline_hooks.place import find_repository
from gitrepo import Repo


def test_repository(repo: Callable[..., Repo], tmp_path: Path) -> None:
    made = repo()
    env = {"BYLINE_DATA_DIR": str(tmp_path / "data")}
    folders = folders_for(find_repository(str(made.path)), env)
    assert folders.common_dir == made.path / ".git"
    assert folders.store == made.path / ".git" / "byline"
    assert folders.fallback is not None and folders.fallback.parent == tmp_path / "data" / "repos"
    assert folders.all == (folders.store, folders.fallback)


def test_linked_worktree_shares_the_folder(repo: Callable[..., Repo], tmp_path: Path) -> None:
    made = repo()
    made.commit("one", {"a": "1\n"})
    made.run("worktree", "add", "-q", str(tmp_path / "side"))
    env = {"BYLINE_DATA_DIR": str(tmp_path / "data")}
    sides = [folders_for(find_repository(str(path)), env) for path in (made.path, tmp_path / "side")]
    assert sides[0] == sides[1]


def test_outside_a_repository(tmp_path: Path) -> None:
    folders = folders_for(None, {"BYLINE_DATA_DIR": str(tmp_path)})
    assert folders == Folders(None, tmp_path / "files", None)
    assert folders.all == (tmp_path / "files",)


def test_no_home(repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr("pwd.getpwuid", nobody)
    assert folders_for(find_repository(str(repo().path)), {}).fallback is None
    with pytest.raises(OSError, match="no home"):
        folders_for(None, {})
