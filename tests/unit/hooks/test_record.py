"""What lands on disk for one event."""

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from byline_hooks import place, record, snapshots
from byline_hooks.observation import ABSENT
from gitrepo import Repo
from hookrun import events, generic, hook, reasons, snapshot

Maker = Callable[..., Repo]


def store(repo: Repo) -> Path:
    return repo.path / ".git" / "byline"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_write(repo: Maker, algorithm: str) -> None:
    made = repo("r", f"--object-format={algorithm}")
    first = made.commit("c", {"src/f.py": "a\n"})
    made.write("src/f.py", "a\nb\n")
    edits = [{"old_start": 2, "old_lines": 0, "new_start": 2, "new_lines": 1}]
    began = time.time_ns()
    generic(made.path / "src", "write", path="f.py", before="a\n", edits=edits, call_id="c1", tool="Edit")
    (event,) = events(store(made))
    assert event.pop("id")
    assert began <= event.pop("at") <= time.time_ns()
    assert event.pop("machine_id") == Path(os.environ["BYLINE_DATA_DIR"], "machine_id").read_text().strip()
    before, after = (made.run("hash-object", "--stdin", input=text) for text in (b"a\n", b"a\nb\n"))
    assert event == {
        "v": 1,
        "event": "write",
        "agent": "m",
        "session_id": "s1",
        "call_id": "c1",
        "tool": "Edit",
        "source": "hook",
        "worktree": str(made.path),
        "head": first,
        "head_log": (made.path / ".git" / "logs" / "HEAD").stat().st_size,
        "path": "src/f.py",
        "before_id": before,
        "after_id": after,
        "edits": [[2, 0, 2, 1]],
    }
    assert (snapshot(store(made), before), snapshot(store(made), after)) == (b"a\n", b"a\nb\n")


def test_the_folder_is_private_and_explains_itself(repo: Maker) -> None:
    made = repo()
    made.write("f", "x\n")
    generic(made.path, "write", path="f", before=None)
    for path in (store(made), *store(made).rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
    assert "byline" in (store(made) / "README").read_text()
    assert made.run("status", "--porcelain") == "?? f"
    (entry,) = Path(os.environ["BYLINE_DATA_DIR"], "projects").iterdir()
    assert entry.stem == place.key(f"{made.path}/.git")
    assert str(made.path / ".git") in entry.read_text()
    assert events(store(made))[0]["before_id"] == "none"


def test_a_file_that_is_gone(repo: Maker) -> None:
    made = repo()
    generic(made.path, "write", path="gone", before="x\n")
    (event,) = events(store(made))
    assert event["after_id"] == "none"
    assert snapshot(store(made), event["before_id"]) == b"x\n"


@pytest.mark.parametrize(
    ("name", "data", "skipped", "has_id"),
    [
        ("pic", b"\x89PNG\0\0", "binary", True),
        ("big", b"x" * (snapshots.LARGEST + 1), "large", True),
        (".env", b"KEY=1\n", "secret", False),
        ("deploy.key", b"k\n", "secret", False),
        ("id_ed25519", b"k\n", "secret", False),
    ],
)
def test_what_is_never_kept(repo: Maker, name: str, data: bytes, skipped: str, has_id: bool) -> None:
    made = repo()
    made.write(name, data)
    generic(made.path, "write", path=name, before="KEY=0\n")
    (event,) = events(store(made))
    assert event["skipped"] == skipped
    assert event.get("after_id") == (made.run("hash-object", name) if has_id else None)
    assert "before_id" not in event
    assert list((store(made) / "blobs").rglob("*")) == []


def test_what_is_no_file_is_not_read(repo: Maker) -> None:
    made = repo()
    os.mkfifo(made.path / "pipe")
    generic(made.path, "write", path="pipe")
    (event,) = events(store(made))
    assert event["skipped"] == "special"
    assert "after_id" not in event


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(
            (name, True)
            for name in (".env", ".env.local", "a.pem", "B.KEY", "id_rsa", "id_rsa.old", "id_work", ".netrc")
        ),
        *((name, True) for name in (".npmrc", ".pypirc", "x.p12", "x.pfx", "credentials", "credentials.json")),
        *(
            (name, False)
            for name in ("id_generator.py", "credentials.py", "environment", "key.py", "monkey", "a.pem.md")
        ),
    ],
)
def test_secret_by_name(name: str, expected: bool) -> None:
    assert snapshots.is_secret(f"/x/{name}") is expected


