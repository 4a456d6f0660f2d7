"""The smallest client of a language server: requests over standard input and output, one at a time."""

import json
import queue
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from byline.errors import BylineError

SECONDS = 20


class Client:
    """Speaks to one server process, which ends with the `with` block. Raises BylineError where it does not answer."""

    def __init__(self, command: list[str], folder: Path, env: dict[str, str], log: Path) -> None:
        self._complaints = log.open("wb")
        self._process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._complaints
        )
        self._arrived: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._last = 0
        try:
            self._begin(folder)
        except BylineError:
            self._end()
            raise

    def _begin(self, folder: Path) -> None:
        capabilities = {"textDocument": {"hover": {"contentFormat": ["plaintext"]}}}
        asked = {"processId": None, "rootUri": folder.as_uri(), "capabilities": capabilities}
        self.request("initialize", asked)
        self.notify("initialized", {})

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._complaints.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.request("shutdown", None)
                self.notify("exit", None)
                self._process.wait(5)
        except (OSError, BylineError, subprocess.TimeoutExpired):
            pass  # every answer is in; how the server leaves is its own matter
        finally:
            self._end()

    def request(self, method: str, params: Any) -> Any:
        """The result; None where the server has nothing to say."""
        self._last += 1
        self._send({"id": self._last, "method": method, "params": params})
        while True:
            try:
                message = self._arrived.get(timeout=SECONDS)
            except queue.Empty:
                raise BylineError(f"the server did not answer {method} within {SECONDS} s") from None
            if message is None:
                raise BylineError(f"the server ended before it answered {method}")
            if "method" in message:
                if "id" in message:  # a question to the editor: this one has no answer
                    self._send({"id": message["id"], "result": None})
            elif message.get("id") == self._last:
                if "error" in message:
                    raise BylineError(f"the server refused {method}: {message['error'].get('message')}")
                return message.get("result")

    def notify(self, method: str, params: Any) -> None:
        """Tell the server something."""
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        wire = self._process.stdin
        assert wire is not None
        try:
            wire.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            wire.flush()
        except OSError:
            raise BylineError("the server went away") from None

    def _listen(self) -> None:
        wire = self._process.stdout
        assert wire is not None
        while message := _read(wire):
            self._arrived.put(message)
        self._arrived.put(None)


def _read(wire: IO[bytes]) -> dict[str, Any] | None:
    """The next message; None at the end of the wire."""
    size = 0
    while (line := wire.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            size = int(value)
    if not size or len(body := wire.read(size)) < size:
        return None
    message: dict[str, Any] = json.loads(body)
    return message
