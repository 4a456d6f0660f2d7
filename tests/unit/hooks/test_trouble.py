"""What is kept of problems, and how little."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from byline_hooks import entry, trouble
from gitrepo import Repo
from hookrun import reasons

Maker = Callable[..., Repo]


def test_the_log_never_outgrows_its_cap(repo: Maker) -> None:
    made = repo()
    store = made.path / ".git" / "byline"
    for number in range(1500):
        trouble.note("m", f"{number} " + "x" * 380, str(made.path), os.environ)
    sizes = [path.stat().st_size for path in store.glob("errors.log*")]
    assert len(sizes) == 2
    assert sum(sizes) <= 256 << 10
    assert reasons(store)[-1].startswith("m 1499 ")


def test_a_reason_is_one_line(repo: Maker) -> None:
    made = repo()
    trouble.note("a\nb c;", "one\ntwo\r\nthree " + "x" * 9999, str(made.path), os.environ)
    (line,) = reasons(made.path / ".git" / "byline")
    assert line.startswith("abc one two three x")
    assert len(line) < 500


def test_at_most_fifty_payloads_for_a_week(repo: Maker) -> None:
    made = repo()
    folder = made.path / ".git" / "byline" / "rejected"
    for number in range(70):
        trouble.note("m", "why", str(made.path), os.environ, b"%d" % number)
    kept = {path.read_bytes() for path in folder.iterdir()}
    assert len(kept) == 50
    assert b"69" in kept
    long_ago = time.time() - 8 * 24 * 3600
    for path in folder.iterdir():
        os.utime(path, (long_ago, long_ago))
    trouble.note("m", "why", str(made.path), os.environ, b"x" * 100_000)
    (only,) = folder.iterdir()
    assert only.stat().st_size == 64 << 10


def test_a_surprise_is_told_without_quoting_the_payload(repo: Maker) -> None:
    made = repo()
    secret = "hunter2\0"
    message = {"agent": "m", "session_id": "s", "event": "write", "cwd": str(made.path), "path": secret}
    from byline_hooks.fastjson import dumps

    assert entry.run("generic", dumps(message).encode(), os.environ) == []
    (line,) = reasons(made.path / ".git" / "byline")
    assert line.startswith("generic ValueError at ")
    assert "hunter2" not in line


def test_a_folder_that_is_no_place_falls_back_to_the_users(tmp_path: Path) -> None:
    trouble.note("m", "why", str(tmp_path / "gone"), os.environ)
    trouble.note("m", "why", "", os.environ)
    assert reasons(Path(os.environ["BYLINE_DATA_DIR"], "files")) == ["m why"] * 2
