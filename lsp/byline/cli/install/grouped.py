"""A settings file with hook groups (see `hookgroups`), for agents that differ only in events, matchers and limits."""

from collections.abc import Callable, Mapping
from typing import Any

from byline.cli.install import hookgroups


class Grouped:
    """How such a file is changed: an `Editor`."""

    def __init__(
        self,
        matchers: Mapping[str, str | None],
        is_ours: Callable[[str], bool],
        handler: Callable[[str, str], dict[str, Any]],
    ) -> None:
        """`matchers`: for each event which tools, None for events that have none; `handler` of event and command."""
        self._matchers = matchers
        self._is_ours = is_ours
        self._handler = handler

    def group(self, event: str, command: str) -> dict[str, Any]:
        """Our group for one event."""
        hooks = [self._handler(event, command)]
        matcher = self._matchers[event]
        return {"matcher": matcher, "hooks": hooks} if matcher else {"hooks": hooks}

    def register(self, text: str, command: str) -> str:
        """`text` with one group of ours for every event."""
        return hookgroups.register(
            text, {event: self.group(event, command) for event in self._matchers}, self._is_ours
        )

    def unregister(self, text: str, original: str | None) -> str:
        """`text` without our groups."""
        return hookgroups.unregister(text, self._is_ours, original)

    def registered(self, text: str) -> dict[str, set[str]]:
        """Our command lines by event."""
        return commands(hookgroups.ours(text, self._is_ours), self._is_ours)

    def events(self) -> frozenset[str]:
        """The events that `register` registers for."""
        return frozenset(self._matchers)


def commands(groups: Mapping[str, list[dict[str, Any]]], is_ours: Callable[[str], bool]) -> dict[str, set[str]]:
    """Our command lines in groups, by event."""
    return {
        event: {
            handler["command"]
            for group in found
            for handler in group["hooks"]
            if is_ours(str(handler.get("command")))
        }
        for event, found in groups.items()
    }
