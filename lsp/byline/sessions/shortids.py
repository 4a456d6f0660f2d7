"""Sessions' ids as people see them: as much of each as tells it from the others of its repository."""

from bisect import bisect_left
from collections.abc import Iterable

HEAD, CHILD = 8, 6
"""Characters that are shown at least, of an id and of a subagent's own part of it."""


class ShortIds:
    """Shortens ids among all that are known; what it gives is accepted wherever an id is asked for."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        heads: set[str] = set()
        children: dict[str, set[str]] = {}
        for one in known:
            head, _, child = one.partition("/")
            heads.add(head)
            if child:
                children.setdefault(head, set()).add(child)
        self._heads = sorted(heads)
        self._children = {head: sorted(found) for head, found in children.items()}

    def __call__(self, session_id: str) -> str:
        """The beginning of an id; of a subagent's the beginning of both parts."""
        head, slash, child = session_id.partition("/")
        first, second = self.sizes(session_id)
        return head[:first] + (slash + child[:second] if slash else "")

    def sizes(self, session_id: str, head_least: int = HEAD, child_least: int = CHILD) -> tuple[int, int]:
        """How many characters of both parts are needed."""
        head, _, child = session_id.partition("/")
        return _needed(head, self._heads, head_least), _needed(child, self._children.get(head, []), child_least)


def _needed(text: str, known: list[str], least: int) -> int:
    """How many of its first characters no other of the sorted texts begins with; all where another does with all."""
    place = bisect_left(known, text)
    is_there = place < len(known) and known[place] == text
    beside = [*known[max(place - 1, 0) : place], *known[place + is_there : place + is_there + 1]]
    return max([least, *(_common(text, other) + 1 for other in beside)])


def _common(one: str, other: str) -> int:
    """With how many equal characters both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (mine, theirs) in pairs if mine != theirs), min(len(one), len(other)))
