"""Checks of the machine: git, the programs called byline, the switches."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from byline.cli.doctor.problem import Problem
from byline.cli.here import Here
from byline.errors import GitFailed
from byline.repo.run import Git

OLDEST_GIT = (2, 30)
_VERSION_SECONDS = 10


def git(here: Here) -> Iterator[Problem]:
    """Git is there and new enough."""
    oldest = ".".join(map(str, OLDEST_GIT))
    if shutil.which("git", path=here.env.get("PATH")) is None:
        yield Problem("git", "git is not on PATH", f"install git {oldest} or newer")
        return
    try:
        version = Git(here.data if here.data.is_dir() else Path.cwd(), env=here.env).version()
    except GitFailed as problem:
        yield Problem("git", f"git does not start: {problem}", "reinstall git")
        return
    if version < OLDEST_GIT:
        yield Problem("git", f"git is {'.'.join(map(str, version))}", f"install git {oldest} or newer")


def switches(here: Here) -> Iterator[Problem]:
    """Nothing is switched off."""
    if here.is_disabled_by_environment:
        yield Problem("recording", "recording is switched off: BYLINE_DISABLE is set", "unset BYLINE_DISABLE")
    elif not here.is_recording:
        yield Problem(
            "recording",
            "recording is switched off: git config byline.enabled is false",
            "git config byline.enabled true",
        )


def programs(here: Here) -> Iterator[Problem]:
    """One byline on PATH, not several of different versions."""
    found = _programs(here.env.get("PATH", ""))
    if len(found) < 2:
        return
    versions = {path: _version(path) for path in found}
    if len(set(versions.values())) > 1:
        listed = ", ".join(f"{path} ({version})" for path, version in versions.items())
        yield Problem(
            "programs", f"several byline versions on PATH: {listed}", f"remove all but one; {found[0]} is used"
        )


def _programs(path: str) -> list[Path]:
    """Every program called byline on PATH, the one that is used first; links to the same file once."""
    found: dict[str, Path] = {}
    for folder in filter(None, path.split(os.pathsep)):
        program = shutil.which("byline", path=folder)
        if program:
            found.setdefault(os.path.realpath(program), Path(program))
    return list(found.values())


def _version(program: Path) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, timeout=_VERSION_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "does not start"
    words = done.stdout.decode("utf-8", "replace").split()
    return words[1] if done.returncode == 0 and len(words) == 2 else "does not start"
