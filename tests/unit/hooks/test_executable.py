"""The promise to agents: status 0, no output, no delay, whatever is sent and whatever the machine is like."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from byline_hooks import snapshots
from gitrepo import Repo
from hookrun import COMMAND, PYTHON, SHIM, events, generic, hook, reasons

Maker = Callable[..., Repo]
STOP = {"v": 1, "agent": "m", "session_id": "s", "event": "turn_end"}
CLAUDE = {"session_id": "s", "transcript_path": "/h/.claude/projects/p/s.jsonl", "hook_event_name": "PostToolUse"}
LOADED_BY_A_BARE_INTERPRETER = (
    "sys builtins _frozen_importlib _imp _thread _warnings _weakref _io marshal posix _frozen_importlib_external "
    "time zipimport _codecs codecs encodings.aliases encodings encodings.utf_8 _signal _abc abc io __main__ winreg nt"
)
ALLOWED = {
    *LOADED_BY_A_BARE_INTERPRETER.split(),
    *("errno", "_json", "_sha1", "_sha2", "_sha256", "zlib"),
    *("byline_hooks", "byline_hooks.dialects", "byline_hooks.dialects.claude"),
    *(f"byline_hooks.{name}" for name in ("entry", "system", "fastjson", "observation", "detect", "texts", "record")),
    *(
        f"byline_hooks.{name}"
        for name in ("place", "head", "snapshots", "spool", "contents", "deadline", "models", "transcript")
    ),
}

REJECTED = [
    pytest.param(b"{", "payload is not JSON", id="cut off at once"),
    pytest.param(b'{"a": "b', "payload is not JSON", id="cut off in a string"),
    pytest.param(b'{"a": 1} x', "payload is not JSON", id="text after it"),
    pytest.param(b"\xff\xfe{\0}\0", "payload is not JSON", id="UTF-16"),
    pytest.param(b'{"a": "\xe9"}', "payload is not JSON", id="Latin-1"),
    pytest.param(b"[" * 200_000, "payload is not JSON", id="nested without end"),
    pytest.param(b"[]", "payload is not a JSON object", id="a list"),
    pytest.param(b"null", "payload is not a JSON object", id="null"),
    pytest.param(b'"text"', "payload is not a JSON object", id="a string"),
]


@pytest.mark.parametrize(("payload", "reason"), REJECTED)
def test_a_payload_nobody_can_read_is_put_aside(repo: Maker, payload: bytes, reason: str) -> None:
    made = repo()
    hook("claude", payload, made.path)
    store = made.path / ".git" / "byline"
    assert reasons(store) == [f"claude {reason}"]
    (kept,) = (store / "rejected").iterdir()
    assert kept.read_bytes() == payload[: 64 << 10]
    assert kept.stat().st_mode & 0o777 == 0o600


WRONG = [None, True, 7, -1.5, "", "x", [], [1], {}, {"x": 1}, "\ud800", "\0", "/" * 5000]
FIELDS = ("session_id", "cwd", "tool_name", "tool_input", "tool_response", "transcript_path", "prompt_id", "agent_id")


@pytest.mark.parametrize("field", [*FIELDS, "hook_event_name"])
def test_a_field_of_any_type_is_survived(repo: Maker, field: str) -> None:
    made = repo()
    given = {"file_path": "f", "content": "x"}
    payload = {**CLAUDE, "cwd": str(made.path), "tool_name": "Write", "tool_input": given, "tool_response": {}}
    for value in WRONG:
        hook("claude", {**payload, field: value}, made.path)
    store = made.path / ".git" / "byline"
    assert not [reason for reason in reasons(store) if " at " in reason and "UnicodeEncodeError" not in reason]


@pytest.mark.parametrize("field", ["originalFile", "oldString", "newString", "structuredPatch", "content", "type"])
def test_an_answer_of_any_shape_is_survived(repo: Maker, field: str) -> None:
    made = repo()
    made.write("f", "x\n")
    base = {"originalFile": "a\n", "oldString": "a", "newString": "x", "structuredPatch": []}
    payload = {
        **CLAUDE,
        "cwd": str(made.path),
        "tool_name": "Edit",
        "tool_input": {"file_path": str(made.path / "f")},
    }
    for value in [*WRONG, [{"lines": [3]}]]:
        hook("claude", {**payload, "tool_response": {**base, field: value}}, made.path)
    store = made.path / ".git" / "byline"
    assert reasons(store) == []
    assert len(events(store)) == len(WRONG) + 1


def test_an_empty_payload_is_noted_and_not_kept(repo: Maker) -> None:
    made = repo()
    hook("claude", b"", made.path)
    hook("claude", b" \n", made.path)
    assert reasons(made.path / ".git" / "byline") == ["claude empty payload"] * 2
    assert not (made.path / ".git" / "byline" / "rejected").exists()


@pytest.mark.parametrize("agent", ["", "nosuch", "../claude", "dialects.claude", "__init__", "os", "é", "x" * 9999])
def test_an_unknown_agent_is_survived(repo: Maker, agent: str) -> None:
    made = repo()
    hook(agent, STOP, made.path)
    assert not list((made.path / ".git" / "byline" / "spool").iterdir())
    assert len(reasons(made.path / ".git" / "byline")) == 1


def test_without_an_argument(repo: Maker) -> None:
    done = subprocess.run(COMMAND, input=b"{}", cwd=repo().path, capture_output=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_fifty_megabytes(repo: Maker) -> None:
    made = repo()
    began = time.monotonic()
    hook("generic", {**STOP, "cwd": str(made.path), "event": "prompt", "prompt": "x" * (50 << 20)}, made.path)
    assert time.monotonic() - began < 5
    (event,) = events(made.path / ".git" / "byline")
    assert len(event["prompt"]) < 1 << 20


def test_more_than_any_payload(repo: Maker) -> None:
    made = repo()
    hook("generic", b'{"a": "' + b"x" * (65 << 20), made.path)
    assert reasons(made.path / ".git" / "byline") == ["generic payload over 64 MiB"]


def test_raw_control_characters_and_a_byte_order_mark_are_taken(repo: Maker) -> None:
    made = repo()
    payload = json.dumps({**STOP, "event": "prompt", "prompt": "a\tb", "cwd": str(made.path)}).replace("\\t", "\t")
    hook("generic", b"\xef\xbb\xbf" + payload.encode(), made.path)
    assert events(made.path / ".git" / "byline")[0]["prompt"] == "a\tb"


def test_closed_descriptors(repo: Maker) -> None:
    made = repo()
    script = f'"{PYTHON}" -I -S "{SHIM}" claude <&- >&- 2>&-; exit $?'
    assert subprocess.run(["/bin/sh", "-c", script], cwd=made.path, timeout=30).returncode == 0
    payload = json.dumps({**STOP, "cwd": str(made.path), "event": "pre_shell"})
    script = f'printf %s "$P" | "{PYTHON}" -I -S "{SHIM}" generic >&- 2>&-; exit $?'
    env = {**os.environ, "P": payload}
    assert subprocess.run(["/bin/sh", "-c", script], cwd=made.path, env=env, timeout=30).returncode == 0
    (event,) = events(made.path / ".git" / "byline")
    assert "incomplete" not in event


def test_a_deleted_working_folder(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f'rmdir "{gone}"; exec "{PYTHON}" -I -S "{SHIM}" generic'
    for payload in (
        STOP,
        {**STOP, "cwd": str(gone)},
        {**STOP, "cwd": str(made.path)},
        {**STOP, "event": "read", "path": "f"},
    ):
        gone.mkdir(exist_ok=True)
        done = subprocess.run(
            ["/bin/sh", "-c", script], input=json.dumps(payload).encode(), cwd=gone, capture_output=True
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert len(events(made.path / ".git" / "byline")) == 1
    assert len(events(Path(os.environ["BYLINE_DATA_DIR"], "files"))) == 2


def test_input_that_never_ends_is_left_at_the_deadline(repo: Maker) -> None:
    made = repo()
    began = time.monotonic()
    with subprocess.Popen([*COMMAND, "claude"], stdin=subprocess.PIPE, cwd=made.path) as child:
        assert child.stdin is not None
        child.stdin.write(b"{")
        child.stdin.flush()
        assert child.wait(timeout=10) == 0
    assert 1 < time.monotonic() - began < 2.5


def test_a_file_that_never_opens_is_no_trap(repo: Maker) -> None:
    made = repo()
    os.mkfifo(made.path / ".git" / "HEAD2")
    (made.path / ".git" / "HEAD").unlink()
    (made.path / ".git" / "HEAD").symlink_to("HEAD2")
    began = time.monotonic()
    generic(made.path, "turn_end")
    assert time.monotonic() - began < 2.5


def test_ctrl_c_does_not_lose_the_event(repo: Maker) -> None:
    made = repo()
    with subprocess.Popen([*COMMAND, "generic"], stdin=subprocess.PIPE, cwd=made.path) as child:
        assert child.stdin is not None
        time.sleep(0.3)
        child.send_signal(signal.SIGINT)
        child.stdin.write(json.dumps({**STOP, "cwd": str(made.path)}).encode())
        child.stdin.close()
        assert child.wait(timeout=10) == 0
    assert len(events(made.path / ".git" / "byline")) == 1


def test_a_hook_that_git_started_is_not_misled(repo: Maker) -> None:
    made = repo()
    made.write("f", "x\n")
    generic(made.path, "write", {"GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/", "GIT_PREFIX": "x/"}, path="f")
    assert events(made.path / ".git" / "byline")[0]["path"] == "f"


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_any_locale_names_files_alike(repo: Maker, locale: str) -> None:
    made = repo()
    made.write("é.txt", "ü\n")
    generic(made.path, "write", {"LC_ALL": locale, "PYTHONUTF8": "0"}, path="é.txt", before="ö\n")
    (event,) = events(made.path / ".git" / "byline")
    assert (event["path"], event["after_id"]) == ("é.txt", snapshots.blob_id("ü\n".encode(), "sha1"))


@pytest.mark.parametrize("tool", ["Write", "Edit"])
def test_a_write_loads_nothing_dear(repo: Maker, tmp_path: Path, tool: str) -> None:
    """Each module that creeps in costs every tool call of every agent up to 17 ms."""
    made = repo()
    made.write("f", "b\n")
    answer = {"type": "update", "content": "b\n", "originalFile": "a\n", "oldString": "a", "newString": "b"}
    payload = {**CLAUDE, "cwd": str(made.path), "tool_name": tool, "tool_response": answer}
    data = json.dumps({**payload, "tool_input": {"file_path": str(made.path / "f"), "content": "b\n"}})
    spy = tmp_path / "spy.py"
    spy.write_text(
        f"import sys\nimport posix\nsys.argv = ['x', 'claude']\n__file__ = {str(SHIM)!r}\n"
        "leave = posix._exit\n"
        "def tell(code):\n    posix.write(2, ' '.join(sys.modules).encode())\n    leave(code)\n"
        "posix._exit = tell\n"
        f"exec(open({str(SHIM)!r}).read())\n"
    )
    done = subprocess.run([PYTHON, "-I", "-S", str(spy)], input=data.encode(), cwd=made.path, capture_output=True)
    assert done.returncode == 0
    assert len(events(made.path / ".git" / "byline")) == 1
    assert set(done.stderr.decode().split()) - ALLOWED == set()


def test_the_console_command_records_too(repo: Maker) -> None:
    made = repo()
    program = "from byline_hooks.entry import script; script()"
    env = {**os.environ, "PYTHONPATH": str(SHIM.parents[1])}
    data = json.dumps({**STOP, "cwd": str(made.path)}).encode()
    done = subprocess.run([PYTHON, "-c", program, "generic"], input=data, env=env, cwd=made.path, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert len(events(made.path / ".git" / "byline")) == 1
