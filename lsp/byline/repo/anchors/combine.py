"""One commit described twice: the one description that all clones come to. Pure.

For each line evidence beats none, and a line that two give to different writers is nobody's for good. In all else
what only one knows is kept, and of two different values the smaller. Which of them came first makes no difference, so
that any number of clones which meet in any order end with the same bytes.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from byline.repo.anchors import names
from byline.repo.anchors.bothfiles import both_changes, known
from byline.repo.anchors.either import either
from byline.repo.anchors.format import (
    Anchor,
    Contributor,
    Coverage,
    FileChange,
    SessionLink,
    Subagent,
    Timeline,
    agents_alone,
    ai_percentage,
    lines_by,
)
from byline.repo.anchors.paths import in_tree, possible, possible_link
from byline.repo.anchors.record import NotReadable, Record, dump, load

Files = Mapping[str, bytes]
"""What a branch holds for one commit: the names in its folder, and the bytes."""

MOST_NOTES = 20
R = TypeVar("R", bound=Record)


def combine(one: Files, other: Files) -> dict[str, bytes]:
    """The files that stand for both. Where one description is not readable the other stands alone."""
    if dict(one) == dict(other):
        return dict(one)
    first, second = sorted((one, other), key=lambda files: sorted(files.items()))
    anchors = [_anchor(files) for files in (first, second)]
    if anchors[0] is None or anchors[1] is None:
        return dict(second if anchors[0] is None and anchors[1] is not None else first)
    if (anchors[0].imported_from is None) != (anchors[1].imported_from is None):
        return dict(second if anchors[0].imported_from else first)  # what byline saw, over what another tool said
    found: dict[str, bytes] = {}
    links: dict[str, SessionLink] = {}
    beside: dict[str, dict[str, bytes]] = {}
    for files in (first, second):
        for name, data in files.items():
            number = names.link_number(name)
            link = _read(SessionLink, data) if number is not None else None
            if link is not None:
                link = possible_link(link, in_tree)
                had = links.get(link.session_id)
                links[link.session_id] = link if had is None else _both_links(had, link)
                _add(beside.setdefault(link.session_id, {}), _below(files, f"{number}/"))
            elif number is None and not name[0].isdigit() and _subagent(name, data) is None:
                _add(found, {name: data})
    anchor = both_anchors(anchors[0], anchors[1])
    ids = [*anchor.session_ids, *sorted(set(links) - set(anchor.session_ids))]
    for number, session_id in enumerate((one for one in ids if one in links), 1):
        found |= {f"{number}/{name}": data for name, data in beside[session_id].items()}
        found[f"{number}/metadata.json"] = dump(links[session_id])
    found |= _subagents(first, second)
    story = [_read(Timeline, files.get("timeline.json")) for files in (first, second)]
    if story[0] is not None and story[1] is not None:
        found["timeline.json"] = dump(_both_timelines(story[0], story[1]))
    found["metadata.json"] = dump(anchor)
    return found


def _below(files: Files, folder: str) -> dict[str, bytes]:
    return {name[len(folder) :]: data for name, data in files.items() if name.startswith(folder)}


def _add(found: dict[str, bytes], files: Files) -> None:
    """Enter files; of two by one name the smaller."""
    for name, data in files.items():
        found[name] = min(found.get(name, data), data)


def both_anchors(one: Anchor, other: Anchor) -> Anchor:
    """What two anchors of one commit say together; its parts sum to the whole again."""
    changes = _changes(one, other)
    ai_added = sum(lines_by("ai", change.line_attributions) for change in changes)
    added, deleted = sum(change.added for change in changes), sum(change.deleted for change in changes)
    unknown_deleted, ai_deleted = min(_deletions(anchor, deleted) for anchor in (one, other))
    sessions = tuple(sorted({*one.session_ids, *other.session_ids}))
    has_ai = bool(sessions) or bool(agents_alone(changes))
    author_type, source = min(_author_type(anchor, has_ai) for anchor in (one, other))[1:]
    return msgspec.structs.replace(
        either(one, other),
        anchor_schema_version=max(one.anchor_schema_version, other.anchor_schema_version),
        author_type="assisted" if has_ai and author_type == "human" else author_type,
        transparency_mode="on" if "on" in (one.transparency_mode, other.transparency_mode) else "off",
        author_type_source=source or None,
        contributors=_contributors(one, other),
        added=added,
        deleted=deleted,
        files_changed=tuple(change.path for change in changes),
        file_changes=changes,
        ai_added=ai_added,
        ai_deleted=ai_deleted,
        human_added=added - ai_added,
        human_deleted=deleted - ai_deleted,
        unknown_added=added - sum(map(known, changes)),
        unknown_deleted=unknown_deleted,
        ai_percentage=ai_percentage(ai_added + ai_deleted, added + deleted),
        session_ids=sessions,
        turns=_union(one.turns, other.turns, ("session_id", "turn_index", "id")),
        file_interactions=_union(one.file_interactions, other.file_interactions, ("path",)),
        coverage=_coverage(one, other, changes),
    )


def _changes(one: Anchor, other: Anchor) -> tuple[FileChange, ...]:
    """The files that either names, by name."""
    found: dict[str, FileChange] = {}
    for change in (*one.file_changes, *other.file_changes):
        had = found.get(change.path)
        found[change.path] = change if had is None else both_changes(had, change)
    return tuple(found[path] for path in sorted(found))


def _deletions(anchor: Anchor, deleted: int) -> tuple[int, int]:
    """How many deleted lines nobody is known of, and how many a session removed; fewer unknown ones are evidence."""
    ai_deleted = min(anchor.ai_deleted, deleted)
    unknown = anchor.unknown_deleted if anchor.unknown_deleted is not None else deleted
    return min(unknown, deleted - ai_deleted), ai_deleted


def _author_type(anchor: Anchor, has_ai: bool) -> tuple[bool, Any, str]:
    """What was observed beats what was derived, and that is derived again."""
    if anchor.author_type_source == "observed":
        return False, anchor.author_type, "observed"
    if anchor.author_type_source == "derived" and anchor.author_type in ("assisted", "human"):
        return True, "assisted" if has_ai else "human", "derived"
    return True, anchor.author_type, anchor.author_type_source or ""


def _contributors(one: Anchor, other: Anchor) -> tuple[Contributor, ...]:
    known = {dump(who): who for who in (*one.contributors, *other.contributors)}
    return tuple(sorted(known.values(), key=lambda who: (who.role != "human", who.name, who.model or "", dump(who))))


def _coverage(one: Anchor, other: Anchor, changes: Iterable[FileChange]) -> Coverage | None:
    told = [anchor.coverage for anchor in (one, other) if anchor.coverage is not None]
    if not told:
        return None
    notes = sorted({note for coverage in told for note in coverage.notes})[:MOST_NOTES]
    gaps = tuple(change.path for change in changes if known(change) < change.added)
    both = either(told[0], told[-1])
    return msgspec.structs.replace(both, capture_gap_files=gaps, notes=tuple(notes)) if gaps or notes else None


def _both_links(one: SessionLink, other: SessionLink) -> SessionLink:
    merged = either(one, other)
    lists = {}
    for name in ("files_touched", "peer_session_ids"):
        both = {*(getattr(one, name) or ()), *(getattr(other, name) or ())}
        lists[name] = tuple(sorted(both)) or None
    sure = "explicit" in (one.link_type, other.link_type)
    return msgspec.structs.replace(merged, **lists, link_type="explicit" if sure else merged.link_type)


def _both_timelines(one: Timeline, other: Timeline) -> Timeline:
    events = {dump(event): event for event in (*one.events, *other.events)}
    touched = _union(one.file_interactions, other.file_interactions, ("path",)) or ()
    return msgspec.structs.replace(
        either(one, other),
        session_count=len({role.session_id for interaction in touched for role in interaction.sessions}),
        longest_session_ms=max(one.longest_session_ms, other.longest_session_ms),
        file_interactions=touched,
        events=tuple(
            sorted(events.values(), key=lambda event: (event.timestamp, event.path, event.session_id, event.action))
        ),
    )


def _subagents(first: Files, second: Files) -> dict[str, bytes]:
    """The subagents of both, numbered anew."""
    known: dict[str, Subagent] = {}
    for files in (first, second):
        for name, data in files.items():
            if (one := _subagent(name, data)) is not None:
                had = known.get(one.session_id)
                known[one.session_id] = one if had is None else either(had, one)
    return {f"subagents/{n}/metadata.json": dump(known[key]) for n, key in enumerate(sorted(known), 1)}


def _subagent(name: str, data: bytes) -> Subagent | None:
    return _read(Subagent, data) if name.startswith("subagents/") else None


def _union(one: tuple[R, ...] | None, other: tuple[R, ...] | None, key: tuple[str, ...]) -> tuple[R, ...] | None:
    """Records of both by what tells them apart; of two the smaller JSON."""
    found: dict[Any, R] = {}
    for record in sorted((*(one or ()), *(other or ())), key=dump):
        found.setdefault(tuple(getattr(record, name) for name in key), record)
    return tuple(found[place] for place in sorted(found)) or None


def _anchor(files: Files) -> Anchor | None:
    """The anchor, without files that no tree of git can hold; which those are is the same on all machines."""
    found = _read(Anchor, files.get("metadata.json"))
    return possible(found, in_tree) if found is not None else None


def _read(kind: type[R], data: bytes | None) -> R | None:
    try:
        return load(kind, data) if data is not None else None
    except NotReadable:
        return None
