"""Windows of a real VS Code."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.vscode import window
from e2e.vscode.window import Window


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
