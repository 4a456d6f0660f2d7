"""Events as they come in: the spool files of all folders, each read on from where it was left."""

import heapq
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from byline.model import Event
from byline.store.lines import decode
from byline.store.paths import Folders

PROBLEMS_KEPT = 20
_CHUNK = 8 * 1024 * 1024
_MARK = 64
_LISTS = 64
"""Lists of files that are remembered at a time, to be kept once."""
_REPEATED = (
    *("event", "source", "agent", "agent_version", "model", "tool", "machine_id", "cwd", "transcript_path"),
    *("session_id", "parent_session_id", "turn_id", "worktree", "head", "path"),
)


class Problem(msgspec.Struct, frozen=True):
    """One line, or one whole file, that gave no event."""

    file: str
    offset: int
    """Where the line begins, in bytes."""
    kind: Literal["torn", "invalid", "newer", "unreadable"]


class Problems(msgspec.Struct):
    """What was skipped so far."""

    torn: int = 0
    invalid: int = 0
    newer: int = 0
    unreadable: int = 0
    """Files."""
    first: list[Problem] = []
    """The first 20 of them."""

    def add(self, problem: Problem) -> None:
        """Count one more."""
        setattr(self, problem.kind, getattr(self, problem.kind) + 1)
        if len(self.first) < PROBLEMS_KEPT:
            self.first.append(problem)


class Mark(msgspec.Struct, array_like=True, frozen=True):
    """How far one file has been read."""

    inode: int
    size: int
    offset: int
    mark: bytes
    """The last bytes before `offset`."""


class Spool:
    """The events of one repository, or of all files outside any. Not safe to share between threads."""

    def __init__(self, folders: Folders) -> None:
        self.problems = Problems()
        self.restarts = 0
        """How often a file was found shorter, replaced or gone. What it said before may no longer be said."""
        self._folders = [folder / "spool" for folder in folders.all]
        self._tails: dict[Path, _Tail] = {}
        self._seen: set[str] = set()
        self._unreadable: set[Path] = set()
        self._sizes: dict[Path, tuple[int, int]] = {}
        self._words: dict[str, str] = {}
        self._lists: dict[tuple[str, ...], tuple[str, ...]] = {}

    def read_new(self) -> list[Event]:
        """The events that were appended since the last call.

        Events of one file keep their order, whatever their clocks say; those of several are merged by day, then `at`.
        An event that is in two files, or again in a file that was replaced, comes once.
        """
        self._sizes = self._look()
        for path in self._tails.keys() - self._sizes.keys():
            del self._tails[path]
            self.restarts += 1
        streams = [self._read(path, inode, size) for path, (inode, size) in sorted(self._sizes.items())]
        filled = [stream for stream in streams if stream[1]]
        merged = filled[0][1] if len(filled) == 1 else _merged(filled)
        return [event for event in merged if self._is_first(event)]

    def changed(self) -> bool:
        """Whether `read_new` would look at anything, by the sizes of the files alone."""
        return self._look() != self._sizes

    def marks(self) -> dict[str, Mark]:
        """How far each file has been read, for `resume` of a later one."""
        return {
            str(path): Mark(tail.inode, tail.size, tail.offset, tail.mark)
            for path, tail in self._tails.items()
            if not tail.failed
        }

    def resume(self, marks: Mapping[str, "Mark"]) -> None:
        """Go on where another stopped; to be called before anything is read. What it read counts as known."""
        for name, mark in marks.items():
            tail = self._tails[Path(name)] = _Tail(Path(name), mark.inode)
            tail.size, tail.offset, tail.mark = mark.size, mark.offset, mark.mark

    def _is_first(self, event: Event) -> bool:
        if event.id in self._seen:
            return False
        self._seen.add(event.id)
        return True

    def _look(self) -> dict[Path, tuple[int, int]]:
        """Inode and size of every spool file."""
        found = {}
        for folder in self._folders:
            try:
                files = [file for file in folder.iterdir() if file.suffix == ".jsonl"]
            except OSError:
                continue  # nothing was ever written there
            for file in files:
                try:
                    status = file.stat()
                except OSError:
                    continue  # gone meanwhile
                if stat.S_ISREG(status.st_mode):
                    found[file] = (status.st_ino, status.st_size)
        return found

    def _read(self, path: Path, inode: int, size: int) -> tuple[str, list[Event]]:
        """The day of a spool file and its new events."""
        tail = self._tails.get(path)
        if tail is None:
            tail = self._tails[path] = _Tail(path, inode)
        elif tail.size == size and tail.inode == inode:
            return path.name[:10], []
        elif tail.replaced(inode, size):
            tail = self._tails[path] = _Tail(path, inode)
            self.restarts += 1
        events = []
        for offset, line in tail.lines(size):
            event = decode(line)
            if isinstance(event, Event):
                events.append(self._lighter(event))
            else:
                self.problems.add(Problem(str(path), offset, event))
        if tail.failed and path not in self._unreadable:
            self._unreadable.add(path)
            self.problems.add(Problem(str(path), tail.offset, "unreadable"))
        return path.name[:10], events

    def _lighter(self, event: Event) -> Event:
        """The same event; texts that many have in common are kept once, which halves what 100,000 of them take."""
        words = self._words
        for field in _REPEATED:
            if (text := getattr(event, field)) is not None:
                msgspec.structs.force_setattr(event, field, words.setdefault(text, text))
        for field in ("paths", "after_ids"):
            if (listed := getattr(event, field)) is not None:
                msgspec.structs.force_setattr(event, field, self._one(listed))
        return event

    def _one(self, listed: tuple[str, ...]) -> tuple[str, ...]:
        """The files of a shell event: mostly those of the event before, and the same names again and again."""
        known = self._lists.get(listed)
        if known is None:
            if len(self._lists) >= _LISTS:
                self._lists.clear()
            words = self._words
            known = tuple(words.setdefault(text, text) for text in listed)
            self._lists[known] = known
        return known


class _Tail:
    """How far one file has been read."""

    def __init__(self, path: Path, inode: int) -> None:
        self.path = path
        self.inode = inode
        self.size = 0
        """What it had at the last look; an incomplete last line lies between `offset` and here."""
        self.offset = 0
        self.failed = False
        self.mark = b""
        """The last bytes before `offset`, by which another file in its place is known."""

    def replaced(self, inode: int, size: int) -> bool:
        if inode != self.inode or size < self.size:
            return True
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset - len(self.mark))
                return file.read(len(self.mark)) != self.mark
        except OSError:
            return False

    def lines(self, size: int) -> Iterator[tuple[int, bytes]]:
        """Each complete line up to `size` that is not blank, and its offset."""
        self.failed = False
        try:
            with self.path.open("rb") as file:
                file.seek(self.offset)
                rest = b""
                left = size - self.offset
                while left > 0 and (data := file.read(min(_CHUNK, left))):
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
                    self.mark = (self.mark + whole[-_MARK:])[-_MARK:]
            self.size = size
        except OSError:
            self.failed = True
            self.size = -1  # so that the next call tries again


def _merged(streams: list[tuple[str, list[Event]]]) -> Iterator[Event]:
    """The events of several files by day and time, none before one that stands above it in its own file."""
    heads = [(day, events[0].at, number, 0) for number, (day, events) in enumerate(streams)]
    heapq.heapify(heads)
    while heads:
        day, _, number, position = heads[0]
        events = streams[number][1]
        yield events[position]
        if position + 1 < len(events):
            heapq.heapreplace(heads, (day, events[position + 1].at, number, position + 1))
        else:
            heapq.heappop(heads)
