"""A settings file with hooks as lists by event (see `hooklists`), for agents that differ in events and entries."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from byline.cli.install import hooklists


class Listed:
    """How such a file is changed: an `Editor`."""

    def __init__(
        self,
        events: Sequence[str],
        is_ours: hooklists.IsOurs,
        entry: Callable[[str, str], dict[str, Any]],
        head: Mapping[str, Any] | None = None,
        at: Callable[[str], Sequence[str]] = lambda _: hooklists.HOOKS,
    ) -> None:
        """`entry` of event and command; `head`: what a new file begins with; `at`: where in a text the events are."""
        self._events = events
        self._is_ours = is_ours
        self._entry = entry
        self._head = head
        self._at = at

    def register(self, text: str, command: str) -> str:
        """`text` with one entry of ours for every event."""
        wanted = {event: self._entry(event, command) for event in self._events}
        return hooklists.register(text, wanted, self._is_ours, self._head, self._at(text))

    def unregister(self, text: str, original: str | None) -> str:
        """`text` without our entries."""
        return hooklists.unregister(text, self._is_ours, original, self._at(text))

    def registered(self, text: str) -> dict[str, set[str]]:
        """Our command lines by event."""
        return hooklists.registered(text, self._is_ours, self._at(text))

    def events(self) -> frozenset[str]:
        """The events that `register` registers for."""
        return frozenset(self._events)
