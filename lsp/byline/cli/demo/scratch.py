"""The folder a demo plays in: a repository, and a home that keeps the user's own data and settings out of it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from byline.cli.install.hookcopy import interpreter, source_folder
from byline.errors import BylineError

_KEPT = (
    *("PATH", "PYTHONPATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TEMP", "TMP"),
    *("SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "GIT_EXEC_PATH"),
)
"""Nothing else is inherited: a demo started inside an agent or a git hook must not be taken for its work."""

SECONDS = 30


class Scratch:
    """Below `folder`: `project` (the repository) and `home`. Raises BylineError where a program of it fails."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.project = folder / "project"
        self.home = folder / "home"
        self.env = {name: env[name] for name in _KEPT if env.get(name)}
        self.env |= {
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "BYLINE_DATA_DIR": str(self.home / "byline"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CEILING_DIRECTORIES": str(folder),
            "GIT_TERMINAL_PROMPT": "0",
        }
        for made in (self.project, self.home):
            made.mkdir()
        self.git("Sam", ["init", "-q", "--template="])
        self.git("Sam", ["symbolic-ref", "HEAD", "refs/heads/main"])
        self.git("Sam", ["config", "core.autocrlf", "false"])

    def git(self, author: str, words: list[str]) -> None:
        """One git command, as a person of that first name would type it."""
        mail = f"{author.lower()}@example.com"
        names = {"GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": mail}
        names |= {"GIT_COMMITTER_NAME": author, "GIT_COMMITTER_EMAIL": mail}
        try:
            done = self._run(["git", *words], names)
        except FileNotFoundError:
            raise BylineError("the demo needs git, and there is none on your PATH; https://git-scm.com/") from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise BylineError(f"git {' '.join(words)} ended with {done.returncode}: {said}")

    def write(self, path: str, text: str) -> None:
        """The file as somebody leaves it."""
        (self.project / path).write_bytes(text.encode())

    def hook(self, agent: str, payload: dict[str, Any]) -> None:
        """The hook program, started and fed as the agent does it: no answer, exit code 0."""
        command = [str(interpreter()), "-I", "-S", str(source_folder() / "shim.py"), agent]
        done = self._run(command, _agents_environment(agent, payload), msgspec.json.encode(self._placed(payload)))
        if done.returncode or done.stdout or done.stderr:
            said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
            raise BylineError(
                f"the hook must be silent and end with 0; it ended with {done.returncode}: {said[-300:]}"
            )

    def _run(
        self, command: list[str], more: dict[str, str], given: bytes = b""
    ) -> "subprocess.CompletedProcess[bytes]":
        try:
            return subprocess.run(
                command,
                cwd=self.project,
                env=self.env | more,
                input=given,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BylineError(f"{Path(command[0]).name} did not end within {SECONDS} s") from None

    def _placed(self, value: Any) -> Any:
        """The recording's value with this demo's folders in it."""
        if isinstance(value, str):
            return value.replace("{repo}", self.project.as_posix()).replace("{home}", self.home.as_posix())
        if isinstance(value, dict):
            return {name: self._placed(item) for name, item in value.items()}
        return [self._placed(item) for item in value] if isinstance(value, list) else value


def make_folder(wanted: str | None) -> Path:
    """The demo's folder: the one that was asked for, which must be new or empty, or a temporary one."""
    try:
        if wanted is None:
            return Path(tempfile.mkdtemp(prefix="byline-demo-")).resolve()
        folder = Path(wanted).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise BylineError(f"{wanted} is not empty; name a new folder")
    except OSError as problem:
        where = wanted or f"the temporary folder {problem.filename or ''}".strip()
        raise BylineError(f"can't use {where}: {problem.strerror or problem}; `--keep DIR` names another") from None
    return folder.resolve()


def server_command() -> list[str]:
    """The language server of the byline that is running."""
    return [sys.executable, "-P", "-m", "byline", "lsp"]


def _agents_environment(agent: str, payload: dict[str, Any]) -> dict[str, str]:
    """The variables Claude Code sets for its hooks; others set none."""
    if agent != "claude":
        return {}
    return {
        "CLAUDECODE": "1",
        "CLAUDE_CODE_SESSION_ID": payload["session_id"],
        "AI_AGENT": "claude-code_2-1-329_agent",
    }
