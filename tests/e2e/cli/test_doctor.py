"""Each problem `byline doctor` knows, made for real and found, with the command that mends it."""

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from modes import obey_modes

from .conftest import Person

DAY = 86_400_000_000_000


def problems(person: Person, *, healthy: bool) -> dict[str, dict[str, str]]:
    """What doctor finds, by the name of the check; the exit code must say the same."""
    answer: dict[str, Any] = json.loads(person.byline("doctor", "--json", code=0 if healthy else 1).stdout)
    assert answer["healthy"] is healthy, answer
    return {found["check"]: found for found in answer["problems"]}


def record(person: Person, *lines: dict[str, Any] | bytes, day: str = "2026-01-01") -> Path:
    """Put lines into the repository's spool."""
    spool = person.store / "spool"
    spool.mkdir(parents=True, exist_ok=True)
    path = spool / f"{day}.0123456789ab.jsonl"
    with path.open("ab") as file:
        for line in lines:
            content = line if isinstance(line, bytes) else json.dumps({"v": 1, "source": "hook", **line}).encode()
            file.write(b"\n" + content + b"\n")
    return path


def event(number: int, at: int | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"e{number}",
        "at": at or time.time_ns(),
        "event": "write",
        "agent": "claude",
        "session_id": "s",
        **fields,
    }


@pytest.fixture
def healthy(person: Person) -> Person:
    """byline installed for Claude, which called it a moment ago."""
    person.byline("install", "claude")
    record(person, event(0))
    assert problems(person, healthy=True) == {}
    return person


def test_healthy_says_so(healthy: Person) -> None:
    said = healthy.byline("doctor").stdout.splitlines()
    assert said[0].split() == ["agent", "how", "last", "heard", "trust", "version", "tried", "with"]
    assert said[1].startswith("claude  user  write, ")
    assert said[-1] == "everything works"


def test_nothing_installed(person: Person) -> None:
    found = problems(person, healthy=False)
    assert found["registered"]["mend"] == "byline install claude"


def test_agent_there_but_not_registered(person: Person) -> None:
    person.write_settings(b"{}")
    found = problems(person, healthy=False)
    assert "not in its settings" in found["registered"]["problem"]


def test_never_called(person: Person) -> None:
    person.byline("install", "claude")
    found = problems(person, healthy=True)
    assert found["called"]["mend"].startswith("start claude once")


def test_not_called_lately(person: Person) -> None:
    person.byline("install", "claude")
    record(person, event(1, time.time_ns() - 9 * DAY))
    assert "9 d ago" in problems(person, healthy=True)["called"]["problem"]


def test_called_in_another_repository(person: Person) -> None:
    person.byline("install", "claude")
    record(person, event(1))
    (person.data / "projects").mkdir(parents=True)
    known = {"common_dir": f"{person.repository}/.git", "worktree": str(person.repository), "at": 1}
    (person.data / "projects" / "0123456789abcdef.json").write_text(json.dumps(known))
    person.byline("doctor", cwd=person.home)


def edit_settings(person: Person, old: str, new: str) -> None:
    text = person.settings.read_text()
    assert old in text
    person.settings.write_text(text.replace(old, new))


def mended(person: Person, found: dict[str, str]) -> None:
    """The command that doctor names makes it healthy."""
    words = found["mend"].split()
    assert words[0] == "byline"
    person.byline(*words[1:])
    assert problems(person, healthy=True) == {}


def test_interpreter_gone(healthy: Person) -> None:
    python = healthy.settings.read_text().partition("[ -x ")[2].partition(" ]")[0]
    edit_settings(healthy, python, "/gone/bin/python3")
    found = problems(healthy, healthy=False)["interpreter"]
    assert "/gone/bin/python3" in found["problem"]
    mended(healthy, found)


def test_shim_missing(healthy: Person) -> None:
    (healthy.data / "hooks" / "byline_hooks").unlink()
    mended(healthy, problems(healthy, healthy=False)["shim"])


