"""Hook groups in Codex's `config.toml`, as `[[hooks.EVENT]]`: for people who have theirs there."""

from collections.abc import Callable, Mapping
from typing import Any

from byline.cli.install import shared, tomltext
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
    text = _without_shared(text, is_ours, wanted)
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
            text = text[:start] + _block(event, wanted[event]) + text[stop:]
    groups = read(text)
    missing = [
        event
        for event in wanted
        if not found.get(event) and not any(shared.is_part(group, is_ours) for group in groups.get(event, ()))
    ]
    text = tomltext.append(text, [_block(event, wanted[event]) for event in missing]) if missing else text
    for event, group in wanted.items():
        if [_our_part(one, is_ours) for one in read(text)[event] if _our_part(one, is_ours)["hooks"]] != [group]:
            raise StrangeSettings("written in a way that byline can't change")
    return text


def unregister(text: str, is_ours: IsOurs) -> str:
    """`text` without our groups, and without our handlers in somebody's."""
    text = _without_shared(text, is_ours, {})
    for event, groups in reversed(read(text).items()):
        for place in range(len(groups) - 1, -1, -1):
            if _is_ours(groups[place], is_ours):
                text = _without(text, event, place)
    return text


def _without_shared(text: str, is_ours: IsOurs, wanted: Groups) -> str:
    """`text` without our handlers in groups that have somebody's as well, but for one that is as wanted."""
    for event, groups in read(text).items():
        has_own = any(_is_ours(group, is_ours) for group in groups)
        for place, group in enumerate(groups):
            part = _our_part(group, is_ours)
            if not shared.is_part(group, is_ours):
                continue
            if not has_own and part == wanted.get(event):
                has_own = True
                continue
            for number in range(len(group["hooks"]) - 1, -1, -1):
                if group["hooks"][number] in part["hooks"]:
                    text = _without_handler(text, event, place, number)
    return text


def _without_handler(text: str, event: str, place: int, number: int) -> str:
    start, stop = _span(text, event, place)
    inner = [table for table in tomltext.tables(text) if start < table.start < stop]
    if number >= len(inner):
        raise StrangeSettings("written in a way that byline can't change")
    table = inner[number]
    return text[: table.start] + text[tomltext.end(text, table.start, table.stop) :]


def _our_part(group: Any, is_ours: IsOurs) -> dict[str, Any]:
    """The group with no handlers but ours."""
    handlers = group.get("hooks") if isinstance(group, dict) else None
    mine = [one for one in handlers or () if isinstance(one, dict) and is_ours(str(one.get("command")))]
    return {**group, "hooks": mine} if isinstance(group, dict) else {"hooks": mine}


def _without(text: str, event: str, place: int) -> str:
    start, stop = _span(text, event, place)
    first = next(table for table in tomltext.tables(text) if table.start == start)
    return tomltext.cut(text, first, stop)


def _span(text: str, event: str, place: int) -> tuple[int, int]:
    """Where one group begins and its last line ends."""
    listed = tomltext.tables(text)
    heads = [number for number, table in enumerate(listed) if table.is_element and table.name == ("hooks", event)]
    if place >= len(heads):
        raise StrangeSettings("written in a way that byline can't change")
    stop = heads[place] + 1
    while stop < len(listed) and listed[stop].name == ("hooks", event, "hooks"):
        stop += 1
    start = listed[heads[place]].start
    return start, tomltext.end(text, start, listed[stop - 1].stop)


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
