"""Windows of a real VS Code."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from byline.workspace.workspace import Workspace
from e2e.server.conftest import Project
from e2e.vscode import window
from e2e.vscode.window import Window
from gitrepo import Repo

START = "import time\n\n\ndef get(url):\n    return url\n"
AGENT = "import time\n\n\ndef get(url):\n    for wait in (1, 2):\n        time.sleep(wait)\n    return url\n"
AI = {5, 6}
"""The lines that the agent has added, from 1."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """These take minutes: they run when they are asked for, and say so otherwise."""
    asked = "vscode" in str(config.option.markexpr) or any("vscode" in Path(given).parts for given in _paths(config))
    for item in items:
        if not asked and item.get_closest_marker("vscode"):
            item.add_marker(pytest.mark.skip(reason="takes minutes: pytest -m vscode"))


def _paths(config: pytest.Config) -> list[str]:
    return [given.split("::")[0] for given in config.args]


@pytest.fixture(scope="session")
def extensions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension, built and installed. Where there is no VS Code the tests are skipped, and say so."""
    if reason := window.missing():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("extensions")
    env = {**os.environ, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    return window.install(window.build(), folder, env)


@pytest.fixture
def vscode(extensions: Path, tmp_path: Path, home: Path) -> Iterator[Callable[..., Window]]:
    """A maker of windows; closed at the end. `byline` is on their PATH unless told otherwise."""
    opened: list[Window] = []

    def make(folder: Path, settings: dict[str, Any] | None = None, *, on_path: bool = True, **given: Any) -> Window:
        out = tmp_path / f"window{len(opened)}"
        paths = [str(window.program(home))] if on_path else []
        env = {**os.environ, "PATH": os.pathsep.join([*paths, os.environ["PATH"]]), "SHELL": "/bin/bash"}
        for name in ("PORT", "PASSWORD"):
            env.pop(name, None)
        opened.append(Window(folder, extensions, out, env, settings, **given))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


@pytest.fixture
def project(repo: Callable[..., Repo]) -> Project:
    """A file of a person's with an agent's lines in it."""
    made = repo("shop")
    made.commit("start", {"client.py": START})
    project = Project(made)
    project.agent_writes("client.py", AGENT)
    return project


def lens(seen: dict[str, Any]) -> str:
    return " | ".join(seen["lenses"])


def marked(seen: dict[str, Any], what: str) -> set[int]:
    return {line["number"] for line in seen["lines"] if line[what]}


def kinds(project: Project, name: str = "client.py") -> set[str]:
    """The kinds of events that are recorded of a file."""
    workspace = Workspace.for_path(project.path / name, dict(os.environ))
    try:
        return {event.event for event in workspace.events() if str(event.path or "").endswith(name)}
    finally:
        workspace.close()


def wait(holds: Callable[[], Any], what: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.2)
