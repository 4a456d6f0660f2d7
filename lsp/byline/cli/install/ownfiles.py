"""Files that are byline's alone, written whole from a template with the command line in it."""

import json
from collections.abc import Callable

from byline.cli.install.hookgroups import StrangeSettings

EVERY = "every event"
"""Stands for the events of a file that does not list them."""


class OwnFile:
    """One such file: `template` with `mark` in the place of the command line, which `quote` makes fit there."""

    def __init__(
        self, template: str, mark: str, is_ours: Callable[[str], bool], quote: Callable[[str], str] = json.dumps
    ) -> None:
        self._template, self._mark = template, mark
        self._quote = quote
        self._is_ours = is_ours

    def register(self, text: str, command: str) -> str:
        """The file for `command`. Raises StrangeSettings where somebody else's text is."""
        if text.strip() and not self.registered(text):
            raise StrangeSettings("somebody else's file, or one that was changed by hand")
        return self._template.replace(self._mark, self._quote(command))

    def unregister(self, text: str, original: str | None) -> str:
        """Nothing, where the text is ours."""
        return "" if self.registered(text) else text

    def registered(self, text: str) -> dict[str, set[str]]:
        """The command line that a text of ours runs, as written by this version of byline or another."""
        found = [command for line in text.splitlines() for command in self._in_line(line) if self._is_ours(command)]
        return {EVERY: set(found[:1])} if found else {}

    def events(self) -> frozenset[str]:
        """All of them, under one name."""
        return frozenset((EVERY,))

    def _in_line(self, line: str) -> list[str]:
        """What a line of the file may hold as a command line: itself, or the texts between its quotes."""
        found = [line.strip()]
        for start in [place for place, letter in enumerate(line) if letter == '"'][:8]:
            try:
                value, _ = json.JSONDecoder().raw_decode(line, start)
            except ValueError:
                continue
            found.append(str(value))
        return found
