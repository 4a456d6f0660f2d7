"""Kiro: a hooks file of our own for CLI 3 and the IDE, and every agent file of the user's for CLI 2.

CLI 2 runs only the hooks of the agent file in use. Known from documentation only.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.install.agents import Part
from byline.cli.install.commandline import is_ours
from byline.cli.install.listed import Listed
from byline.cli.install.ownfiles import OwnFile

PROGRAMS = ("kiro", "kiro-cli")
NOTE = "after making a new agent file run this again: CLI 2 runs only the hooks of the agent in use"
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


def traces(env: Mapping[str, str]) -> list[Path]:
    """Its folder."""
    return [home_folder(env) / ".kiro"]


def parts(env: Mapping[str, str], project: Path | None) -> list[Part]:
    """The hooks file, and the agent files that are there."""
    agents = sorted(((project or home_folder(env)) / ".kiro" / "agents").glob("*.json"))
    return [Part(settings_file(env, project), _FILE, is_own=True), *(Part(path, _AGENT_FILE) for path in agents)]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """`byline.json` in the hooks folder of the user or of the repository."""
    return (project or home_folder(env)) / ".kiro" / "hooks" / "byline.json"


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


def _entry(event: str, command: str) -> dict[str, Any]:
    return {**_AGENT_EVENTS[event], "command": command, "timeout_ms": TIMEOUT * 1000}


_AGENT_FILE = Listed(tuple(_AGENT_EVENTS), _is_ours, _entry)
_FILE = OwnFile(_template(), '"@COMMAND@"', _is_ours)
register, unregister, registered, events = _FILE.register, _FILE.unregister, _FILE.registered, _FILE.events