def test_copy_of_another_version(healthy: Person) -> None:
    entry = healthy.data / "hooks" / "byline_hooks" / "entry.py"
    entry.write_text(entry.read_text() + "\n# older\n")
    found = problems(healthy, healthy=False)
    assert "another version" in found["shim"]["problem"]
    assert "entry.py" in found["bytecode"]["problem"]
    mended(healthy, found["shim"])


def test_byte_code_missing(healthy: Person) -> None:
    shutil.rmtree(healthy.data / "hooks" / "byline_hooks" / "__pycache__")
    mended(healthy, problems(healthy, healthy=False)["bytecode"])


def test_copy_that_does_not_start(healthy: Person) -> None:
    entry = healthy.data / "hooks" / "byline_hooks" / "entry.py"
    shutil.rmtree(entry.parent / "__pycache__")
    entry.write_text("raise RuntimeError('damaged')\n")
    assert "damaged" in problems(healthy, healthy=False)["interpreter"]["problem"]


def test_event_not_registered(healthy: Person) -> None:
    settings = json.loads(healthy.settings.read_bytes())
    del settings["hooks"]["PreToolUse"]
    healthy.settings.write_text(json.dumps(settings))
    found = problems(healthy, healthy=False)["registered"]
    assert "PreToolUse" in found["problem"]
    mended(healthy, found)


def test_old_command(healthy: Person) -> None:
    edit_settings(healthy, str(healthy.data / "hooks"), str(healthy.home / "former"))
    found = problems(healthy, healthy=False)["registered"]
    assert "older" in found["problem"]
    mended(healthy, found)


def test_project_settings_without_byline_hook_on_path(person: Person) -> None:
    record(person, event(0))
    person.byline("install", "claude", "--project")
    assert "not on PATH" in problems(person, healthy=False)["registered"]["problem"]
    program = person.bin / "byline-hook"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert problems(person, healthy=True) == {}


def test_project_settings_beside_the_persons_own(healthy: Person) -> None:
    healthy.byline("install", "claude", "--project")
    assert problems(healthy, healthy=True) == {}


def test_all_hooks_disabled(healthy: Person) -> None:
    local = healthy.repository / ".claude" / "settings.local.json"
    local.parent.mkdir()
    local.write_text('{"disableAllHooks": true}')
    found = problems(healthy, healthy=False)["settings"]
    assert "disableAllHooks" in found["problem"]
    assert str(local) in found["mend"]


def test_settings_that_are_no_json(healthy: Person) -> None:
    healthy.settings.write_text("{")
    assert "not valid JSON" in problems(healthy, healthy=False)["settings"]["problem"]


def test_recording_switched_off_by_git(healthy: Person) -> None:
    healthy.git("config", "byline.enabled", "false")
    found = problems(healthy, healthy=False)["recording"]
    assert found["mend"] == "git config byline.enabled true"
    assert json.loads(healthy.byline("status", "--json").stdout)["recording"]["on"] is False
    healthy.git(*found["mend"].split()[1:])
    assert problems(healthy, healthy=True) == {}


def test_recording_switched_off_by_environment(healthy: Person) -> None:
    healthy.env["BYLINE_DISABLE"] = "1"
    assert problems(healthy, healthy=False)["recording"]["mend"] == "unset BYLINE_DISABLE"


def test_git_missing(healthy: Person) -> None:
    healthy.env["PATH"] = str(healthy.bin)
    assert "not on PATH" in problems(healthy, healthy=False)["git"]["problem"]


def test_git_too_old(healthy: Person) -> None:
    program = healthy.bin / "git"
    program.write_text("#!/bin/sh\necho git version 2.25.1\n")
    program.chmod(0o755)
    assert "2.25.1" in problems(healthy, healthy=False)["git"]["problem"]


