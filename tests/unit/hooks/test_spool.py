"""Records stay whole: many writers at once, writers that die, disks that fill up."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from byline_hooks import spool
from byline_hooks.system import os as system_os
from gitrepo import Repo
from hookrun import COMMAND, PYTHON, SHIM, events, snapshot

Maker = Callable[..., Repo]
WRITERS, EACH = 20, 200
WRITER = f"""
import sys
sys.path.insert(0, {str(SHIM.parents[1])!r})
from byline_hooks import entry, fastjson, system
env = system.environ()
who, root = sys.argv[1:]
for number in range({EACH}):
    text = f"{{who}} {{number}}\\n" * (1 + number % 40 * (number % 7))
    open(f"{{root}}/f{{who}}", "w").write(text)
    message = {{"agent": "m", "session_id": who, "event": "write", "cwd": root, "path": f"f{{who}}"}}
    message["turn_id"] = f"{{number}}"
    message["tool"] = "x" * (number * 97 % 9000)
    assert entry.run("generic", fastjson.dumps(message).encode(), env)
"""


def test_twenty_writers_at_once_lose_and_tear_nothing(repo: Maker) -> None:
    made = repo()
    writers = [
        subprocess.Popen([PYTHON, "-I", "-S", "-c", WRITER, str(who), str(made.path)]) for who in range(WRITERS)
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0] * WRITERS
    store = made.path / ".git" / "byline"
    seen = events(store)
    assert len({event["id"] for event in seen}) == WRITERS * EACH
    for who in range(WRITERS):
        # Two that begin at once may each name the machine: then their events stand in two files.
        mine = sorted((event for event in seen if event["session_id"] == str(who)), key=lambda event: event["at"])
        assert [event["turn_id"] for event in mine] == [str(number) for number in range(EACH)]
        last = mine[-1]
        assert snapshot(store, last["after_id"]) == (made.path / f"f{who}").read_bytes()
    assert not list(store.rglob("*.tmp"))
    assert len(list((store / "spool").iterdir())) < WRITERS  # some may name the machine at once, and midnight come


def test_a_writer_killed_at_any_moment_leaves_the_rest_readable(repo: Maker) -> None:
    made = repo()
    store = made.path / ".git" / "byline"
    dice = random.Random(4)
    for number in range(60):
        made.write("f", f"{number}\n" * 5000)
        message = {"agent": "m", "session_id": "s", "event": "write", "cwd": str(made.path), "path": "f"}
        with subprocess.Popen([*COMMAND, "generic"], stdin=subprocess.PIPE) as child:
            assert child.stdin is not None
            child.stdin.write(json.dumps({**message, "before": f"before {number}\n" * 5000}).encode())
            child.stdin.close()
            time.sleep(dice.uniform(0, 0.02))
            child.kill()
    made.write("f", "last\n")
    subprocess.run([*COMMAND, "generic"], input=json.dumps(message).encode(), check=True)
    seen = events(store)
    assert snapshot(store, seen[-1]["after_id"]) == b"last\n"
    for event in seen:
        for field in ("before_id", "after_id"):
            assert field not in event or snapshot(store, event[field]), "a line names a snapshot that is not there"


def test_a_torn_line_never_eats_its_neighbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes half of a write: the record is written once more, whole."""
    real = system_os.write
    short = iter([True, False])

    def write(descriptor: int, data: bytes) -> int:
        return real(descriptor, data[: len(data) // 2] if next(short, False) else data)

    spool.prepare(str(tmp_path / "s"))
    spool.append(str(tmp_path / "s"), "m", 0, b'{"n": 0}')
    monkeypatch.setattr(spool.os, "write", write)  # type: ignore[attr-defined]
    spool.append(str(tmp_path / "s"), "m", 0, b'{"n": 1}')
    spool.append(str(tmp_path / "s"), "m", 0, b'{"n": 2}')
    lines = (tmp_path / "s" / "spool" / "1970-01-01.m.jsonl").read_bytes().split(b"\n")
    assert [line for line in lines if line] == [b'{"n": 0}', b'{"n"', b'{"n": 1}', b'{"n": 2}']


def test_a_full_disk_is_an_error_not_a_silent_loss(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    spool.prepare(str(tmp_path / "s"))
    (tmp_path / "s" / "spool" / "1970-01-01.m.jsonl").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space"):
        spool.append(str(tmp_path / "s"), "m", 0, b"{}")


def test_one_file_a_day_and_machine(tmp_path: Path) -> None:
    for folder in (tmp_path / "s", tmp_path / "s"):
        spool.prepare(str(folder))
        spool.append(str(folder), "m1", 1_795_219_199_999_999_999, b"{}")
        spool.append(str(folder), "m2", 1_795_219_200_000_000_000, b"{}")
    names = sorted(path.name for path in (tmp_path / "s" / "spool").iterdir())
    assert names == ["2026-11-20.m1.jsonl", "2026-11-21.m2.jsonl"]


def test_a_machine_keeps_its_id(tmp_path: Path) -> None:
    first = spool.machine_id(str(tmp_path / "a" / "b"))
    assert len(first) == 12
    assert int(first, 16) >= 0
    assert spool.machine_id(str(tmp_path / "a" / "b")) == first
    (tmp_path / "file").write_text("")
    assert spool.machine_id(str(tmp_path / "file")) == spool.machine_id(str(tmp_path / "file" / "x"))


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_a_user_with_an_open_mask_still_gets_private_folders(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        spool.prepare(str(tmp_path / "s"))
        spool.append(str(tmp_path / "s"), "m", 0, b"{}")
    finally:
        os.umask(old)
    for path in (tmp_path / "s").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
