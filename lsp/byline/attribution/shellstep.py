"""Shell calls in which git moved: git's doing makes nobody a writer."""

from collections.abc import Collection, Sequence

from byline.attribution.commands import moves_texts, types, uses_git
from byline.attribution.marks import Mark, Text, Version, exact_keys
from byline.attribution.merge import carry, telling, three_way
from byline.attribution.node import Node, newest
from byline.attribution.renames import name_in
from byline.attribution.unseen import lines_in, merging_sources, put_back
from byline.attribution.windows import Numbered
from byline.attribution.world import World
from byline.model import Event, Owner


def gits_doing(
    world: World,
    path: str,
    window: tuple[Numbered, Numbered],
    current: Node,
    text: Text,
    owner: Owner,
    nodes: Sequence[Node],
    merges: bool,
) -> Version | None:
    """The owners of `text` if git brought it or put it together; None if it is a plain change.

    Lines that are on no side of a merge are the caller's own; a commit that the call itself made with the changed
    content explains nothing, the content was there before it.
    """
    pre, post = window
    before, after = pre[1], post[1]
    runs_git = before.command is None or uses_git(before.command)
    is_new = after.head is not None and after.head != before.head
    own_commit = is_new and runs_git and world.made_by_commit(after.head or "", pre[0])
    brought = Version.unknown(text, Owner("unknown", "no evidence: git brought it", seq=post[0]))
    there = name_in(world, before.stash, path)
    stashed = before.stash if there else None
    if there and world.entry(stashed, there) == text.id:
        return world.committed(stashed, there) or brought
    if world.entry(before.head, path) == text.id:
        return world.committed(before.head, path) or brought
    if not own_commit and after.head is not None and world.entry(after.head, path) == text.id:
        found = world.committed(after.head, path) or brought
        settled = after.head != before.head and world.ended_conflict(after.head, pre[0])
        return _own_rest(world, path, found, after.head, current, owner) if settled else found
    # Without a sign of git a known text may as well have been typed again.
    stays = own_commit or before.head == after.head
    if stays and types(before.command) and not after.merging and before.stash == after.stash:
        return None
    version = newest(nodes, text.id, after.worktree) if merges else None
    if version is None:
        commit = world.commit_holding(path, text.id, pre[0])
        version = world.committed(commit, path) if commit else None
    if version is not None or not merges:
        return version
    if own_commit and len(sides := world.parents(after.head or "")) > 1:
        return _settled(world, path, sides, current, text, owner)
    # What a script runs cannot be read from its name, but a revert or a cherry-pick says so in its commit.
    moves = moves_texts(before.command) or (own_commit and world.repeats(after.head or "")) or stashed is not None
    if own_commit and moves:
        if world.entry(after.head, path) == text.id:
            found = world.committed(after.head, path) or brought
            taken = telling(lines_in(world, stashed, there)) if there else ()
            return _own_rest(world, path, found, after.head or "", current, owner, taken)
        return _merged(world, path, stashed, after, current, text, owner, nodes, own_commit)
    if own_commit or (before.head == after.head and not after.merging and not moves):
        return None
    return _merged(world, path, stashed, after, current, text, owner, nodes, own_commit)


def _own_rest(
    world: World,
    path: str,
    version: Version,
    commit: str,
    current: Node,
    owner: Owner,
    taken: Collection[bytes] = (),
) -> Version:
    """What the call's own commit has from nowhere, and the disk did not have before the call, is the caller's.

    `taken`: lines that the call may have from elsewhere.
    """
    if current.version is None:
        return version
    before = carry(version.lines, [current.version])
    rest = [
        old is None and mark.owner.kind == "unknown" and commit[:7] in mark.owner.reason
        for mark, old in zip(version.marks, before, strict=True)
    ]
    if not any(rest):
        return version
    other = telling(world.elsewhere(commit, path, owner.seq)).union(taken)
    own = Mark(owner)
    return Version(
        version.text,
        [
            own if is_rest and line not in other else mark
            for mark, is_rest, line in zip(version.marks, rest, exact_keys(version.lines), strict=True)
        ],
    )


def _rest(
    text: Text,
    marks: Sequence[Mark | None],
    sources: Sequence[Version],
    owner: Owner,
    other: Collection[bytes] = (),
) -> Version:
    """Open lines as the caller's own, but for those that stand in a source, or are `other` lines that git has.

    Who takes both sides of a conflict has some twice.
    """
    there = telling({line for source in sources for line in exact_keys(source.lines)}.union(other))
    own, nobody = (
        Mark(owner),
        Mark(Owner("unknown", "no evidence: it stands in a source of the merge", seq=owner.seq)),
    )
    return Version(
        text,
        [
            mark or (nobody if line in there else own)
            for mark, line in zip(marks, exact_keys(text.lines), strict=True)
        ],
    )


def _settled(world: World, path: str, sides: Sequence[str], current: Node, text: Text, owner: Owner) -> Version:
    """A merge that the call finished: what is on no side, be it under the name from before, is the caller's own."""
    names = [name for name in (path, world.renamed_from(path)) if name is not None]
    found = [side for parent in sides for name in names if (side := world.committed(parent, name)) is not None]
    if current.version is not None:
        found.append(current.version)
    return _rest(text, carry(text.lines, found), found, owner)


def _merged(
    world: World,
    path: str,
    stashed: str | None,
    after: Event,
    current: Node,
    text: Text,
    owner: Owner,
    nodes: Sequence[Node],
    own_commit: bool,
) -> Version | None:
    """A text that git put together, perhaps with lines of the caller's own."""
    if current.version is None:
        return None
    committed = world.committed(after.head, name_in(world, after.head, path) or path)
    if own_commit and committed is not None:
        committed = _own_rest(world, path, committed, after.head or "", current, owner)
    replayed = put_back(world, path, text, after.head, committed, nodes)
    if replayed is not None:
        return replayed
    sources = [side for side in (committed, current.version) if side is not None]
    there = name_in(world, stashed, path) or path
    stash = world.committed(stashed, there)
    if stash is not None:
        marks = _popped(world, there, stashed or "", current.version, stash, text)
        if marks is not None:
            return Version(text, marks)
        sources.append(stash)
    sources += merging_sources(world, path, after)
    found = carry(text.lines, sources)
    # A squash or a cherry-pick without a commit leaves no word of what it took its lines from.
    other = world.elsewhere(after.head or "", path, owner.seq) if None in found else set()
    return _rest(text, found, sources, owner, other)


def _popped(world: World, path: str, stashed: str, onto: Version, stash: Version, text: Text) -> list[Mark] | None:
    """The text as the stash merged into what was there."""
    parents = world.parents(stashed)
    base_id = world.entry(parents[0], path) if parents else None
    base = world.text(base_id, path) if base_id else None
    return three_way(base.lines, onto, stash, text.lines) if base is not None else None
