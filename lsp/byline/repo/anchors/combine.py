"""One commit described twice: the one description that all clones come to. Pure.

For each line evidence beats none, and a line that two give to different writers is nobody's. In all else what only
one knows is kept, and of two different values the one of the description with the smaller JSON. Which of the two came
first makes no difference, so that clones which meet in any order end with the same bytes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, TypeVar

import msgspec

from byline.repo.anchors import names
from byline.repo.anchors.format import (
    Anchor,
    Contributor,
    Coverage,
    FileChange,
    LineAttribution,
    LineRange,
    SessionLink,
    Subagent,
    Timeline,
    agents_alone,
    ai_percentage,
)
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
    anchors = [_read(Anchor, files.get("metadata.json")) for files in (first, second)]
    if anchors[0] is None or anchors[1] is None:
        return dict(second if anchors[0] is None and anchors[1] is not None else first)
    if (anchors[0].imported_from is None) != (anchors[1].imported_from is None):
        return dict(second if anchors[0].imported_from else first)  # what byline saw, over what another tool said
    found: dict[str, bytes] = {}
    links: dict[str, SessionLink] = {}
    beside: dict[str, tuple[Files, str]] = {}
    for files in (first, second):
        for name in sorted(files, key=lambda name: (names.link_number(name) or 0, name)):
            number = names.link_number(name)
            link = _read(SessionLink, files[name]) if number is not None else None
            if link is not None:
                known = links.get(link.session_id)
                links[link.session_id] = link if known is None else _both_links(known, link)
                beside.setdefault(link.session_id, (files, f"{number}/"))
            elif number is None and not name[0].isdigit():
                found.setdefault(name, files[name])
    anchor = both_anchors(anchors[0], anchors[1])
    ids = [*anchor.session_ids, *sorted(set(links) - set(anchor.session_ids))]
    for number, session_id in enumerate((one for one in ids if one in links), 1):
        files, folder = beside[session_id]
        found |= {f"{number}/{name[len(folder) :]}": files[name] for name in files if name.startswith(folder)}
        found[f"{number}/metadata.json"] = dump(links[session_id])
    found |= _subagents(first, second)
    story = [_read(Timeline, files.get("timeline.json")) for files in (first, second)]
    if story[0] is not None and story[1] is not None:
        found["timeline.json"] = dump(_both_timelines(story[0], story[1], anchor))
    found["metadata.json"] = dump(anchor)
    return found


def both_anchors(one: Anchor, other: Anchor) -> Anchor:
    """What two anchors of one commit say together; its parts sum to the whole again."""
    one, other = sorted((one, other), key=dump)
    theirs = {change.path: change for change in other.file_changes}
    changes = tuple(
        _both_changes(change, theirs[change.path]) if change.path in theirs else change for change in one.file_changes
    )
    spans = [(lines.author, _length(lines)) for change in changes for lines in change.line_attributions]
    ai_added = sum(length for author, length in spans if author == "ai")
    added, deleted = sum(change.added for change in changes), sum(change.deleted for change in changes)
    unknown_deleted, ai_deleted = min(_deletions(anchor, deleted) for anchor in (one, other))
    sessions = tuple(sorted({*one.session_ids, *other.session_ids}))
    has_ai = bool(sessions) or bool(agents_alone(changes))
    author_type, source = min(_author_type(anchor, has_ai) for anchor in (one, other))[1:]
    merged = _filled(one, other)
    return msgspec.structs.replace(
        merged,
        anchor_schema_version=max(one.anchor_schema_version, other.anchor_schema_version),
        author_type="assisted" if has_ai and author_type == "human" else author_type,
        transparency_mode="on" if "on" in (one.transparency_mode, other.transparency_mode) else "off",
        author_type_source=source or None,
        contributors=_contributors(one, other),
        added=added,
        deleted=deleted,
        file_changes=changes,
        ai_added=ai_added,
        ai_deleted=ai_deleted,
        human_added=added - ai_added,
        human_deleted=deleted - ai_deleted,
        unknown_added=added - sum(length for _, length in spans),
        unknown_deleted=unknown_deleted,
        ai_percentage=ai_percentage(ai_added + ai_deleted, added + deleted),
        session_ids=sessions,
        turns=_union(one.turns, other.turns, ("session_id", "turn_index", "id")),
        file_interactions=_union(one.file_interactions, other.file_interactions, ("path",)),
        coverage=_coverage(one, other, changes),
    )


def _both_changes(one: FileChange, other: FileChange) -> FileChange:
    """What two say of one file. They do not fit together if more lines came out than the commit has added."""
    sides = [side for side in (one, other) if _is_sound(side)]
    if (one.added, one.deleted) != (other.added, other.deleted) or not sides:
        return one
    groups: dict[bytes, LineAttribution] = {}
    ranges: dict[bytes, list[LineRange]] = {}
    for low, high, lines in _agreed(sides):
        key = dump(lines)
        groups[key] = lines
        own = ranges.setdefault(key, [])
        if own and own[-1].end == low - 1:
            own[-1] = LineRange(start=own[-1].start, end=high)
        else:
            own.append(LineRange(start=low, end=high))
    found = sorted(
        (msgspec.structs.replace(groups[key], ranges=tuple(own)) for key, own in ranges.items()),
        key=lambda lines: lines.ranges[0].start,
    )
    if sum(map(_length, found)) > one.added:
        return one
    agents = Counter({lines.agent: 0 for lines in found})
    for lines in found:
        agents[lines.agent] += _length(lines) if lines.author == "ai" else 0
    most = min(((-count, agent) for agent, count in agents.items() if agent and count), default=None)
    both = _filled(one, other)
    return msgspec.structs.replace(
        both,
        attribution=_label(one, other, sum(_length(lines) for lines in found if lines.author == "ai")),
        agent=most[1] if most else None if one.added else both.agent,
        line_attributions=tuple(found),
    )


def _agreed(sides: Iterable[FileChange]) -> Iterable[tuple[int, int, LineAttribution]]:
    """First and last line, 1-based, and the writer, without ranges, of what nobody contradicts; ascending."""
    spans = [
        sorted(
            (part.start, part.end + 1, number)
            for number, one in enumerate(side.line_attributions)
            for part in one.ranges
        )
        for side in sides
    ]
    bare = [[msgspec.structs.replace(one, ranges=()) for one in side.line_attributions] for side in sides]
    cuts = sorted({cut for own in spans for span in own for cut in span[:2]})
    places = [0] * len(spans)
    for low, high in pairwise(cuts):
        here = []
        for side, own in enumerate(spans):
            while places[side] < len(own) and own[places[side]][1] <= low:
                places[side] += 1
            if places[side] < len(own) and own[places[side]][0] <= low:
                here.append(bare[side][own[places[side]][2]])
        if here and len({(lines.author, lines.session_id) for lines in here}) == 1:
            yield low, high - 1, min(here, key=dump)


def _is_sound(change: FileChange) -> bool:
    """Whether no line is named twice, and no more than were added."""
    spans = sorted((part.start, part.end) for lines in change.line_attributions for part in lines.ranges)
    whole = all(start <= end for start, end in spans) and all(one[1] < two[0] for one, two in pairwise(spans))
    return whole and sum(map(_length, change.line_attributions)) <= change.added


def _label(one: FileChange, other: FileChange, ai_lines: int) -> Any:
    """Whose work the file's change is; who removed its lines is known from the two labels only."""
    labels = {one.attribution, other.attribution}
    if not one.deleted and one.added:
        return "ai" if ai_lines == one.added else "mixed" if ai_lines else "human"
    if "ai" in labels and ai_lines == one.added:
        return "ai"
    return "mixed" if ai_lines or len(labels) > 1 else min(labels)


