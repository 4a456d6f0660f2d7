"""A real Emacs with `editors/emacs/byline.el`, alone and beside a buffer that eglot manages."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from e2e.server.conftest import PROMPT, SESSION, Project

pytestmark = pytest.mark.emacs
HERE = Path(__file__).parent
PLUGIN = HERE.parents[2] / "editors" / "emacs"
EMACS = os.environ.get("BYLINE_EMACS")
"""Read at once: tests clear the environment."""
AGENT = """
import sys
from pathlib import Path
from e2e.server.conftest import Project
from gitrepo import Repo
project = Project(Repo(Path(sys.argv[1])))
text = (project.path / "client.py").read_text()
project.agent_writes("client.py", text + "two = 2\\n", prompt="once more", turn_id="t2")
"""


@pytest.fixture(scope="session")
def emacs() -> str:
    """The program. Without one the tests are skipped, and say so."""
    found = EMACS or shutil.which("emacs")
    if not found:
        pytest.skip("no Emacs: run tests/e2e/emacs/setup.sh")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    if int(version.split(".")[0]) < 28:
        pytest.skip(f"Emacs {version} is older than 28")
    return found


@pytest.fixture
def project(repo: Any) -> Project:
    """A repository with one commit of a person."""
    made = repo("project")
    made.commit("start", {"client.py": "def get():\n    return 1\n"})
    return Project(made)


def work(emacs: str, project: Project, tmp_path: Path, **more: str) -> dict[str, Any]:
    """Plays `probe.el`; what was to be seen."""
    file = project.agent_writes("client.py", "import time\n\ndef get():\n    return 1\n")
    out = tmp_path / "seen.json"
    script = tmp_path / "agent.py"
    script.write_text(AGENT)
    program = tmp_path / "bin" / "byline"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m byline.cli.main "$@"\n')
    program.chmod(0o755)
    tests = HERE.parents[1]
    path = os.pathsep.join([str(tests), str(tests.parent / "lsp"), str(tests.parent / "hooks")])
    agent = (
        f"PYTHONPATH={shlex.quote(path)} {sys.executable} {shlex.quote(str(script))} {shlex.quote(str(project.path))}"
    )
    env = {
        **os.environ,
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "BYLINE_EL": str(PLUGIN),
        "BYLINE": "byline lsp",
        "FILE": str(file),
        "OUT": str(out),
        "AGENT": agent,
        **more,
    }
    command = [emacs, "-q", "--batch", "-l", str(HERE / "probe.el")]
    done = subprocess.run(command, env=env, cwd=project.path, capture_output=True, text=True, timeout=120)
    assert out.exists(), done.stderr[-3000:]
    seen: dict[str, Any] = json.loads(out.read_text())
    assert "error" not in seen, (seen.get("error"), seen.get("messages"), done.stderr[-2000:])
    return seen


def check(seen: dict[str, Any]) -> None:
    """What a person sees, from opening the file to the server's return."""
    assert seen["lighter"] == " AI:2/4"
    assert seen["quiet"] == 0, "nothing is marked until somebody asks"
    text, echo = seen["eldoc"]
    assert echo == f'claude · sonnet-4.5 · just now · "{PROMPT}"'
    assert text.splitlines()[1].startswith("session 0b1c2d3e")
    assert seen["words"] == [f'  claude "{PROMPT}"'], "in words, not by colour alone"
    assert seen["moved"] == 1, "what is typed above moves the marks at once"
    assert seen["typed"].startswith("human")
    assert f"> {PROMPT}" in seen["page"]
    assert seen["copied"] == SESSION
    assert seen["agent"] == " AI:3/6" and seen["grown"] is True
    assert seen["gone"] == " byline:off"
    assert seen["kept"] > 0, "marks stay until the server is back"
    assert seen["back"] == [], "it is started again without a word"
    (sentence,) = [each for each in seen["said"] if "cannot start" in each]
    assert "install byline" in sentence
    assert seen["again"] == " AI:3/6"
    assert seen["off"] == 0


def test_alone(emacs: str, project: Project, tmp_path: Path) -> None:
    check(work(emacs, project, tmp_path))


def test_beside_a_server_of_eglot(emacs: str, project: Project, tmp_path: Path) -> None:
    found = subprocess.run(
        [emacs, "-q", "--batch", "--eval", "(progn (package-initialize) (require 'eglot))"], capture_output=True
    )
    if found.returncode:
        pytest.skip("this Emacs has no eglot: run tests/e2e/emacs/setup.sh")
    decoy = HERE.parent / "neovim" / "decoy.py"
    seen = work(emacs, project, tmp_path, EGLOT=f"{sys.executable} {decoy}")
    assert seen["eglot"] is True
    check(seen)


def test_it_compiles_without_a_warning(emacs: str, tmp_path: Path) -> None:
    copy = tmp_path / "byline.el"
    shutil.copy(PLUGIN / "byline.el", copy)
    options = ["--batch", "--eval", "(setq byte-compile-error-on-warn t)", "-f", "batch-byte-compile", str(copy)]
    done = subprocess.run([emacs, "-Q", *options], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
