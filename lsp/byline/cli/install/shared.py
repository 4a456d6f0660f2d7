"""An entry of ours into which somebody put a command of their own: ours is found, changed and taken out alone.

An entry names commands itself, one for each shell, or in handlers below `hooks`. A handler, or an entry, is whole
ours when it runs our command and no other.
"""

from collections.abc import Callable, Sequence
from typing import Any

from byline.cli.install import jsontext

IsOurs = Callable[[str], bool]
"""Whether a command line was written by a byline installer, of this or an earlier version."""
_KEYS = ("command", "bash", "powershell")


def is_whole(entry: Any, is_ours: IsOurs) -> bool:
    """Whether the entry runs our command and no other."""
    ours, theirs = _sides(entry, is_ours)
    return bool(ours) and not theirs


def is_part(entry: Any, is_ours: IsOurs) -> bool:
    """Whether the entry runs our command and somebody's."""
    ours, theirs = _sides(entry, is_ours)
    return bool(ours) and bool(theirs)


def take_out(text: str, path: Sequence[str | int], entry: Any, is_ours: IsOurs) -> str:
    """`text` without what is ours in the entry at `path`, of which a part is somebody's."""
    for place in reversed(_sides(entry, is_ours)[0]):
        text = jsontext.remove(text, [*path, *place])
    return text


def settle(text: str, path: Sequence[str | int], entry: Any, wanted: Any, is_ours: IsOurs) -> str | None:
    """`text` with ours in the shared entry at `path` as in `wanted`, once; None where only an entry of its own can.

    That is so where the entry is for other tools now: what somebody's handler is called for stays theirs to say.
    """
    ours, _ = _sides(entry, is_ours)
    if _rest(entry) != _rest(wanted):
        return None
    if not isinstance(wanted.get("hooks"), list):
        return text if all(entry.get(str(key)) == wanted.get(str(key)) for (key,) in ours) else None
    nested = [place for place in ours if len(place) == 2]
    if len(nested) != len(ours):
        return None
    for place in reversed(nested[1:]):
        text = jsontext.remove(text, [*path, *place])
    if entry["hooks"][nested[0][1]] != wanted["hooks"][0]:
        text = jsontext.replace(text, [*path, *nested[0]], wanted["hooks"][0])
    return text


def _rest(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in ("hooks", *_KEYS)}


def _sides(entry: Any, is_ours: IsOurs) -> tuple[list[tuple[str | int, ...]], list[tuple[str | int, ...]]]:
    """The places below the entry of our commands or handlers, and of others."""
    ours: list[tuple[str | int, ...]] = []
    theirs: list[tuple[str | int, ...]] = []
    if not isinstance(entry, dict):
        return ours, theirs
    for key, command in _named(entry).items():
        (ours if _runs_us(key, command, is_ours) else theirs).append((key,))
    handlers = entry.get("hooks")
    for number, handler in enumerate(handlers if isinstance(handlers, list) else ()):
        named = _named(handler) if isinstance(handler, dict) else {}
        is_mine = bool(named) and all(_runs_us(key, command, is_ours) for key, command in named.items())
        (ours if is_mine else theirs).append(("hooks", number))
    # PowerShell's line for a repository proves nothing alone: it is ours beside a line that is.
    return (ours, theirs) if any(_is_proof(entry, place, is_ours) for place in ours) else ([], [*ours, *theirs])


def _named(one: dict[str, Any]) -> dict[str, str]:
    return {key: one[key] for key in _KEYS if isinstance(one.get(key), str)}


def _runs_us(key: str, command: str, is_ours: IsOurs) -> bool:
    return is_ours(command) or (key == "powershell" and "{ byline-hook " in command)


def _is_proof(entry: dict[str, Any], place: tuple[str | int, ...], is_ours: IsOurs) -> bool:
    found: Any = entry
    for step in place:
        found = found[step]
    commands = [found] if isinstance(found, str) else _named(found).values()
    return any(map(is_ours, commands))
