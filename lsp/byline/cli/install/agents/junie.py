"""JetBrains Junie's command line: the user's `config.json`. Hooks of a repository are ignored there.

Only the events that name a session; `PermissionRequest` is never touched: an answer there could approve something.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import home_folder
from byline.cli.install import hookgroups, hooklists
from byline.cli.install.commandline import is_ours
from byline.errors import BylineError

USER_SETTINGS = "$HOME/.junie/config.json"
TIMEOUT = 10
"""Seconds; the hook's own deadline is much shorter."""

_EVENTS = ("SessionStart", "UserPromptSubmit")


def is_present(env: Mapping[str, str]) -> bool:
    """Its folder or its program is there."""
    return (home_folder(env) / ".junie").is_dir() or shutil.which("junie", path=env.get("PATH", "")) is not None


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`config.json` in Junie's folder; in a repository's nothing is ever written."""
    return (project or home_folder(env)) / ".junie" / "config.json"


def all_settings(env: Mapping[str, str], project: Path | None) -> list[Path]:
    """The user's."""
    return [settings_file(env, None)]


def register(text: str, command: str) -> str:
    """`text` with one group of ours for each event."""
    if command.startswith("command -v"):
        raise BylineError("Junie ignores hooks of a repository; `byline install junie` is for you alone")
    handler = {"type": "command", "command": command, "timeout": TIMEOUT}
    return hookgroups.register(text, {event: {"hooks": [handler]} for event in _EVENTS}, _is_ours)


def unregister(text: str, original: str | None) -> str:
    """`text` without our groups."""
    return hookgroups.unregister(text, _is_ours, original)


def registered(text: str) -> dict[str, set[str]]:
    """Our command lines by event."""
    return hooklists.registered(text, _is_ours)


def events() -> frozenset[str]:
    """The events that `register` registers for."""
    return frozenset(_EVENTS)


def switched_off(text: str) -> str | None:
    """Nothing in this file does."""
    return None


def _is_ours(command: str) -> bool:
    return is_ours(command, "junie")