def test_a_link_to_a_secret_is_one(repo: Maker) -> None:
    made = repo()
    made.write(".env", "KEY=1\n")
    (made.path / "plain").symlink_to(".env")
    (made.path / "id_rsa").symlink_to("text")
    made.write("text", "x\n")
    generic(made.path, "write", path="plain")
    generic(made.path, "write", path="id_rsa")
    assert [(event["path"], event["skipped"]) for event in events(store(made))] == [
        (".env", "secret"),
        ("text", "secret"),
    ]


def test_the_files_repository_counts_not_the_working_folders(repo: Maker, tmp_path: Path) -> None:
    here, there = repo("here"), repo("there")
    there.write("f", "x\n")
    generic(here.path, "write", path=str(there.path / "f"))
    generic(here.path, "write", path="../there/f")
    (tmp_path / "link").symlink_to(there.path)
    generic(here.path, "write", path=str(tmp_path / "link" / "f"))
    assert [event["path"] for event in events(store(there))] == ["f"] * 3
    assert not store(here).exists()


def test_a_file_outside_any_repository(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    (tmp_path / "alone.txt").write_text("x\n")
    generic(made.path, "write", path=str(tmp_path / "alone.txt"))
    (event,) = events(Path(os.environ["BYLINE_DATA_DIR"], "files"))
    assert event["path"] == str(tmp_path / "alone.txt")
    assert "worktree" not in event


def test_a_linked_worktree_shares_the_folder(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    made.commit("c", {"f": "x\n"})
    made.run("worktree", "add", "-q", "../linked")
    generic(tmp_path / "linked", "write", path="f")
    (event,) = events(store(made))
    assert (event["worktree"], event["path"]) == (str(tmp_path / "linked"), "f")


def blocked(folder: Path) -> None:
    """Make a folder that nobody can create, root included: a file is in its place."""
    folder.write_text("")


def dangling(folder: Path) -> None:
    """The same with a link to nothing."""
    folder.symlink_to(folder.parents[2] / "nowhere" / "at" / "all")


@pytest.mark.parametrize("block", [blocked, dangling])
def test_a_folder_that_cannot_be_made_is_replaced(repo: Maker, block: Callable[[Path], None]) -> None:
    made = repo()
    made.write("f", "x\n")
    block(store(made))
    generic(made.path, "write", path="f")
    fallback = Path(place.fallback_dir(f"{made.path}/.git", os.environ))
    (event,) = events(fallback)
    assert snapshot(fallback, event["after_id"]) == b"x\n"


@pytest.mark.parametrize("block", [blocked, dangling])
def test_a_folder_that_breaks_halfway_is_replaced_whole(repo: Maker, block: Callable[[Path], None]) -> None:
    made = repo()
    made.write("f", "x\n")
    generic(made.path, "turn_end")
    (store(made) / "blobs").rmdir()
    block(store(made) / "blobs")
    generic(made.path, "write", path="f")
    fallback = Path(place.fallback_dir(f"{made.path}/.git", os.environ))
    assert [event["event"] for event in events(store(made))] == ["turn_end"]
    assert [event["event"] for event in events(fallback)] == ["write"]


def test_nowhere_to_write_is_silence(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    made.write("f", "x\n")
    blocked(store(made))
    blocked(tmp_path / "data")
    generic(made.path, "write", {"BYLINE_DATA_DIR": str(tmp_path / "data")}, path="f")
    hook("generic", b"no json", made.path, {"BYLINE_DATA_DIR": str(tmp_path / "data")})


def test_switched_off(repo: Maker) -> None:
    made = repo()
    made.write("f", "x\n")
    generic(made.path, "write", {"BYLINE_DISABLE": "1"}, path="f")
    made.run("config", "byline.enabled", "false")
    generic(made.path, "write", path="f")
    hook("generic", b"no json", made.path)
    assert not store(made).exists()


CLAUDE = {"session_id": "s", "transcript_path": "/h/.claude/projects/p/s.jsonl", "prompt_id": "p", "tool_use_id": "c"}


def claude_write(repo: Repo, disk: bytes | None, content: str, original: str | None) -> dict[str, object]:
    """The record of a Write by Claude Code that left `disk` behind."""
    if disk is not None:
        repo.write("f", disk)
    answer = {"type": "create" if original is None else "update", "content": content, "originalFile": original}
    given = {"file_path": str(repo.path / "f"), "content": content}
    payload = {**CLAUDE, "cwd": str(repo.path), "hook_event_name": "PostToolUse", "tool_name": "Write"}
    hook("claude", {**payload, "tool_input": given, "tool_response": answer}, repo.path)
    return events(store(repo))[-1]


def texts_of(repo: Repo, event: dict[str, object]) -> dict[str, bytes | str]:
    """The texts behind an event's ids."""
    named = {name: str(event[name]) for name in ("before_id", "after_id", "disk_id") if name in event}
    return {name[:-3]: blob if blob == "none" else snapshot(store(repo), blob) for name, blob in named.items()}


@pytest.mark.parametrize(
    ("disk", "content", "original", "expected"),
    [
        pytest.param(b"b\n", "b\n", "a\n", {"before": b"a\n", "after": b"b\n"}, id="as written"),
        pytest.param(
            b"b\r\n", "b\n", "a\n", {"before": b"a\r\n", "after": b"b\r\n"}, id="CRLF on disk, LF in the payload"
        ),
        pytest.param(b"b\r\nc\n", "b\nc\n", "a\n", {"after": b"b\r\nc\n"}, id="mixed endings: before is not known"),
        pytest.param(
            b"\xef\xbb\xbfb\n", "b\n", "a\n", {"before": b"\xef\xbb\xbfa\n", "after": b"\xef\xbb\xbfb\n"}, id="BOM"
        ),
        pytest.param(b"b", "b\n", "a\n", {"before": b"a\n", "after": b"b"}, id="final newline"),
        pytest.param(
            b"x  =  1\n",
            "x=1\n",
            "a\n",
            {"before": b"a\n", "after": b"x=1\n", "disk": b"x  =  1\n"},
            id="formatted since",
        ),
        pytest.param(
            b"y\r\nz\r\n", "y\n", "a\n", {"before": b"a\r\n", "after": b"y\r\n", "disk": b"y\r\nz\r\n"}, id="and CRLF"
        ),
        pytest.param(None, "b\n", "a\n", {"before": b"a\n", "after": b"b\n", "disk": "none"}, id="deleted since"),
        pytest.param(b"b\n", "b\n", None, {"before": "none", "after": b"b\n"}, id="created"),
        pytest.param(
            b"\xe9\n", "\ufffd\n", "a\n", {"before": b"a\n", "after": b"\xe9\n"}, id="not UTF-8: the disk is right"
        ),
    ],
)
def test_texts_of_claude_against_the_disk(
    repo: Maker, disk: bytes | None, content: str, original: str | None, expected: dict[str, bytes | str]
) -> None:
    made = repo()
    assert texts_of(made, claude_write(made, disk, content, original)) == expected


def test_a_payload_of_another_agent_is_never_claudes(repo: Maker) -> None:
    made = repo()
    made.write("f", "x\n")
    given = {"file_path": str(made.path / "f"), "content": "x\n"}
    payload = {
        **CLAUDE,
        "cwd": str(made.path),
        "hook_event_name": "PostToolUse",
        "tool_name": "Write",
        "tool_input": given,
    }
    hook("claude", payload, made.path, {"DEVIN_PROJECT_DIR": str(made.path)})
    assert [(event["agent"], event["via"]) for event in events(store(made))] == [("devin", "claude")]
    assert not (store(made) / "rejected").exists()


def test_a_name_that_is_not_utf8_is_noted(repo: Maker) -> None:
    made = repo()
    payload = b'{"v":1,"agent":"m","session_id":"s","event":"write","cwd":"%s","path":"\\udce9"}' % bytes(made.path)
    hook("generic", payload, made.path)
    assert not list((store(made) / "spool").iterdir())
    assert len(reasons(store(made))) == 1


def test_texts_that_no_reader_takes_are_mended(repo: Maker) -> None:
    made = repo()
    generic(made.path, "prompt", prompt="lone \ud800 half")
    generic(made.path, "prompt", prompt="é" * (record.LONGEST_TEXT + 5))
    one, two = events(store(made))
    assert one["prompt"] == "lone ? half"
    assert two["prompt"] == "é" * record.LONGEST_TEXT + "…"


def test_a_session_start_has_the_processs_own_start(repo: Maker) -> None:
    made = repo()
    generic(made.path, "session_start", pid=os.getpid())
    (event,) = events(store(made))
    assert (event["pid"], event["cwd"]) == (os.getpid(), str(made.path))
    if Path("/proc/self/stat").exists():
        assert 0 < time.time() - event["process_start"] < 24 * 3600


def test_a_program_that_is_no_hook_records_a_save(repo: Maker) -> None:
    made = repo()
    path = made.write("f", "on disk\n")
    fields: dict[str, object] = {"event": "save", "agent": "neovim", "source": "editor"}
    name = record.append(fields, str(path), b"before\n", b"saved\n", os.environ)
    other = record.append({"event": "observe", "source": "editor"}, str(path), None, None, os.environ)
    third = record.append({"event": "observe", "source": "editor"}, str(made.path / "no"), ABSENT, ABSENT, os.environ)
    save, observe, absent = events(store(made))
    assert (save["id"], observe["id"], absent["id"]) == (name, other, third)
    assert (save["agent"], save["source"], save["path"]) == ("neovim", "editor", "f")
    assert texts_of(made, save) == {"before": b"before\n", "after": b"saved\n"}
    assert texts_of(made, observe) == {"after": b"on disk\n"}
    assert texts_of(made, absent) == {"before": "none", "after": "none"}
    secret = made.write(".env", "K=1\n")
    record.append(fields, str(secret), b"K=0\n", b"K=1\n", os.environ)
    assert {"before_id", "after_id"}.isdisjoint(events(store(made))[-1])
    made.run("config", "byline.enabled", "false")
    assert record.append(fields, str(path), b"a", b"b", os.environ) is None


def test_a_program_of_the_repository_publishes_nothing(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    program = made.path / "bin" / "byline"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho > {tmp_path}/ran\n")
    program.chmod(0o755)
    path = f"bin:./bin::{os.environ['PATH']}"
    generic(made.path, "turn_end", {"PATH": path, "BYLINE_EPHEMERAL": "1"})
    time.sleep(1)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(("event", "expected"), [("turn_end", True), ("session_end", True), ("compact", False)])
def test_a_machine_that_vanishes_publishes_at_the_end(
    repo: Maker, tmp_path: Path, event: str, expected: bool
) -> None:
    made = repo()
    program = tmp_path / "bin" / "byline"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nsleep 0.5\necho "$PWD $*" > {tmp_path}/told.new\nmv {tmp_path}/told.new {tmp_path}/told\n'
    )
    program.chmod(0o755)
    path = f"{program.parent}:{os.environ['PATH']}"
    generic(made.path, event, {"PATH": path})
    began = time.monotonic()
    generic(made.path, event, {"PATH": path, "BYLINE_EPHEMERAL": "1"})
    assert time.monotonic() - began < 0.4, "the hook waited"
    limit = time.monotonic() + (10 if expected else 1)
    while not (tmp_path / "told").exists() and time.monotonic() < limit:
        time.sleep(0.05)
    told = (tmp_path / "told").read_text() if expected else ""
    assert told == (f"{made.path} sync --push\n" if expected else "")
    assert (tmp_path / "told").exists() is expected
