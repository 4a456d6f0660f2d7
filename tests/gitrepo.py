"""Real git repositories for tests: a fixed identity, a clock that ticks, no configuration of a person."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from byline.repo.run import Git

START = 1_700_000_000
NAMES = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}
ODD_PATHS = ["-x", "ä b", "sp ace", "[a]", "dir/.../x"]
"""Names of files that a careless command line, pathspec or parser takes for something else."""
if sys.platform != "win32":
    ODD_PATHS += ["new\nline", 'quo"te', "tab\there", "a*", ":(top)x", "a:b", "trailing ", "\\x"]
if sys.platform == "linux":
    ODD_PATHS += ["\udcff"]  # a byte that is no UTF-8; other systems refuse it


class Repo:
    """One worktree. Tests change it with `run`, `write` and `commit`, which do not go through byline's own runner."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.git = Git(path)
        self._now = START

    def run(self, *args: str, input: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        """What git prints, without the newline at the end. CalledProcessError when it fails."""
        self._now += 60
        dates = {"GIT_AUTHOR_DATE": f"{self._now} +0000", "GIT_COMMITTER_DATE": f"{self._now} +0000"}
        done = subprocess.run(
            ["git", *args],
            cwd=self.path,
            env={**os.environ, **NAMES, **dates, **(env or {})},
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            timeout=60,
        )
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, args, done.stdout, done.stderr)
        return done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")

    def write(self, path: str, text: str | bytes) -> Path:
        """Put a file into the worktree."""
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def commit(self, message: str, files: Mapping[str, str | bytes | None] | None = None) -> str:
        """Write (None: delete) files, stage everything, commit; the id."""
        for path, text in (files or {}).items():
            if text is None:
                (self.path / path).unlink()
            else:
                self.write(path, text)
        self.run("add", "-A")
        self.run("commit", "-q", "--allow-empty", "-m", message)
        return self.run("rev-parse", "HEAD")
