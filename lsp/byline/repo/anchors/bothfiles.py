"""What two descriptions of one commit say of one file, line by line. Pure.

A line is nobody's, one writer's, or contested, which it stays whoever comes later: a join that forgot of a conflict
would give the line to whichever side is met last. So all orders of joins come to the same lines.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from byline.repo.anchors.checks import is_ordered
from byline.repo.anchors.either import either
from byline.repo.anchors.format import FileChange, LineAttribution, LineRange, line_count, lines_by, writer_of
from byline.repo.anchors.record import dump

CONTESTED = b""
"""Stands where the JSON of a writer would."""

Part = tuple[int, int, LineAttribution | None]
"""First and last line, 1-based, and the writer, without ranges; None: they are contested."""


def both_changes(one: FileChange, other: FileChange) -> FileChange:
    """What two say of one file. Where they differ on how many lines it has, who says fewer is believed."""
    if (one.added, one.deleted) != (other.added, other.deleted):
        return min(one, other, key=lambda side: (side.added, side.deleted))
    sides = [side for side in (one, other) if _is_sound(side)]
    if not sides:
        return min(one, other, key=dump)
    groups: dict[bytes, LineAttribution] = {}
    ranges: dict[bytes, list[LineRange]] = {CONTESTED: []}
    for low, high, lines in _first(_joined(sides), one.added):
        key = CONTESTED if lines is None else dump(lines)
        if lines is not None:
            groups[key] = lines
        own = ranges.setdefault(key, [])
        if own and own[-1].end == low - 1:
            own[-1] = LineRange(start=own[-1].start, end=high)
        else:
            own.append(LineRange(start=low, end=high))
    found = sorted(
        (msgspec.structs.replace(lines, ranges=tuple(ranges[key])) for key, lines in groups.items()),
        key=lambda lines: lines.ranges[0].start,
    )
    agents = Counter({lines.agent: 0 for lines in found})
    for lines in found:
        agents[lines.agent] += line_count(lines.ranges) if lines.author == "ai" else 0
    most = min(((-count, agent) for agent, count in agents.items() if agent and count), default=None)
    both = either(one, other)
    return msgspec.structs.replace(
        both,
        attribution=_label(one, other, lines_by("ai", found)),
        agent=most[1] if most else None if one.added else both.agent,
        line_attributions=tuple(found),
        contested=tuple(ranges[CONTESTED]),
    )


def known(change: FileChange) -> int:
    """How many lines of a file have a writer."""
    return sum(line_count(lines.ranges) for lines in change.line_attributions)


def _joined(sides: Iterable[FileChange]) -> Iterable[Part]:
    """All lines that somebody names, ascending."""
    spans = [sorted(_spans(side), key=lambda span: span[:2]) for side in sides]
    cuts = sorted({cut for own in spans for span in own for cut in span[:2]})
    places = [0] * len(spans)
    for low, high in pairwise(cuts):
        here: list[LineAttribution | None] = []
        for side, own in enumerate(spans):
            while places[side] < len(own) and own[places[side]][1] <= low:
                places[side] += 1
            if places[side] < len(own) and own[places[side]][0] <= low:
                here.append(own[places[side]][2])
        told = [lines for lines in here if lines is not None]
        if here:
            agree = len(told) == len(here) and len(set(map(_writer, told))) == 1
            yield low, high - 1, min(told, key=dump) if agree else None


def _spans(side: FileChange) -> Iterable[Part]:
    """What one side names, by its first line and the one after its last."""
    for lines in side.line_attributions:
        bare = msgspec.structs.replace(lines, ranges=())
        yield from ((part.start, part.end + 1, bare) for part in lines.ranges)
    yield from ((part.start, part.end + 1, None) for part in side.contested)


def _writer(lines: LineAttribution) -> tuple[str | None, ...]:
    return writer_of(lines.author, lines.session_id, lines.agent)


def _first(parts: Iterable[Part], most: int) -> Iterable[Part]:
    """As many lines as the commit has added. Two can place one insertion differently, and then name more; which are
    kept must not depend on who met whom first.
    """
    for low, high, lines in parts:
        if most <= 0:
            return
        yield low, min(high, low + most - 1), lines
        most -= high - low + 1


def _is_sound(change: FileChange) -> bool:
    """Whether no line is named twice, and no more than were added."""
    parts: Sequence[LineRange] = [part for lines in change.line_attributions for part in lines.ranges]
    spans = sorted((part.start, part.end) for part in (*parts, *change.contested))
    return is_ordered(spans) and line_count(parts) + line_count(change.contested) <= change.added


def _label(one: FileChange, other: FileChange, ai_lines: int) -> Any:
    """Whose work the file's change is; who removed its lines is known from the two labels only."""
    labels = {one.attribution, other.attribution}
    if not one.deleted and one.added:
        return "ai" if ai_lines == one.added else "mixed" if ai_lines else "human"
    if "ai" in labels and ai_lines == one.added:
        return "ai"
    return "human" if labels == {"human"} and not ai_lines else "mixed"