def test_several_bylines(healthy: Person) -> None:
    second = healthy.home / "second"
    second.mkdir()
    for folder, version in ((healthy.bin, "0.0.1"), (second, "9.9.9")):
        program = folder / "byline"
        program.write_text(f"#!/bin/sh\necho byline {version}\n")
        program.chmod(0o755)
    healthy.env["PATH"] += f":{second}"
    found = problems(healthy, healthy=False)["programs"]["problem"]
    assert "0.0.1" in found
    assert "9.9.9" in found


def test_torn_and_strange_lines_are_counted(healthy: Person) -> None:
    record(healthy, b'{"v": 1, "id": "e9", "at', b'{"v": 1, "id": "ea", "at": 1}', b"[]", event(2))
    found = json.loads(healthy.byline("doctor", "--json").stdout)["problems"]
    assert [(each["check"], each["problem"][:9]) for each in found] == [
        ("lines", "1 torn li"),
        ("lines", "2 line(s)"),
    ]
    assert json.loads(healthy.byline("status", "--json").stdout)["skipped_lines"] == 3
    assert json.loads(healthy.byline("status", "--json").stdout)["events"] == 2


def test_an_event_that_a_crash_cut(healthy: Person) -> None:
    """Nothing follows it yet: it is told of, and as nothing to worry about."""
    path = record(healthy, event(2))
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b'\n{"v": 1, "id": "e9", "at')
    for _ in range(2):  # the second time from what the index keeps
        found = problems(healthy, healthy=True)["lines"]
        assert found["level"] == "note"
        assert found["problem"] == (
            f"the last line of {path}, from byte {size + 1}, has no end: an event in flight that a crash cut"
        )
    with path.open("ab") as file:
        file.write(b"\n \n   ")
    assert problems(healthy, healthy=True)["lines"]["problem"].startswith("1 torn line(s)")


def test_lines_of_a_newer_byline(healthy: Person) -> None:
    record(healthy, {**event(3), "v": 2})
    assert problems(healthy, healthy=False)["lines"]["mend"] == "upgrade byline"


def test_spool_that_cannot_be_written(healthy: Person) -> None:
    shutil.rmtree(healthy.store)
    healthy.store.write_text("in the way")
    found = problems(healthy, healthy=False)["spool"]
    assert f"{healthy.store} can't be written: {healthy.store} is a file" in found["problem"]
    subprocess.run(found["mend"].split(), check=True)
    assert "spool" not in problems(healthy, healthy=True)


def test_what_stands_where_byline_keeps_its_own(healthy: Person) -> None:
    (healthy.store / "dropped").mkdir()
    (healthy.store / "anchors.lock").symlink_to("nowhere/at/all")
    (healthy.store / "away").write_text("x")
    answer = json.loads(healthy.byline("doctor", "--json", code=1).stdout)["problems"]
    assert [(one["check"], one["problem"]) for one in answer] == [
        ("store", f"{healthy.store}/away is a file, and byline keeps a folder of that name"),
        ("store", f"{healthy.store}/dropped is a folder, and byline keeps a file of that name"),
        ("store", f"{healthy.store}/anchors.lock is a link to nothing, and byline keeps a file of that name"),
    ]
    for one in answer:
        subprocess.run(one["mend"].split(), check=True)
    assert problems(healthy, healthy=True) == {}


def test_spool_that_cannot_be_read(healthy: Person) -> None:
    path = record(healthy, event(4), day="2026-01-02")
    path.chmod(0)
    answer = json.loads(healthy.byline("doctor", "--json", code=1, start=obey_modes).stdout)
    (found,) = (found for found in answer["problems"] if found["check"] == "spool")
    assert str(path) in found["problem"]
    subprocess.run(found["mend"].split(), check=True)
    assert json.loads(healthy.byline("doctor", "--json", start=obey_modes).stdout)["problems"] == []


