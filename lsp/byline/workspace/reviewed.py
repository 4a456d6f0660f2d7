"""Which lines a person has marked as reviewed. A mark follows its line by content, as owners do.

A mark lies on a line as it stood: whoever changes, removes or rewrites the line takes the mark with it. A line of a
session whose evidence is newer than the mark was not the line that a person looked at, however equal its text.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from byline.attribution.diff import mapping
from byline.attribution.marks import bodies, split
from byline.errors import BylineError
from byline.model import Event, FileAttribution
from byline.repo.objects import Objects
from byline.store.blobs import Snapshots
from byline.store.events import number_of, of_kinds
from byline.workspace import recorder

REVIEWED, UNREVIEWED = "reviewed", "unreviewed"
KINDS = frozenset((REVIEWED, UNREVIEWED))
NO_MARK = -1


class Known(Protocol):
    """What is asked of a workspace."""

    @property
    def snapshots(self) -> Snapshots:
        """Contents by id."""

    @property
    def objects(self) -> Objects | None:
        """Git's objects; None outside a repository."""

    def events(self) -> Sequence[Event]:
        """All events, oldest first."""


class Review(NamedTuple):
    """What was reviewed of one text."""

    at: tuple[int | None, ...]
    """When each line's mark was made, in nanoseconds since 1970; None for a line without one."""
    unreviewed: int
    """How many lines of sessions have no mark."""


class Reviews:
    """The marks of one workspace; reads only events that are new since it was asked last. Thread-safe."""

    def __init__(self, workspace: Known) -> None:
        self._workspace = workspace
        self._events: Sequence[Event] = ()
        self._read = 0
        self._marks: dict[str, list[int]] = {}
        self._places: dict[str, int] = {}
        self._lock = threading.Lock()

    def of(self, answer: FileAttribution) -> Review | None:
        """The marks on the lines of an answer; None where nobody has ever marked a line of that file."""
        with self._lock:
            return self._of(answer)

    def _of(self, answer: FileAttribution) -> Review | None:
        self._refresh()
        if not self._marks:
            return None
        proofs = self._find({line.evidence for line in answer.lines if line.owner == "session" and line.evidence})
        paths = self._paths(answer.path, proofs.values())
        if not paths:
            return None
        events = self._events
        found = [NO_MARK] * len(answer.lines)
        lines = bodies(answer.text)
        for path in paths:
            for k, mark in enumerate(self._carried(path, lines)):
                found[k] = max(found[k], mark)
        for k, line in enumerate(answer.lines):
            proof = proofs.get(line.evidence or "")
            if proof is not None and proof > found[k] and events[proof].event != "correct":
                found[k] = NO_MARK
        at = tuple(events[mark].at if mark != NO_MARK else None for mark in found)
        missing = sum(line.owner == "session" and at[k] is None for k, line in enumerate(answer.lines))
        return Review(at, missing)

    def _carried(self, path: str, lines: list[bytes]) -> list[int]:
        """For each line the event whose mark it has, after all that was marked on `path`."""
        text: list[bytes] = []
        marks: list[int] = []
        for number in self._marks[path]:
            event = self._events[number]
            data = self._content(event.after_id)
            if data is None:
                if event.event == UNREVIEWED:
                    text, marks = [], []  # which lines lost their marks cannot be told
                continue
            new = bodies(data)
            text, marks = new, _moved(text, marks, new)
            for low, high in event.lines or ():
                for k in range(max(low - 1, 0), min(high, len(marks))):
                    marks[k] = number if event.event == REVIEWED else NO_MARK
        return _moved(text, marks, lines)

    def _content(self, content_id: str | None) -> bytes | None:
        if content_id is None:
            return None
        data = self._workspace.snapshots.get(content_id)
        if data is None and self._workspace.objects is not None:
            data = self._workspace.objects.blob(content_id)
        return data

    def _find(self, wanted: set[str]) -> dict[str, int]:
        """Where these events stand among all."""
        for name in wanted - self._places.keys():
            place = number_of(self._events, name)
            if place is not None:
                self._places[name] = place
        return {name: self._places[name] for name in wanted if name in self._places}

    def _paths(self, path: str, proofs: Iterable[int]) -> list[str]:
        """Of the paths with marks: the file's own, and those on which its lines were written before it was moved."""
        found = {path}
        for number in proofs:
            event = self._events[number]
            found.update((event.path,) if event.path else event.paths or ())
        return [each for each in self._marks if each in found]

    def _refresh(self) -> None:
        events = self._workspace.events()
        if events is not self._events:
            self._events, self._read, self._marks, self._places = events, 0, {}, {}
        read = len(events)
        for number in of_kinds(events, KINDS, self._read):
            path = events[number].path
            if path is not None and number < read:
                self._marks.setdefault(path, []).append(number)
        self._read = read


def review(workspace: Known, answer: FileAttribution) -> Review | None:
    """The same for one question: the marks on an answer's lines, None where nobody marked any."""
    return Reviews(workspace).of(answer)


def mark(
    path: Path,
    data: bytes,
    lines: Sequence[tuple[int, int]],
    env: Mapping[str, str],
    *,
    reviewed: bool = True,
    editor: str | None = None,
) -> None:
    """Write down that a person has looked at lines of a file, or takes that back.

    `data`: the file's bytes now; `lines`: first and last of each run, 1-based and inclusive. Raises BylineError when
    the lines are not there or it cannot be written down.
    """
    count = len(split(data))
    for first, last in lines:
        if not 1 <= first <= last <= count:
            raise BylineError(f"{path.name} has {count} lines; give a range within 1-{count}")
    event = REVIEWED if reviewed else UNREVIEWED
    if not recorder.can_follow(path, data):
        raise BylineError(f"of {path.name} no copies are kept (secret by name, binary or too large): not marked")
    if recorder.marked(event, path, data, lines, editor, env) is None:
        raise BylineError("recording is off here or nothing can be written; `byline doctor` says why")


def _moved(text: list[bytes], marks: list[int], new: list[bytes]) -> list[int]:
    if text == new:
        return list(marks)
    return [marks[origin] if origin >= 0 else NO_MARK for origin in mapping(text, new)]
