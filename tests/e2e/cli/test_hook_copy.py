"""The copy of the hook package that agents start."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import Person


def command_of(person: Person) -> str:
    hooks = json.loads(person.settings.read_bytes())["hooks"]
    found: str = hooks["PostToolUse"][0]["hooks"][0]["command"]
    return found


def call(person: Person, command: str, payload: str) -> "subprocess.CompletedProcess[str]":
    """As Claude does: through a shell, payload on standard input."""
    return subprocess.run(
        ["sh", "-c", command],
        input=payload,
        cwd=person.repository,
        env=person.env,
        capture_output=True,
        text=True,
        timeout=20,
    )


def write_payload(person: Person) -> str:
    path = person.repository / "a.txt"
    path.write_text("one\n")
    return json.dumps(
        {
            "session_id": "11111111-2222-3333-4444-555555555555",
            "transcript_path": str(person.home / "t.jsonl"),
            "cwd": str(person.repository),
            "hook_event_name": "PostToolUse",
            "tool_name": "Write",
            "tool_use_id": "toolu_1",
            "tool_input": {"file_path": str(path), "content": "one\n"},
            "tool_response": {
                "type": "create",
                "filePath": str(path),
                "content": "one\n",
                "structuredPatch": [],
                "originalFile": None,
            },
        }
    )


@pytest.mark.parametrize("folder", ["data", "with blank", "quo'te", 'dou"ble $HOME `x` \\'])
def test_the_written_command_records_a_write(person: Person, folder: str) -> None:
    person.env["BYLINE_DATA_DIR"] = str(person.home / folder)
    person.byline("install", "claude")
    done = call(person, command_of(person), write_payload(person))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    facts = json.loads(person.byline("status", "--json").stdout)
    claude = next(agent for agent in facts["agents"] if agent["agent"] == "claude")
    assert (claude["events"], claude["last_event"]) == (1, "write")
    assert facts["sessions_today"] == 1


def test_the_command_is_harmless_when_interpreter_or_shim_are_gone(person: Person) -> None:
    person.byline("install", "claude")
    command = command_of(person)
    person.byline("uninstall", "claude")
    for broken in (command, command.replace("python", "no-python")):
        done = call(person, broken, "{}")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_byte_code_is_there_and_used_as_it_is(person: Person) -> None:
    person.byline("install", "claude")
    package = person.data / "hooks" / "byline_hooks"
    compiled = {path: path.stat().st_mtime_ns for path in package.rglob("*.pyc")}
    names = {path.name.split(".")[0] for path in compiled}
    assert {path.stem for path in package.rglob("*.py")} <= names
    for source in package.rglob("*.py"):
        os.utime(source, (1, 1))  # as after a restored backup
    call(person, command_of(person), write_payload(person))
    assert {path: path.stat().st_mtime_ns for path in package.rglob("*.pyc")} == compiled


def test_the_interpreter_is_not_the_virtual_environments(person: Person) -> None:
    person.byline("install", "claude")
    python = Path(command_of(person).split()[2])
    assert python.is_absolute()
    assert not any((folder / "pyvenv.cfg").exists() for folder in python.parents)
    done = subprocess.run(
        [python, "-I", "-S", "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True
    )
    assert done.stdout.split() == [str(part) for part in sys.version_info[:2]]


def test_a_changed_copy_is_replaced_in_one_step(person: Person) -> None:
    person.byline("install", "claude")
    entry = person.data / "hooks" / "byline_hooks" / "entry.py"
    entry.write_text(entry.read_text() + "\n# of another version\n")
    settings = person.settings.read_bytes()
    stop = time.monotonic() + 60
    upgrade = subprocess.Popen(
        person.command(["install", "claude"]), cwd=person.repository, env=person.env, stdout=subprocess.DEVNULL
    )
    while upgrade.poll() is None and time.monotonic() < stop:
        assert (person.data / "hooks" / "byline_hooks" / "shim.py").is_file(), "an agent found no hook"
    assert upgrade.wait(60) == 0
    assert "another version" not in entry.read_text()
    assert person.settings.read_bytes() == settings


def test_a_lost_byte_code_file_comes_back(person: Person) -> None:
    person.byline("install", "claude")
    lost = next((person.data / "hooks" / "byline_hooks" / "__pycache__").glob("entry.*.pyc"))
    lost.unlink()
    person.byline("install", "claude")
    assert lost.is_file()


def test_a_repositorys_line_steps_back_for_the_persons_own(person: Person) -> None:
    program = person.bin / "byline-hook"
    program.write_text('#!/bin/sh\necho "$1" >> "$HOME/called"\necho noise >&2\n')
    program.chmod(0o755)
    person.byline("install", "claude", "--project")
    settings = json.loads((person.repository / ".claude" / "settings.json").read_bytes())
    command = settings["hooks"]["Stop"][0]["hooks"][0]["command"]
    done = call(person, command, "{}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (person.home / "called").read_text() == "claude\n"
    person.byline("install", "claude")
    done = call(person, command, "{}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (person.home / "called").read_text() == "claude\n"
    program.unlink()
    assert call(person, command, "{}").returncode == 0
