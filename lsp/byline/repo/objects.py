"""Objects of a repository by name, through git processes that stay.

Everything goes over standard input, so no name is ever taken for an option.
"""

import contextlib
import re
import select
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType

from byline.errors import GitFailed
from byline.repo.commits import CommitObject, parse
from byline.repo.run import Git, ended_after, kill, path_bytes

LARGEST_BLOB = 20 * 1024 * 1024
ANSWER_SECONDS = 30.0
BY_TIMER = sys.platform == "win32"
"""Whether nobody can be asked if a pipe has something to read: then who waits too long ends the other side."""
_HEADER = re.compile(rb"([0-9a-f]{40}(?:[0-9a-f]{24})?) (blob|tree|commit|tag) (\d+)$")
_CHUNK = 1 << 16


def parse_header(line: bytes) -> tuple[str, str, int] | None:
    """`(id, type, size in bytes)` from one answer of `cat-file --batch`; None for missing or ambiguous names."""
    found = _HEADER.match(line)
    return (found[1].decode(), found[2].decode(), int(found[3])) if found else None


def check(git: Git, specs: Sequence[str], *, network: bool = False) -> list[tuple[str, str, int] | None]:
    """`(id, type, size)` of each name in one run; None for what is missing. No name may hold a newline.

    With `network` a partial clone may fetch what it lacks.
    """
    if not specs:
        return []
    asked = b"".join(path_bytes(spec) + b"\n" for spec in specs)
    lines = git.run("cat-file", "--batch-check", input=asked, network=network)
    return [parse_header(line) for line in lines.split(b"\n")[: len(specs)]]


def read_all(
    git: Git, specs: Iterable[str], *, network: bool = False, timeout: float = 120
) -> list[tuple[str, str, bytes] | None]:
    """`(id, type, bytes)` of each name in one run, in order; None for what is missing.

    With `network` a partial clone may fetch what it lacks; `timeout` in seconds.
    """
    wanted = list(specs)
    if not wanted:
        return []
    asked = b"".join(path_bytes(spec) + b"\n" for spec in wanted)
    data = git.run("cat-file", "--batch", input=asked, timeout=timeout, network=network)
    found: list[tuple[str, str, bytes] | None] = []
    position = 0
    while len(found) < len(wanted) and position < len(data):
        end = data.find(b"\n", position)
        header = parse_header(data[position:end])
        position = end + 1
        if header is None:
            found.append(None)
        else:
            found.append((header[0], header[1], data[position : position + header[2]]))
            position += header[2] + 1
    return found + [None] * (len(wanted) - len(found))


