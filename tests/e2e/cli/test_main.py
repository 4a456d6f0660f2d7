"""The program as a whole: help, versions, exit codes, interruptions."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from byline.cli.commands import COMMANDS

from .conftest import Person

WRITTEN = [
    row.name
    for row in COMMANDS
    if row.module.partition("byline.cli.")[2].split(".")[0] in ("install", "status", "doctor")
]


def test_help_lists_every_command_with_an_example(person: Person) -> None:
    text = person.byline("--help").stdout
    assert all(f"\n  {row.name} " in text and row.examples[0][0] in text for row in COMMANDS)
    assert person.byline().stdout == text


@pytest.mark.parametrize("name", WRITTEN)
def test_help_of_a_command_has_examples(person: Person, name: str) -> None:
    text = person.byline(name, "--help").stdout
    assert text.startswith(f"usage: byline {name}")
    assert f"  byline {name}" in text.partition("examples:")[2]
    assert person.byline("help", name).stdout == text


def test_version(person: Person) -> None:
    assert person.byline("--version").stdout.startswith("byline 0.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("instal",), "did you mean `byline install`?"),
        (("status", "--jsno"), "see `byline status --help`"),
        (("--frobnicate",), "`byline --help`"),
    ],
)
def test_wrong_usage_is_one_line_and_2(person: Person, words: tuple[str, ...], said: str) -> None:
    done = person.byline(*words, code=2)
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


def test_help_imports_no_command_and_nothing_heavy(person: Person) -> None:
    code = (
        "import sys; from byline.cli.main import main; main(['--help']); print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=person.env, capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert not loaded & {"rich", "git", "msgspec", "filelock", "argparse", "pygls", "subprocess"}
    assert {name for name in loaded if name.startswith("byline")} == {
        "byline",
        "byline.cli",
        "byline.cli.commandrow",
        "byline.cli.commands",
        "byline.cli.main",
        "byline.cli.readingcommands",
        "byline.errors",
    }


def test_a_surprise_is_one_line_and_a_file_to_paste(person: Person) -> None:
    code = (
        "import byline.cli.status as s, byline.cli.main as m, sys\n"
        "def run(args, env): raise KeyError('boo\\x1b[31m')\n"
        "s.run = run\n"
        "sys.exit(m.main(['status']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=person.env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "\x1b" not in done.stderr
    (written,) = (person.data / "crashes").iterdir()
    assert str(written) in done.stderr
    assert "KeyError" in written.read_text()
    assert written.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_interrupt_is_130_and_quiet(person: Person) -> None:
    code = (
        "import byline.cli.status as s, byline.cli.main as m, signal, sys, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background jobs ignore it
        "def run(args, env): print('ready', flush=True); time.sleep(30)\n"
        "s.run = run\n"
        "sys.exit(m.main(['status']))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=person.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (130, b"")


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_reader_that_goes_away_is_no_error(person: Person) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            person.command(["--help"]), env=person.env, stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_status_outside_any_repository(person: Person) -> None:
    facts = json.loads(person.byline("status", "--json", cwd=person.home).stdout)
    assert facts["repository"] is None
    assert facts["store"] == str(person.data / "files")
    assert facts["events"] == 0


def test_status_counts_sessions_of_today_and_last_events(person: Person) -> None:
    spool = person.store / "spool"
    spool.mkdir(parents=True)
    now = time.time_ns()
    events = [
        {
            "v": 1,
            "id": "1",
            "at": now - 3 * 86_400_000_000_000,
            "event": "write",
            "agent": "codex",
            "session_id": "old",
        },
        {"v": 1, "id": "2", "at": now - 1_000, "event": "prompt", "agent": "claude", "session_id": "new"},
        {"v": 1, "id": "3", "at": now, "event": "read", "agent": "claude", "session_id": "new"},
    ]
    (spool / "2026-01-01.0123456789ab.jsonl").write_text("\n".join(map(json.dumps, events)) + "\n")
    facts = json.loads(person.byline("status", "--json").stdout)
    assert (facts["events"], facts["sessions_today"]) == (3, 1)
    agents = {agent["agent"]: agent for agent in facts["agents"]}
    assert (agents["claude"]["events"], agents["claude"]["last_event"]) == (2, "read")
    assert (agents["codex"]["events"], agents["codex"]["last_event"]) == (1, "write")
    text = person.byline("status").stdout
    assert "3 d ago" in text
    assert "1 session" in text


def test_names_from_events_cannot_steer_the_terminal(person: Person) -> None:
    spool = person.store / "spool"
    spool.mkdir(parents=True)
    event = {
        "v": 1,
        "id": "1",
        "at": 1,
        "event": "\x1b]0;title\x07",
        "agent": "evil\x1b[2J\u202e\n",
        "session_id": "s",
    }
    (spool / "2026-01-01.0123456789ab.jsonl").write_text(json.dumps(event) + "\n")
    text = person.byline("status").stdout
    assert "evil\\x1b[2J\\u202e\\n" in text
    assert not set(text) & {"\x1b", "\x07", "\u202e"}
