"""Kiro: a hooks file of our own for CLI 3 and the IDE, and every agent file of the user's for CLI 2.

CLI 2 runs only the hooks of the agent file in use. Known from documentation only.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.install import jsontext
from byline.cli.install.agents import Part
from byline.cli.install.commandline import is_ours
from byline.cli.install.listed import Listed
from byline.cli.install.ownfiles import OwnFile
from byline.cli.install.spans import Span

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


class _HooksFile(OwnFile):
    """The hooks file: ours, but a list that somebody may have put hooks of their own into."""

    def register(self, text: str, command: str) -> str:
        """The file for `command`; where it has somebody's hooks as well, with ours anew behind them."""
        fresh = super().register(text, command)
        if not _foreign(text):
            return fresh
        if _mine(text) == json.loads(fresh)["hooks"]:
            return text
        text = _without_ours(text)
        for hook in json.loads(fresh)["hooks"]:
            text = jsontext.add(text, ["hooks"], hook)
        return text

    def unregister(self, text: str, original: str | None) -> str:
        """Nothing, where all of it is ours; else what is somebody's."""
        return _without_ours(text) if _foreign(text) else super().unregister(text, original)


def _hooks(text: str) -> tuple[Span, ...]:
    try:
        found = jsontext.find(text, ["hooks"]) if text.strip() else None
    except (ValueError, RecursionError):
        return ()
    return found.items if found is not None and isinstance(found.value, list) else ()


def _is_our_hook(hook: Any) -> bool:
    action = hook.get("action") if isinstance(hook, dict) else None
    return isinstance(action, dict) and _is_ours(str(action.get("command")))


def _mine(text: str) -> list[Any]:
    return [hook.value for hook in _hooks(text) if _is_our_hook(hook.value)]


def _foreign(text: str) -> bool:
    return any(not _is_our_hook(hook.value) for hook in _hooks(text))


def _without_ours(text: str) -> str:
    for place in reversed([place for place, hook in enumerate(_hooks(text)) if _is_our_hook(hook.value)]):
        text = jsontext.remove(text, ["hooks", place])
    return text


_AGENT_FILE = Listed(tuple(_AGENT_EVENTS), _is_ours, _entry)
_FILE = _HooksFile(_template(), '"@COMMAND@"', _is_ours)
register, unregister, registered, events = _FILE.register, _FILE.unregister, _FILE.registered, _FILE.events
