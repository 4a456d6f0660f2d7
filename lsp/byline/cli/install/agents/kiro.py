"""Kiro: a hooks file of our own for CLI 3 and the IDE, and every agent file of the user's for CLI 2.

CLI 2 runs only the hooks of the agent file in use. Known from documentation only.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.install import hooklists
from byline.cli.install.agents import Part
from byline.cli.install.commandline import is_ours
from byline.cli.install.ownfiles import OwnFile

USER_SETTINGS = "$HOME/.kiro/hooks/byline.json"
TIMEOUT = 10
"""Seconds; the hook's own deadline is much shorter."""

_WRITES = "fs_write|fsWrite|write|str_replace|strReplace|fsAppend|execute_bash|executeBash|executePwsh|shell"
_TRIGGERS = {
    "SessionStart": None,
    "SessionEnd": None,
    "UserPromptSubmit": None,
    "Stop": None,
    "PreToolUse": _WRITES,
    "PostToolUse": f"{_WRITES}|fs_read|readFile|read",
}
_AGENT_EVENTS: dict[str, dict[str, Any]] = {
    "agentSpawn": {},
    "userPromptSubmit": {},
    "stop": {},
    "preToolUse": {"matcher": "*"},
    "postToolUse": {"matcher": "*"},
}


def is_present(env: Mapping[str, str]) -> bool:
    """Its folder or one of its programs is there."""
    path = env.get("PATH", "")
    return (home_folder(env) / ".kiro").is_dir() or any(
        shutil.which(name, path=path) for name in ("kiro", "kiro-cli")
    )


def parts(env: Mapping[str, str], project: Path | None) -> list[Part]:
    """The hooks file, and the agent files that are there."""
    agents = sorted(((project or home_folder(env)) / ".kiro" / "agents").glob("*.json"))
    return [Part(settings_file(env, project), _FILE, is_own=True), *(Part(path, _AgentFile()) for path in agents)]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`byline.json` in the hooks folder of the user or of the repository."""
    return (project or home_folder(env)) / ".kiro" / "hooks" / "byline.json"


def all_settings(env: Mapping[str, str], project: Path | None) -> list[Path]:
    """The user's and the repository's hooks file."""
    return [settings_file(env, None), *([settings_file(env, project)] if project else [])]


def register(text: str, command: str) -> str:
    """The hooks file."""
    return _FILE.register(text, command)


def unregister(text: str, original: str | None) -> str:
    """Nothing, where the text is ours."""
    return _FILE.unregister(text, original)


def registered(text: str) -> dict[str, set[str]]:
    """Our command line, for every event."""
    return _FILE.registered(text)


def events() -> frozenset[str]:
    """All that the hooks file has."""
    return _FILE.events()


def switched_off(text: str) -> str | None:
    """Nothing in these files does."""
    return None


class _AgentFile:
    """An agent file of CLI 2, `hooks` in it."""

    def register(self, text: str, command: str) -> str:
        """`text` with one entry of ours for every event."""
        entry = {"command": command, "timeout_ms": TIMEOUT * 1000}
        return hooklists.register(text, {event: {**more, **entry} for event, more in _AGENT_EVENTS.items()}, _is_ours)

    def unregister(self, text: str, original: str | None) -> str:
        """`text` without our entries."""
        return hooklists.unregister(text, _is_ours, original)

    def registered(self, text: str) -> dict[str, set[str]]:
        """Our command lines by event."""
        return hooklists.registered(text, _is_ours)

    def events(self) -> frozenset[str]:
        """The events that `register` registers for."""
        return frozenset(_AGENT_EVENTS)


def _template() -> str:
    hooks = [
        {
            "name": f"byline {trigger}",
            "trigger": trigger,
            **({"matcher": matcher} if matcher else {}),
            "action": {"type": "command", "command": "@COMMAND@"},
            "timeout": TIMEOUT,
            "enabled": True,
        }
        for trigger, matcher in _TRIGGERS.items()
    ]
    return json.dumps({"version": "v1", "hooks": hooks}, indent=2) + "\n"


def _is_ours(command: str) -> bool:
    return is_ours(command, "kiro")


_FILE = OwnFile(_template(), '"@COMMAND@"', _is_ours)
