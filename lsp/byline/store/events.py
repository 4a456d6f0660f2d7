"""All events in order, each read from its spool file when it is looked at: what is kept of one is where it stands."""

import re
import threading
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, overload

import msgspec

from byline.errors import BylineError
from byline.model import Event
from byline.store.ids import Ids, hash_of
from byline.store.lines import decode
from byline.store.packed import Bytes, Parts, packed, raw
from byline.store.spool import Placed
from byline.store.words import Words

RECENT = 256
"""Events that are held at a time, but for who asks for more."""
_TOGETHER = 64 * 1024
"""Lines that are at most so many bytes apart are read at once."""
_AT_ONCE = 128 * 1024
"""Bytes from which on a reading ends with the line it has come to."""
_MOST_KINDS = 255
_COLUMNS = {"file": "I", "offset": "Q", "length": "I", "at": "q"}


class SpoolChanged(BylineError):
    """A line of the spool is no longer what was read there."""

    def __init__(self) -> None:
        super().__init__("recorded events were changed while they were read; try again")


class Events(Sequence[Event]):
    """Events by their position among all. Reading is safe from several threads; adding is one thread's."""

    def __init__(self, kept: Parts | None = None) -> None:
        """kept: what `parts` gave."""
        parts = kept or {}
        self.is_lost = False
        """Whether some of them can't be read any more: then nothing that rests on them may be said."""
        self._files: list[Path] = [Path(name) for name in _names(parts.get("files"))]
        self._places = {file: number for number, file in enumerate(self._files)}
        self._kinds: list[str] = _names(parts.get("kinds"))
        self._codes = {kind: code for code, kind in enumerate(self._kinds)}
        self._kind = bytearray(parts.get("kind", b""))
        self._columns = {name: array(kind, bytes(parts.get(name, b""))) for name, kind in _COLUMNS.items()}
        self._file, self._offset, self._length, self.at = self._columns.values()
        self._ids = Ids(parts.get("hashes", b""), parts.get("ids", b""))
        self._held: dict[int, Event] = {}
        self._words = Words()
        self._given: dict[int, Event] = {}
        """Events that stand in no file."""
        self._last: tuple[Path | None, int] = None, 0
        """The file of the last event, and its number."""
        self._most = RECENT
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.at)

    @overload
    def __getitem__(self, wanted: int) -> Event: ...

    @overload
    def __getitem__(self, wanted: slice) -> list[Event]: ...

    def __getitem__(self, wanted: int | slice) -> Event | list[Event]:
        if isinstance(wanted, slice):
            return self.some(range(*wanted.indices(len(self))))
        number = wanted if wanted >= 0 else wanted + len(self)
        if not 0 <= number < len(self):
            raise IndexError(wanted)
        found = self._held.get(number)
        return found if found is not None else self.some((number,))[0]

    def __iter__(self) -> Iterator[Event]:
        for start in range(0, len(self), RECENT):
            yield from self._read(range(start, min(start + RECENT, len(self)))).values()

    def __reversed__(self) -> Iterator[Event]:
        for stop in range(len(self), 0, -RECENT):
            yield from reversed(self.some(range(max(stop - RECENT, 0), stop)))

    def some(self, wanted: Sequence[int]) -> list[Event]:
        """Those at these positions. Raises SpoolChanged."""
        held = {number: event for number in wanted if (event := self._held.get(number)) is not None}
        missing = [number for number in wanted if number not in held]
        if missing:
            held |= self._read(missing)
            for number in missing[-self._most :]:
                self._hold(number, held[number])
        return [held[number] for number in wanted]

    def hold(self, most: int) -> None:
        """From now on hold so many at a time: for many questions that look at the same ones."""
        self._most = max(most, RECENT)

    def find(self, id: str) -> int | None:
        """The position of the event with this id, as its hash tells: of an id that no event has it may be any."""
        return self._ids.find(hash_of(id))

    def number(self, id: str) -> int | None:
        """The position of the event with this id. Raises SpoolChanged."""
        number = self.find(id)
        return number if number is not None and self[number].id == id else None

    def of_kinds(self, kinds: Iterable[str], since: int = 0, until: int | None = None) -> list[int]:
        """The positions, from `since` on and before `until`, of events whose `event` is one of these."""
        wanted = frozenset(kinds)
        codes = bytes(code for code, kind in enumerate(self._kinds) if kind in wanted)
        pattern = re.compile(b"[" + b"".join(b"\\x%02x" % code for code in codes + bytes((_MOST_KINDS,))) + b"]")
        stop = len(self) if until is None else min(until, len(self))
        kinds_now = bytes(self._kind[since:stop])  # a copy: what is being looked through can't be added to meanwhile
        found = [since + match.start() for match in pattern.finditer(kinds_now)]
        return [k for k in found if kinds_now[k - since] != _MOST_KINDS or self[k].event in wanted]

    def is_kind(self, number: int, kind: str) -> bool:
        """Whether the event at a position is of this kind."""
        code = self._kind[number]
        return self[number].event == kind if code == _MOST_KINDS else self._codes.get(kind) == code

    def add(self, event: Event, place: Placed | None = None) -> int | None:
        """One more; its position, None where it is known already.

        place: where it can be read again, None to keep it. Raises SpoolChanged.
        """
        hashed = hash_of(event.id)
        known = self._ids.find(hashed)
        if known is not None and self[known].id == event.id:
            return None
        number = len(self.at)
        if len(self._kind) != number:
            self.is_lost = True  # adding was cut short once
            raise SpoolChanged
        self._kind.append(self._code(event.event))
        if place is None:
            self._given[number] = event
            place = Placed(event, Path(), 0, 0)
        if place.file is not self._last[0]:
            self._last = place.file, self._place(place.file)
        self._file.append(self._last[1])
        self._offset.append(place.offset)
        self._length.append(place.length)
        self._hold(number, event)
        self._ids.add(hashed)
        self.at.append(event.at)  # last: whoever reads meanwhile sees none that is not whole
        return number

    def parts(self) -> dict[str, Bytes]:
        """All of it, packed; to be let go of before the next is added. Only where every event stands in a file."""
        return {
            "files": msgspec.json.encode([packed(str(file)) for file in self._files]),
            "kinds": msgspec.json.encode([packed(kind) for kind in self._kinds]),
            "kind": bytes(self._kind),
            "hashes": raw(self._ids.hashes),
            "ids": raw(self._ids.table),
            **{name: raw(column) for name, column in self._columns.items()},
        }

    def _read(self, wanted: Sequence[int]) -> dict[int, Event]:
        """Events by position, in that order, from their files."""
        found = {number: self._given[number] for number in wanted if number in self._given} if self._given else {}
        in_files: dict[int, list[int]] = {}
        for number in wanted:
            if number not in found:
                in_files.setdefault(self._file[number], []).append(number)
        try:
            for place, chosen in in_files.items():
                with self._files[place].open("rb", buffering=0) as file:
                    for number, line in self._lines(file, sorted(chosen, key=self._offset.__getitem__)):
                        event = decode(line)
                        if not isinstance(event, Event) or hash_of(event.id) != self._ids.hashes[number]:
                            raise SpoolChanged
                        found[number] = self._words.lighter(event)
        except (OSError, SpoolChanged):
            self.is_lost = True
            raise SpoolChanged from None
        return {number: found[number] for number in wanted}

    def _lines(self, file: BinaryIO, wanted: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Lines of one file, in the order in which they stand there."""
        start = 0
        while start < len(wanted):
            low = end = self._offset[wanted[start]]
            stop = start
            while stop < len(wanted) and end - low < _AT_ONCE:
                if stop > start and self._offset[wanted[stop]] - end > _TOGETHER:
                    break
                end = self._offset[wanted[stop]] + self._length[wanted[stop]]
                stop += 1
            file.seek(low)
            data = file.read(end - low)
            for number in wanted[start:stop]:
                offset = self._offset[number] - low
                yield number, data[offset : offset + self._length[number]]
            start = stop

    def _hold(self, number: int, event: Event) -> None:
        self._held[number] = event
        if len(self._held) > self._most + RECENT:
            with self._lock:
                for old in list(islice(self._held, max(len(self._held) - self._most, 0))):
                    del self._held[old]

    def _place(self, file: Path) -> int:
        place = self._places.get(file)
        if place is None:
            place = self._places[file] = len(self._files)
            self._files.append(file)
        return place

    def _code(self, kind: str) -> int:
        code = self._codes.get(kind)
        if code is None:
            if len(self._kinds) >= _MOST_KINDS:
                return _MOST_KINDS
            code = self._codes[kind] = len(self._kinds)
            self._kinds.append(kind)
        return code


def of_kinds(events: Sequence[Event], kinds: Iterable[str], since: int = 0) -> list[int]:
    """The positions, from `since` on, of events whose `event` is one of these."""
    if isinstance(events, Events):
        return events.of_kinds(kinds, since)
    wanted = frozenset(kinds)
    return [k for k in range(since, len(events)) if events[k].event in wanted]


def number_of(events: Sequence[Event], id: str) -> int | None:
    """The position of the event with this id."""
    if isinstance(events, Events):
        return events.number(id)
    return next((k for k in range(len(events) - 1, -1, -1) if events[k].id == id), None)


def _names(data: Bytes | None) -> list[str]:
    found = msgspec.json.decode(data, type=list[bytes]) if data else []
    return [str(name, "utf-8", "surrogatepass") for name in found]
