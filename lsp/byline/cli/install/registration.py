"""Where byline is registered with an agent now, read from the agent's settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from byline.cli.install import agents, files
from byline.errors import BylineError


class Registered(NamedTuple):
    """One settings file that names our hook."""

    scope: str
    """`user` or `project`."""
    path: Path
    commands: dict[str, set[str]]
    """Our command lines by event."""
    events: frozenset[str]
    """The events that this byline registers there."""


def find(name: str, env: Mapping[str, str], worktree: Path | None) -> list[Registered]:
    """The settings files of the user and of the repository that name our hook; those that can't be read do not."""
    found = []
    for scope, project in (("user", None), ("project", worktree)):
        if scope == "project" and project is None:
            continue
        for part in agents.parts(name, env, project):
            try:
                commands = part.editor.registered(files.decode(files.read(part.path) or b"", part.path)[0])
            except BylineError:
                continue  # doctor says why
            if commands:
                found.append(Registered(scope, part.path, commands, part.editor.events()))
    return found
