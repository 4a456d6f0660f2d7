"""What proves that an agent's hooks arrive: its last event, whether it trusts them, and of which version it is."""

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from byline.cli.doctor.problem import Problem
from byline.cli.here import Here
from byline.cli.install import agents, registration
from byline.cli.moments import age, iso
from byline.workspace.following import databases, stores

TRIED = {
    "claude": "2.1.329",
    "codex": "0.169.0",
    "gemini": "0.61.0",
    "opencode": "1.18.33",
    "qwen": "0.24.4",
    "copilot": "1.0.102",
    "droid": "0.215.0",
    "cline": "3.0.65",
    "aider": "0.86.2",
    "continue": "1.5.47",
}
"""The newest version of each agent that byline was driven with; of the others no run was seen."""
OLDEST = {
    "claude": ("2.0.0", "it has no PostToolUseFailure and other names of fields"),
    "codex": ("0.160.0", "it has no hooks, or asks for a feature flag"),
    "gemini": ("0.50.0", "its hooks are off unless `tools.enableHooks` is set, or are not there"),
    "qwen": ("0.20.0", "it lacks events; npm installs such a one, 0.15, on a Node.js older than 22"),
    "cline": ("3.0.0", "it runs no hooks from files"),
}
"""Below these nothing can be expected, and what one would see."""
_NUMBERS = re.compile(r"\d{1,9}(?:\.\d{1,9})+")


class Row(NamedTuple):
    """One agent that runs our hook, or that is followed."""

    agent: str
    how: str
    """Where it is registered (`user`, `project`, both), or `followed`."""
    last_event: str | None
    last_event_at: str | None
    """ISO 8601, UTC."""
    trusted: bool | None
    """None where the agent asks for no trust that could be looked up."""
    version: str | None
    """As its newest events or the installed program tell it."""
    tried_with: str | None

    def words(self) -> tuple[str, ...]:
        """The row for people."""
        at = self.last_event_at
        heard = f"{self.last_event}, {age(int(datetime.fromisoformat(at).timestamp() * 1e9))}" if at else "never"
        trust = "" if self.trusted is None else "yes" if self.trusted else "no"
        return (self.agent, self.how, heard, trust, self.version or "not told", self.tried_with or "never")


def rows(here: Here) -> list[Row]:
    """Every agent that is registered, or found and followed."""
    made = []
    for name in agents.EVERY:
        if name in agents.followed.ROWS:
            how = "followed" if is_followed(here, name) else ""
        else:
            found = registration.find(name, here.env, here.worktree)
            how = ", ".join(dict.fromkeys(settings.scope for settings in found))
        if how:
            made.append(_row(here, name, how))
    return made


def is_followed(here: Here, name: str) -> bool:
    """Whether an agent without hooks is on this machine, or has been heard here."""
    return bool(agents.found(name, here.env)) or name in here.last_events()


def versions(here: Here) -> Iterator[Problem]:
    """The agents whose version is known are not too old for the hook."""
    for name, (oldest, sign) in OLDEST.items():
        told = _version(here, name)
        if told is not None and _number(told) < _number(oldest):
            title = agents.title(name)
            yield Problem("version", f"{title} is of version {told}, older than {oldest}: {sign}", f"upgrade {title}")


def followed(here: Here) -> Iterator[Problem]:
    """What is followed can be read here."""
    if stores.zed_database(here.env).exists() and not databases.can_unpack():
        yield Problem(
            "followed",
            "the threads of Zed's own agent can't be unpacked: its lines stay unknown",
            "install the program zstd (apt install zstd, brew install zstd), or run byline with Python 3.14",
        )


def _row(here: Here, name: str, how: str) -> Row:
    last = here.last_event_anywhere(name, 0)
    moment = iso(last.at) if last else None
    trusted = None
    if name == "codex":
        trusted = not agents.untrusted(name, here.env, None)
    return Row(name, how, last.event if last else None, moment, trusted, _version(here, name), TRIED.get(name))


def _version(here: Here, name: str) -> str | None:
    """The version that the newest event with one tells, else the one that the installed program lies in."""
    found = (event.agent_version for event in reversed(here.events) if event.agent == name and event.agent_version)
    return next(found, None) or _installed(agents.programs(name), here.env.get("PATH", ""))


def _installed(programs: tuple[str, ...], path: str) -> str | None:
    """The version in the name of the file a program leads to, or in its package's description; nothing is run."""
    for program in filter(None, (shutil.which(name, path=path) for name in programs)):
        real = Path(os.path.realpath(program))
        if _NUMBERS.fullmatch(real.name):
            return real.name
        for folder in real.parents[:4]:
            with contextlib.suppress(OSError, ValueError, AttributeError):
                told = json.loads((folder / "package.json").read_bytes())
                if told.get("bin") and isinstance(told.get("version"), str):
                    return str(told["version"])
    return None


def _number(version: str) -> tuple[int, ...]:
    match = _NUMBERS.search(version)
    with contextlib.suppress(ValueError):
        return tuple(int(part) for part in match[0].split(".")) if match else ()
    return ()
