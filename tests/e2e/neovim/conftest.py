"""Neovims."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from e2e.neovim.driven import Nvim

PLUGIN = Path(__file__).parents[3] / "editors" / "neovim"
NVIM = os.environ.get("BYLINE_NVIM")
"""Read at once: tests clear the environment."""


@pytest.fixture(scope="session")
def nvim() -> str:
    """The program. Without one the tests are skipped, and say so."""
    found = NVIM or shutil.which("nvim")
    if not found:
        pytest.skip("no Neovim: run tests/e2e/neovim/setup.sh and set BYLINE_NVIM as it says")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    if tuple(int(part) for part in version.lstrip("v").split("-")[0].split(".")[:2]) < (0, 11):
        pytest.skip(f"Neovim {version} is older than 0.11")
    return found


@pytest.fixture
def program(home: Path) -> Path:
    """This byline as a program that can be taken away."""
    file = home / "bin" / "byline"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m byline.cli.main "$@"\n')
    file.chmod(0o755)
    return file


@pytest.fixture
def editor(nvim: str, tmp_path: Path, program: Path) -> Iterator[Callable[..., Nvim]]:
    """A maker of editors with the plugin set up and `byline` on the PATH; closed at the end."""
    opened: list[Nvim] = []

    def make(file: Path, before: str = "", after: str = "", options: str = "{}") -> Nvim:
        more = f"{before}\nrequire('byline').setup({options})\n{after}"
        # no other byline on the way: what is taken away here must be gone
        others = [each for each in os.environ["PATH"].split(os.pathsep) if not Path(each, "byline").exists()]
        env = {**os.environ, "PATH": os.pathsep.join([str(program.parent), *others])}
        opened.append(Nvim(nvim, file, tmp_path / f"nvim{len(opened)}", more, PLUGIN, env))
        return opened[-1]

    yield make
    for each in opened:
        each.close()
