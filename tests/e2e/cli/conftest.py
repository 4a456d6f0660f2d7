"""A person with an empty home, a repository, and the real `byline` started as a process."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


class Person:
    """Runs byline and git in a home and a repository below one temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.repository = folder / "repo"
        self.bin = folder / "bin"
        for made in (self.home, self.repository, self.bin):
            made.mkdir()
        self.env = {
            "PATH": os.pathsep.join((str(self.bin), "/usr/bin", "/bin")),
            "HOME": str(self.home),
            "BYLINE_DATA_DIR": str(self.home / "data"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "PYTHONPATH": os.pathsep.join((str(ROOT / "hooks"), str(ROOT / "lsp"))),
            "LC_ALL": "C.UTF-8",
        }
        self.git("init", "-q", "-b", "main", "--template=")

    @property
    def data(self) -> Path:
        return Path(self.env["BYLINE_DATA_DIR"])

    @property
    def settings(self) -> Path:
        return self.home / ".claude" / "settings.json"

    @property
    def store(self) -> Path:
        return self.repository / ".git" / "byline"

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.repository, env=self.env, capture_output=True, text=True, check=True
        )
        return done.stdout

    def byline(
        self, *words: str, code: int | None = 0, cwd: Path | None = None, start: Callable[[], None] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run `byline WORDS` and check how it ended; None takes any exit code. `start` runs first in the process."""
        done = subprocess.run(
            self.command(words),
            cwd=cwd or self.repository,
            env=self.env,
            input="",
            capture_output=True,
            text=True,
            timeout=60,
            preexec_fn=start,
            check=False,
        )
        assert code is None or done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    def command(self, words: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "byline.cli.main", *words]

    def write_settings(self, content: bytes) -> None:
        self.settings.parent.mkdir(parents=True, exist_ok=True)
        self.settings.write_bytes(content)


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path)
