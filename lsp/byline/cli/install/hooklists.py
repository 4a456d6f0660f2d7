"""Hooks as lists by event, edited as text: an entry names its command itself or in handlers of its own.

`{"hooks": {EVENT: [{"command": …}]}}`, or the same map without the wrapper. An entry is ours when it runs our command
and no other; it is put in, exchanged and taken out whole. Of one that runs somebody's command as well, only our part
is touched (`shared`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from byline.cli.install import jsontext, shared
from byline.cli.install.hookgroups import StrangeSettings

Entries = Mapping[str, dict[str, Any]]
"""For each event the one entry we want there."""
IsOurs = Callable[[str], bool]
"""Whether a command line was written by a byline installer, of this or an earlier version."""
HOOKS = ("hooks",)
"""Where the map of most agents is; of others it is the whole file: `()`."""


def register(
    text: str, wanted: Entries, is_ours: IsOurs, head: Mapping[str, Any] | None = None, at: Sequence[str] = HOOKS
) -> str:
    """`text` with the entries of `wanted` and no other entry of ours; `head`: members a new file begins with.

    Raises StrangeSettings, changing nothing.
    """
    is_new = not text.strip()
    if is_new:
        text = "{}" + (text or "\n")
    for event in read(text, at):
        if event not in wanted:
            text = _drop(text, at, event, is_ours)
    if is_new:
        for name, value in (head or {}).items():
            text = jsontext.add(text, [], value, name)
    if at and jsontext.find(text, at) is None:
        return jsontext.add(text, at[:-1], {event: [entry] for event, entry in wanted.items()}, at[-1])
    for event, entry in wanted.items():
        text = _settle(text, at, event, entry, is_ours)
    return text


def unregister(text: str, is_ours: IsOurs, original: str | None, at: Sequence[str] = HOOKS) -> str:
    """`text` without our entries. Lists that become empty go too, and the map, unless `original` had them."""
    before = _events(original, at)
    found = read(text, at)
    for event in found:
        text = _drop(text, at, event, is_ours, keep_empty=before is not None and event in before)
    hooks = jsontext.find(text, at) if at and text.strip() else None
    if hooks is not None and not hooks.items and found and before is None:
        text = jsontext.remove(text, at)
    return text


def registered(text: str, is_ours: IsOurs, at: Sequence[str] = HOOKS) -> dict[str, set[str]]:
    """Our command lines by event."""
    found: dict[str, set[str]] = {}
    for event, entries in read(text, at).items():
        mine = {command for entry in entries for command in commands(entry) if is_ours(command)}
        if mine:
            found[event] = mine
    return found


def read(text: str, at: Sequence[str] = HOOKS) -> dict[str, list[Any]]:
    """The entries of every event. Raises StrangeSettings where the text is not such settings.

    Without a wrapper other members may stand beside the events; only lists are events there.
    """
    if not text.strip():
        return {}
    try:
        root = jsontext.find(text, [])
    except (ValueError, RecursionError) as problem:
        raise StrangeSettings(f"not valid JSON ({problem})") from problem
    assert root is not None
    if not isinstance(root.value, dict):
        raise StrangeSettings("not a JSON object")
    if not at:
        return {event: entries for event, entries in root.value.items() if isinstance(entries, list)}
    hooks = root.value.get(at[0], {})
    if not isinstance(hooks, dict):
        raise StrangeSettings(f'"{at[0]}" is not an object')
    for event, entries in hooks.items():
        if not isinstance(entries, list):
            raise StrangeSettings(f'"{at[0]}.{event}" is not a list')
    return hooks


def commands(entry: Any) -> list[str]:
    """The command lines that an entry runs."""
    if not isinstance(entry, dict):
        return []
    handlers = entry.get("hooks")
    named = [entry, *(handlers if isinstance(handlers, list) else ())]
    found = [one.get(key) for one in named if isinstance(one, dict) for key in ("command", "bash")]
    if not any(found):  # an entry for Windows alone
        found = [one.get("powershell") for one in named if isinstance(one, dict)]
    return [command for command in found if isinstance(command, str)]


def _events(original: str | None, at: Sequence[str]) -> set[str] | None:
    """The events that `original` had; None where it had no map of hooks or is not known."""
    if original is None:
        return None
    try:
        has_map = bool(original.strip()) and jsontext.find(original, at) is not None
        return set(read(original, at)) if has_map else None
    except (StrangeSettings, ValueError):
        return None


def _settle(text: str, at: Sequence[str], event: str, entry: dict[str, Any], is_ours: IsOurs) -> str:
    """Bring one event to exactly one entry of ours, equal to `entry`, where ours stood or at the end."""
    entries = read(text, at).get(event)
    if entries is None:
        return jsontext.add(text, at, [entry], event)
    mine = [place for place, found in enumerate(entries) if shared.is_whole(found, is_ours)]
    if mine:
        text = _drop(text, at, event, is_ours, keep_empty=True, spare=mine[0])
        return text if entries[mine[0]] == entry else jsontext.replace(text, [*at, event, mine[0]], entry)
    for place, found in enumerate(entries):
        if shared.is_part(found, is_ours):
            settled = shared.settle(text, [*at, event, place], found, entry, is_ours)
            if settled is not None:
                return _drop(settled, at, event, is_ours, keep_empty=True, spare=place)
    return jsontext.add(_drop(text, at, event, is_ours, keep_empty=True), [*at, event], entry)


def _drop(
    text: str, at: Sequence[str], event: str, is_ours: IsOurs, *, keep_empty: bool = False, spare: int | None = None
) -> str:
    """Take our entries out of one event, last first so that positions before stay right."""
    entries = read(text, at)[event]
    dropped = 0
    for place in range(len(entries) - 1, -1, -1):
        if place == spare:
            continue
        if shared.is_whole(entries[place], is_ours):
            text = jsontext.remove(text, [*at, event, place])
            dropped += 1
        elif shared.is_part(entries[place], is_ours):
            text = shared.take_out(text, [*at, event, place], entries[place], is_ours)
    if dropped and dropped == len(entries) and not keep_empty:
        text = jsontext.remove(text, [*at, event])
    return text
