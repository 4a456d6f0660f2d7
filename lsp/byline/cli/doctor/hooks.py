"""Checks of what agents run: registration, interpreter, the copy of the hook, its byte code."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from byline.cli.doctor.arrive import is_followed
from byline.cli.doctor.problem import Problem
from byline.cli.here import Here
from byline.cli.install import agents, commandline, files, hookcopy, registration
from byline.cli.install.plan import command_line
from byline.cli.moments import age
from byline.errors import BylineError

QUIET_DAYS = 7
_DAY = 86_400_000_000_000
_START_SECONDS = 10
_IMPORT = "import sys; sys.path.insert(0, sys.argv[1]); import byline_hooks.entry"


def registered(here: Here) -> Iterator[Problem]:
    """Every agent that is there runs our hook, with the command line this byline would write, or is followed."""
    somewhere = any(is_followed(here, name) for name in agents.followed.ROWS)
    absent = []
    for name, title in agents.ROWS.items():
        found = registration.find(name, here.env, here.worktree)
        somewhere |= bool(found)
        if not found and agents.found(name, here.env):
            absent.append((name, title))
        for settings in found:
            yield from _up_to_date(here, name, settings)
        if found and found[0].scope == "project" and not hookcopy.on_path(here.env):
            yield Problem(
                "registered",
                f"{found[0].path} starts byline-hook, which is not on PATH",
                f"byline install {name}, or add the folder of byline-hook to PATH",
            )
    for name, title in absent:
        yield Problem(
            "registered",
            f"{title} is on this machine, but byline is not in its settings",
            f"byline install {name}",
            "note" if somewhere else "problem",
        )
    if not somewhere and not absent:
        yield Problem("registered", "no agent on this machine runs byline", "byline install claude")


def _up_to_date(here: Here, name: str, settings: registration.Registered) -> Iterator[Problem]:
    project = here.worktree if settings.scope == "project" else None
    mend = f"byline install {name}{' --project' if project else ''}"
    missing = settings.events - settings.commands.keys()
    if missing:
        listed = ", ".join(sorted(missing))
        yield Problem("registered", f"{settings.path} does not register byline for {listed}", mend)
    wanted = command_line(name, here.env, project)
    if any(commands != {wanted} for commands in settings.commands.values()):
        yield Problem("registered", f"{settings.path} runs the hook of an older or another byline", mend)


def settings_readable(here: Here) -> Iterator[Problem]:
    """The agents' settings can be read and do not switch hooks off."""
    for name, title in agents.ROWS.items():
        agent = agents.load(name)
        for path in agents.all_settings(name, here.env, here.worktree):
            try:
                text = files.decode(files.read(path) or b"", path)[0]
                agent.registered(text)
                reason = agents.switched_off(name, text)
            except BylineError as problem:
                yield Problem("settings", f"{title} settings {path}: {problem}", f"mend {path} in an editor")
                continue
            if reason:
                yield Problem("settings", f"{title} runs no hooks: {reason} in {path}", f"remove it from {path}")


def interpreter(here: Here) -> Iterator[Problem]:
    """The Python that the settings name is there, and so is the hook it is to run."""
    for name, title in agents.ROWS.items():
        found = registration.find(name, here.env, None)
        commands = {line for settings in found for lines in settings.commands.values() for line in lines}
        for python, shim in sorted(set(filter(None, map(commandline.paths, commands)))):
            if not os.access(python, os.X_OK):
                yield Problem(
                    "interpreter", f"{title} runs the hook with {python}, which is gone", f"byline install {name}"
                )
            if not shim.is_file():
                yield Problem("shim", f"{title} runs {shim}, which is missing", f"byline install {name}")
            elif os.access(python, os.X_OK):
                yield from _starts(python, shim, name)


def trusted(here: Here) -> Iterator[Problem]:
    """Agents that run only hooks they trust do trust ours."""
    for name, title in agents.ROWS.items():
        for scope, project in (("user", None), ("project", here.worktree)):
            if scope == "project" and project is None:
                continue
            events = agents.untrusted(name, here.env, project)
            if events:
                mend = f"byline install {name}{' --project' if project else ''}, or trust them there (/hooks)"
                yield Problem("trusted", f"{title} skips byline's hooks for {', '.join(events)}: not trusted", mend)


def _starts(python: Path, shim: Path, name: str) -> Iterator[Problem]:
    command = [str(python), "-I", "-S", "-c", _IMPORT, str(shim.parent.parent)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_START_SECONDS, check=False)
        said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2] if done.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as problem:
        said = str(problem)
    if said:
        yield Problem("interpreter", f"{python} can't run the hook: {said}", f"byline install {name}")


def copy(here: Here) -> Iterator[Problem]:
    """The copy of the hook is this byline's, byte-compiled."""
    named = [name for name in agents.ROWS if registration.find(name, here.env, None)]
    package = hookcopy.shim(here.data).parent
    if not named or not package.is_dir():
        return
    mend = f"byline install {named[0]}"
    if hookcopy.content_hash(package) != hookcopy.content_hash(hookcopy.source_folder()):
        yield Problem("shim", f"the hook in {package} is of another version than this byline", mend)
    stale = hookcopy.stale_byte_code(package)
    if stale:
        yield Problem("bytecode", f"{package} lacks valid byte code for {', '.join(stale)}: every call is slow", mend)


def called(here: Here) -> Iterator[Problem]:
    """Agents did call the hook, lately."""
    now = time.time_ns()
    for name, title in agents.ROWS.items():
        if not registration.find(name, here.env, here.worktree):
            continue
        last = here.last_event_anywhere(name, now - QUIET_DAYS * _DAY)
        if last is None:
            yield Problem(
                "called", f"{title} has not called the hook yet", f"start {name} once, then look again", "note"
            )
        elif last.at < now - QUIET_DAYS * _DAY:
            yield Problem(
                "called",
                f"{title} last called the hook {age(last.at, now)}",
                f"if you used it since: restart {name}, then look again",
                "note",
            )
