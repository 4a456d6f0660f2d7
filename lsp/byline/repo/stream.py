"""What git prints, record by record: whoever has read enough goes, and git is ended."""

import subprocess
import tempfile
from collections.abc import Generator, Iterator
from typing import IO

from byline.errors import GitFailed, TooMuch
from byline.repo.run import Git, ended_after, kill

LONGEST = 16 * 1024
"""Bytes of one record. No path that a system can have is longer."""

_CHUNK = 1 << 18


def records(git: Git, *args: str, seconds: float) -> Generator[bytes]:
    """The records, each ended by a NUL, that `git ARGS` prints. Raises GitFailed at the end, TooMuch.

    Git is ended after `seconds`, and when the iterator is closed.
    """
    with tempfile.TemporaryFile() as said:
        process = git.start(*args, stdin=subprocess.DEVNULL, stderr=said.fileno())
        assert process.stdout is not None
        with ended_after(process, seconds) as late:
            try:
                yield from _split(process.stdout)
                process.wait()
            finally:
                if process.poll() is None:
                    kill(process)
                process.stdout.close()
                process.wait()
        said.seek(0)
        words = said.read(4096).decode("utf-8", "replace")
    if late.is_set():
        raise git.unfinished(args, None, f"no answer in {seconds:g} s")
    if process.returncode < 0:
        raise git.unfinished(args, process.returncode, words)
    if process.returncode:
        raise GitFailed(list(args), process.returncode, words)


def _split(stdout: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while data := stdout.read1(_CHUNK):  # type: ignore[attr-defined]
        *whole, rest = (rest + data).split(b"\0")
        if len(rest) > LONGEST or any(len(one) > LONGEST for one in whole):
            raise TooMuch
        yield from whole
    if rest:
        yield rest
