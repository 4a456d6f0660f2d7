"""What `byline install` and `uninstall` did, or would do, for programs."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from byline.cli import jsonout
from byline.cli.install import agents
from byline.cli.install.change import Change
from byline.cli.terminal import Output
from byline.errors import BylineError


class Told:
    """Rows for agents, in the order they were looked at; printed only with `--json`, and then nothing else is."""

    def __init__(self, env: Mapping[str, str], *, as_json: bool, is_dry_run: bool, project: Path | None) -> None:
        self.as_json = as_json
        self.out = Output(env, io.StringIO() if as_json else None)
        """Where the words for people go."""
        self._is_dry_run = is_dry_run
        self._scope = "project" if project else "user"
        self._rows: dict[str, dict[str, Any]] = {}

    def files(self, name: str, changes: Sequence[Change]) -> None:
        """Settings files of an agent that were looked at, and what became of them."""
        for change in changes:
            row: dict[str, Any] = {"path": str(change.path), "changed": change.is_needed}
            if self._is_dry_run:
                row["diff"] = change.diff()
            self.agent(name)["files"].append(row)

    def problem(self, name: str, problem: BylineError) -> None:
        """Why an agent's settings could not be used."""
        self.agent(name)["error"] = str(problem)

    def agent(self, name: str) -> dict[str, Any]:
        """The row of an agent."""
        row = {"agent": name, "followed": name in agents.followed.ROWS, "files": [], "error": None}
        return self._rows.setdefault(name, row)

    def write(self) -> None:
        """Print it, if it was asked for."""
        if self.as_json:
            jsonout.write({"scope": self._scope, "dry_run": self._is_dry_run, "agents": list(self._rows.values())})