def _length(lines: LineAttribution) -> int:
    return sum(part.end - part.start + 1 for part in lines.ranges)


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
    gaps = tuple(change.path for change in changes if sum(map(_length, change.line_attributions)) < change.added)
    return msgspec.structs.replace(told[0], capture_gap_files=gaps, notes=tuple(notes)) if gaps or notes else None


def _both_links(one: SessionLink, other: SessionLink) -> SessionLink:
    one, other = sorted((one, other), key=dump)
    merged = _filled(one, other)
    lists = {}
    for name in ("files_touched", "peer_session_ids"):
        both = {*(getattr(one, name) or ()), *(getattr(other, name) or ())}
        lists[name] = tuple(sorted(both)) or None
    sure = "explicit" in (one.link_type, other.link_type)
    return msgspec.structs.replace(merged, **lists, link_type="explicit" if sure else merged.link_type)


def _both_timelines(one: Timeline, other: Timeline, anchor: Anchor) -> Timeline:
    one, other = sorted((one, other), key=dump)
    events = {dump(event): event for event in (*one.events, *other.events)}
    touched = anchor.file_interactions or ()
    return msgspec.structs.replace(
        one,
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
            one = _read(Subagent, data) if name.startswith("subagents/") else None
            if one is not None:
                known.setdefault(one.session_id, one)
    return {f"subagents/{n}/metadata.json": dump(known[key]) for n, key in enumerate(sorted(known), 1)}


def _union(one: tuple[R, ...] | None, other: tuple[R, ...] | None, key: tuple[str, ...]) -> tuple[R, ...] | None:
    """Records of both by what tells them apart; of two the smaller JSON."""
    found: dict[Any, R] = {}
    for record in sorted((*(one or ()), *(other or ())), key=dump):
        found.setdefault(tuple(getattr(record, name) for name in key), record)
    return tuple(found[place] for place in sorted(found)) or None


def _filled(one: R, other: R) -> R:
    """`one`, with what it does not know from `other`."""
    gaps: dict[str, Any] = {
        name: getattr(other, name)
        for name in one.__struct_fields__
        if name != "unknown" and getattr(one, name) in (None, "", (), False)
    }
    return msgspec.structs.replace(one, **gaps, unknown={**other.unknown, **one.unknown})


def _read(kind: type[R], data: bytes | None) -> R | None:
    try:
        return load(kind, data) if data is not None else None
    except NotReadable:
        return None
