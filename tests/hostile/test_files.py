"""What lies on disk: who may read it, where links and paths lead, and that no secret is in any of it."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from byline.cli import crash
from byline.errors import BylineError
from byline.sessions import transcripts
from byline.workspace.following import databases
from byline.workspace.telemetry.kept import Kept
from byline.workspace.telemetry.receiver import Receiver
from gitrepo import Repo
from hookrun import events, generic, hook
from hostile.command import byline

SECRET = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0LXNlY3JldC1zZWNyZXQ=\n"
MARK = b"c2VjcmV0LXNlY3JldC1zZWNyZXQ"
WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes, and links need a right")


def kept(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file that byline wrote, snapshots unpacked."""
    import zlib

    for path in (*folder.glob(".git/byline/**/*"), *Path(os.environ["BYLINE_DATA_DIR"]).rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            try:
                yield path, zlib.decompress(data)
            except zlib.error:
                yield path, data


@WINDOWS
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_modes(repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch, umask: int) -> None:
    before = os.umask(umask)
    try:
        made = repo()
        made.commit("zero", {"a.txt": "x\n"})
        generic(made.path, "session_start")
        generic(made.path, "prompt", prompt="x", turn_id="t1")
        generic(made.path, "pre_write", path="a.txt", call_id="c1", turn_id="t1")
        made.write("a.txt", "y\n")
        generic(made.path, "write", path="a.txt", call_id="c1", turn_id="t1")
        generic(made.path, "turn_end", turn_id="t1")
        hook("claude", b"{no json", made.path)
        hook("codex", {"hook_event_name": "PreToolUse", "session_id": "x", "cwd": str(made.path)}, made.path)
        made.commit("one")
        for words in ("sync", "blame a.txt", "sessions", "search x", "goto t1", "back", "gc", "reindex", "doctor"):
            byline(monkeypatch, made.path, *words.split())
        byline(monkeypatch, made.path, "goto", "t1")
        made.write("deep/er/new.txt", "changed while away\n")
        byline(monkeypatch, made.path, "back", "--force")
        byline(monkeypatch, made.path, "enable")
        outside = Path(os.environ["HOME"]) / "loose.txt"
        outside.write_text("x\n")
        generic(outside.parent, "write", path=str(outside), call_id="c2")
    finally:
        os.umask(before)
    store = made.path / ".git" / "byline"
    assert (store / "rejected").is_dir()
    (aside,) = store.glob("aside/*/files/deep/er/new.txt")
    assert {*open_to_others(store)} <= {
        str(aside)
    }  # a file of the person's keeps its mode, in folders that are closed
    assert open_to_others(Path(os.environ["BYLINE_DATA_DIR"])) == []


def open_to_others(root: Path) -> list[str]:
    """What lies there, itself included, that others may read or write."""
    found = [path for path in (root, *root.rglob("*")) if not path.is_symlink()]
    return sorted(str(path) for path in found if stat.S_IMODE(path.stat().st_mode) & 0o077)


@WINDOWS
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("first", ["install", "enable", "otel", "crash", "kept"])
def test_modes_on_a_new_machine(
    repo: Callable[..., Repo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int, first: str
) -> None:
    """Whatever makes the user data folder: no hook was there before it."""
    data = tmp_path / "share" / "byline"
    monkeypatch.setenv("BYLINE_DATA_DIR", str(data))
    made = repo()
    (tmp_path / "share").mkdir()
    before = os.umask(umask)
    try:
        if first in ("install", "enable"):
            byline(monkeypatch, made.path, *("install", "claude", "-y") if first == "install" else ("enable",))
        elif first == "otel":
            Receiver(0, os.environ).close()
        elif first == "crash":
            crash.report(ValueError("x"), os.environ)
        else:
            accounts = Kept(os.environ)
            assert accounts.find("claude", "s1") is not None
            accounts.save()
    finally:
        os.umask(before)
    assert data.is_dir() and open_to_others(data) == []
    assert first != "install" or (data / "hooks" / "byline_hooks" / "__pycache__").is_dir()


@WINDOWS
@pytest.mark.parametrize("named", ["link.txt", "folder/notes.txt", "../outside.txt"])
def test_a_link_to_a_secret_is_not_read(repo: Callable[..., Repo], tmp_path: Path, named: str) -> None:
    made = repo()
    keys = tmp_path / ".ssh"
    keys.mkdir()
    (keys / "id_rsa").write_text(SECRET)
    (keys / "notes.txt").symlink_to("id_rsa")
    (made.path / "link.txt").symlink_to(keys / "id_rsa")
    (made.path / "folder").symlink_to(keys)
    (tmp_path / "outside.txt").symlink_to(keys / "id_rsa")
    for event in ("pre_write", "write", "read", "save", "observe"):
        generic(made.path, event, path=named, call_id="c1", before="x\n")
    generic(made.path, "shell", command="ls", call_id="c2")
    assert not [path for path, data in kept(made.path) if MARK in data]


@WINDOWS
def test_a_secret_under_a_harmless_name_is_recorded_as_secret(repo: Callable[..., Repo], tmp_path: Path) -> None:
    made = repo()
    (tmp_path / "id_rsa").write_text(SECRET)
    (made.path / "link.txt").symlink_to(tmp_path / "id_rsa")
    generic(made.path, "write", path="link.txt", call_id="c1")
    told = events(Path(os.environ["BYLINE_DATA_DIR"]) / "files")
    assert [(event.get("skipped"), event.get("after_id")) for event in told] == [("secret", None)]


@WINDOWS
def test_pipes_devices_and_folders_are_not_read(repo: Callable[..., Repo]) -> None:
    made = repo()
    os.mkfifo(made.path / "pipe")
    (made.path / "folder").mkdir()
    (made.path / "zero").symlink_to("/dev/zero")
    (made.path / "around").symlink_to("around")
    for number, name in enumerate(
        ("pipe", "folder", "zero", "/dev/zero", "/dev/tty", "around", "/proc/self/environ")
    ):
        generic(made.path, "write", path=name, call_id=f"c{number}")
    assert not [path for path, data in kept(made.path) if b"BYLINE_DATA_DIR" in data]


def test_a_path_out_of_the_repository_is_not_the_repositorys(repo: Callable[..., Repo], tmp_path: Path) -> None:
    made = repo()
    (tmp_path / "other.txt").write_text("x\n")
    for number, path in enumerate(
        ("../other.txt", "a/../../other.txt", str(tmp_path / "other.txt"), "/etc/hostname")
    ):
        generic(made.path, "write", path=path, call_id=f"c{number}")
    store = made.path / ".git" / "byline"
    assert not store.exists() or not events(store)


@pytest.mark.parametrize("agent", ["claude", "codex", "gemini", "copilot", "droid", "qwen", "cursor"])
def test_a_transcript_path_that_is_none_leaks_nothing(
    repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, agent: str
) -> None:
    made = repo()
    made.commit("zero", {"a.txt": "x\n"})
    secret = tmp_path / "id_rsa"
    secret.write_text(SECRET)
    generic(made.path, "session_start", agent=agent, transcript_path=str(secret))
    generic(made.path, "prompt", agent=agent, prompt="hello", turn_id="t1")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "byline.transparency")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
    made.commit("one", {"a.txt": "y\n"})
    for words in ("sessions --json", "session show s1 --json", "session show s1", "search c2Vj", "sync", "stats"):
        _, out, err = byline(monkeypatch, made.path, *words.split())
        assert MARK.decode() not in out + err
    assert not [path for path, data in kept(made.path) if MARK in data]
    assert MARK.decode() not in made.run("log", "--all", "-p")


@WINDOWS
@pytest.mark.skipif(not shutil.which("zstd"), reason="needs the program zstd")
def test_a_packed_thread_that_would_fill_the_memory() -> None:
    program = str(shutil.which("zstd"))
    small = subprocess.run([program, "-cq"], input=b"hello", capture_output=True, check=True).stdout
    assert databases.unpacked(small) == b"hello"
    making = "import sys; [sys.stdout.buffer.write(bytes(1 << 20)) for _ in range(256)]"
    bomb = subprocess.run(
        ["/bin/sh", "-c", '"$0" -c "$1" | "$2" -cq', sys.executable, making, program], capture_output=True, check=True
    ).stdout
    assert len(bomb) < 1 << 20
    with pytest.raises(BylineError):
        databases.unpacked(bomb)


@WINDOWS
@pytest.mark.parametrize("path", ["/dev/zero", "/proc/self/mem", "/", "\0", "a" * 5000, "/dev/stdin"])
def test_transcripts_that_are_no_files(path: str) -> None:
    assert transcripts.read("claude", Path(path)) is None


def test_no_secret_in_logs(repo: Callable[..., Repo]) -> None:
    made = repo()
    token = "ghp_" + "a1B2" * 9
    for payload in (
        {"hook_event_name": "PreToolUse", "session_id": "x", "tool_name": "Bash", "tool_input": {"x": token}},
        {"v": 1, "event": token, "agent": token, "session_id": token},
        {"v": 2, "event": "write", "agent": "m", "session_id": token, "path": token, "prompt": token},
    ):
        for agent in ("codex", "generic", "claude"):
            hook(agent, {**payload, "cwd": str(made.path)}, made.path)
    logs = [*made.path.glob(".git/byline/errors.log*"), *Path(os.environ["BYLINE_DATA_DIR"]).rglob("errors.log*")]
    assert logs
    assert not [path for path in logs if b"a1B2a1B2" in path.read_bytes()]


def test_rejected_payloads_are_few_and_short(repo: Callable[..., Repo]) -> None:
    made = repo()
    from byline_hooks import trouble

    for _ in range(trouble.MOST_REJECTED + 5):
        trouble.note("claude", "x", str(made.path), dict(os.environ), b"y" * (trouble.LARGEST_REJECTED + 100))
    files = list((made.path / ".git" / "byline" / "rejected").iterdir())
    assert len(files) <= trouble.MOST_REJECTED
    assert all(path.stat().st_size <= trouble.LARGEST_REJECTED for path in files)