class Objects:
    """Blobs and commits of one repository. Safe to use from several threads; `close` ends the processes."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._lock = threading.Lock()
        self._contents = _Batch(git, "--batch")
        self._names = _Batch(git, "--batch-check")
        self._commits: dict[str, CommitObject] = {}
        self._blobs: Mapping[str, bytes] = {}
        self._entries: Mapping[tuple[str, str], str | None] = {}

    def blob(self, spec: str) -> bytes | None:
        """The bytes of a blob, `spec` an id or `REV:path`; None if it is missing, no blob or over 20 MiB."""
        if spec in self._blobs:
            return self._blobs[spec]
        found = self._read(spec)
        return found[2] if found and found[1] == "blob" else None

    def entry(self, rev: str, path: str) -> str | None:
        """The blob id of `path` at `rev`; None if there is no such file."""
        if (rev, path) in self._entries:
            return self._entries[rev, path]
        header = self._check(f"{rev}:{path}") if rev else None
        return header[0] if header and header[1] == "blob" else None

    def size(self, spec: str) -> int | None:
        """The size of an object in bytes, without reading it."""
        header = self._check(spec)
        return header[2] if header else None

    def commit(self, rev: str) -> CommitObject | None:
        """The commit that `rev` names, through tags."""
        if rev in self._commits:
            return self._commits[rev]
        found = self._read(_to_commit(rev)) if rev else None
        return parse(found[0], found[2]) if found and found[1] == "commit" else None

    def expect_commits(self, commits: Sequence[str]) -> None:
        """These commits, by full id, will be asked for: read them in one run."""
        for found in read_all(self._git, [commit for commit in commits if commit not in self._commits]):
            parsed = parse(found[0], found[2]) if found and found[1] == "commit" else None
            if parsed is not None:
                self._commits[parsed.id] = parsed

    def lend(
        self,
        blobs: Mapping[str, bytes] | None = None,
        entries: Mapping[tuple[str, str], str | None] | None = None,
    ) -> None:
        """What was read already: bytes by blob id, blob ids by full commit id and path. The last loan counts."""
        self._blobs = self._blobs if blobs is None else blobs
        self._entries = self._entries if entries is None else entries

    def resolve(self, rev: str) -> str | None:
        """The id of the commit that `rev` names, through tags; None if git knows none."""
        if rev in self._commits:
            return rev
        header = self._check(_to_commit(rev)) if rev else None
        return header[0] if header and header[1] == "commit" else None

    def close(self) -> None:
        """End the processes. A later question starts them again."""
        with self._lock:
            self._contents.stop()
            self._names.stop()

    def __enter__(self) -> "Objects":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check(self, spec: str) -> tuple[str, str, int] | None:
        if "\0" in spec or not spec:
            return None
        if _alone(spec):
            return self._check_alone(spec)
        with self._lock:
            return self._names.ask(path_bytes(spec), contents=False)[0]

    def _read(self, spec: str) -> tuple[str, str, bytes] | None:
        if "\0" in spec or not spec:
            return None
        if _alone(spec):
            header = self._check_alone(spec)
            if header is None or header[2] > LARGEST_BLOB:
                return None
            try:
                return header[0], header[1], self._git.run("cat-file", header[1], header[0])
            except GitFailed:
                return None
        with self._lock:
            header, data = self._contents.ask(path_bytes(spec), contents=True)
        return (header[0], header[1], data) if header and data is not None else None

    def _check_alone(self, spec: str) -> tuple[str, str, int] | None:
        name = self._git.run("rev-parse", "--verify", "--quiet", "--end-of-options", spec, check=False).strip()
        return check(self._git, [name.decode("ascii", "replace")])[0] if name else None


def _to_commit(rev: str) -> str:
    """The name of the commit that `rev` leads to. A search takes all that follows for its pattern."""
    return rev if rev.startswith(":/") else f"{rev}^{{commit}}"


def _alone(spec: str) -> bool:
    """Whether a name needs a process of its own: it would break the lines, or a long-lived git has an old index."""
    return "\n" in spec or (spec.startswith(":") and not spec.startswith(":/"))


class _Batch:
    """One `git cat-file` process, started when first asked and again when it died."""

    def __init__(self, git: Git, mode: str) -> None:
        self._git = git
        self._mode = mode
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = bytearray()

    def ask(self, spec: bytes, *, contents: bool) -> tuple[tuple[str, str, int] | None, bytes | None]:
        """The header and the bytes of `spec`; no bytes where they are too many or not wanted."""
        for _ in range(2):
            try:
                process = self._start()
                assert process.stdin is not None
                process.stdin.write(spec + b"\n")
                process.stdin.flush()
                header = parse_header(self._line())
                if header is None or not contents:
                    return header, None
                return header, self._body(header[2])
            except TimeoutError:
                self.stop()
                said = f"no answer in {ANSWER_SECONDS:g} s"
                raise self._git.unfinished(["cat-file", self._mode], None, said) from None
            except (OSError, EOFError):  # it died: killed from outside, or by an object it could not read
                self.stop()
            except BaseException:  # interrupted half way: the next question must not read this answer
                self.stop()
                raise
        self._git.run("rev-parse", "--git-dir", timeout=ANSWER_SECONDS)  # raises where git itself is what fails
        return None, None

    def stop(self) -> None:
        process, self._process = self._process, None
        self._buffer.clear()
        if process is None:
            return
        kill(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._process = self._git.start("cat-file", self._mode, stderr=subprocess.DEVNULL)
        return self._process

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            self._fill()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _body(self, size: int) -> bytes | None:
        """The next `size` bytes and the newline after them; None, but read all the same, when too many."""
        if size > LARGEST_BLOB:
            left = size + 1
            while left > len(self._buffer):
                left -= len(self._buffer)
                self._buffer.clear()
                self._fill()
            del self._buffer[:left]
            return None
        while len(self._buffer) < size + 1:
            self._fill()
        data = bytes(self._buffer[:size])
        del self._buffer[: size + 1]
        return data

    def _fill(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        if sys.platform != "win32" and not BY_TIMER:
            poll = select.poll()
            poll.register(self._process.stdout, select.POLLIN | select.POLLHUP)
            if not poll.poll(ANSWER_SECONDS * 1000):
                raise TimeoutError
            data = self._process.stdout.read1(_CHUNK)  # type: ignore[attr-defined]
        else:
            data = self._read_in_time(self._process)
        if not data:
            raise EOFError
        self._buffer += data

    def _read_in_time(self, process: "subprocess.Popen[bytes]") -> bytes:
        with ended_after(process, ANSWER_SECONDS) as late:
            data: bytes = process.stdout.read1(_CHUNK)  # type: ignore[union-attr]
        if late.is_set():
            raise TimeoutError
        return data
