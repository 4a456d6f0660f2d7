"""Lines of one writer as an anchor stores them, and how many there are. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from byline.model import Attribution
from byline.repo.anchors.format import FileChange, LineAttribution, LineRange, line_count
from byline.repo.run import path_bytes


class Counts(msgspec.Struct):
    """How many lines, of whom."""

    added: int = 0
    deleted: int = 0
    ai_added: int = 0
    ai_deleted: int = 0
    unknown_added: int = 0
    unknown_deleted: int = 0

    def add(self, other: "Counts") -> None:
        """Count the lines of another file too."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def stored_path(path: str) -> str:
    """A path as JSON can hold it: as it is, or quoted as git quotes it when it is not UTF-8 or looks quoted."""
    try:
        path.encode("utf-8")
        is_text = not path.startswith('"')
    except UnicodeEncodeError:
        is_text = False
    if is_text:
        return path
    escaped = "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}" for byte in path_bytes(path)
    )
    return f'"{escaped}"'


class Group(NamedTuple):
    """What lines of one `LineAttribution` have in common."""

    author: Literal["ai", "human"]
    agent: str | None
    session_id: str | None
    turn_id: str | None
    link_type: Literal["explicit"] | None
    carried: Literal[True] | None


def group_of(owner: Attribution, carried: Literal[True] | None) -> Group:
    """The group a line with this owner belongs to."""
    if owner.owner == "human":
        return Group("human", None, None, None, owner.link_type, None)
    return Group("ai", owner.agent, owner.session_id, owner.turn_id, owner.link_type, carried)


def attributions(groups: Mapping[Group, Sequence[int]]) -> tuple[LineAttribution, ...]:
    """Lines, 0-based and ascending, by what they have in common, as they are stored."""
    found = [LineAttribution(ranges=tuple(_ranges(lines)), **group._asdict()) for group, lines in groups.items()]
    return tuple(sorted(found, key=lambda one: one.ranges[0].start))


def _ranges(lines: Sequence[int]) -> list[LineRange]:
    """Lines, 0-based and ascending, as 1-based inclusive ranges."""
    spans: list[list[int]] = []
    for line in lines:
        if spans and spans[-1][1] == line:
            spans[-1][1] = line + 1
        else:
            spans.append([line + 1, line + 1])
    return [LineRange(start=start, end=end) for start, end in spans]


def named(change: FileChange, sessions: Iterable[str], agents: Mapping[str, str]) -> FileChange:
    """A file's change, with each session under the one agent that its link names; `sessions` have a step in it."""
    lines = tuple(
        msgspec.structs.replace(one, agent=agents.get(one.session_id or "", one.agent))
        for one in change.line_attributions
    )
    sizes: Counter[str | None] = Counter()
    for one in lines:
        if one.author == "ai":
            sizes[one.agent] += line_count(one.ranges)
    agent = most(sizes)
    if change.agent and not sizes:
        agent = next((agents[one] for one in sorted(sessions) if one in agents), None)
    return msgspec.structs.replace(change, line_attributions=lines, agent=agent)


def label(counts: Counts) -> Literal["ai", "human", "mixed"]:
    """Whose work a file's change is."""
    if not counts.ai_added + counts.ai_deleted:
        return "human"
    return "ai" if counts.ai_added + counts.ai_deleted == counts.added + counts.deleted else "mixed"


def most(agents: Counter[str | None]) -> str | None:
    """The agent of most lines; of equals the first by name."""
    named = [(-count, agent) for agent, count in agents.items() if agent]
    return min(named)[1] if named else None
