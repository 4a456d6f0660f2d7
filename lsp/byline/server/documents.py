"""The open documents: their text as the editor has it, and what is known of the file behind it."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

from lsprotocol import types

from byline.attribution.marks import split
from byline.model import Attribution, FileAttribution
from byline.server.disktext import same_text
from byline.server.facts import Run, Summary, runs, summarise
from byline.server.grammars import grammar_of
from byline.server.lines import Place, Splice, Text
from byline.server.origin import Origin
from byline.server.places import file_path
from byline.server.shift import Owners
from byline.workspace.spelling import spelled

_MOST_PAST = 1000
"""Texts a document started from that are remembered."""

Stamp = tuple[int, int, int]
"""Modification time in nanoseconds, size and inode: different when a file was written in between."""


def stamp(path: Path) -> Stamp | None:
    """The file's stamp now; None when there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def is_there(path: Path) -> bool:
    """Whether there is such a file, or may be: of one that cannot be asked about nothing is known."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    return True


class Document:
    """One open document. Changed on the event loop only; `turn` keeps its slow steps in order."""

    def __init__(self, item: types.TextDocumentItem) -> None:
        self.uri = item.uri
        self.path = file_path(item.uri)
        if self.path is not None and self.path.is_absolute():
            self.path = spelled(self.path)
        if self.path and ".git" in self.path.parts:
            self.path = None  # a commit message or a hook being edited is no file of the repository
        self.version: int | None = item.version
        self.grammar = grammar_of(item.language_id, self.path)
        self.text = Text(item.text)
        self.turn = asyncio.Lock()
        self.owners = Owners()
        self.answer: FileAttribution | None = None
        self.ahead: Summary | None = None
        """Counts of the file on disk while the editor has not loaded its newest bytes yet."""
        self.disk: bytes | None = None
        """The bytes on disk as last seen."""
        self.kept: list[int] | None = None
        """For each line which line of the origin it is, -1 for one that was typed or changed; None: not known."""
        self._since_load: tuple[bytes, list[int]] | None = None
        """What was equal to the disk last after a change, and which line of it each one of now is, as in `kept`."""
        self.past: dict[int, int] = {}
        """By their hashes the texts that it started from before, and until when (ns)."""
        self._origin = Origin(b"")
        self.origin = Origin(item.text.encode("utf-8", "surrogatepass"))
        self.opened_at = time.time_ns()
        self.stamp: Stamp | None = stamp(self.path) if self.path else None
        self.edited_at: int | None = None
        """When the first change since the last open, load or save came in (ns); None: nothing was typed."""
        self.restored = False
        """It was opened with another text than the file has: what an editor kept of a buffer that was never saved."""
        self.changed_at = 0
        """When the last change came in."""
        self.loaded: tuple[bytes, Stamp] | None = None
        """The first change made the buffer equal to new bytes on disk: loaded from there, unless a save follows."""
        self.formatted: list[tuple[str, str]] = []
        """The whole text before and after each run of a formatter since the last save."""
        self.first_answer = asyncio.Event()
        """Set when an answer was computed, or could not be."""
        self.timer: asyncio.TimerHandle | None = None
        self.look: asyncio.TimerHandle | None = None
        """The next look at a file that is not what is shown."""
        self.closed = False
        self._known: tuple[int, tuple[list[Run], Summary]] | None = None
        self.lens_shown = False
        self.hints_asked = False
        self.diagnosed = False
        """Whether the client holds diagnostics of ours for it."""
        self.shown = False
        """Whether AI lines are shown."""
        self.line = 0
        """The line that was asked about last; it moves with the text."""
        self.told: object = None
        """What clients were last told; compared to know whether to tell them again."""

    def change(self, event: types.TextDocumentContentChangeEvent, encoding: str) -> bool:
        """Applies one change. False when the text is the same afterwards."""
        splice: Splice | None
        asked = self.text.byline_line(self.line)
        if isinstance(event, types.TextDocumentContentChangePartial):
            start, end = event.range.start, event.range.end
            splice = self.text.replace(
                Place(start.line, start.character), Place(end.line, end.character), event.text, encoding
            )
        else:
            splice = self.text.replace_all(event.text)
        if splice is None:
            return False
        for kept in (self.kept, self._since_load[1] if self._since_load else None):
            if kept is not None:
                kept[splice.first : splice.first + splice.removed] = [-1] * splice.added
        self.owners.edit(splice)
        if splice.added != splice.removed and asked >= splice.first + splice.removed:
            self.line = self.text.client_line(asked + splice.added - splice.removed)
        return True

    def look_no_more(self) -> None:
        """Call off the next look at the file."""
        if self.look:
            self.look.cancel()
            self.look = None

    @property
    def origin(self) -> Origin:
        """What this text started from; what the disk got since then is not in it."""
        return self._origin

    @origin.setter
    def origin(self, origin: Origin) -> None:
        if origin.data != self._origin.data:
            self.past[hash(self._origin.data)] = time.time_ns()
            while len(self.past) > _MOST_PAST:
                del self.past[next(iter(self.past))]
        self._origin = origin
        is_same = same_text(origin.data, self.text.lines)
        self.kept = list(range(len(split(origin.data)))) if is_same else None
        if not is_same and self._since_load is not None and self._since_load[0] == origin.data:
            self.kept = list(self._since_load[1])  # it was typed in before anybody knew that it had been loaded

    def is_loaded(self, disk: bytes, mark: Stamp) -> None:
        """A change has made the text equal to these bytes on disk."""
        self.loaded = (disk, mark)
        self._since_load = disk, list(range(len(split(disk))))

    def attribution(self, line: int) -> Attribution | None:
        """The owner of the protocol's 0-based `line`, as far as computed."""
        if not 0 <= line < len(self.text.lines):
            return None
        number = self.text.byline_line(line)
        return self.owners.items[number] if number < len(self.owners.items) else None

    def reviewed(self, line: int) -> int | None:
        """When the protocol's 0-based `line` was marked as reviewed; None for a line without a mark."""
        marks, number = self.owners.reviewed, self.text.byline_line(line)
        return marks[number] if marks is not None and 0 <= number < len(marks) else None

    def summary(self) -> Summary:
        """Counts over the text as it is now."""
        return self._counted()[1]

    def runs(self) -> list[Run]:
        """All lines as runs of one owner."""
        return self._counted()[0]

    def _counted(self) -> tuple[list[Run], Summary]:
        if self._known is None or self._known[0] != self.owners.revision:
            found = list(runs(self.owners.items)), summarise(self.owners.items, self.owners.reviewed)
            self._known = (self.owners.revision, found)
        return self._known[1]


