"""The server as a process: what it prints, how it ends, what it does with messages that make no sense."""

import errno
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.server.conftest import SERVER, Project
from hookrun import events

SLOW = """
import sys, time, os
from pathlib import Path
from byline.server import app
from unit.server.fake import FakeWorkspace
sys.exit(app.serve(os.environ, opener=FakeWorkspace))
"""


class Wire:
    """A client that says exactly what it is told to."""

    def __init__(self, command: list[str], **env: str) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **env},
        )
        self._id = 0
        self._deadline = threading.Timer(20, self.process.kill)  # a test that waits for an answer that never comes
        self._deadline.start()

    def close(self) -> None:
        self._deadline.cancel()
        self.process.kill()
        self.process.wait()

    def send(self, method: str, params: Any = None, *, request: bool = False) -> int:
        if request:
            self._id += 1
        self.write({"method": method, "params": params, **({"id": self._id} if request else {})})
        return self._id

    def write(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        assert self.process.stdout
        size = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                size = int(value)
        assert size, "the server is gone"
        return json.loads(self.process.stdout.read(size))  # type: ignore[no-any-return]

    def answer(self, id: int) -> dict[str, Any]:
        while (message := self.read()).get("id") != id or "method" in message:
            pass
        return message

    def start(self) -> None:
        self.answer(self.send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, request=True))
        self.send("initialized", {})

    def open(self, file: Path) -> str:
        item = {"uri": file.as_uri(), "languageId": "x", "version": 1, "text": file.read_text()}
        self.send("textDocument/didOpen", {"textDocument": item})
        return file.as_uri()

    def ended(self, seconds: float) -> int:
        assert self.process.stdin
        start = time.perf_counter()
        code = self.process.wait(seconds)
        print(f"ended after {(time.perf_counter() - start) * 1000:.0f} ms")
        return code


@pytest.fixture
def slow() -> Iterator[Wire]:
    """A server whose answers take three seconds."""
    tests = Path(__file__).parents[2]
    path = os.pathsep.join(map(str, (tests, tests.parent / "lsp", tests.parent / "hooks")))
    wire = Wire([sys.executable, "-c", SLOW], FAKE_DELAY="3", PYTHONPATH=path)
    yield wire
    wire.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire(SERVER)
    yield wire
    wire.close()


def hover(uri: str) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}


def test_it_ends_when_the_client_is_gone(wire: Wire) -> None:
    wire.start()
    assert wire.process.stdin
    wire.process.stdin.close()
    assert wire.ended(5) == 0


