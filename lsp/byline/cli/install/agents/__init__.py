"""The agents that byline can register with: one module each, one row here."""

import importlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from byline.cli.install.agents import followed
from byline.errors import BylineError

ROWS = {
    "claude": "Claude Code",
    "codex": "Codex",
    "gemini": "Gemini CLI",
    "opencode": "OpenCode",
    "qwen": "Qwen Code",
    "copilot": "GitHub Copilot (CLI and VS Code)",
    "cursor": "Cursor",
    "droid": "Factory Droid",
    "cline": "Cline (CLI and VS Code)",
    "windsurf": "Windsurf",
    "kiro": "Kiro",
    "amp": "Amp",
    "junie": "Junie (sessions and prompts only)",
}
"""Name on the command line (and of the module) to the name people know."""
EVERY = (*ROWS, *followed.ROWS)
"""Every agent byline works with."""
WITHOUT_HOOKS = {"roo": "Roo Code"}
"""Agents that tell nobody what they write and leave nothing that proves it."""


class Agent(Protocol):
    """What an agent's module offers; a text is a settings file without byte order mark, "" where there is none.

    Some offer more: `parts` where byline changes several files, `all_settings` where hooks could be switched off in
    files that byline never writes, `switched_off`, `untrusted`. The functions below ask for them.
    """

    USER_SETTINGS: str
    """The user's settings file, as a shell expands it between double quotes."""

    PROGRAMS: tuple[str, ...]
    """What its programs are called."""
    NOTE: str
    """What a person has to do besides, or to know."""

    def traces(self, env: Mapping[str, str]) -> list[Path]:
        """The files and folders of which one is there where the agent is used."""

    def settings_file(self, env: Mapping[str, str], project: Path | None) -> Path:
        """The file to change, for the user or for the repository whose root is `project`."""

    def register(self, text: str, command: str) -> str:
        """`text` with our hooks, each running `command`. Raises BylineError, for one line."""

    def unregister(self, text: str, original: str | None) -> str:
        """`text` without our hooks; `original` is the text before byline, where it is known."""

    def registered(self, text: str) -> dict[str, set[str]]:
        """Our command lines by event."""

    def events(self) -> frozenset[str]:
        """The events that `register` registers for."""


class Editor(Protocol):
    """How one file is changed; every agent's module is one, and may have others for further files."""

    def register(self, text: str, command: str) -> str:
        """As in `Agent`."""

    def unregister(self, text: str, original: str | None) -> str:
        """As in `Agent`."""

    def registered(self, text: str) -> dict[str, set[str]]:
        """As in `Agent`."""

    def events(self) -> frozenset[str]:
        """As in `Agent`."""


class Part(NamedTuple):
    """One of the files that byline changes for an agent."""

    path: Path
    editor: Editor
    mode: int | None = None
    """Permissions of a file that is made; None: the usual ones."""
    is_own: bool = False
    """Nobody else writes there: the file goes with the last of ours."""


def parts(name: str, env: Mapping[str, str], project: Path | None) -> list[Part]:
    """The files to change for an agent: its module's `parts(env, project)` where it has that, else its one file."""
    agent = load(name)
    several = getattr(agent, "parts", None)
    if several is not None:
        return cast(list[Part], several(env, project))
    return [Part(agent.settings_file(env, project), agent)]


def found(name: str, env: Mapping[str, str]) -> Path | None:
    """What tells that the agent is used on this machine: what it has left, or its program."""
    row = followed.ROWS.get(name)
    traces = followed.traces(name, env) if row else load(name).traces(env)
    there = next((trace for trace in traces if trace.exists()), None)
    path = env.get("PATH", "")
    return there or next(
        (Path(full) for program in programs(name) if (full := shutil.which(program, path=path))), None
    )


def programs(name: str) -> tuple[str, ...]:
    """What its programs are called."""
    return followed.ROWS[name].programs if name in followed.ROWS else load(name).PROGRAMS


def title(name: str) -> str:
    """The name people know."""
    return followed.ROWS[name].title if name in followed.ROWS else ROWS[name]


def all_settings(name: str, env: Mapping[str, str], project: Path | None) -> list[Path]:
    """Every file, there or not, in which hooks could be switched off: the module's own word, else its two files."""
    agent = load(name)
    several = getattr(agent, "all_settings", None)
    if several is not None:
        return cast(list[Path], several(env, project))
    return [agent.settings_file(env, None), *([agent.settings_file(env, project)] if project else [])]


def switched_off(name: str, text: str) -> str | None:
    """What in a settings file keeps the agent from running hooks; None where nothing does."""
    told = getattr(load(name), "switched_off", None)
    return cast("str | None", told(text)) if told is not None else None


def untrusted(name: str, env: Mapping[str, str], project: Path | None) -> list[str]:
    """The events whose hook of ours the agent skips until it trusts them; none for agents that ask for no trust."""
    skipped = getattr(load(name), "untrusted", None)
    try:
        return cast(list[str], skipped(env, project)) if skipped is not None else []
    except BylineError:
        return []  # the settings can't be read, which is said elsewhere


def load(name: str) -> Agent:
    """The module of one agent of ROWS."""
    return cast(Agent, importlib.import_module(f"{__name__}.{name}"))
