"""How far a transcript was read, and what it told so far."""

import os
from collections.abc import Callable
from typing import Any

import msgspec

from byline.sessions.tally import Tally

READ_VERSION = 5
"""Another number reads every transcript again: to be raised when the same line tells something else."""

Take = Callable[[Tally, dict[str, Any], bool], None]
"""Takes one record into a tally; the flag says whether the transcript is a subagent's own."""


class Reading(msgspec.Struct):
    """How far a file was read, and what it told."""

    agent: str
    inode: int = 0
    size: int = 0
    """Of the file at the last look."""
    modified: int = 0
    """When the file was last written at that look, in ns since 1970; with the one beside it, the sum."""
    offset: int = 0
    """Where the next line begins; in a database the time up to which it was read, in the database's own unit."""
    begin: bytes = b""
    """The first bytes of the file."""
    mark: bytes = b""
    """The last bytes before `offset`, by which another file in its place is known."""
    version: int = READ_VERSION
    tally: Tally = msgspec.field(default_factory=Tally)

    def looked(self, status: os.stat_result, beside: int = 0) -> None:
        """Note what the file looked like. `beside`: when a second file was written that belongs to it, or 0."""
        self.inode, self.size, self.modified = status.st_ino, status.st_size, status.st_mtime_ns + beside

    def is_of(self, agent: str, status: os.stat_result) -> bool:
        """Whether this was read from the same file by the same rules."""
        return (self.agent, self.version, self.inode) == (agent, READ_VERSION, status.st_ino)

    def is_current(self, agent: str, status: os.stat_result, beside: int = 0) -> bool:
        """Whether the file, and the one beside it, was not written since."""
        told = (status.st_size, status.st_mtime_ns + beside)
        return self.is_of(agent, status) and (self.size, self.modified) == told