def test_it_ends_at_once_while_work_is_running(slow: Wire, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("ai:s1 x\n")
    slow.start()
    uri = slow.open(file)
    slow.send("textDocument/hover", hover(uri), request=True)
    time.sleep(0.3)
    start = time.perf_counter()
    assert slow.answer(slow.send("shutdown", request=True))["result"] is None
    slow.send("exit")
    assert slow.ended(5) == 0
    assert time.perf_counter() - start < 1, "the work alone takes three seconds"


def test_shutdown_gives_up_what_is_not_answered(slow: Wire, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("ai:s1 x\n")
    slow.start()
    uri = slow.open(file)
    asked = [slow.send("textDocument/hover", hover(uri), request=True) for _ in range(3)]
    asked.append(slow.send("workspace/executeCommand", {"command": "byline.showAiLines"}, request=True))
    time.sleep(0.3)
    end = slow.send("shutdown", request=True)
    got: dict[int, dict[str, Any]] = {}
    while len(got) < 5:
        message = slow.read()
        if "method" not in message:
            got[message["id"]] = message
    assert got[end].get("error") is None
    assert [got[id]["error"]["code"] for id in asked] == [-32800] * 4
    slow.send("exit")
    assert slow.ended(5) == 0


def test_other_files_and_edits_do_not_wait_for_a_slow_one(slow: Wire, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("ai:s1 x\n")
    slow.start()
    uri = slow.open(file)
    slow.send("textDocument/hover", hover(uri), request=True)
    start = time.perf_counter()
    id = slow.send("textDocument/hover", hover("untitled:x"), request=True)
    assert slow.answer(id)["result"] is None
    assert time.perf_counter() - start < 1


def test_a_cancelled_hover_is_answered_at_once(slow: Wire, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("ai:s1 x\n")
    slow.start()
    uri = slow.open(file)
    id = slow.send("textDocument/hover", hover(uri), request=True)
    start = time.perf_counter()
    slow.send("$/cancelRequest", {"id": id})
    assert slow.answer(id)["error"]["code"] == -32800
    assert time.perf_counter() - start < 1
    again = slow.answer(slow.send("textDocument/hover", hover(uri), request=True))
    assert again["result"]["contents"]["value"].startswith("claude"), "the work itself went on"


def test_a_long_computation_shows_progress(slow: Wire, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("ai:s1 x\n")
    capabilities = {"window": {"workDoneProgress": True}}
    params = {"processId": None, "rootUri": None, "capabilities": capabilities}
    slow.answer(slow.send("initialize", params, request=True))
    slow.send("initialized", {})
    slow.open(file)
    while (message := slow.read()).get("method") != "window/workDoneProgress/create":
        pass
    slow.write({"id": message["id"], "result": None})
    kinds = []
    while "end" not in kinds:
        message = slow.read()
        if message.get("method") == "$/progress":
            kinds.append(message["params"]["value"]["kind"])
    assert kinds == ["begin", "end"]


def test_a_client_that_refuses_progress_is_answered(slow: Wire, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("ai:s1 x\n")
    capabilities = {"window": {"workDoneProgress": True}}
    params = {"processId": None, "rootUri": None, "capabilities": capabilities}
    slow.answer(slow.send("initialize", params, request=True))
    slow.send("initialized", {})
    uri = slow.open(file)
    while (message := slow.read()).get("method") != "window/workDoneProgress/create":
        pass
    slow.write({"id": message["id"], "error": {"code": -32603, "message": "not now"}})
    assert slow.answer(slow.send("textDocument/hover", hover(uri), request=True))["result"] is not None


def test_null_and_nonsense_are_answered(wire: Wire) -> None:
    params: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": None}
    wire.answer(wire.send("initialize", params, request=True))
    wire.send("initialized", None)
    for method in ("textDocument/hover", "textDocument/codeLens", "workspace/executeCommand", "byline/attribution"):
        answer = wire.answer(wire.send(method, None, request=True))
        assert "error" in answer or answer["result"] is None, method
    wire.send("textDocument/didChange", None)
    wire.send("workspace/didChangeConfiguration", {"settings": None})
    wire.send("no/such", None)
    change = {"textDocument": {"uri": "file:///not/open", "version": 2}, "contentChanges": [{"text": "x"}]}
    wire.send("textDocument/didChange", change)
    id = wire.send("workspace/executeCommand", {"command": "byline.showAiLines"}, request=True)
    said = []
    while (message := wire.read()).get("id") != id:
        said.append(message)
    assert message["result"] is None
    assert [each["params"]["message"] for each in said] == ["byline: no file is open that anything is known of"]


def test_nothing_is_answered_before_the_client_has_said_who_it_is(wire: Wire, project: Project) -> None:
    file = project.agent_writes("client.py", "import time\n")
    uri = wire.open(file)
    for method in ("textDocument/hover", "byline/attribution", "shutdown", "no/such"):
        answer = wire.answer(wire.send(method, {**hover(uri), "uri": uri}, request=True))
        assert answer["error"]["code"] == -32002, method
    file.write_text("import time\ntyped\n")
    change = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": file.read_text()}]}
    wire.send("textDocument/didChange", change)
    wire.send("textDocument/didSave", {"textDocument": {"uri": uri}})
    wire.start()
    assert wire.answer(wire.send("textDocument/hover", hover(uri), request=True))["result"] is None, "it is not open"
    assert not [each for each in events(project.path / ".git/byline") if each["event"] == "save"]
    again = wire.send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, request=True)
    assert wire.answer(again)["error"]["code"] == -32600
    wire.open(file)
    assert wire.answer(wire.send("textDocument/hover", hover(uri), request=True))["result"] is not None


def test_nothing_is_answered_after_shutdown(wire: Wire, project: Project) -> None:
    wire.start()
    uri = wire.open(project.agent_writes("client.py", "import time\n"))
    first = wire.send("shutdown", request=True)
    at_once = wire.send("textDocument/hover", hover(uri), request=True)
    codes: dict[int, Any] = {}
    while len(codes) < 2:
        message = wire.read()
        if message.get("id") in (first, at_once) and "method" not in message:
            codes[message["id"]] = message.get("error", {}).get("code")
    assert codes == {first: None, at_once: -32600}
    for method in ("textDocument/hover", "workspace/executeCommand", "shutdown"):
        assert wire.answer(wire.send(method, hover(uri), request=True))["error"]["code"] == -32600, method
    wire.send("exit")
    assert wire.ended(5) == 0


def test_tcp(project: Project) -> None:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([*SERVER[:-1], "--tcp", str(port)], stdin=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                connection = socket.create_connection(("127.0.0.1", port), 1)
                break
            except OSError:
                time.sleep(0.05)
        body = json.dumps(
            {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"processId": None, "capabilities": {}}}
        ).encode()
        connection.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        assert b"hoverProvider" in connection.recv(65536)
        connection.close()
    finally:
        process.kill()
        process.wait()


def test_a_port_that_is_taken(project: Project) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run([*SERVER[:-1], "--tcp", str(port)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"byline: port {port} can't be listened on: {os.strerror(errno.EADDRINUSE)}; give --tcp another one"
    ]


def test_the_program_of_one_word_is_the_command() -> None:
    start = "import sys; from byline.cli.lsp import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", start, "--tcp", "x"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr[:12]) == (2, "byline lsp: ")
