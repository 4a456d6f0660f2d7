"""Hook groups in Codex's `config.toml`, as `[[hooks.EVENT]]`: for people who have theirs there."""

from collections.abc import Callable, Mapping
from typing import Any

from byline.cli.install import tomltext
from byline.cli.install.hookgroups import StrangeSettings

Groups = Mapping[str, dict[str, Any]]
IsOurs = Callable[[str], bool]


def read(text: str) -> dict[str, list[Any]]:
    """The groups of every event. Raises StrangeSettings where the text is not such settings."""
    hooks = tomltext.parse(text).get("hooks", {})
    if not isinstance(hooks, dict):
        raise StrangeSettings('"hooks" is not a table')
    return {event: groups for event, groups in hooks.items() if isinstance(groups, list)}


def register(text: str, wanted: Groups, is_ours: IsOurs) -> str:
    """`text` with the groups of `wanted` and no other group of ours. Raises StrangeSettings, changing nothing."""
    found = {
        event: [place for place, group in enumerate(groups) if _is_ours(group, is_ours)]
        for event, groups in read(text).items()
    }
    for event, places in found.items():
        keep = places[:1] if event in wanted else []
        for place in reversed(places):
            if place not in keep:
                text = _without(text, event, place)
        if keep and read(text)[event][keep[0]] != wanted[event]:
            start, stop = _span(text, event, keep[0])
            text = text[:start] + _block(event, wanted[event]) + ("\n" if text[stop:].strip() else "") + text[stop:]
    missing = [event for event in wanted if not found.get(event)]
    text = tomltext.append(text, [_block(event, wanted[event]) for event in missing]) if missing else text
    if any([group for group in read(text)[event] if _is_ours(group, is_ours)] != [wanted[event]] for event in wanted):
        raise StrangeSettings("written in a way that byline can't change")
    return text


def unregister(text: str, is_ours: IsOurs) -> str:
    """`text` without our groups."""
    for event, groups in read(text).items():
        for place in range(len(groups) - 1, -1, -1):
            if _is_ours(groups[place], is_ours):
                text = _without(text, event, place)
    return text


def _without(text: str, event: str, place: int) -> str:
    start, stop = _span(text, event, place)
    first = next(table for table in tomltext.tables(text) if table.start == start)
    return tomltext.cut(text, first, stop)


def _span(text: str, event: str, place: int) -> tuple[int, int]:
    """Where one group begins and the next other table does."""
    listed = tomltext.tables(text)
    heads = [number for number, table in enumerate(listed) if table.is_element and table.name == ("hooks", event)]
    if place >= len(heads):
        raise StrangeSettings("written in a way that byline can't change")
    stop = heads[place] + 1
    while stop < len(listed) and listed[stop].name == ("hooks", event, "hooks"):
        stop += 1
    return listed[heads[place]].start, listed[stop - 1].stop


def _block(event: str, group: Mapping[str, Any]) -> str:
    lines = [f"[[hooks.{event}]]"]
    lines += [f"{name} = {_value(value)}" for name, value in group.items() if name != "hooks"]
    for handler in group["hooks"]:
        lines.append(f"[[hooks.{event}.hooks]]")
        lines += [f"{name} = {_value(value)}" for name, value in handler.items()]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    return tomltext.quoted(value) if isinstance(value, str) else str(value)


def _is_ours(group: Any, is_ours: IsOurs) -> bool:
    handlers = group.get("hooks") if isinstance(group, dict) else None
    commands = [str(handler.get("command")) for handler in handlers or () if isinstance(handler, dict)]
    return bool(commands) and all(map(is_ours, commands))
