"""GitHub Copilot: a hooks file of our own, read by the CLI and, in VS Code, by both of its chat targets.

Pascal case events with `command`, the one form that all three take. The folder may hold any number of such files.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import home_folder
from byline.cli.install import hooklists
from byline.cli.install.commandline import is_ours

USER_SETTINGS = "${COPILOT_HOME:-$HOME/.copilot}/hooks/byline.json"
TIMEOUT = 10
"""Seconds; the hook's own deadline is much shorter."""

_FILE = "byline.json"
_EVENTS = (
    *("SessionStart", "SessionEnd", "UserPromptSubmit", "Stop", "SubagentStart", "SubagentStop", "PreCompact"),
    *("PreToolUse", "PostToolUse", "PostToolUseFailure"),
)


def is_present(env: Mapping[str, str]) -> bool:
    """Its folder, its program or its VS Code extension is there."""
    extensions = home_folder(env) / ".vscode" / "extensions"
    return (
        _folder(env).is_dir()
        or shutil.which("copilot", path=env.get("PATH", "")) is not None
        or any(extensions.glob("github.copilot*"))
    )


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`byline.json` in Copilot's hooks folder or in the repository's `.github/hooks`."""
    return (project / ".github" if project else _folder(env)) / "hooks" / _FILE


def all_settings(env: Mapping[str, str], project: Path | None) -> list[Path]:
    """The user's and the repository's."""
    return [settings_file(env, None), *([settings_file(env, project)] if project else [])]


def register(text: str, command: str) -> str:
    """`text` with one entry of ours for every event."""
    entry = {"type": "command", "command": command, "timeoutSec": TIMEOUT}
    return hooklists.register(text, dict.fromkeys(_EVENTS, entry), _is_ours, {"version": 1})


def unregister(text: str, original: str | None) -> str:
    """`text` without our entries."""
    return hooklists.unregister(text, _is_ours, original)


def registered(text: str) -> dict[str, set[str]]:
    """Our command lines by event."""
    return hooklists.registered(text, _is_ours)


def events() -> frozenset[str]:
    """The events that `register` registers for."""
    return frozenset(_EVENTS)


def switched_off(text: str) -> str | None:
    """Nothing in these files does."""
    return None


def _folder(env: Mapping[str, str]) -> Path:
    named = env.get("COPILOT_HOME")
    return Path(named) if named else home_folder(env) / ".copilot"


def _is_ours(command: str) -> bool:
    return is_ours(command, "copilot")
