"""Claude Code: hook groups in `settings.json`, for the user or for a repository.

The fewest events that still show a file before and after every change. `WorktreeCreate` is left alone because a hook
there replaces what Claude does, and `onFailure` because older versions refuse it.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import home_folder
from byline.cli.install import hookgroups
from byline.cli.install.commandline import is_ours

TIMEOUT = 10
"""Seconds; the hook's own deadline is much shorter."""

_WRITES = "Write|Edit|NotebookEdit|Bash"
_MATCHERS: dict[str, str | None] = {
    "SessionStart": None,
    "SessionEnd": None,
    "UserPromptSubmit": None,
    "Stop": None,
    "SubagentStart": None,
    "SubagentStop": None,
    "PreCompact": None,
    "Notification": None,
    "PreToolUse": _WRITES,
    "PostToolUse": f"{_WRITES}|Read|Grep",
    "PostToolUseFailure": _WRITES,
}


def is_present(env: Mapping[str, str]) -> bool:
    """Its folder or its program is there."""
    return _folder(env).is_dir() or shutil.which("claude", path=env.get("PATH", "")) is not None


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`settings.json` in Claude's folder or in the repository's `.claude`."""
    return (project / ".claude" if project else _folder(env)) / "settings.json"


def register(text: str, command: str) -> str:
    """`text` with one group of ours for every event."""
    handler = {"type": "command", "command": command, "timeout": TIMEOUT}
    wanted = {
        event: {"matcher": matcher, "hooks": [handler]} if matcher else {"hooks": [handler]}
        for event, matcher in _MATCHERS.items()
    }
    return hookgroups.register(text, wanted, _is_ours)


def unregister(text: str, original: str | None) -> str:
    """`text` without our groups."""
    return hookgroups.unregister(text, _is_ours, original)


def registered(text: str) -> dict[str, set[str]]:
    """Our command lines by event."""
    found = hookgroups.ours(text, _is_ours)
    return {
        event: {
            handler["command"]
            for group in groups
            for handler in group["hooks"]
            if _is_ours(str(handler.get("command")))
        }
        for event, groups in found.items()
    }


def events() -> frozenset[str]:
    """The events that `register` registers for."""
    return frozenset(_MATCHERS)


def switched_off(text: str) -> str | None:
    """`disableAllHooks` stops every hook of every settings file."""
    from byline.cli.install import jsontext

    if not text.strip():
        return None
    found = jsontext.find(text, ["disableAllHooks"])
    return "disableAllHooks is true" if found is not None and found.value is True else None


def _folder(env: Mapping[str, str]) -> Path:
    named = env.get("CLAUDE_CONFIG_DIR")
    return Path(named) if named else home_folder(env) / ".claude"


def _is_ours(command: str) -> bool:
    return is_ours(command, "claude")
