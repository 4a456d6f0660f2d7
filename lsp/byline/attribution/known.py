"""A commit whose text is a recorded state: what else has a say in who wrote its lines."""

from collections import Counter

from byline.attribution.described import rather
from byline.attribution.marks import DISPUTED, Mark, Version, exact_keys, same_writer, telling, undisputed
from byline.attribution.sources import Change, Sources
from byline.attribution.world import History


def known(change: Change, recorded: Version, history: History, sources: Sources, *, stood: bool) -> Version:
    """The owners of a change whose text is `recorded`, of which several states may disagree.

    What git put together has from its parent what the parent had: a session that had the very same text on another
    branch wrote it there. `stood`: the worktree held the text when the commit was made. Of a commit that was made
    elsewhere its anchor may tell of another who wrote the same.
    """
    birth = history.birth(change.commit)
    if birth is None or not birth.made_here:
        told = rather(recorded.marks, history.anchored(change.commit, change.path))
        recorded = Version(recorded.text, undisputed([recorded.marks, told]))
    if any(mark is DISPUTED for mark in recorded.marks):
        recorded = sources.replayed(change) or recorded
    if stood and (birth is None or birth.action.startswith("commit")):
        return recorded
    # A revert puts back what its parent had not: an equal line there was what it takes out.
    undone = sources.replayed(change) if birth is not None and birth.action.startswith("revert") else None
    return _with_parents(undone or change.before, recorded)


def _with_parents(before: Version, version: Version) -> Version:
    """The same version, in which lines that stand once in both texts are whose they were in the one before."""
    old, new = exact_keys(before.lines), exact_keys(version.lines)
    counts = Counter(old)
    there: dict[bytes, Mark] = {line: mark for line, mark in zip(old, before.marks, strict=True) if counts[line] == 1}
    mine = Counter(new)
    worded = telling(line for line in there if mine[line] == 1)

    def whose(line: bytes, mark: Mark) -> Mark:
        other = there[line] if line in worded else mark
        return mark if same_writer(mark, other) else other

    return Version(version.text, list(map(whose, new, version.marks)))
