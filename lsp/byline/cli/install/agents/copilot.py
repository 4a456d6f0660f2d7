"""GitHub Copilot: a hooks file of our own, read by the CLI and, in VS Code, by both of its chat targets.

Pascal case events with `command`, the one form that all three take. The folder may hold any number of such files.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.install.commandline import by_shell, is_ours
from byline.cli.install.listed import Listed

PROGRAMS = ("copilot",)
NOTE = "your own file always counts; a repository's only in a folder that Copilot, or VS Code, trusts"
USER_SETTINGS = "${COPILOT_HOME:-$HOME/.copilot}/hooks/byline.json"
TIMEOUT = 10
"""Seconds; the hook's own deadline is much shorter."""

_EVENTS = (
    *("SessionStart", "SessionEnd", "UserPromptSubmit", "Stop", "SubagentStart", "SubagentStop", "PreCompact"),
    *("PreToolUse", "PostToolUse", "PostToolUseFailure"),
)


def traces(env: Mapping[str, str]) -> list[Path]:
    """Its folder and its VS Code extension."""
    return [_folder(env), *(home_folder(env) / ".vscode" / "extensions").glob("github.copilot*")]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`byline.json` in Copilot's hooks folder or in the repository's `.github/hooks`."""
    return (project / ".github" if project else _folder(env)) / "hooks" / "byline.json"


def _folder(env: Mapping[str, str]) -> Path:
    named = env.get("COPILOT_HOME")
    return Path(named) if named else home_folder(env) / ".copilot"


def _is_ours(command: str) -> bool:
    return is_ours(command, "copilot")


def _entry(event: str, command: str) -> dict[str, Any]:
    return {"type": "command", **by_shell(command, "copilot"), "timeoutSec": TIMEOUT}


_FILE = Listed(_EVENTS, _is_ours, _entry, {"version": 1})
register, unregister, registered, events = _FILE.register, _FILE.unregister, _FILE.registered, _FILE.events
