"""Factory Droid: `hooks.json`, whose events have no wrapper, or the `hooks` of `settings.json`.

An event that `hooks.json` names is no longer taken from `settings.json`. So byline goes into `settings.json` where
that has hooks and there is no `hooks.json`, else into the latter; the few who have hooks of one event in both see the
change in `byline install --dry-run`.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from byline.cli.folders import home_folder
from byline.cli.install import files, hooklists, jsontext
from byline.cli.install.commandline import is_ours
from byline.errors import BylineError

USER_SETTINGS = '$HOME/.factory/hooks.json" "$HOME/.factory/settings.json'
TIMEOUT = 10
"""Seconds; the hook's own deadline is much shorter."""

_TOOLS = "Create|Edit|MultiEdit|ApplyPatch|Execute"
_MATCHERS: dict[str, str | None] = {
    "SessionStart": None,
    "SessionEnd": None,
    "UserPromptSubmit": None,
    "Stop": None,
    "PreCompact": None,
    "PreToolUse": _TOOLS,
    "PostToolUse": f"{_TOOLS}|Read",
}


def is_present(env: Mapping[str, str]) -> bool:
    """Its folder or its program is there."""
    return (home_folder(env) / ".factory").is_dir() or shutil.which("droid", path=env.get("PATH", "")) is not None


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """The file of `.factory`, the user's or the repository's, that byline is in or is to go to."""
    bare, wrapped = _files(env, project)
    return wrapped if not _events(bare, _is_ours) and (_events(wrapped) and not bare.exists()) else bare


def all_settings(env: Mapping[str, str], project: Path | None) -> list[Path]:
    """The user's and the repository's, both of each."""
    return [*_files(env, None), *(_files(env, project) if project else [])]


def register(text: str, command: str) -> str:
    """`text` with one group of ours for every event."""
    handler = {"type": "command", "command": command, "timeout": TIMEOUT}
    wanted = {
        event: {"matcher": matcher, "hooks": [handler]} if matcher else {"hooks": [handler]}
        for event, matcher in _MATCHERS.items()
    }
    return hooklists.register(text, wanted, _is_ours, at=_place(text))


def unregister(text: str, original: str | None) -> str:
    """`text` without our groups."""
    return hooklists.unregister(text, _is_ours, original, at=_place(text))


def registered(text: str) -> dict[str, set[str]]:
    """Our command lines by event."""
    return hooklists.registered(text, _is_ours, at=_place(text))


def events() -> frozenset[str]:
    """The events that `register` registers for."""
    return frozenset(_MATCHERS)


def switched_off(text: str) -> str | None:
    """`hooksDisabled` stops every hook."""
    found = jsontext.find(text, ["hooksDisabled"]) if text.strip() else None
    return "hooksDisabled is true" if found is not None and found.value is True else None


def _files(env: Mapping[str, str], project: Path | None) -> tuple[Path, Path]:
    folder = (project or home_folder(env)) / ".factory"
    return folder / "hooks.json", folder / "settings.json"


def _events(path: Path, is_wanted: hooklists.IsOurs | None = None) -> set[str]:
    """The events of a file that have hooks, or ones of a kind; none where the file can't be read."""
    try:
        text = files.decode(files.read(path) or b"", path)[0]
        found = hooklists.read(text, _place(text))
    except BylineError:
        return set()
    return {
        event
        for event, entries in found.items()
        if any(is_wanted is None or is_wanted(command) for entry in entries for command in hooklists.commands(entry))
    }


def _place(text: str) -> tuple[str, ...]:
    """Where the events are: in `settings.json`, which is only used where it has hooks already, below `hooks`."""
    try:
        found = jsontext.find(text, hooklists.HOOKS) if text.strip() else None
    except (ValueError, RecursionError):
        return ()
    return hooklists.HOOKS if found is not None and isinstance(found.value, dict) else ()


def _is_ours(command: str) -> bool:
    return is_ours(command, "droid")
