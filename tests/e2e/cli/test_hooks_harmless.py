"""Each agent's installed command lines where something they need is gone: nothing printed, status 0, in time.

The lines are taken out of the files that `byline install` wrote, and run as the agents run them.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from byline.cli.install import agents, registration

from .conftest import Person

SECONDS = 2.6
"""The hook's own deadline is 2 s; the rest is a busy machine's."""
SESSION = "4f2a0000-0000-4000-8000-000000000001"
PAYLOAD = {"session_id": SESSION, "hook_event_name": "PostToolUse", "timestamp": "2026-11-21T02:09:25Z"}


class Installed(NamedTuple):
    """Every agent's command line, in one home."""

    person: Person
    commands: dict[str, str]

    def payload(self) -> bytes:
        return json.dumps({**PAYLOAD, "cwd": str(self.person.repository)}).encode()

    def start(self, command: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            ["/bin/sh", "-c", command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.person.repository,
            env=self.person.env,
        )

    def run(self, data: bytes | None = b"", prefix: str = "") -> None:
        """Each line as `sh -c` with this on standard input, None for one that is closed."""
        for agent, command in self.commands.items():
            started = time.monotonic()
            with self.start(f"{prefix}{{ {command}; }}{' <&-' if data is None else ''}") as process:
                said = process.communicate(data or b"", timeout=30)
            assert (agent, process.returncode, said) == (agent, 0, (b"", b""))
            assert time.monotonic() - started < SECONDS, agent


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """byline installed for every agent, once for all tests."""
    person = Person(tmp_path_factory.mktemp("everywhere"))
    person.byline("install", *agents.ROWS)
    commands = {}
    for name in agents.ROWS:
        found = registration.find(name, person.env, None)
        (commands[name],) = {line for settings in found for lines in settings.commands.values() for line in lines}
    return Installed(person, commands)


@pytest.fixture
def installed(everywhere: Installed, tmp_path: Path) -> Installed:
    """A copy to be damaged."""
    person = Person(tmp_path)
    person.home.rmdir()
    shutil.copytree(everywhere.person.home, person.home, symlinks=True)
    old, new = str(everywhere.person.home), str(person.home)
    return Installed(person, {name: one.replace(old, new) for name, one in everywhere.commands.items()})


def the_interpreter_is_gone(installed: Installed) -> Installed:
    """As after an upgrade of Python: the line names a file that is not there."""
    return _with_python(installed, "/nonexistent/python3")


def the_interpreter_cant_run(installed: Installed) -> Installed:
    broken = installed.person.bin / "python3"
    broken.write_text("#!/nonexistent/interpreter\n")
    broken.chmod(0o755)
    return _with_python(installed, str(broken))


def the_shim_is_gone(installed: Installed) -> Installed:
    (installed.person.data / "hooks" / "byline_hooks" / "shim.py").unlink()
    return installed


def the_package_is_gone(installed: Installed) -> Installed:
    shutil.rmtree(installed.person.data)
    return installed


def half_the_package_is_gone(installed: Installed) -> Installed:
    package = installed.person.data / "hooks" / "byline_hooks"
    shutil.rmtree(package / "__pycache__")
    (package / "entry.py").write_text("this is no Python\n")
    return installed


def the_store_is_a_file(installed: Installed) -> Installed:
    installed.person.store.write_text("")
    return installed


def the_store_cant_be_written(installed: Installed) -> Installed:
    """Root may write anywhere, so besides the missing right there are files in the way."""
    installed.person.store.mkdir()
    (installed.person.store / "spool").write_text("")
    (installed.person.store / "blobs").write_text("")
    installed.person.store.chmod(0o500)
    return installed


def there_is_no_home(installed: Installed) -> Installed:
    environment = {name: value for name, value in installed.person.env.items() if name != "BYLINE_DATA_DIR"}
    installed.person.env = {**environment, "HOME": "/nonexistent"}
    return installed


def _with_python(installed: Installed, python: str) -> Installed:
    commands = {
        name: one.replace(one.partition("[ -x ")[2].partition(" ]")[0], python)
        for name, one in installed.commands.items()
    }
    return installed._replace(commands=commands)


BROKEN: list[Callable[[Installed], Installed]] = [
    *(the_interpreter_is_gone, the_interpreter_cant_run, the_shim_is_gone, the_package_is_gone),
    *(half_the_package_is_gone, the_store_is_a_file, the_store_cant_be_written, there_is_no_home),
]


@pytest.mark.parametrize("damage", BROKEN, ids=lambda one: one.__name__)
def test_what_is_gone_disturbs_no_agent(installed: Installed, damage: Callable[[Installed], Installed]) -> None:
    damaged = damage(installed)
    damaged.run(damaged.payload())


def test_a_full_disk_disturbs_no_agent(installed: Installed) -> None:
    """No byte can be written to any file."""
    installed.run(installed.payload(), prefix="ulimit -f 0; trap '' XFSZ; ")


@pytest.mark.parametrize("data", [None, b"", b"\x00\xff{", b"[]"], ids=["closed", "empty", "no text", "a list"])
def test_any_input_disturbs_no_agent(installed: Installed, data: bytes | None) -> None:
    installed.run(data)


def test_a_huge_input_disturbs_no_agent(installed: Installed) -> None:
    installed.run(b'{"session_id": "' + b"x" * (20 << 20))


def test_input_that_does_not_end_is_given_up(installed: Installed) -> None:
    started = time.monotonic()
    running = {name: installed.start(command) for name, command in installed.commands.items()}
    for name, process in running.items():
        assert (name, process.wait(30)) == (name, 0)
    assert time.monotonic() - started < SECONDS + 2  # thirteen at once
    for process in running.values():
        assert process.communicate(timeout=5) == (b"", b"")


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="needs /dev/full")
def test_an_output_nobody_takes_disturbs_no_agent(installed: Installed) -> None:
    commands = {name: f"{{ {command}; }} >/dev/full 2>&1" for name, command in installed.commands.items()}
    installed._replace(commands=commands).run(installed.payload())
