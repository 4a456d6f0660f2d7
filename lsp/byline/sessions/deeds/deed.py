"""One write of a file, and the moment of it. Pure."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from byline.sessions.followed.steps import Step, Swap
from byline.sessions.tally import entries, table

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@")


class Deed(msgspec.Struct, frozen=True):
    """A write, when its session made it."""

    at: int
    """Nanoseconds since 1970."""
    step: Step


def named(at: int, key: str, path: str) -> Deed:
    """A write of which nothing but the file's name can be read: it was changed otherwise, moved or deleted."""
    return Deed(at, Step(event="wrote", key=key, path=path))


class Calls:
    """Tool calls whose results have not come yet."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, dict[str, Any], str]] = {}
        self.model = ""
        self.turn = ""

    def begin(self, call: object, tool: object, given: object) -> None:
        """Note a call and its input."""
        if isinstance(call, str) and isinstance(tool, str):
            self._open[call] = (
                tool,
                table(given) or ({"input": given} if isinstance(given, str) else {}),
                self.model,
            )

    def end(self, call: object) -> tuple[str, dict[str, Any], str] | None:
        """Tool, input and model of the call that ends; None for one that was not noted."""
        return self._open.pop(call, None) if isinstance(call, str) else None


def swapped(given: dict[str, Any], old: str, new: str, every: str = "") -> tuple[Swap, ...]:
    """The exchange that an edit tool's input asks for; none where it is no plain one."""
    before, after = given.get(old), given.get(new)
    if not isinstance(before, str) or not isinstance(after, str) or not before or (every and given.get(every)):
        return ()
    return ((before, after),)


def path_in(given: dict[str, Any], *names: str) -> str:
    """The path that a call's input names."""
    return next((given[name] for name in names if isinstance(given.get(name), str) and given[name]), "")


def of_unified(diff: object) -> tuple[Swap, ...]:
    """The exchanges a unified diff of one file makes, each with its context; none where it cannot be read."""
    if not isinstance(diff, str):
        return ()
    found: list[Swap] = []
    old: list[str] | None = None
    new: list[str] = []
    for line in [*diff.split("\n"), "@@ -0 +0 @@"]:
        if _HUNK.match(line):
            if old is not None:
                found.append(("".join(old), "".join(new)))
            old, new = [], []
        elif old is None or not line:
            continue
        elif line[0] == "\\":
            return ()  # no newline at the end: left to a record that has the whole text
        elif line[0] in " -+":
            if line[0] != "+":
                old.append(f"{line[1:]}\n")
            if line[0] != "-":
                new.append(f"{line[1:]}\n")
        else:
            return ()
    return tuple(found) if found and all(before for before, _ in found) else ()


def blocks(message: object) -> Iterator[dict[str, Any]]:
    """The blocks of a message's content."""
    yield from entries(table(message).get("content"))
