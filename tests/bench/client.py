"""A language client that waits for each answer."""

import json
import os
import select
import subprocess
import time
from typing import IO, Any

PATIENCE = 300.0
"""Seconds to wait for any answer."""


class Client:
    """One server and a client that waits for each answer."""

    def __init__(
        self, command: list[str], env: dict[str, str], options: Any = None, log: IO[bytes] | None = None
    ) -> None:
        """`log`: where its stderr goes."""
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log, env=env)
        self._id = 0
        self._got = b""
        space = {"codeLens": {"refreshSupport": True}, "inlayHint": {"refreshSupport": True}}
        offers = {"workspace": space, "textDocument": {"inlayHint": {}, "hover": {"contentFormat": ["markdown"]}}}
        self.ask(
            "initialize",
            {"processId": None, "rootUri": None, "capabilities": offers, "initializationOptions": options},
        )
        self.send("initialized", {})

    def send(self, method: str, params: Any, **more: Any) -> None:
        self._write({"method": method, "params": params, **more})

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def read(self, within: float = PATIENCE) -> dict[str, Any]:
        """The next message. TimeoutError where none comes within so many seconds, EOFError where none will."""
        end = time.monotonic() + within
        while (parted := self._got.partition(b"\r\n\r\n"))[1] == b"" or len(parted[2]) < _length(parted[0]):
            self._more(end)
        size = _length(parted[0])
        body, self._got = parted[2][:size], parted[2][size:]
        message: dict[str, Any] = json.loads(body)
        if "method" in message and "id" in message:
            self._write({"id": message["id"], "result": None})
        return message

    def _more(self, end: float) -> None:
        assert self.process.stdout
        pipe = self.process.stdout.fileno()
        if not select.select([pipe], [], [], max(0.0, end - time.monotonic()))[0]:
            raise TimeoutError("the server says nothing")
        data = os.read(pipe, 1 << 20)
        if not data:
            raise EOFError("the server is gone")
        self._got += data

    def ask(self, method: str, params: Any) -> Any:
        self._id += 1
        self.send(method, params, id=self._id)
        while (message := self.read()).get("id") != self._id or "method" in message:
            pass
        assert "error" not in message, message
        return message["result"]

    def wait_for(self, method: str, within: float) -> None:
        """Reads on until the server asks or tells `method`. TimeoutError."""
        end = time.monotonic() + within
        while self.read(max(0.0, end - time.monotonic())).get("method") != method:
            pass

    def open(self, uri: str, text: str) -> None:
        item = {"uri": uri, "languageId": "x", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": item})

    def key(self, uri: str, line: int) -> None:
        place = {"line": line, "character": 0}
        change = {"range": {"start": place, "end": place}, "text": "x"}
        self.send("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [change]})

    def hover(self, uri: str, line: int) -> Any:
        params = {"textDocument": {"uri": uri}, "position": {"line": line, "character": 0}}
        return self.ask("textDocument/hover", params)

    def end(self) -> float:
        self.ask("shutdown", None)
        start = time.perf_counter()
        self.send("exit", None)
        self.process.wait(30)
        return time.perf_counter() - start


def _length(head: bytes) -> int:
    """The length that a message's header names."""
    fields = (line.split(b":") for line in head.lower().split(b"\r\n"))
    return next(int(value) for name, value in fields if name == b"content-length")
