"""What every test stands on: a home of its own, and real git repositories that know no person's settings."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

import realhome
from gitrepo import Repo

realhome.forbid()
settings.register_profile("byline", deadline=None)  # a busy machine is slow, and that is no fault
settings.load_profile("byline")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder; the environment names it, and nothing of git's surroundings is left."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(("GIT_", "BYLINE_", "XDG_", "CLAUDE", "CODEX_", "CURSOR_", "GEMINI_")):
            monkeypatch.delenv(name)
    places = {
        "HOME": home,
        "USERPROFILE": home,
        "LOCALAPPDATA": home / "AppData" / "Local",
        "APPDATA": home / "AppData" / "Roaming",
        "BYLINE_DATA_DIR": home / "data",
        "XDG_DATA_HOME": home / ".local" / "share",
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_STATE_HOME": home / ".local" / "state",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
    for name, place in places.items():
        monkeypatch.setenv(name, str(place))
    return home


@pytest.fixture
def repo(tmp_path: Path) -> Callable[..., Repo]:
    """A maker of repositories: `repo()`, or `repo("name", "--object-format=sha256")` with options of `git init`."""

    def make(name: str = "repo", *options: str) -> Repo:
        path = tmp_path / name
        path.mkdir()
        made = Repo(path)
        made.run("init", "-q", "--template=", "--initial-branch=main", *options)
        return made

    return make