@pytest.mark.parametrize("name", ["", "blobs"])
def test_what_may_not_be_looked_into(healthy: Person, name: str) -> None:
    """The other checks are made all the same."""
    record(healthy, event(9, path="a", after_id="1" * 40))
    (healthy.store / "blobs" / "11").mkdir(parents=True)
    (healthy.store / name).chmod(0)
    shim = healthy.data / "hooks" / "byline_hooks"
    shim.unlink()
    answer = json.loads(healthy.byline("doctor", "--json", code=1, start=obey_modes).stdout)
    (healthy.store / name).chmod(0o700)
    found = {one["check"]: one["problem"] for one in answer["problems"]}
    assert "shim" in found and "Permission denied" in found["spool"]
    assert str(healthy.store / name) in found["readable" if name else "spool"]


def test_git_that_cannot_read_its_settings(healthy: Person) -> None:
    config = healthy.repository / ".git" / "config"
    config.unlink()
    config.mkdir()
    found = problems(healthy, healthy=False)["git"]
    assert "config" in found["problem"]


def test_spool_that_may_not_be_written(healthy: Person) -> None:
    (healthy.store / "spool").chmod(0o500)
    answer = json.loads(healthy.byline("doctor", "--json", code=1, start=obey_modes).stdout)
    (found,) = answer["problems"]
    assert "Permission denied" in found["problem"]
    subprocess.run(found["mend"].split(), check=True)
    assert json.loads(healthy.byline("doctor", "--json", start=obey_modes).stdout)["problems"] == []


def test_snapshot_missing(healthy: Person) -> None:
    record(healthy, event(5, path="a", after_id="1" * 40, before_id="none"))
    found = problems(healthy, healthy=True)["snapshots"]
    assert "1" * 40 in found["problem"]


def test_snapshot_not_kept_on_purpose_or_long_ago_is_no_problem(healthy: Person) -> None:
    record(healthy, event(6, path=".env", after_id="2" * 40, skipped="secret"))
    record(healthy, event(7, time.time_ns() - 40 * DAY, path="b", after_id="3" * 40))
    assert problems(healthy, healthy=True) == {}


def test_snapshot_damaged(healthy: Person) -> None:
    record(healthy, event(8, path="a", after_id="4" * 40))
    blob = healthy.store / "blobs" / "44" / ("4" * 38)
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"not zlib")
    assert "do not hold" in problems(healthy, healthy=True)["snapshots"]["problem"]


def test_errors_and_rejected_payloads(healthy: Person) -> None:
    healthy.store.mkdir(exist_ok=True)
    (healthy.store / "errors.log").write_text("2026-01-01 first\n2026-01-02 last \x1b[31mred\n")
    (healthy.store / "rejected").mkdir()
    (healthy.store / "rejected" / "1").write_text("{")
    found = problems(healthy, healthy=False)
    assert found["errors"]["problem"].startswith("2 error(s)")
    assert "last" in found["errors"]["problem"]
    assert found["rejected"]["problem"].startswith("1 payload(s)")
    assert "\x1b" not in healthy.byline("doctor", code=1).stdout


def test_a_payload_the_real_hook_refuses_is_found(healthy: Person) -> None:
    command = json.loads(healthy.settings.read_bytes())["hooks"]["Stop"][0]["hooks"][0]["command"]
    subprocess.run(["sh", "-c", command], input=b"no json", cwd=healthy.repository, env=healthy.env, check=True)
    assert "rejected" in problems(healthy, healthy=False)


def test_an_agent_too_old_for_its_hooks(healthy: Person) -> None:
    package = healthy.home / "lib" / "node_modules" / "claude-code"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"name": "c", "version": "1.0.3", "bin": {"claude": "cli.js"}}')
    (package / "cli.js").write_text("#!/bin/sh\n")
    (package / "cli.js").chmod(0o755)
    (healthy.bin / "claude").symlink_to(package / "cli.js")
    found = problems(healthy, healthy=False)
    assert "1.0.3, older than 2.0.0" in found["version"]["problem"]
    (package / "package.json").write_text('{"name": "c", "version": "2.1.329", "bin": {"claude": "cli.js"}}')
    assert problems(healthy, healthy=True) == {}
    (row,) = json.loads(healthy.byline("doctor", "--json").stdout)["agents"]
    assert (row["version"], row["tried_with"]) == ("2.1.329", "2.1.329")
