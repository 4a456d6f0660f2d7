"""Cursor: `hooks.json`, a versioned file, for the user or for a repository.

Only events where a hook that fails can't block anything, and no `afterFileEdit`, which tells edits a second time.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import home_folder
from byline.cli.install import hooklists
from byline.cli.install.commandline import is_ours

USER_SETTINGS = "$HOME/.cursor/hooks.json"
TIMEOUT = 10
"""Seconds; the hook's own deadline is much shorter."""

_EVENTS = (
    *("sessionStart", "sessionEnd", "beforeSubmitPrompt", "stop", "subagentStart", "subagentStop", "preCompact"),
    *("preToolUse", "postToolUse", "postToolUseFailure"),
)

_PROGRAMS = ("cursor", "cursor-agent")


def is_present(env: Mapping[str, str]) -> bool:
    """Its folder or one of its programs is there."""
    path = env.get("PATH", "")
    return (home_folder(env) / ".cursor").is_dir() or any(shutil.which(name, path=path) for name in _PROGRAMS)


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`hooks.json` in Cursor's folder or in the repository's `.cursor`."""
    return (project or home_folder(env)) / ".cursor" / "hooks.json"


def all_settings(env: Mapping[str, str], project: Path | None) -> list[Path]:
    """The user's and the repository's."""
    return [settings_file(env, None), *([settings_file(env, project)] if project else [])]


def register(text: str, command: str) -> str:
    """`text` with one entry of ours for every event."""
    entry = {"command": command, "timeout": TIMEOUT}
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


def _is_ours(command: str) -> bool:
    return is_ours(command, "cursor")
