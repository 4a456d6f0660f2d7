"""Which agents `byline install` picks, and when it asks."""

import json
import os
import subprocess

import pytest

from .conftest import Person


def test_bare_install_off_a_terminal_shows_and_ends_with_2(person: Person) -> None:
    person.write_settings(b"{}\n")
    done = person.byline("install", code=2)
    assert "would change" in done.stdout
    assert "byline install --yes" in done.stderr
    assert person.settings.read_bytes() == b"{}\n"


def test_bare_install_with_yes(person: Person) -> None:
    person.write_settings(b"{}\n")
    person.byline("install", "--yes")
    assert b"byline" in person.settings.read_bytes()


def test_bare_install_without_any_agent(person: Person) -> None:
    done = person.byline("install", "--yes", code=1)
    assert "byline install claude" in done.stderr


def test_claude_is_found_on_path(person: Person) -> None:
    program = person.bin / "claude"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    person.byline("install", "--yes")
    assert person.settings.exists()


def test_dry_run_changes_nothing(person: Person) -> None:
    done = person.byline("install", "claude", "--dry-run")
    assert "+++" in done.stdout
    assert "shim.py" in done.stdout
    assert list(person.home.iterdir()) == []
    person.byline("install", "claude")
    installed = person.settings.read_bytes()
    assert "---" in person.byline("uninstall", "claude", "--dry-run").stdout
    assert person.settings.read_bytes() == installed


def test_an_agent_nobody_knows(person: Person) -> None:
    done = person.byline("install", "hal9000", code=2)
    assert "hal9000" in done.stderr
    assert "claude" in done.stderr


def test_install_needs_no_repository(person: Person) -> None:
    person.byline("install", "claude", cwd=person.home)
    assert person.settings.exists()


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
@pytest.mark.parametrize(("answer", "code", "is_installed"), [("y", 0, True), ("n", 1, False), ("", 1, False)])
def test_bare_install_asks_on_a_terminal(person: Person, answer: str, code: int, is_installed: bool) -> None:
    import pty

    person.write_settings(b"{}\n")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        person.command(["install"]),
        cwd=person.repository,
        env={**person.env, "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    while b"[y/N] " not in said:
        said += os.read(ours, 65536)
    os.write(ours, answer.encode() + b"\n")
    while True:
        try:
            more = os.read(ours, 65536)
        except OSError:  # Linux says so when the last process has closed its side
            break
        if not more:
            break
        said += more
    os.close(ours)
    assert process.wait(20) == code
    assert (b"byline" in person.settings.read_bytes()) is is_installed
    assert b"Claude Code" in said


def test_the_list_says_what_was_found_and_what_to_know(person: Person) -> None:
    person.write_settings(b"{}\n")
    (person.home / ".codex").mkdir()
    sessions = person.home / ".continue" / "sessions"
    sessions.mkdir(parents=True)
    said = person.byline("install", code=2).stdout
    assert f"Claude Code, found by {person.home}/.claude" in said
    assert f"would change {person.settings}" in said
    assert f"Codex, found by {person.home}/.codex" in said
    assert f"would make {person.home}/.codex/hooks.json" in said
    assert "/hooks" in said
    assert f"Continue, found by {sessions}" in said
    assert "nothing to install; followed through" in said
    assert "+++" not in said, "every line is for --dry-run"


@pytest.mark.parametrize("agent", ["aider", "continue", "zed", "trae"])
def test_an_agent_without_hooks_is_followed(person: Person, agent: str) -> None:
    assert "nothing to install; followed through" in person.byline("install", agent).stdout
    assert "nothing was installed" in person.byline("uninstall", agent).stdout
    assert "nothing to install" in person.byline("install", agent, "--dry-run").stdout
    left = {str(path.relative_to(person.home)) for path in person.home.rglob("*") if path.is_file()}
    assert all(name.startswith("data/") for name in left)


def test_doctor_is_content_where_all_agents_are_followed(person: Person) -> None:
    alone = json.loads(person.byline("doctor", "--json", code=1).stdout)["problems"]
    assert "no agent on this machine runs byline" in [one["problem"] for one in alone]
    (person.home / ".aider").mkdir()
    (person.home / ".continue" / "sessions").mkdir(parents=True)
    found = json.loads(person.byline("doctor", "--json").stdout)
    assert found["healthy"]
    assert [one for one in found["problems"] if one["check"] == "registered"] == []
    assert [row["agent"] for row in found["agents"]] == ["aider", "continue"]


def test_an_agent_that_cannot_be_followed(person: Person) -> None:
    assert "no hooks that work" in person.byline("install", "roo", code=1).stderr


def test_what_was_done_as_json(person: Person) -> None:
    done = json.loads(person.byline("install", "claude", "--json").stdout)
    assert (done["scope"], done["dry_run"]) == ("user", False)
    (row,) = done["agents"]
    assert row == {
        "agent": "claude",
        "followed": False,
        "files": [{"path": str(person.settings), "changed": True}],
        "error": None,
    }
    again = json.loads(person.byline("install", "claude", "--json", "--dry-run").stdout)
    assert again["agents"][0]["files"] == [{"path": str(person.settings), "changed": False, "diff": ""}]
    out = json.loads(person.byline("uninstall", "claude", "--json").stdout)
    assert out["agents"][0]["files"] == [{"path": str(person.settings), "changed": True}]
    assert not person.settings.exists()


def test_json_asks_nothing_and_tells_of_settings_nobody_can_read(person: Person) -> None:
    person.write_settings(b"{ broken\n")
    refused = person.byline("install", "--json", code=2)
    assert (refused.stdout, person.settings.read_bytes()) == ("", b"{ broken\n")
    failed = person.byline("install", "claude", "--json", code=1)
    (row,) = json.loads(failed.stdout)["agents"]
    assert str(person.settings) in row["error"] and row["files"] == []
    assert failed.stderr.count("\n") == 1
