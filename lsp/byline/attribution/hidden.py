"""A change that a commit elsewhere has too: a script may have had git bring it, and git leaves no word of that."""

from byline.attribution.marks import Text, Version, exact_keys, telling
from byline.attribution.merge import three_way
from byline.attribution.renames import names_in
from byline.attribution.world import World

_MOST = 20
"""Commits that are tried."""


def may_be_gits(
    world: World, path: str, head: str | None, before: Version, text: Text, seq: int, session_id: str | None
) -> bool:
    """Whether `text`, found at the event `seq`, is just what git makes of `before` and a commit that HEAD lacks.

    `git merge --squash` and `git cherry-pick -n` do that. A session that does its own work again stays its writer.
    """
    there, lines = set(exact_keys(before.lines)), exact_keys(text.lines)
    new = [line not in there for line in lines]
    brought = telling(line for line, is_new in zip(lines, new, strict=True) if is_new)
    if head is None or not brought:
        return False
    for commit in world.unmerged(head, path, seq)[:_MOST]:
        held = world.text(world.entry(commit, path) or "", path)
        if held is None or not brought.issubset(exact_keys(held.lines)):
            continue
        theirs = world.committed(commit, path) or Version.unknown(held)
        for below in (world.merge_base(head, commit), *world.parents(commit)[:1]):
            for named in names_in(world, below, path):
                base = world.text(world.entry(below, named) or "", path)
                marks = three_way(base.lines, before, theirs, text.lines) if base is not None else None
                if marks is not None:
                    return any(
                        is_new and mark.owner.session_id != session_id
                        for mark, is_new in zip(marks, new, strict=True)
                    )
    return False
