"""What two descriptions of one commit became: whether it may be written, and the gate before that. Pure.

Nothing here knows the machine it runs on, so that all clones come to the same bytes.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from byline.repo.anchors import names
from byline.repo.anchors.checks import problems
from byline.repo.anchors.combine import combine
from byline.repo.anchors.format import Anchor, SessionLink, Subagent, Timeline
from byline.repo.anchors.gate import Gate, published
from byline.repo.anchors.limits import LARGEST_FILE, fits
from byline.repo.anchors.paths import in_tree, possible
from byline.repo.anchors.record import NotReadable, Record, encode, is_deep, load

Files = Mapping[str, bytes]


def one_of(commit: str, one: Files, other: Files) -> dict[str, bytes]:
    """What stands for two descriptions of a commit: both together, freed of what must not leave; where that does not
    hold, or is too large, the one that holds alone, else the smaller one. A side that has no anchor of the commit
    counts as none, if the other has one.
    """
    sides = [side for side in (one, other) if _describes(side, commit)] or [side for side in (one, other) if side]
    if len(sides) < 2:
        return passed(sides[0]) if sides else {}
    both = passed(combine(*sides))
    if is_whole(both) and fits([len(data) for data in both.values()]):
        return both
    alone = [passed(files) for files in sorted(sides, key=lambda files: sorted(files.items()))]
    return next((files for files in alone if is_whole(files)), alone[0])


def passed(files: Files) -> dict[str, bytes]:
    """The files of one commit after the gate: what others let through may hold what must not leave. A file that is no
    JSON, or is too large then, is none of them, nor is a transcript while transparency is off.
    """
    anchor = _read(Anchor, files.get("metadata.json"))
    gate = Gate([], None, anchor.transparency_mode if anchor is not None else "off", share_prompts=True)
    own = published(anchor) if anchor is not None else frozenset()
    found = {}
    for name, data in files.items():
        kind = _kind(name)
        record = _read(kind, data) if kind is not None else None
        clean = gate.clean(record, own) if record is not None else _other(gate, name, data)
        if clean is not None and len(clean) <= LARGEST_FILE:
            found[name] = clean
    return found


def is_whole(files: Files) -> bool:
    """Whether an anchor and its sessions do not contradict themselves, as far as they tell without the commit."""
    anchor = _read(Anchor, files.get("metadata.json"))
    if anchor is None or possible(anchor, in_tree) != anchor:
        return False
    numbered = sorted((number, name) for name in files if (number := names.link_number(name)) is not None)
    links = [_read(SessionLink, files[name]) for _, name in numbered]
    return not problems(anchor, tuple(link for link in links if link is not None), None)


def _describes(files: Files, commit: str) -> bool:
    anchor = _read(Anchor, files.get("metadata.json"))
    return anchor is not None and anchor.commit_hash == commit


def _other(gate: Gate, name: str, data: bytes) -> bytes | None:
    """A file that is no record this version knows, as it may be written."""
    if name.endswith("/transcript.json") and not gate.is_open:
        return None
    try:
        value = msgspec.json.decode(data)
        return encode(gate.values(value)) if not is_deep(value) else None
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None


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
