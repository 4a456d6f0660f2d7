"""The real server and messages no editor sends: each is answered or passed over, and the next one is as well."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.cli.mcpanswers import Answers
from byline.errors import BylineError
from gitrepo import Repo
from hookrun import generic
from hostile.trap import Trap
from hostile.values import JSON, NASTY, few, mutated, nested

SECONDS = 20
URIS = (
    *(
        "",
        "a.py",
        "file:///%00",
        "file:///a%00b",
        "file://host/share/a.py",
        "file:///..%5c..%5cx",
        "file:///%2e%2e/x",
    ),
    *(
        "untitled:Untitled-1",
        "https://evil.example/a.py",
        "byline:session/../../x",
        "byline:",
        "git:/a.py?{",
        "file:",
    ),
    *("vscode-notebook-cell:/x#y", "file:///C:/Windows/x", "file:///c%3A/x", "file:///proc/self/environ", "file:///"),
    *(
        "file:///dev/zero",
        "file://[::1",
        "file:///%ff%fe",
        "data:text/plain,x",
        "a" * 20_000,
        "file:///" + "a/" * 5000,
    ),
)
FAR = 2**31 - 1
PLACES: tuple[Any, ...] = (
    *(
        {"line": FAR, "character": FAR},
        {"line": -1, "character": -1},
        {"line": 10**30, "character": 0},
        {"line": "x"},
    ),
    *(
        {"line": 1.5, "character": None},
        {},
        None,
        [],
        {"line": 0, "character": 2**31},
        {"line": True, "character": 0},
    ),
)
REQUESTS = (
    *(
        "textDocument/hover",
        "textDocument/codeLens",
        "codeLens/resolve",
        "textDocument/inlayHint",
        "byline/attribution",
    ),
    *("textDocument/codeAction", "workspace/executeCommand", "workspace/textDocumentContent", "no/such", "shutdow"),
)
NOTIFICATIONS = (
    *("textDocument/didOpen", "textDocument/didChange", "textDocument/didSave", "textDocument/didClose"),
    *("workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles", "byline/formatted", "$/cancelRequest"),
    *("workspace/didChangeWorkspaceFolders", "window/workDoneProgress/cancel", "$/setTrace", "no/such"),
)
COMMANDS = ("showAiLines", "showSession", "showFileSessions", "correctOwner", "copySessionId", "showChange", "x")


class Editor:
    """A client that sends whatever it is told to."""

    def __init__(self, root: Path) -> None:
        self.path = root.parent / "server.log"
        self.log = self.path.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "byline.cli.main", "lsp"],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env={**os.environ, "BYLINE_LOG": "INFO"},
        )
        self.answers: Queue[dict[str, Any]] = Queue()
        self.number = 0
        threading.Thread(target=self._listen, daemon=True).start()
        self.ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
        self.tell("initialized", {})

    def raw(self, body: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def tell(self, method: str, params: Any) -> None:
        self.raw(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode())

    def ask(self, method: str, params: Any) -> dict[str, Any]:
        """The answer, whatever it is; one must come."""
        self.number += 1
        self.raw(json.dumps({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}).encode())
        while True:
            try:
                answer = self.answers.get(timeout=SECONDS)
            except Empty:
                raise AssertionError(f"no answer to {method} {str(params)[:300]}") from None
            if answer.get("id") == self.number and "method" not in answer:
                return answer

    def memory(self) -> int:
        """The most bytes it ever held; 0 where the system does not tell."""
        try:
            told = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return 0
        return int(told.split("VmHWM:")[1].split()[0]) << 10

    def ended(self) -> tuple[int, str]:
        """How it ends by itself: its exit code, and the line of its log that says why."""
        code = self.process.wait(SECONDS)
        lines = self.path.read_text().splitlines()
        return code, "".join(line.split("the server ends: ")[1] for line in lines if "the server ends: " in line)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.log.close()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()

    def _listen(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        try:
            while head := stream.readline():
                length = int(head.split(b":")[1]) if head.lower().startswith(b"content-length") else 0
                while head.strip():
                    head = stream.readline()
                    if head.lower().startswith(b"content-length"):
                        length = int(head.split(b":")[1])
                self.answers.put(json.loads(stream.read(length)))
        except ValueError:
            return  # closed


@pytest.fixture
def made(repo: Callable[..., Repo]) -> Repo:
    repository = repo()
    repository.commit("zero", {"a.py": "x = 1\ny = 2\n"})
    generic(repository.path, "prompt", prompt="write", turn_id="t1")
    generic(repository.path, "pre_write", path="a.py", call_id="c1", turn_id="t1")
    repository.write("a.py", "x = 1\ny = 3\n")
    generic(repository.path, "write", path="a.py", call_id="c1", turn_id="t1")
    return repository


@pytest.fixture
def editor(made: Repo) -> Iterator[Editor]:
    client = Editor(made.path)
    yield client
    client.close()


def is_well(editor: Editor, made: Repo) -> None:
    """It still says whose line 2 is."""
    uri = (made.path / "a.py").as_uri()
    text = (made.path / "a.py").read_text()
    editor.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    opened = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    editor.tell("textDocument/didOpen", {"textDocument": opened})
    told = editor.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 0}})
    assert "s1" in json.dumps(told.get("result")), told
    assert editor.memory() < 400 << 20


def params(uri: Any, place: Any) -> dict[str, Any]:
    """Something of everything that a message may have."""
    span = {"start": place, "end": place}
    return {
        "textDocument": {"uri": uri, "version": 1, "languageId": "x", "text": "a\n"},
        "position": place,
        "uri": uri,
        "range": span,
        "context": {"diagnostics": []},
        "contentChanges": [{"range": span, "text": "x"}],
        "settings": {"byline": {"trusted": "x"}},
        "command": "byline.showSession",
        "arguments": [uri, place],
        "data": {"function": uri, "uri": uri},
        "changes": [{"uri": uri, "type": 1}],
        "event": {"added": [uri]},
    }


def test_uris_and_places(editor: Editor, made: Repo) -> None:
    before = sorted(path for path in made.path.rglob("*") if ".git" not in path.parts)
    for number, uri in enumerate((*URIS, (made.path / "a.py").as_uri())):
        told = params(uri, PLACES[number % len(PLACES)])
        for method in NOTIFICATIONS[:4]:
            editor.tell(method, told)
        for method in REQUESTS[:6]:
            editor.ask(method, told)
    for place in PLACES:
        for method in REQUESTS:
            editor.ask(method, params((made.path / "a.py").as_uri(), place))
        editor.tell("textDocument/didChange", params((made.path / "a.py").as_uri(), place))
    for command in COMMANDS:
        several: tuple[Any, ...] = (
            None,
            [],
            [None],
            ["\0"],
            [{}],
            [["a"] * 100],
            list(NASTY),
            [URIS[5], FAR, FAR, "human"],
        )
        for arguments in several:
            editor.ask("workspace/executeCommand", {"command": f"byline.{command}", "arguments": arguments})
    is_well(editor, made)
    assert sorted(path for path in made.path.rglob("*") if ".git" not in path.parts) == before


def test_messages_made_up(editor: Editor, made: Repo) -> None:
    @few(60)
    @given(st.data())
    def send(data: st.DataObject) -> None:
        uri = data.draw(st.sampled_from([*URIS, (made.path / "a.py").as_uri()]))
        told = data.draw(mutated(params(uri, {"line": 0, "character": 0})) | JSON)
        if data.draw(st.booleans()):
            editor.ask(data.draw(st.sampled_from(REQUESTS)), told)
        else:
            editor.tell(data.draw(st.sampled_from(NOTIFICATIONS)), told)

    send()
    # one of them may have said that the folder is not trusted, and then nothing is told
    editor.tell("workspace/didChangeConfiguration", {"settings": {"byline": {"trusted": True}}})
    is_well(editor, made)


def test_messages_that_are_none(editor: Editor, made: Repo) -> None:
    for body in (b"{}", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 50_000, b'"x"', b"1", nested(50_000).encode()):
        editor.raw(body)
    wrong: tuple[dict[str, Any], ...] = (
        {"id": {}},
        {"method": 3},
        {"jsonrpc": "2.0", "id": 1e400, "method": "x"},
        {"jsonrpc": "2.0"},
    )
    for told in wrong:
        editor.raw(json.dumps(told).encode())
    is_well(editor, made)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes and devices among its files")
def test_files_without_end(editor: Editor, made: Repo) -> None:
    """Devices that never end, pipes nobody writes to, a file of a terabyte, folders, what the kernel makes up."""
    os.mkfifo(made.path / "pipe")
    (made.path / "zero").symlink_to("/dev/zero")
    with (made.path / "huge.py").open("wb") as file:
        file.truncate(1 << 40)
    inside = [made.path / name for name in ("pipe", "zero", "huge.py", ".")]
    outside = [Path(name) for name in ("/dev/zero", "/dev/tty", "/dev/random", "/proc/kcore", "/proc/kmsg", "/")]
    for path in (*inside, *outside):
        told = params(path.as_uri(), {"line": 0, "character": 0})
        for method in ("didOpen", "didChange", "didSave"):
            editor.tell(f"textDocument/{method}", {**told, "contentChanges": [{"text": "b\n"}]})
        for method in REQUESTS[:6]:
            editor.ask(method, told)
    is_well(editor, made)


def test_messages_about_messages(editor: Editor, made: Repo) -> None:
    """Answers nobody waits for, cancels of anything, ids twice and of any type, a second `initialize`."""
    uri = (made.path / "a.py").as_uri()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    told = {"jsonrpc": "2.0", "method": "textDocument/hover", "params": params(uri, {"line": 0, "character": 0})}
    ids: tuple[Any, ...] = (7, 7, "7", 0, -1, None, True, 1.5, 10**400, "", "\ud800", [], {}, [[]], "x" * 100_000)
    for id in ids:
        editor.raw(json.dumps({**told, "id": id}).encode())
        editor.tell("$/cancelRequest", {"id": id})
        for rest in (
            {"result": id},
            {"error": {"code": 1, "message": "x"}},
            {"error": id},
            {"result": {}, "error": id},
        ):
            editor.raw(json.dumps({"jsonrpc": "2.0", "id": id, **rest}).encode())
    for method in (*REQUESTS, "initialize", "workspace/executeCommand"):
        editor.raw(json.dumps({**told, "method": method, "id": f"{method} it"}).encode())
        editor.tell("$/cancelRequest", {"id": f"{method} it"})
    for process in (dead.pid, 0, -1, 1 << 40):  # the end of its input tells the server that its client is gone
        editor.ask("initialize", {"processId": process, "rootUri": uri, "capabilities": {}})
    is_well(editor, made)


@pytest.mark.parametrize(
    ("said", "code", "why"),
    [
        (b"", 0, "the client has closed the connection"),
        (b"Content-Length: 100\r\n\r\n{", 0, "the client has closed the connection"),
        (b"Content-Length: 9" + b"9" * 30 + b"\r\n\r\n{}", 1, "what the client sent is no message"),
        (b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}", 1, "what the client sent is no message"),
        (b"Content-Length: x\r\n\r\n\0\xff\n", 0, "the client has closed the connection"),
        (b'Content-Length: 33\r\n\r\n{"jsonrpc":"2.0","method":"exit"}', 1, "the client said `exit` without"),
    ],
)
def test_it_says_why_it_ends(editor: Editor, said: bytes, code: int, why: str) -> None:
    assert editor.process.stdin is not None
    editor.process.stdin.write(said)
    editor.process.stdin.close()
    ended = editor.ended()
    assert ended[0] == code and ended[1].startswith(why), ended


def test_it_says_who_ended_it(editor: Editor) -> None:
    editor.ask("shutdown", None)
    editor.tell("exit", None)
    assert editor.ended() == (0, "the client said so")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_it_says_that_it_was_told_to_end(editor: Editor) -> None:
    editor.process.terminate()
    assert editor.ended() == (0, "SIGTERM")


def test_the_server_runs_nothing_that_a_repository_names(made: Repo, tmp_path: Path) -> None:
    trap = Trap(tmp_path)
    trap.arm(made)
    trap.sprung()
    client = Editor(made.path)
    try:
        is_well(client, made)
        uri = (made.path / "a.py").as_uri()
        for method in REQUESTS[:6]:
            client.ask(method, params(uri, {"line": 0, "character": 0}))
        client.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
        client.ask("workspace/executeCommand", {"command": "byline.showFileSessions", "arguments": [uri]})
    finally:
        client.close()
    assert trap.sprung() == []


def test_questions_of_agents(made: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made.path)
    answers = Answers([made.path], made.path, dict(os.environ))
    asked = 0
    for text in (*NASTY, *URIS, "/etc/passwd", "../x", "a.py\0", "--help", "-x"):
        for ask, arguments in (
            (answers.who_wrote, (text, None, None, None)),
            (answers.who_wrote, ("a.py", 1, 10**30, text)),
            (answers.who_wrote, ("a.py", 10**30, 1, None)),
            (answers.session, (text,)),
            (answers.sessions_of_file, (text,)),
            (answers.search, (text, text, None, 100)),
        ):
            asked += 1
            try:
                json.dumps(cast("Callable[..., Any]", ask)(*arguments))
            except BylineError as problem:
                assert len(str(problem)) < 30_000
    assert asked > 200
