"""Windsurf, also named Devin Desktop: Cascade's `hooks.json`, for the user or for a repository."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import home_folder
from byline.cli.install import hooklists
from byline.cli.install.commandline import is_ours

USER_SETTINGS = "$HOME/.codeium/windsurf/hooks.json"

_EVENTS = (
    *("pre_user_prompt", "pre_write_code", "post_write_code", "post_read_code", "pre_run_command"),
    *("post_run_command", "post_cascade_response"),
)


def is_present(env: Mapping[str, str]) -> bool:
    """Its folder or its program is there."""
    return _folder(env).is_dir() or shutil.which("windsurf", path=env.get("PATH", "")) is not None


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`hooks.json` in Windsurf's folder or in the repository's `.windsurf`."""
    return (project / ".windsurf" if project else _folder(env)) / "hooks.json"


def all_settings(env: Mapping[str, str], project: Path | None) -> list[Path]:
    """The user's and the repository's."""
    return [settings_file(env, None), *([settings_file(env, project)] if project else [])]


def register(text: str, command: str) -> str:
    """`text` with one entry of ours for every event."""
    entry = {"command": command, "show_output": False}
    return hooklists.register(text, dict.fromkeys(_EVENTS, entry), _is_ours)


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
    return home_folder(env) / ".codeium" / "windsurf"


def _is_ours(command: str) -> bool:
    return is_ours(command, "windsurf")
