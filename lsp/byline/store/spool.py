"""Events as they come in: the spool files of all folders, each read on from where it was left."""

import heapq
import stat
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from byline.model import Event
from byline.store.lines import decode
from byline.store.paths import Folders
from byline.store.tail import Look, Mark, Tail
from byline.store.words import Words

PROBLEMS_KEPT = 20


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


class Placed(NamedTuple):
    """An event and where its line stands."""

    event: Event
    file: Path
    offset: int
    length: int
    """Both in bytes."""


class Progress(msgspec.Struct):
    """How far all files have been read, for another process to go on there."""

    marks: dict[str, Mark] = {}
    day: str = ""
    """The last day of which there are events."""
    files: list[str] = []
    """Those that have events of that day."""
    latest: int = 0
    """The greatest `at` of that day."""
    problems: Problems = msgspec.field(default_factory=Problems)


class Spool:
    """The events of one repository, or of all files outside any. Not safe to share between threads."""

    def __init__(self, folders: Folders) -> None:
        self.problems = Problems()
        self.restarts = 0
        """How often a file was found shorter, replaced or gone. What it said before may no longer be said."""
        self.in_order = True
        """Whether all events came in the order in which one reading of everything would give them."""
        self._folders = [folder / "spool" for folder in folders.all]
        self._tails: dict[Path, Tail] = {}
        self._seen: set[str] = set()
        self._unreadable: set[Path] = set()
        self._looks: dict[Path, Look] = {}
        self._words = Words()
        self._day, self._latest = "", 0
        self._day_files: set[Path] = set()

    def read_new(self) -> list[Event]:
        """The events that were appended since the last call.

        Events of one file keep their order, whatever their clocks say; those of several are merged by day, then `at`.
        An event that is in two files, or again in a file that was replaced, comes once.
        """
        return [self._words.lighter(placed.event) for placed in self.new() if self._is_first(placed.event)]

    def new(self) -> Iterator[Placed]:
        """The same one by one, to be taken to the end; an event that is in two files comes twice."""
        self._looks = self._look()
        for path in self._tails.keys() - self._looks.keys():
            del self._tails[path]
            self.restarts += 1
        files = [path for path in self._looks if not self._is_read(path)]
        for day, group in groupby(sorted(files, key=lambda path: (_day(path), path)), _day):
            streams = [self._events(path) for path in group]
            yield from self._ordered(day, streams[0] if len(streams) == 1 else _merged(streams))

    def changed(self) -> bool:
        """Whether `read_new` would look at anything, by what the file system says alone."""
        return self._look() != self._looks

    def progress(self) -> Progress:
        """How far each file has been read, for `resume` of a later one."""
        marks = {str(path): tail.kept() for path, tail in self._tails.items() if not tail.failed}
        files = sorted(map(str, self._day_files))
        return Progress(marks, self._day, files, self._latest, self.problems)

    def unended(self) -> list[tuple[Path, int]]:
        """Files whose last line has no end, and where it begins: an event being written, or never written whole."""
        return [(path, tail.offset) for path, tail in self._tails.items() if tail.has_rest() and path in self._looks]

    def resume(self, progress: Progress) -> None:
        """Go on where another stopped; to be called before anything is read. What it read counts as known."""
        self._tails = {Path(name): Tail.at(Path(name), mark) for name, mark in progress.marks.items()}
        self._day, self._latest = progress.day, progress.latest
        self._day_files = {Path(name) for name in progress.files}
        self.problems = progress.problems

    def _ordered(self, day: str, events: Iterable[Placed]) -> Iterator[Placed]:
        """The events of one day; notes whether any of them belongs before one that came earlier."""
        known, latest = set(self._day_files), self._latest
        for placed in events:
            if day < self._day:
                self.in_order = False
            elif day > self._day:
                self._day, self._latest, self._day_files, known = day, placed.event.at, {placed.file}, set()
            else:
                self.in_order &= placed.event.at > latest or known <= {placed.file}
                self._latest = max(self._latest, placed.event.at)
                self._day_files.add(placed.file)
            yield placed

    def _is_first(self, event: Event) -> bool:
        if event.id in self._seen:
            return False
        self._seen.add(event.id)
        return True

    def _look(self) -> dict[Path, Look]:
        """What the file system says of every spool file."""
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
                    found[file] = Look(status.st_ino, status.st_size, status.st_mtime_ns)
        return found

    def _is_read(self, path: Path) -> bool:
        """Whether a file has nothing new; one that was replaced is begun anew."""
        tail, look = self._tails.get(path), self._looks[path]
        if tail is None:
            self._tails[path] = Tail(path, look.inode)
            return False
        if tail.is_at(look):
            return True
        if tail.is_replaced(look):
            self._tails[path] = Tail(path, look.inode)
            self.restarts += 1
        return False

    def _events(self, path: Path) -> Iterator[Placed]:
        """The new events of one file."""
        tail = self._tails[path]
        for offset, line in tail.lines(self._looks[path]):
            event = decode(line)
            if isinstance(event, Event):
                yield Placed(event, path, offset, len(line))
            else:
                self.problems.add(Problem(str(path), offset, event))
        if tail.failed and path not in self._unreadable:
            self._unreadable.add(path)
            self.problems.add(Problem(str(path), tail.offset, "unreadable"))


def _day(path: Path) -> str:
    return path.name[:10]


def _merged(streams: list[Iterator[Placed]]) -> Iterator[Placed]:
    """The events of several files of one day by time, none before one that stands above it in its own file."""
    firsts = [(next(stream, None), number) for number, stream in enumerate(streams)]
    heads = [(first.event.at, number, first) for first, number in firsts if first is not None]
    heapq.heapify(heads)
    while heads:
        _, number, placed = heads[0]
        yield placed
        following = next(streams[number], None)
        if following is not None:
            heapq.heapreplace(heads, (following.event.at, number, following))
        else:
            heapq.heappop(heads)
