"""Cursor: `hooks.json`, a versioned file, for the user or for a repository.

Only events where a hook that fails can't block anything, and no `afterFileEdit`, which tells edits a second time.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.install.commandline import is_ours
from byline.cli.install.listed import Listed

PROGRAMS = ("cursor", "cursor-agent")
NOTE = "read at once; Settings > Hooks shows it. A repository's counts only in a trusted workspace"
USER_SETTINGS = "$HOME/.cursor/hooks.json"
TIMEOUT = 10
"""Seconds; the hook's own deadline is much shorter."""

_EVENTS = (
    *("sessionStart", "sessionEnd", "beforeSubmitPrompt", "stop", "subagentStart", "subagentStop", "preCompact"),
    *("preToolUse", "postToolUse", "postToolUseFailure"),
)


def traces(env: Mapping[str, str]) -> list[Path]:
    """Its folder."""
    return [home_folder(env) / ".cursor"]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`hooks.json` in Cursor's folder or in the repository's `.cursor`."""
    return (project or home_folder(env)) / ".cursor" / "hooks.json"


def _is_ours(command: str) -> bool:
    return is_ours(command, "cursor")


def _entry(event: str, command: str) -> dict[str, Any]:
    return {"command": command, "timeout": TIMEOUT}


_FILE = Listed(_EVENTS, _is_ours, _entry, {"version": 1})
register, unregister, registered, events = _FILE.register, _FILE.unregister, _FILE.registered, _FILE.events
