"""Lines as other tools claim them, in the order they said so: the last word on a line counts. Pure."""

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from byline.repo.anchors.format import Anchor, FileChange, ImportedFrom, LineAttribution, LineRange
from byline.repo.anchors.paths import is_file

MOST_RANGES = 200_000
"""Of one file; a tool that names more is not believed any of them."""


class Claim(NamedTuple):
    """Lines of one file that somebody says are somebody's."""

    lines: LineAttribution
    """The writer; its ranges are those below."""
    ranges: Sequence[LineRange]


def only_session(agent: str | None, agents: Mapping[str, str | None], guessed: Collection[str]) -> str | None:
    """The session of lines that name none, where it can be no other: the only one of their agent, and no guess.

    agents: of each session of the commit, None where nobody says. A line of one agent is never another agent's.
    """
    possible = [one for one, its in agents.items() if None in (agent, its) or agent == its]
    if len(possible) != 1 or possible[0] in guessed:
        return None
    is_told = agent is None or agents[possible[0]] is not None or len(agents) == 1
    return possible[0] if is_told else None


def settled(claims: Sequence[Claim]) -> tuple[LineAttribution, ...]:
    """One attribution a writer, ranges ascending and disjoint: where claims overlap, the later one counts."""
    if sum(len(claim.ranges) for claim in claims) > MOST_RANGES:
        return ()
    starts = sorted((part.start, part.end, number) for number, claim in enumerate(claims) for part in claim.ranges)
    cuts = sorted({cut for start, end, _ in starts for cut in (start, end + 1)})
    found: dict[int, list[LineRange]] = {}
    open_claims: list[tuple[int, int]] = []
    position = 0
    for low, high in pairwise(cuts):
        while position < len(starts) and starts[position][0] <= low:
            heapq.heappush(open_claims, (-starts[position][2], starts[position][1]))
            position += 1
        while open_claims and open_claims[0][1] < low:
            heapq.heappop(open_claims)
        if open_claims:
            own = found.setdefault(-open_claims[0][0], [])
            if own and own[-1].end == low - 1:
                own[-1] = LineRange(start=own[-1].start, end=high - 1)
            else:
                own.append(LineRange(start=low, end=high - 1))
    return tuple(_with(claims[number].lines, own) for number, own in sorted(found.items()))


def _with(lines: LineAttribution, ranges: Sequence[LineRange]) -> LineAttribution:
    return msgspec.structs.replace(lines, ranges=tuple(ranges))


def anchor_of(
    commit: str, tool: ImportedFrom, claims: Mapping[str, Sequence[Claim]], sessions: Iterable[str]
) -> Anchor:
    """An anchor without counts that says what a tool said."""
    changes = tuple(
        FileChange(path=path, added=0, deleted=0, attribution="mixed", line_attributions=settled(own))
        for path, own in sorted(claims.items())
        if is_file(path)
    )
    return Anchor(
        commit_hash=commit,
        branch="",
        author="",
        author_type="assisted",
        committed_at=0,
        message="",
        files_changed=tuple(change.path for change in changes),
        added=0,
        deleted=0,
        file_changes=changes,
        ai_added=0,
        ai_deleted=0,
        human_added=0,
        human_deleted=0,
        session_ids=tuple(sorted(set(sessions))),
        transparency_mode="off",
        imported_from=tool,
    )