class Documents:
    """All open documents, and which one a command without arguments means."""

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}
        self._last: str | None = None
        self._shown: set[str] = set()
        """Closed while AI lines were shown. Some editors close and open a file to load it again."""

    def open(self, item: types.TextDocumentItem) -> Document:
        """A document was opened; what was known of an earlier one of that name is forgotten."""
        document = Document(item)
        document.shown = item.uri in self._shown
        self._shown.discard(item.uri)
        self._open[item.uri] = document
        self._last = item.uri
        return document

    def close(self, uri: str) -> Document | None:
        """The document that was closed."""
        document = self._open.pop(uri, None)
        if document:
            document.closed = True
            if document.shown:
                self._shown.add(uri)
            if document.timer:
                document.timer.cancel()
            document.look_no_more()
        return document

    def get(self, uri: str) -> Document | None:
        """An open document."""
        return self._open.get(uri)

    def asked(self, uri: str) -> Document | None:
        """The same, for a request of the user's: it becomes the one that commands without arguments mean."""
        document = self._open.get(uri)
        if document:
            self._last = uri
        return document

    def current(self) -> Document | None:
        """The one open document, else the last opened or asked about."""
        if len(self._open) == 1:
            return next(iter(self._open.values()))
        return self._open.get(self._last or "")

    def __iter__(self) -> Iterator[Document]:
        return iter(list(self._open.values()))
