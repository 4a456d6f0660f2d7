"""Windsurf, also named Devin Desktop: Cascade's `hooks.json`, for the user or for a repository."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.install.commandline import by_shell, is_ours
from byline.cli.install.listed import Listed

PROGRAMS = ("windsurf",)
NOTE = "nothing to trust; read at the next prompt"
USER_SETTINGS = "$HOME/.codeium/windsurf/hooks.json"

_EVENTS = (
    *("pre_user_prompt", "pre_write_code", "post_write_code", "post_read_code", "pre_run_command"),
    *("post_run_command", "post_cascade_response"),
)


def traces(env: Mapping[str, str]) -> list[Path]:
    """Its folder."""
    return [_folder(env)]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`hooks.json` in Windsurf's folder or in the repository's `.windsurf`."""
    return (project / ".windsurf" if project else _folder(env)) / "hooks.json"


def _folder(env: Mapping[str, str]) -> Path:
    return home_folder(env) / ".codeium" / "windsurf"


def _is_ours(command: str) -> bool:
    return is_ours(command, "windsurf")


def _entry(event: str, command: str) -> dict[str, Any]:
    return {**by_shell(command, "windsurf"), "show_output": False}


_FILE = Listed(_EVENTS, _is_ours, _entry)
register, unregister, registered, events = _FILE.register, _FILE.unregister, _FILE.registered, _FILE.events
