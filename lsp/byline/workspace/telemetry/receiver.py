"""A receiver for OTLP over HTTP, on this machine's own addresses only."""

import io
import socket
import threading
import time
import zlib
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
from filelock import FileLock, Timeout

from byline.errors import BylineError
from byline.privacy import make_folders
from byline.workspace.telemetry.kept import Kept
from byline.workspace.telemetry.points import take
from byline.workspace.telemetry.protobuf import NoProtobuf, decoded

LARGEST = 16 * 1024 * 1024
"""Bytes of one request, also after unpacking."""
SECONDS = 10.0
"""How long a request may take to arrive, from its first byte on; and a client to send one, or to take an answer."""
MOST_AT_ONCE = 16
_POLL_SECONDS = 0.1
"""How soon it is noticed that the end has come."""
ADDRESSES = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_HOSTS = frozenset(("localhost", "127.0.0.1", "[::1]"))
_KINDS = {"/v1/metrics": "metrics", "/v1/logs": "logs", "/v1/traces": "traces"}
_JSON, _PROTOBUF = "application/json", "application/x-protobuf"


class Refused(Exception):
    """An answer that is no success: its status, and why in words."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class Receiver:
    """Listens on 127.0.0.1 and, where there is one, on ::1."""

    def __init__(self, port: int, env: Mapping[str, str]) -> None:
        """`port`: 0 for any that is free. Raises BylineError where the port is taken or nothing can be kept."""
        self.taken = 0
        self._env = env
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        try:
            folder = Kept(env).folder
            make_folders(folder)
            self._file_lock = FileLock(folder / "lock", timeout=SECONDS, mode=0o600)
        except OSError as problem:
            raise BylineError(f"nothing can be kept: {problem}") from None
        self._servers: list[ThreadingHTTPServer] = []
        self.port = port
        for family, address in ADDRESSES:
            self._listen(family, address)
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def receive(self, kind: str, body: bytes, content_type: str) -> None:
        """Count what a request tells, once it is safely on disk. Raises Refused."""
        told = _read(kind, body, content_type)
        with self._lock:
            try:
                with self._file_lock:
                    kept = Kept(self._env)
                    self.taken += take(kind, told, kept.find)
                    kept.save()
            except (OSError, Timeout) as problem:
                raise Refused(503, f"nothing can be kept now: {problem}") from None

    def _listen(self, family: socket.AddressFamily, address: str) -> None:
        receiver, places = self, self._places

        class Handler(_Handler):
            def answer(self) -> None:
                if not places.acquire(blocking=False):
                    self.close_connection = True
                    raise Refused(503, "too many requests at once")
                try:
                    kind = self.checked()
                    receiver.receive(kind, self.body(), self.content_type)
                finally:
                    places.release()

        class Server(ThreadingHTTPServer):
            address_family = family
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 64

        try:
            server = Server((address, self.port), Handler)
        except OSError as problem:
            if family == socket.AF_INET6:
                return  # a machine without it
            raise BylineError(f"port {self.port} can't be listened on: {problem.strerror}; try --port 0") from None
        self.port = server.server_address[1]
        self._servers.append(server)


class _Arriving(io.RawIOBase):
    """What a client sends. TimeoutError where a request is not whole in time, however its bytes trickle in."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._until: float | None = None

    def begin(self) -> None:
        """The next byte is the first of a request."""
        self._until = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = SECONDS if self._until is None else self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        try:
            return self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(SECONDS)
            self._until = self._until or time.monotonic() + SECONDS


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "byline"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._arriving = _Arriving(self.connection)
        self.rfile = io.BufferedReader(self._arriving)

    def handle_one_request(self) -> None:
        self._arriving.begin()
        super().handle_one_request()

    @property
    def content_type(self) -> str:
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()

    def answer(self) -> None:
        raise NotImplementedError

    def do_POST(self) -> None:
        try:
            self.answer()
        except Refused as refusal:
            self._refuse(refusal)
        except (OSError, ValueError):
            self.close_connection = True
        else:
            if self.content_type == _PROTOBUF:
                self._send(200, _PROTOBUF, b"")
            else:
                self._send(200, _JSON, b"{}")

    def do_GET(self) -> None:
        self._refuse(Refused(405, "only POST"))

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""

    def checked(self) -> str:
        """What kind of request it is. Raises Refused for one that no agent of this machine sends."""
        host = (self.headers.get("Host") or "").strip().lower()
        name = host if host.endswith("]") else host.rpartition(":")[0] if ":" in host else host
        # A page in a browser may reach this port too, under a name of its own.
        if name not in _HOSTS or self.headers.get("Origin") is not None or self.headers.get("Sec-Fetch-Mode"):
            raise Refused(403, "only programs of this machine")
        kind = _KINDS.get(self.path.partition("?")[0])
        if kind is None:
            raise Refused(404, f"only {', '.join(_KINDS)}")
        if self.content_type not in (_JSON, _PROTOBUF):
            raise Refused(415, "set OTEL_EXPORTER_OTLP_PROTOCOL=http/json")
        return kind

    def body(self) -> bytes:
        """The request's body, unpacked. Raises Refused where it is too large or none."""
        if (self.headers.get("Transfer-Encoding") or "").lower() == "chunked":
            data = self._chunks()
        else:
            length = self.headers.get("Content-Length") or ""
            if not (length.isascii() and length.isdigit()) or len(length) > 18:
                raise Refused(411, "how long?")
            if int(length) > LARGEST:
                raise Refused(413, f"at most {LARGEST} bytes")
            data = self.rfile.read(int(length))
            if len(data) != int(length):
                raise Refused(400, "cut short")
        packed = (self.headers.get("Content-Encoding") or "identity").lower()
        if packed == "identity":
            return data
        if packed != "gzip":
            raise Refused(415, "gzip or nothing")
        try:
            unpacker = zlib.decompressobj(31)
            data = unpacker.decompress(data, LARGEST)
        except zlib.error:
            raise Refused(400, "no gzip") from None
        if unpacker.unconsumed_tail:
            raise Refused(413, f"at most {LARGEST} bytes")
        return data

    def _chunks(self) -> bytes:
        found = bytearray()
        while True:
            size = self.rfile.readline(64).partition(b";")[0].strip()
            try:
                length = int(size, 16)
            except ValueError:
                raise Refused(400, "no chunk") from None
            if length < 0 or len(found) + length > LARGEST:
                raise Refused(413, f"at most {LARGEST} bytes")
            if length == 0:
                while self.rfile.readline(1024).strip():
                    pass
                return bytes(found)
            found += self.rfile.read(length)
            self.rfile.readline(8)

    def _refuse(self, refusal: Refused) -> None:
        self.close_connection = True  # what is left of the body is not read
        self._send(refusal.status, _JSON, msgspec.json.encode({"message": f"byline: {refusal.why}"}))

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _read(kind: str, body: bytes, content_type: str) -> dict[str, Any]:
    try:
        told = decoded(kind, body) if content_type == _PROTOBUF else msgspec.json.decode(body)
    except NoProtobuf as problem:
        raise Refused(415, str(problem)) from None
    except (ValueError, RecursionError):
        raise Refused(400, "not to be read") from None
    if not isinstance(told, dict):
        raise Refused(400, "no object")
    return told
