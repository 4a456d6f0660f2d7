"""Factory Droid: `hooks.json`, whose events have no wrapper, or the `hooks` of `settings.json`.

An event that `hooks.json` names is no longer taken from `settings.json`. So byline goes into `settings.json` where
that has hooks and there is no `hooks.json`, else into the latter; where both have hooks, into each with the events
that Droid takes from it, so that nobody's hook is hidden.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.install import claudelike, files, hooklists, jsontext
from byline.cli.install.agents import Part
from byline.cli.install.claudelike import TIMEOUT, matchers
from byline.cli.install.commandline import is_ours
from byline.cli.install.listed import Listed
from byline.errors import BylineError

PROGRAMS = ("droid",)
NOTE = "running sessions ask you to review the change in /hooks"
USER_SETTINGS = '$HOME/.factory/hooks.json" "$HOME/.factory/settings.json'

_TOOLS = "Create|Edit|MultiEdit|ApplyPatch|Execute"
_MATCHERS = matchers(_TOOLS, "Read", more=("PreCompact",), tells_failures=False)


def traces(env: Mapping[str, str]) -> list[Path]:
    """Its folder."""
    return [home_folder(env) / ".factory"]


def parts(env: Mapping[str, str], project: Path | None) -> list[Part]:
    """The file or, where both have hooks, both, each with the events that Droid takes from it."""
    bare, wrapped = _files(env, project)
    hidden = _events(wrapped, _is_foreign)
    if hidden and not bare.exists():
        return [Part(wrapped, _FILE)]
    kept = [event for event in _MATCHERS if event in hidden - _events(bare, _is_foreign)]
    found = [Part(bare, _editor([event for event in _MATCHERS if event not in kept]))]
    return [*found, Part(wrapped, _editor(kept))] if kept or _events(wrapped, _is_ours) else found


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """The file of `.factory`, the user's or the repository's, that byline is in or is to go to."""
    return parts(env, project)[0].path


def all_settings(env: Mapping[str, str], project: Path | None) -> list[Path]:
    """The user's and the repository's, both of each."""
    return [*_files(env, None), *(_files(env, project) if project else [])]


def switched_off(text: str) -> str | None:
    """`hooksDisabled` stops every hook."""
    return claudelike.switched_off(text, "hooksDisabled")


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


def _is_foreign(command: str) -> bool:
    return not _is_ours(command)


def _entry(event: str, command: str) -> dict[str, Any]:
    matcher = _MATCHERS[event]
    handlers = [{"type": "command", "command": command, "timeout": TIMEOUT}]
    return {"matcher": matcher, "hooks": handlers} if matcher else {"hooks": handlers}


def _editor(names: Sequence[str]) -> Listed:
    return Listed(names, _is_ours, _entry, at=_place)


_FILE = _editor(tuple(_MATCHERS))
register, unregister, registered, events = _FILE.register, _FILE.unregister, _FILE.registered, _FILE.events
