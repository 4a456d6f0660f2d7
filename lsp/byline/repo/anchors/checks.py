"""What must hold of an anchor before it is written. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from byline.repo.anchors.format import (
    LONGEST_NAME,
    Anchor,
    FileChange,
    SessionLink,
    agents_alone,
    ai_percentage,
    lines_by,
)


def problems(anchor: Anchor, links: tuple[SessionLink, ...], lengths: Mapping[str, int] | None) -> list[str]:
    """What is wrong with an anchor, in words; nothing when it may be written.

    `lengths` has the number of lines of each changed file as the commit has it; None where it cannot be asked.
    """
    found = _sums(anchor)
    if [change.path for change in anchor.file_changes] != list(anchor.files_changed):
        found.append("file_changes and files_changed name different files")
    if len(set(anchor.files_changed)) != len(anchor.files_changed):
        found.append("a file is named twice")
    for change in anchor.file_changes:
        length = None if lengths is None else lengths.get(change.path, 0)
        found += [f"{change.path}: {problem}" for problem in _lines(change, length)]
    if any(len(name) > LONGEST_NAME for name in _names(anchor, links)):
        found.append("the name of a session, an agent, a model or a turn is over 512 characters")
    found += _sessions(anchor, links)
    return found + _agents(anchor, links, is_joined=lengths is None) + _turns(anchor)


def disordered(anchor: Anchor) -> int:
    """Of how many files ranges overlap, or end before they start: nobody owns their lines."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for change in anchor.file_changes:
        own = spans.setdefault(change.path, [])
        own += ((part.start, part.end) for lines in change.line_attributions for part in lines.ranges)
        own += ((part.start, part.end) for part in change.contested)
    return sum(not is_ordered(sorted(own)) for own in spans.values())


def is_ordered(spans: Sequence[tuple[int, int]]) -> bool:
    """Whether ascending lines, both inclusive, share none and end after they start."""
    return all(start <= end for start, end in spans) and all(one[1] < two[0] for one, two in pairwise(spans))


def _names(anchor: Anchor, links: tuple[SessionLink, ...]) -> Iterator[str]:
    yield from anchor.session_ids
    for link in links:
        yield from (link.session_id, link.agent, link.model or "", link.parent_session_id or "")
        yield link.subagent_type or ""
    for turn in anchor.turns or ():
        yield from (turn.id, turn.session_id)
    for change in anchor.file_changes:
        for lines in change.line_attributions:
            yield from (lines.session_id or "", lines.agent or "", lines.turn_id or "")


def _sessions(anchor: Anchor, links: tuple[SessionLink, ...]) -> list[str]:
    """Explicit links stand first, in the order of `session_ids`; an inferred one owns nothing."""
    found = []
    if len({link.session_id for link in links}) != len(links):
        found.append("a session is linked twice")
    sure = tuple(link.session_id for link in links[: len(anchor.session_ids)] if link.link_type != "inferred")
    guessed = {link.session_id for link in links[len(anchor.session_ids) :] if link.link_type == "inferred"}
    if sure != anchor.session_ids or len(sure) + len(guessed) != len(links):
        found.append("session_ids and session links differ")
    lines = [lines for change in anchor.file_changes for lines in change.line_attributions if lines.author == "ai"]
    if any(one.session_id in guessed or one.link_type == "inferred" for one in lines):
        found.append("lines are given to a session that was only guessed")
    if any(one.session_id not in anchor.session_ids for one in lines if one.session_id and not one.carried):
        found.append("lines are given to a session that is not named")
    has_ai = bool(sure) or bool(agents_alone(anchor.file_changes))
    if (anchor.author_type == "assisted" and not has_ai) or (anchor.author_type == "human" and has_ai):
        found.append("author_type does not follow from the sessions")
    return found


def _agents(anchor: Anchor, links: tuple[SessionLink, ...], *, is_joined: bool) -> list[str]:
    """Who is named: by links, contributors, files and lines the same.

    Joined from two that know one session by different agents, an anchor has both among its contributors.
    """
    found = []
    agents = {link.agent for link in links if link.link_type != "inferred"}
    agents |= agents_alone(anchor.file_changes) - {""}
    named = {one.name for one in anchor.contributors if one.role == "agent"}
    if not (agents <= named if is_joined else agents == named):
        found.append("contributors and session links differ")
    by_id = {link.session_id: link.agent for link in links}
    for change in anchor.file_changes:
        lines = [one for one in change.line_attributions if one.author == "ai"]
        for one in lines:
            others = {by_id.get(one.session_id or ""), None, *(named if is_joined else ())}
            if one.session_id in by_id and one.agent not in others:
                found.append(f"{change.path}: lines of one agent are given to a session of another")
        writers = {one.agent or change.agent for one in lines} if lines else named
        if change.agent and change.agent not in writers:
            found.append(f"{change.path}: its agent wrote none of it")
    return found


def _turns(anchor: Anchor) -> list[str]:
    """Turns of lines that were not carried are among the turns. Other tools tell of lines only."""
    known = {(turn.session_id, turn.id) for turn in anchor.turns or ()}
    told = {
        (lines.session_id, lines.turn_id)
        for change in anchor.file_changes
        for lines in change.line_attributions
        if lines.author == "ai" and lines.turn_id and not lines.carried
    }
    return ["lines are of a turn that is not named"] if anchor.imported_from is None and told - known else []


def _sums(anchor: Anchor) -> list[str]:
    found = []
    if anchor.ai_added + anchor.human_added != anchor.added:
        found.append("added is not the sum of its parts")
    if anchor.ai_deleted + anchor.human_deleted != anchor.deleted:
        found.append("deleted is not the sum of its parts")
    if (anchor.unknown_added or 0) > anchor.human_added or (anchor.unknown_deleted or 0) > anchor.human_deleted:
        found.append("unknown lines are not part of the human ones")
    if sum(change.added for change in anchor.file_changes) != anchor.added:
        found.append("added is not the sum of the files")
    if sum(change.deleted for change in anchor.file_changes) != anchor.deleted:
        found.append("deleted is not the sum of the files")
    if anchor.ai_percentage != ai_percentage(anchor.ai_added + anchor.ai_deleted, anchor.added + anchor.deleted):
        found.append("ai_percentage does not follow from the counts")
    named = sum(lines_by("ai", change.line_attributions) for change in anchor.file_changes)
    if named != anchor.ai_added:
        found.append("ai_added is not the number of lines in ranges")
    return found


def _lines(change: FileChange, length: int | None) -> list[str]:
    found = []
    spans: list[tuple[int, int]] = []
    for lines in change.line_attributions:
        own = [(line_range.start, line_range.end) for line_range in lines.ranges]
        if not own or own != sorted(own):
            found.append("ranges are missing or not in order")
        spans += own
    spans += [(part.start, part.end) for part in change.contested]
    spans.sort()
    if any(start > end for start, end in spans):
        found.append("a range ends before it starts")
    if any(later[0] <= earlier[1] for earlier, later in pairwise(spans)):
        found.append("ranges overlap")
    if spans and length is not None and spans[-1][1] > length:
        found.append("a range leaves the file")
    if sum(end - start + 1 for start, end in spans) > change.added:
        found.append("ranges hold more lines than were added")
    return found
