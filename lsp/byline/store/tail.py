"""How far one spool file has been read, and whether it still is the file that was read."""

import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

CHUNK = 128 * 1024
_MARK = 64
_COARSE = 50_000_000
"""Nanoseconds: the clocks of file systems tick less often."""


class Look(NamedTuple):
    """What the file system says of a file."""

    inode: int
    size: int
    modified: int
    """Nanoseconds since 1970."""


class Mark(msgspec.Struct, array_like=True, frozen=True):
    """How far one file has been read."""

    inode: int
    size: int
    modified: int
    offset: int
    mark: bytes
    """The last bytes before `offset`."""
    check: int
    """A checksum of all bytes before `offset`."""


class Tail:
    """One file that is read on from where it was left."""

    def __init__(self, path: Path, inode: int) -> None:
        self.path = path
        self.inode = inode
        self.size = 0
        """What it had at the last look; an incomplete last line lies between `offset` and here."""
        self.modified = 0
        self.offset = 0
        self.failed = False
        self._mark = b""
        """The last bytes before `offset`, by which another file in its place is known."""
        self._check = 0
        self._is_resumed = False

    @classmethod
    def at(cls, path: Path, mark: Mark) -> "Tail":
        """One that goes on where another process stopped."""
        tail = cls(path, mark.inode)
        tail.size, tail.modified, tail.offset = mark.size, mark.modified, mark.offset
        tail._mark, tail._check, tail._is_resumed = mark.mark, mark.check, True
        return tail

    def kept(self) -> Mark:
        """For `at`."""
        return Mark(self.inode, self.size, self.modified, self.offset, self._mark, self._check)

    def is_at(self, look: Look) -> bool:
        """Whether nothing has happened to the file since."""
        return look == (self.inode, self.size, self.modified)

    def has_rest(self) -> bool:
        """Whether anything but blanks follows the last line that was read."""
        if self.size <= self.offset:
            return False
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset)
                return not file.read(CHUNK).isspace()
        except OSError:
            return False

    def is_replaced(self, look: Look) -> bool:
        """Whether what was read is no longer what the file begins with.

        All of it is compared where that was another process's reading or bytes were written without any being added;
        else the last ones: whoever puts another file there hardly ends it with the same line.
        """
        if look.inode != self.inode or look.size < self.offset or look.size < self.size:
            return True
        try:
            with self.path.open("rb") as file:
                if self._is_resumed or look.size == self.size:
                    self._is_resumed = False
                    return _checksum(file, self.offset) != self._check
                file.seek(self.offset - len(self._mark))
                return file.read(len(self._mark)) != self._mark
        except OSError:
            return False

    def lines(self, look: Look) -> Iterator[tuple[int, bytes]]:
        """Each complete line up to the size seen that is not blank, and its offset."""
        self.failed = False
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset)
                rest = b""
                left = look.size - self.offset
                # A line that goes on and on is read in ever larger pieces: it is copied each time.
                while left > 0 and (data := file.read(min(max(CHUNK, len(rest)), left))):
                    left -= len(data)
                    rest += data
                    end = rest.rfind(b"\n") + 1
                    whole, rest = rest[:end], rest[end:]
                    start = self.offset
                    for line in whole.split(b"\n"):
                        if line and not line.isspace():
                            yield start, line
                        start += len(line) + 1
                    self.offset += end
                    self._mark = (self._mark + whole[-_MARK:])[-_MARK:]
                    self._check = zlib.crc32(whole, self._check)
            self.size = look.size
            # A file changed a moment ago may change again and look the same: it is compared the next time.
            self.modified = 0 if 0 <= time.time_ns() - look.modified < _COARSE else look.modified
        except OSError:
            self.failed = True
            self.size = -1  # so that the next call tries again


def _checksum(file: BinaryIO, size: int) -> int:
    check = 0
    while size > 0 and (data := file.read(min(CHUNK, size))):
        check = zlib.crc32(data, check)
        size -= len(data)
    return check
