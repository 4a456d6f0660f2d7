"""A real agent in an empty home and a fresh repository, with byline installed as a person does it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from byline.workspace.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
PREFIX = Path(os.environ.get("BYLINE_TEST_AGENTS", "/tmp/byline-agents"))
HELLO = "def hello():\n    return 'hello'\n\n\ndef bye():\n    return 'bye'\n"
SECONDS = 120
_FIRST_TIME = "Package extraction took"
"""What Copilot says when it was slow to unpack itself, at its first start in a home."""
_VARYING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[a-z]+_[0-9a-z_]{12,}\b|\d+")


class Ran(NamedTuple):
    """How a program ended and what it printed, without ids, numbers and places."""

    code: int
    said: str


def program(*parts: str) -> Path:
    """An agent's program below PREFIX; the test is skipped, and says so, where it is not installed."""
    path = PREFIX.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not there; tests/agents/install.sh {parts[0]} installs it")
    return path


class Stage:
    """One home and one repository with `hello.py` in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home, self.project = folder / "home", folder / "project"
        for made in (self.home, self.project):
            made.mkdir(parents=True)
        self.write("hello.py", HELLO)
        for words in (("init", "-q", "-b", "main", "--template="), ("add", "-A"), ("commit", "-q", "-m", "start")):
            self.check("git", "-c", "user.name=Dev", "-c", "user.email=dev@example.org", *words)

    def env(self, **more: str) -> dict[str, str]:
        """A clean environment."""
        path = os.pathsep.join((str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"))
        base = {"HOME": str(self.home), "PATH": path, "TERM": "xterm", "LANG": "C.UTF-8"}
        return {**base, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, **more}

    def write(self, name: str, content: object, *, at_home: bool = False) -> Path:
        """Put a text or, for anything else, JSON into the project or the home."""
        path = (self.home if at_home else self.project) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def check(self, *words: str) -> str:
        done = subprocess.run(words, cwd=self.project, env=self.env(), check=True, capture_output=True, text=True)
        return done.stdout

    def byline(self, *words: str, **more: str) -> str:
        """The real `byline` as a process."""
        path = os.pathsep.join((str(ROOT / "hooks"), str(ROOT / "lsp")))
        command = [sys.executable, "-m", "byline.cli.main", *words]
        env = self.env(PYTHONPATH=path, **more)
        return subprocess.run(
            command, cwd=self.project, env=env, check=True, capture_output=True, text=True, timeout=SECONDS
        ).stdout

    def run(self, words: Sequence[str | Path], **env: str) -> Ran:
        """Run an agent to its end, and end what it left running."""
        output = self.folder / "output.txt"
        with output.open("wb") as file:
            done = subprocess.run(
                [str(word) for word in words],
                cwd=self.project,
                env=self.env(**env),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                timeout=SECONDS,
                check=False,
            )
        self._end_leftovers()
        said = output.read_text(errors="replace").replace(str(self.folder), "FOLDER")
        said = "".join(line for line in said.splitlines(True) if not line.startswith(_FIRST_TIME))
        return Ran(done.returncode, _VARYING.sub("#", said))

    def events(self) -> list[dict[str, Any]]:
        """What was recorded."""
        files = sorted((self.project / ".git" / "byline" / "spool").glob("*.jsonl"))
        return [json.loads(line) for file in files for line in file.read_text().splitlines() if line]

    def owners(self, name: str) -> list[tuple[str | None, str | None]]:
        """For each line of a file the agent and session that own it."""
        env = self.env()
        workspace = Workspace.for_path(self.project, env)
        try:
            return [(line.agent, line.session_id) for line in workspace.attribute(self.project / name).lines]
        finally:
            workspace.close()

    def errors(self) -> str:
        """What the hook complained of."""
        log = self.project / ".git" / "byline" / "errors.log"
        return log.read_text() if log.exists() else ""

    def _end_leftovers(self) -> None:
        """Daemons of the agent: processes whose home is this one."""
        mark = f"HOME={self.home}".encode()
        for entry in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in entry.read_bytes().split(b"\0"):
                    os.kill(int(entry.parent.name), signal.SIGTERM)
            except OSError:
                continue
