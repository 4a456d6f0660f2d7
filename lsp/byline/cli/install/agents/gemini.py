"""Gemini CLI: hook groups in `settings.json`, for the user or for a repository.

A hook before a tool that fails blocks the tool, so there is one only for shell calls, where nothing else tells what
was there before, and its command line can't fail. The answers of edit tools have the text before.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.install import jsontext
from byline.cli.install.commandline import is_ours
from byline.cli.install.grouped import Grouped

PROGRAMS = ("gemini",)
NOTE = "nothing to trust; a repository's hooks count only in a folder that Gemini trusts"
USER_SETTINGS = "${GEMINI_CLI_HOME:-$HOME}/.gemini/settings.json"
TIMEOUT = 10_000
"""Milliseconds; the hook's own deadline is much shorter."""

_MATCHERS: dict[str, str | None] = {
    "SessionStart": None,
    "SessionEnd": None,
    "BeforeAgent": None,
    "AfterAgent": None,
    "BeforeTool": "^run_shell_command$",
    "AfterTool": "^(write_file|replace|read_file|run_shell_command)$",
}


def traces(env: Mapping[str, str]) -> list[Path]:
    """Its folder."""
    return [_folder(env)]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`settings.json` in Gemini's folder or in the repository's `.gemini`."""
    return (project / ".gemini" if project else _folder(env)) / "settings.json"


def all_settings(env: Mapping[str, str], project: Path | None) -> list[Path]:
    """The user's, the repository's, and what an administrator laid down."""
    system = env.get("GEMINI_CLI_SYSTEM_SETTINGS_PATH") or "/etc/gemini-cli/settings.json"
    return [settings_file(env, None), *([settings_file(env, project)] if project else []), Path(system)]


def switched_off(text: str) -> str | None:
    """`hooksConfig` stops all hooks, or those of a name."""
    found = jsontext.find(text, ["hooksConfig"]) if text.strip() else None
    config = found.value if found is not None and isinstance(found.value, dict) else {}
    if config.get("enabled") is False:
        return "hooksConfig.enabled is false"
    disabled = config.get("disabled")
    return "hooksConfig.disabled names byline" if isinstance(disabled, list) and "byline" in disabled else None


def _folder(env: Mapping[str, str]) -> Path:
    named = env.get("GEMINI_CLI_HOME")
    return (Path(named) if named else home_folder(env)) / ".gemini"


def _is_ours(command: str) -> bool:
    return is_ours(command, "gemini")


def _handler(event: str, command: str) -> dict[str, Any]:
    return {"type": "command", "name": "byline", "command": command, "timeout": TIMEOUT}


_FILE = Grouped(_MATCHERS, _is_ours, _handler)
register, unregister, registered, events = _FILE.register, _FILE.unregister, _FILE.registered, _FILE.events
