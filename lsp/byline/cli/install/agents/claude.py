"""Claude Code: hook groups in `settings.json`, for the user or for a repository.

The fewest events that still show a file before and after every change. `WorktreeCreate` is left alone because a hook
there replaces what Claude does, and `onFailure` because older versions refuse it.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.install import claudelike
from byline.cli.install.claudelike import TIMEOUT, matchers
from byline.cli.install.commandline import is_ours
from byline.cli.install.grouped import Grouped

PROGRAMS = ("claude",)
NOTE = "a session that is running asks you to review the change in /hooks, or takes it at its next start"
USER_SETTINGS = "${COPILOT_PROJECT_DIR:+/nowhere}${CLAUDE_CONFIG_DIR:-$HOME/.claude}/settings.json"
"""Copilot CLI runs a repository's hooks of Claude Code but not the person's: there it must lead nowhere."""
_MANAGED = Path(
    "/Library/Application Support/ClaudeCode/managed-settings.json"
    if sys.platform == "darwin"
    else "C:/Program Files/ClaudeCode/managed-settings.json"
    if sys.platform == "win32"
    else "/etc/claude-code/managed-settings.json"
)
_WRITES = "Write|Edit|NotebookEdit|Bash"
_MATCHERS = matchers(_WRITES, "Read|Grep")


def traces(env: Mapping[str, str]) -> list[Path]:
    """Its folder."""
    return [_folder(env)]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`settings.json` in Claude's folder or in the repository's `.claude`."""
    return (project / ".claude" if project else _folder(env)) / "settings.json"


def all_settings(env: Mapping[str, str], project: Path | None) -> list[Path]:
    """The user's, the repository's, the repository's own of this user, and what an administrator laid down."""
    found = [settings_file(env, None), _MANAGED]
    if project:
        found += [settings_file(env, project), project / ".claude" / "settings.local.json"]
    return found


def switched_off(text: str) -> str | None:
    """`disableAllHooks` stops every hook; `allowManagedHooksOnly`, an administrator's, all but their own."""
    return claudelike.switched_off(text, "disableAllHooks", "allowManagedHooksOnly")


def _folder(env: Mapping[str, str]) -> Path:
    named = env.get("CLAUDE_CONFIG_DIR")
    return Path(named) if named else home_folder(env) / ".claude"


def _is_ours(command: str) -> bool:
    return is_ours(command, "claude")


def _handler(event: str, command: str) -> dict[str, Any]:
    return {"type": "command", "command": command, "timeout": TIMEOUT}


_FILE = Grouped(_MATCHERS, _is_ours, _handler)
register, unregister, registered, events = _FILE.register, _FILE.unregister, _FILE.registered, _FILE.events
