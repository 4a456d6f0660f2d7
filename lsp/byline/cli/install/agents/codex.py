"""Codex: hook groups in `hooks.json`, or in `config.toml` where the person has theirs there, and their trust.

A hook that Codex does not trust is skipped without a word, so their hashes go into `config.toml` (`codextrust`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from byline.cli.folders import home_folder
from byline.cli.install import codextoml, codextrust, files, hookgroups, tomltext
from byline.cli.install.agents import Part
from byline.cli.install.commandline import is_ours
from byline.cli.install.grouped import Grouped, commands
from byline.errors import BylineError

PROGRAMS = ("codex",)
NOTE = "the hooks are trusted for you; /hooks in Codex shows them"
USER_SETTINGS = '${CODEX_HOME:-$HOME/.codex}/hooks.json" "${CODEX_HOME:-$HOME/.codex}/config.toml'
TIMEOUT, LAST_TIMEOUT = 10, 3
"""Seconds; Codex allows no more than 3 at the end of a session, and says so where more are asked for."""

_TOOLS = "apply_patch|Bash"
_LAST = ("SessionEnd", "Interrupt")
_MATCHERS: dict[str, str | None] = {
    "SessionStart": None,
    "SessionEnd": None,
    "UserPromptSubmit": None,
    "PreToolUse": _TOOLS,
    "PostToolUse": _TOOLS,
    "PreCompact": None,
    "SubagentStart": None,
    "SubagentStop": None,
    "Stop": None,
    "Interrupt": None,
}


def traces(env: Mapping[str, str]) -> list[Path]:
    """Its folder."""
    return [_folder(env)]


def parts(env: Mapping[str, str], project: Path | None) -> list[Part]:
    """The file with the hooks, and the person's settings with their hashes, where that is another one."""
    path, trusted = settings_file(env, project), _folder(env) / "config.toml"
    if path == trusted:
        return [Part(path, Toml(path, env, is_trusting=True))]
    editor = Toml(path, env, is_trusting=False) if path.suffix == ".toml" else _FILE
    return [Part(path, editor), Part(trusted, Trust(path, editor, env))]


def settings_file(env: Mapping[str, str], project: Path | None) -> Path:
    """The one that byline is in; else `hooks.json`, unless there is none and `config.toml` has hooks."""
    folder = project / ".codex" if project else _folder(env)
    bare, config = folder / "hooks.json", folder / "config.toml"
    groups = _groups(config)
    if codextrust.find(groups, _is_ours):
        return config
    return config if groups and not bare.exists() else bare


def all_settings(env: Mapping[str, str], project: Path | None) -> list[Path]:
    """The user's and the repository's, both of each."""
    folders = [_folder(env), *([project / ".codex"] if project else [])]
    return [folder / name for folder in folders for name in ("hooks.json", "config.toml")]


def register(text: str, command: str) -> str:
    """`text`, a `hooks.json`, with our groups."""
    return _FILE.register(text, command)


def unregister(text: str, original: str | None) -> str:
    """`text` without our groups."""
    return _FILE.unregister(text, original)


def registered(text: str) -> dict[str, set[str]]:
    """Our command lines by event, in a text of either kind."""
    groups = codextoml.read(text) if _is_toml(text) else hookgroups.read(text)
    return commands(_ours(groups), _is_ours)


def events() -> frozenset[str]:
    """The events that `register` registers for."""
    return _FILE.events()


def switched_off(text: str) -> str | None:
    """`features.hooks` stops every hook."""
    features = tomltext.parse(text).get("features") if _is_toml(text) else None
    return "features.hooks is false" if isinstance(features, dict) and features.get("hooks") is False else None


def untrusted(env: Mapping[str, str], project: Path | None) -> list[str]:
    """The events whose hook of ours Codex skips because the person's settings do not trust it."""
    path = settings_file(env, project)
    hooks = codextrust.find(_groups(path), _is_ours)
    return codextrust.untrusted(_text(_folder(env) / "config.toml"), path, hooks, env)


