"""Anchors in the fields that oobo knows, and such records read back. Pure.

Its lines name an agent and no session. Where the agent alone does not tell whose they are, a record has `byline`
beside it, which that tool does not read: for each file what is known of its line attributions, in their order.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from byline.repo.anchors.claims import only_session
from byline.repo.anchors.format import Anchor, FileChange, LineAttribution, SessionLink
from byline.repo.anchors.record import NotReadable, encode, load, plain

OURS = ("byline_version", "author_type_source", "unknown_added", "unknown_deleted", "coverage", "imported_from")
OURS_OF_TURNS = ("prompt",)
OURS_OF_FILES = ("contested",)
OURS_OF_LINES = ("session_id", "turn_id", "link_type", "carried")


def record(anchor: Anchor, links: Sequence[SessionLink]) -> dict[str, Any]:
    """The record of an anchor: the fields that tool knows, and no others."""
    told = {name: value for name, value in plain(anchor).items() if name not in OURS}
    for turn in told.get("turns", ()):
        for name in OURS_OF_TURNS:
            turn.pop(name, None)
    more: dict[str, list[dict[str, Any]]] = {}
    for change in told["file_changes"]:
        for name in OURS_OF_FILES:
            change.pop(name, None)
        for lines in change.get("line_attributions", ()):
            ours = {name: lines.pop(name) for name in OURS_OF_LINES if name in lines}
            more.setdefault(change["path"], []).append(ours)
    found = {"anchor": told, "sessions": [plain(link) for link in links]}
    return found if _is_told(anchor, links) else {**found, "byline": {"lines": more}}


def parse(raw: Any) -> tuple[Anchor, list[SessionLink]]:
    """The anchor of a record, and its sessions. Raises NotReadable, or what an object of another shape makes."""
    anchor = load(Anchor, encode(raw["anchor"]))
    links = [load(SessionLink, encode(one)) for one in raw["sessions"]]
    more = raw.get("byline", {}).get("lines", {})
    changes = tuple(_with(change, more.get(change.path, ())) for change in anchor.file_changes)
    return msgspec.structs.replace(anchor, file_changes=changes, imported_from=None), links


def _is_told(anchor: Anchor, links: Sequence[SessionLink]) -> bool:
    """Whether each line's agent alone tells its session."""
    agents = {link.session_id: link.agent for link in links}
    guessed = {link.session_id for link in links if link.link_type == "inferred"}
    return all(
        not lines.carried and lines.session_id == only_session(lines.agent, agents, guessed)
        for change in anchor.file_changes
        for lines in change.line_attributions
        if lines.author == "ai"
    )


def _with(change: FileChange, more: Sequence[Mapping[str, Any]]) -> FileChange:
    if len(more) != len(change.line_attributions):
        return change
    try:
        lines = tuple(
            msgspec.convert(
                {**plain(one), **{name: own[name] for name in OURS_OF_LINES if name in own}}, LineAttribution
            )
            for one, own in zip(change.line_attributions, more, strict=True)
        )
    except msgspec.ValidationError as problem:
        raise NotReadable(str(problem)[:200]) from None
    return msgspec.structs.replace(change, line_attributions=lines)
