"""Facts about sessions as far as events tell them. Pure."""

import contextlib
from array import array
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate

import msgspec

from byline.model import Event, Read, Session
from byline.sessions.growing import Growing, grow, session_of

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Growing).decode
_MOST_BUILT = 1000
_MOST_GROWING = 64
"""Sessions that are at work at a time, more or less."""


def build(events: Iterable[Event]) -> dict[str, Session]:
    """The sessions that these events, in their order, speak of, by id."""
    sessions = Sessions()
    sessions.add(events)
    return sessions.all()


def read_of(event: Event) -> Read | None:
    """The read that an event records; None for any other event."""
    if event.event != "read" or event.session_id is None:
        return None
    return Read(event.session_id, event.at, event.start_line, event.end_line)


class Sessions:
    """The same, kept up to date as events come in. What was kept of a session stays packed until it is asked for."""

    def __init__(
        self,
        kept: Mapping[str, bytes | memoryview] | None = None,
        again: Callable[[str], Iterable[Event]] = lambda name: (),
    ) -> None:
        """kept: what `parts` gave; again: the events of one session that could not be kept."""
        self._again = again
        self._packed: dict[str, bytes | memoryview] = {}
        """In the order they were first heard of; empty for one that is not packed."""
        self._growing: dict[str, Growing] = {}
        self._built: dict[str, Session] = {}
        if kept is not None:
            names = msgspec.json.decode(kept["names"], type=list[bytes])
            start, bodies = 0, memoryview(kept["bodies"])
            for name, end in zip(names, memoryview(kept["ends"]).cast("B").cast("Q"), strict=True):
                self._packed[str(name, "utf-8", "surrogatepass")] = bodies[start:end]
                start = end

    def add(self, events: Iterable[Event]) -> frozenset[str]:
        """Take in more events; the ids of the sessions they change."""
        return frozenset(name for event in events if (name := self.take(event)))

    def take(self, event: Event) -> str | None:
        """Take in the next event; the id of the session it changes."""
        name = session_of(event)
        if name is not None:
            growing = self._growing.get(name)
            if growing is None:
                if len(self._growing) >= _MOST_GROWING:
                    self._pack(next(iter(self._growing)))
                growing = self._growing[name] = self._taken_up(name)
                self._packed[name] = b""
            growing.add(event)
            self._built.pop(name, None)
        return name

    def get(self, session_id: str) -> Session | None:
        """One session."""
        found = self._built.get(session_id)
        if found is None and session_id in self._packed:
            if len(self._built) >= _MOST_BUILT:
                self._built.clear()
            growing = self._growing.get(session_id) or self._taken_up(session_id)
            found = self._built[session_id] = growing.session()
        return found

    def turns(self, session_id: str) -> int:
        """How many turns a session has so far."""
        growing = self._growing.get(session_id)
        return len((growing or self._taken_up(session_id)).turns)

    def ids(self) -> list[str]:
        """Their ids, in the order they were first heard of."""
        return list(self._packed)

    def all(self) -> dict[str, Session]:
        """All of them by id, in the order they were first heard of."""
        return {name: session for name in self._packed if (session := self.get(name))}

    def parts(self) -> dict[str, bytes]:
        """All of them, packed; they stay so until they are asked for."""
        for name in list(self._growing):
            self._pack(name)
        return {
            "names": msgspec.json.encode([name.encode("utf-8", "surrogatepass") for name in self._packed]),
            "ends": array("Q", accumulate(map(len, self._packed.values()))).tobytes(),
            "bodies": b"".join(self._packed.values()),
        }

    def _pack(self, name: str) -> None:
        growing = self._growing.pop(name)
        with contextlib.suppress(UnicodeEncodeError):  # lone surrogates: then it is read anew when asked for
            self._packed[name] = _pack(growing)

    def _taken_up(self, name: str) -> Growing:
        body = self._packed.get(name)
        if body is None:
            return Growing(name)
        if body:
            return _unpack(body)
        grown: dict[str, Growing] = {}
        grow(grown, self._again(name))
        return grown.get(name) or Growing(name)
