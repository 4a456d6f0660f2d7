"""Qwen Code: hook groups in `settings.json`, for the user or for a repository."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.install import claudelike
from byline.cli.install.claudelike import TIMEOUT, matchers
from byline.cli.install.commandline import is_ours
from byline.cli.install.grouped import Grouped

PROGRAMS = ("qwen",)
NOTE = "nothing to trust"
USER_SETTINGS = "${QWEN_HOME:-$HOME/.qwen}/settings.json"
_TOOLS = "write_file|edit|notebook_edit|run_shell_command"
_MATCHERS = matchers(_TOOLS, "read_file")


def traces(env: Mapping[str, str]) -> list[Path]:
    """Its folder."""
    return [_folder(env)]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`settings.json` in Qwen's folder or in the repository's `.qwen`."""
    return (project / ".qwen" if project else _folder(env)) / "settings.json"


def all_settings(env: Mapping[str, str], project: Path | None) -> list[Path]:
    """The user's, the repository's, and what an administrator laid down."""
    mine = [settings_file(env, None), *([settings_file(env, project)] if project else [])]
    return [*mine, Path("/etc/qwen-code/settings.json")]


def switched_off(text: str) -> str | None:
    """`disableAllHooks` stops every hook."""
    return claudelike.switched_off(text, "disableAllHooks")


def _folder(env: Mapping[str, str]) -> Path:
    named = env.get("QWEN_HOME")
    return Path(named) if named else home_folder(env) / ".qwen"


def _is_ours(command: str) -> bool:
    return is_ours(command, "qwen")


def _handler(event: str, command: str) -> dict[str, Any]:
    return {"type": "command", "name": "byline", "command": command, "timeout": TIMEOUT}


_FILE = Grouped(_MATCHERS, _is_ours, _handler)
register, unregister, registered, events = _FILE.register, _FILE.unregister, _FILE.registered, _FILE.events
