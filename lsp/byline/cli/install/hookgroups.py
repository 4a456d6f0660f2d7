"""The shape that Claude Code gave hooks in settings and several agents took over, edited as text.

`{"hooks": {EVENT: [{"matcher": …, "hooks": [{"type": "command", "command": …}]}]}}`: an event has *groups*, a group
has *handlers*. A handler is ours when its command is; a group when all its handlers are. Where somebody put a handler
of their own into a group of ours, only our handler is touched (`shared`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from byline.cli.install import jsontext, shared
from byline.errors import BylineError

Groups = Mapping[str, dict[str, Any]]
"""For each event the one group we want there."""
IsOurs = Callable[[str], bool]
"""Whether a command line was written by a byline installer, of this or an earlier version."""


class StrangeSettings(BylineError):
    """Settings that are not the JSON the agent reads; changing them could only make it worse."""


def register(text: str, wanted: Groups, is_ours: IsOurs) -> str:
    """`text` with the groups of `wanted` and no other group of ours. Raises StrangeSettings, changing nothing."""
    if not text.strip():
        text = "{}" + (text or "\n")
    groups = read(text)
    for event in groups:
        if event not in wanted:
            text = _drop(text, event, is_ours)
    if jsontext.find(text, ["hooks"]) is None:
        return jsontext.add(text, [], {event: [group] for event, group in wanted.items()}, "hooks")
    for event, group in wanted.items():
        text = _settle(text, event, group, is_ours)
    return text


def unregister(text: str, is_ours: IsOurs, original: str | None) -> str:
    """`text` without anything of ours. Containers that become empty go too, unless `original` had them."""
    groups = read(text)
    before = _events(original)
    for event in groups:
        text = _drop(text, event, is_ours, keep_empty=before is not None and event in before)
    hooks = jsontext.find(text, ["hooks"])
    if hooks is not None and not hooks.items and groups and before is None:
        text = jsontext.remove(text, ["hooks"])
    return text


def ours(text: str, is_ours: IsOurs) -> dict[str, list[dict[str, Any]]]:
    """Our groups by event, as they stand in `text`."""
    found: dict[str, list[dict[str, Any]]] = {}
    for event, groups in read(text).items():
        mine = [group for group in groups if any(map(is_ours, _commands(group)))]
        if mine:
            found[event] = mine
    return found


def read(text: str) -> dict[str, list[Any]]:
    """The groups of every event. Raises StrangeSettings where the text is not such settings."""
    if not text.strip():
        return {}
    try:
        root = jsontext.find(text, [])
    except (ValueError, RecursionError) as problem:
        raise StrangeSettings(f"not valid JSON ({problem})") from problem
    assert root is not None
    if not isinstance(root.value, dict):
        raise StrangeSettings("not a JSON object")
    hooks = root.value.get("hooks", {})
    if not isinstance(hooks, dict):
        raise StrangeSettings('"hooks" is not an object')
    for event, groups in hooks.items():
        if not isinstance(groups, list):
            raise StrangeSettings(f'"hooks.{event}" is not a list')
    return hooks


def _events(original: str | None) -> set[str] | None:
    """The events that `original` had; None where it had no hooks at all or is not known."""
    if original is None:
        return None
    try:
        return set(read(original)) if original.strip() and jsontext.find(original, ["hooks"]) is not None else None
    except StrangeSettings:
        return None


def _commands(group: Any) -> list[str]:
    handlers = group.get("hooks") if isinstance(group, dict) else None
    found = [handler.get("command") for handler in handlers or () if isinstance(handler, dict)]
    return [command for command in found if isinstance(command, str)]


def _settle(text: str, event: str, group: dict[str, Any], is_ours: IsOurs) -> str:
    """Bring one event to exactly one group of ours, equal to `group`, where ours stood or at the end."""
    groups = read(text).get(event)
    if groups is None:
        return jsontext.add(text, ["hooks"], [group], event)
    mine = [place for place, found in enumerate(groups) if shared.is_whole(found, is_ours)]
    if mine:
        text = _drop(text, event, is_ours, keep_empty=True, spare=mine[0])
        # A group before ours that held only a handler of ours among others' keeps its place: positions are stable.
        return text if groups[mine[0]] == group else jsontext.replace(text, ["hooks", event, mine[0]], group)
    for place, found in enumerate(groups):
        if shared.is_part(found, is_ours):
            settled = shared.settle(text, ["hooks", event, place], found, group, is_ours)
            if settled is not None:
                return _drop(settled, event, is_ours, keep_empty=True, spare=place)
    return jsontext.add(_drop(text, event, is_ours, keep_empty=True), ["hooks", event], group)


def _drop(text: str, event: str, is_ours: IsOurs, *, keep_empty: bool = False, spare: int | None = None) -> str:
    """Take our handlers out of one event, last first so that positions before stay right."""
    groups = read(text)[event]
    dropped = False
    for place in range(len(groups) - 1, -1, -1):
        if place == spare:
            continue
        if shared.is_whole(groups[place], is_ours):
            text = jsontext.remove(text, ["hooks", event, place])
            dropped = True
        elif shared.is_part(groups[place], is_ours):
            text = shared.take_out(text, ["hooks", event, place], groups[place], is_ours)
    if dropped and not keep_empty and not read(text)[event]:
        text = jsontext.remove(text, ["hooks", event])
    return text
