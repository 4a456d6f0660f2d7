"""JetBrains Junie's command line: the user's `config.json`. Hooks of a repository are ignored there.

Only the events that name a session; `PermissionRequest` is never touched: an answer there could approve something.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.install.commandline import is_for_project, is_ours
from byline.cli.install.grouped import Grouped
from byline.errors import BylineError

PROGRAMS = ("junie",)
NOTE = "hooks are an early-access feature of Junie: switch it on there"
USER_SETTINGS = "$HOME/.junie/config.json"
TIMEOUT = 10
"""Seconds; the hook's own deadline is much shorter."""

_EVENTS: dict[str, str | None] = {"SessionStart": None, "UserPromptSubmit": None}


def traces(env: Mapping[str, str]) -> list[Path]:
    """Its folder."""
    return [home_folder(env) / ".junie"]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`config.json` in Junie's folder; in a repository's nothing is ever written."""
    return (project or home_folder(env)) / ".junie" / "config.json"


def all_settings(env: Mapping[str, str], project: Path | None) -> list[Path]:
    """The user's."""
    return [settings_file(env, None)]


def _is_ours(command: str) -> bool:
    return is_ours(command, "junie")


def _handler(event: str, command: str) -> dict[str, Any]:
    if is_for_project(command):
        raise BylineError("Junie ignores hooks of a repository; `byline install junie` is for you alone")
    return {"type": "command", "command": command, "timeout": TIMEOUT}


_FILE = Grouped(_EVENTS, _is_ours, _handler)
register, unregister, registered, events = _FILE.register, _FILE.unregister, _FILE.registered, _FILE.events
