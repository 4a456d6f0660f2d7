"""What two descriptions of one commit became: whether it may be written, and the gate before that. Pure.

Nothing here knows the machine it runs on, so that all clones come to the same bytes.
"""

from collections.abc import Mapping
from typing import Any

from byline.repo.anchors import names
from byline.repo.anchors.checks import problems
from byline.repo.anchors.format import Anchor, SessionLink, Subagent, Timeline
from byline.repo.anchors.gate import Gate, names_in
from byline.repo.anchors.record import NotReadable, Record, load

Files = Mapping[str, bytes]


def passed(files: Files) -> dict[str, bytes]:
    """The files of one commit after the gate: what others let through may hold what must not leave."""
    anchor = _read(Anchor, files.get("metadata.json"))
    gate = Gate([], None, anchor.transparency_mode if anchor is not None else "off", share_prompts=True)
    own = names_in(anchor) if anchor is not None else frozenset()
    found = dict(files)
    for name, data in files.items():
        kind = _kind(name)
        record = _read(kind, data) if kind is not None else None
        if record is not None:
            found[name] = gate.clean(record, own)
    return found


def is_whole(files: Files) -> bool:
    """Whether an anchor and its sessions do not contradict themselves, as far as they tell without the commit."""
    anchor = _read(Anchor, files.get("metadata.json"))
    if anchor is None:
        return False
    numbers = sorted(number for name in files if (number := names.link_number(name)) is not None)
    links = [_read(SessionLink, files[f"{number}/metadata.json"]) for number in numbers]
    return not problems(anchor, tuple(link for link in links if link is not None), None)


def _kind(name: str) -> type[Record] | None:
    if names.subagent_number(name) is not None:
        return Subagent
    if names.link_number(name) is not None:
        return SessionLink
    if name == "timeline.json":
        return Timeline
    return Anchor if name == "metadata.json" else None


def _read(kind: type[Any], data: bytes | None) -> Any:
    try:
        return load(kind, data) if data is not None else None
    except NotReadable:
        return None