class Toml:
    """How `config.toml` is changed where the hooks are in it, with their hashes in the person's own."""

    def __init__(self, path: Path, env: Mapping[str, str], *, is_trusting: bool) -> None:
        self._path = path
        self._env = env
        self._is_trusting = is_trusting

    def register(self, text: str, command: str) -> str:
        """`text` with our groups."""
        wanted = {event: _FILE.group(event, command) for event in _MATCHERS}
        text = codextoml.register(text, wanted, _is_ours)
        hooks = codextrust.find(codextoml.read(text), _is_ours)
        return codextrust.trust(text, self._path, hooks, self._env) if self._is_trusting else text

    def unregister(self, text: str, original: str | None) -> str:
        """`text` without them."""
        hooks = codextrust.find(codextoml.read(text), _is_ours)
        if self._is_trusting:
            text = codextrust.distrust(text, self._path, hooks, original)
        return codextoml.unregister(text, _is_ours)

    def registered(self, text: str) -> dict[str, set[str]]:
        """Our command lines by event."""
        return commands(_ours(codextoml.read(text)), _is_ours)

    def events(self) -> frozenset[str]:
        """The same as everywhere."""
        return _FILE.events()


class Trust:
    """How `config.toml` is changed where the hooks are in another file, at `path`."""

    def __init__(self, path: Path, editor: Any, env: Mapping[str, str]) -> None:
        self._path = path
        self._editor = editor
        self._env = env

    def register(self, text: str, command: str) -> str:
        """`text` with the hashes of the hooks as they are, or are going to be."""
        there = self._editor.register(_text(self._path), command)
        return codextrust.trust(text, self._path, self._hooks(there), self._env)

    def unregister(self, text: str, original: str | None) -> str:
        """`text` without the hashes of the hooks that are there still."""
        return codextrust.distrust(text, self._path, self._hooks(_text(self._path)), original)

    def registered(self, text: str) -> dict[str, set[str]]:
        """The command lines of those hooks that have a hash here, whichever it is."""
        known = codextrust.state(text)
        found: dict[str, set[str]] = {}
        for hook in self._hooks(_text(self._path)):
            if hook.key(str(self._path)) in known:
                found.setdefault(hook.event, set()).add(hook.command)
        return found

    def events(self) -> frozenset[str]:
        """None: a missing hash has words of its own."""
        return frozenset()

    def _hooks(self, text: str) -> list[codextrust.Hook]:
        groups = codextoml.read(text) if self._path.suffix == ".toml" else hookgroups.read(text)
        return codextrust.find(groups, _is_ours)


def _folder(env: Mapping[str, str]) -> Path:
    named = env.get("CODEX_HOME")
    return Path(named) if named else home_folder(env) / ".codex"


def _text(path: Path) -> str:
    return files.decode(files.read(path) or b"", path)[0]


def _groups(path: Path) -> dict[str, list[Any]]:
    """The groups of a file; none where it can't be read."""
    try:
        return codextoml.read(_text(path)) if path.suffix == ".toml" else hookgroups.read(_text(path))
    except BylineError:
        return {}


def _ours(groups: Mapping[str, list[Any]]) -> dict[str, list[dict[str, Any]]]:
    return {
        event: [group for group in found if codextrust.find({event: [group]}, _is_ours)]
        for event, found in groups.items()
        if codextrust.find({event: found}, _is_ours)
    }


def _is_toml(text: str) -> bool:
    """`config.toml` rather than `hooks.json`, which begins with a brace."""
    return bool(text.strip()) and not text.lstrip("\ufeff \t\r\n").startswith(("{", "//", "/*"))


def _is_ours(command: str) -> bool:
    return is_ours(command, "codex")


def _handler(event: str, command: str) -> dict[str, Any]:
    return {"type": "command", "command": command, "timeout": LAST_TIMEOUT if event in _LAST else TIMEOUT}


_FILE = Grouped(_MATCHERS, _is_ours, _handler)
