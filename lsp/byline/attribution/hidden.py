"""A change that a commit elsewhere has too: a script may have had git bring it, and git leaves no word of that."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress

from byline.attribution.marks import Lines, Mark, Text, Version, exact_keys, telling
from byline.attribution.merge import three_way
from byline.attribution.renames import names_in
from byline.attribution.step import changed
from byline.attribution.world import World

_MOST = 20
"""Commits that are tried."""


def may_be_gits(
    world: World, path: str, head: str | None, before: Version, text: Text, seq: int, session_id: str | None
) -> bool:
    """Whether `text`, found at the event `seq`, is what git makes of `before` and a commit that HEAD lacks.

    `git merge --squash` and `git cherry-pick -n` do that; where they stop at a conflict, a script may settle it with
    lines of that commit. A session that does its own work again stays its writer.
    """
    beside = world.unmerged(head, path, seq)[:_MOST] if head is not None else []
    if head is None or not beside:
        return False
    lines = exact_keys(text.lines)
    new = _new(exact_keys(before.lines), lines)
    brought = telling(compress(lines, new))
    if not brought:
        return False
    for commit in beside:
        held = world.text(world.entry(commit, path) or "", path)
        if held is None or not brought.issubset(exact_keys(held.lines)):
            continue
        theirs = world.committed(commit, path) or Version.unknown(held)
        merged = _merged(world, path, (head, commit), before, theirs, text)
        marks = _picked(world, path, commit, theirs, brought) if merged is None else list(compress(merged, new))
        if marks is not None:
            return any(mark.owner.session_id != session_id for mark in marks)
    return False


def others_lines(
    world: World, path: str, head: str | None, lines: Iterable[bytes], begin: int, session_id: str | None
) -> set[bytes]:
    """Those of some lines, with a word in them, that commits which HEAD lacks have, from another session or nobody.

    A script that has git bring a text and then adds to it leaves no merge to compare with: only its lines.
    `begin`: the event at which it began; what it has committed itself is of these lines.
    """
    wanted, found = telling(lines), set[bytes]()
    for commit in world.unmerged(head, path, begin)[:_MOST] if head is not None and wanted else ():
        theirs = world.text(world.entry(commit, path) or "", path)
        keys = exact_keys(theirs.lines) if theirs is not None else []
        if wanted.isdisjoint(keys):
            continue
        version = world.committed(commit, path)
        found |= wanted.intersection(keys if version is None else _others(version, session_id))
    return found


def gone_lines_of_head(
    world: World, path: str, head: str | None, before: Version, session_id: str | None
) -> set[bytes]:
    """Lines with a word in them that HEAD has, from another session or nobody, and that `before` has not, or fewer.

    A script that has git restore a file and then changes it leaves no text to compare with.
    """
    held = world.entry(head, path)
    if held is None or held == before.text.id:
        return set()
    theirs = world.committed(head, path)
    if theirs is None:
        return set()
    gone = Counter(exact_keys(theirs.lines)) - Counter(exact_keys(before.lines))
    return telling(gone.keys() & set(_others(theirs, session_id)))


def _others(version: Version, session_id: str | None) -> Iterator[bytes]:
    """The lines of a version that are another session's or nobody's."""
    lines = exact_keys(version.lines)
    return compress(lines, (mark.owner.session_id != session_id for mark in version.marks))


def _new(old: Sequence[bytes], lines: Sequence[bytes]) -> list[bool]:
    """For each line whether it was put there, be it equal to one that stands elsewhere."""
    found = [False] * len(lines)
    for span in changed(old, lines):
        found[span.new_start : span.new_stop] = [True] * (span.new_stop - span.new_start)
    return found


def _merged(
    world: World, path: str, sides: tuple[str, str], before: Version, theirs: Version, text: Text
) -> list[Mark] | None:
    """The text as the merge of `before` with a commit, or with all of its branch; None if it is not."""
    for base in _bases(world, path, (world.merge_base(*sides), *world.parents(sides[1])[:1])):
        marks = three_way(base, before, theirs, text.lines)
        if marks is not None:
            return marks
    return None


def _picked(world: World, path: str, commit: str, theirs: Version, brought: set[bytes]) -> list[Mark] | None:
    """The marks of these lines, all of which a commit has; None if it wrote none of them itself."""
    keys = exact_keys(theirs.lines)
    for base in _bases(world, path, world.parents(commit)[:1]):
        if not brought.isdisjoint(compress(keys, _new(exact_keys(base), keys))):
            return [mark for mark, line in zip(theirs.marks, keys, strict=True) if line in brought]
    return None


def _bases(world: World, path: str, commits: Iterable[str | None]) -> Iterator[Lines]:
    """The lines of a file in each of these commits, under every name that it may have there."""
    for commit in commits:
        for named in names_in(world, commit, path):
            base = world.text(world.entry(commit, named) or "", path)
            if base is not None:
                yield base.lines
