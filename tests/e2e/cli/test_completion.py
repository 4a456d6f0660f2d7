"""Shells complete byline's commands."""

import shutil
import subprocess

import pytest

from byline.cli.main import COMMANDS

from .conftest import Person


def test_bash_completes(person: Person) -> None:
    script = person.byline("completion", "bash").stdout
    asked = "COMP_WORDS=(byline sess); COMP_CWORD=1; _byline; echo ${COMPREPLY[@]}\n"
    asked += "COMP_WORDS=(byline session show --a); COMP_CWORD=3; _byline; echo ${COMPREPLY[@]}\n"
    done = subprocess.run(["bash", "-c", script + asked], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert (sorted(first.split()), second) == (["session", "sessions"], "--as")
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_is_offered(person: Person, shell: str) -> None:
    script = person.byline("completion", shell).stdout
    assert [row.name for row in COMMANDS if row.name not in script] == []
    assert "--json" in script or "-l json" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)


def test_another_shell_is_wrong_usage(person: Person) -> None:
    person.byline("completion", "csh", code=2)
