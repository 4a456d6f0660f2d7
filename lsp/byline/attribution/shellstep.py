"""Shell calls in which git moved: git's doing makes nobody a writer."""

from collections.abc import Collection, Sequence

from byline.attribution.again import again
from byline.attribution.bringing import moves_texts
from byline.attribution.call import Call
from byline.attribution.commands import uses_git
from byline.attribution.gitwords import runs_unknown
from byline.attribution.marks import Mark, Text, Version, exact_keys, telling
from byline.attribution.merge import carry, three_way
from byline.attribution.node import newest
from byline.attribution.renames import name_in
from byline.attribution.typed import types, types_into
from byline.attribution.unseen import lines_in, merging_sources, put_back
from byline.attribution.world import World
from byline.model import Owner


def gits_doing(call: Call) -> Version | None:
    """The owners of the text if git brought it or put it together; None if it is a plain change.

    Lines that are on no side of a merge are the caller's own; a commit that the call itself made with the changed
    content explains nothing, the content was there before it.
    """
    world, path, text, before, after = call.world, call.path, call.text, call.before, call.after
    runs_git = before.command is None or uses_git(before.command)
    is_new = after.head is not None and after.head != before.head
    own_commit = is_new and runs_git and world.made_by_commit(after.head or "", call.begin)
    there = name_in(world, before.stash, path)
    stashed = before.stash if there else None
    # Without a sign of git a known text may as well have been typed again.
    stays = own_commit or before.head == after.head
    is_typed = stays and types_into(call.command, path) and not after.merging and before.stash == after.stash
    if there and world.entry(stashed, there) == text.id and not is_typed:
        found = world.committed(stashed, there) or _brought(call)
        return found if _shows_git(call, own_commit=own_commit) else again(call, found)
    if world.entry(before.head, path) == text.id:
        return world.committed(before.head, path) or _brought(call)
    if not own_commit and after.head is not None and world.entry(after.head, path) == text.id:
        found = world.committed(after.head, path) or _brought(call)
        settled = after.head != before.head and world.ended_conflict(after.head, call.begin)
        return _own_rest(call, found) if settled else found
    if is_typed:
        return None
    version = newest(call.nodes, text.id, after.worktree) if call.may_merge else None
    if version is None:
        version = world.held(path, text.id, call.begin)
    if version is not None:
        return version if _shows_git(call, own_commit=own_commit) else again(call, version)
    return _put_together(call, there, own_commit=own_commit) if call.may_merge else None


def _moves(call: Call, *, own_commit: bool) -> bool:
    """Whether git brought texts. What a script runs cannot be read from its name, but its commit may say so."""
    if moves_texts(call.command) or call.world.moved(call.after.worktree, call.begin, call.end):
        return True
    return own_commit and call.world.repeats(call.after.head or "")


def _shows_git(call: Call, *, own_commit: bool) -> bool:
    """Whether anything shows that git may have brought the text, from wherever it has it.

    Who only has git go somewhere, and types, has no text but those of the commits where HEAD was then.
    """
    world, before, after = call.world, call.before, call.after
    if types(call.command, goes=True) and not after.merging:
        went = world.movements(after.worktree, call.begin, call.end)
        heads = [movement.new for movement in went if not movement.action.startswith("commit")]
        return any(world.entry(head, call.path) == call.text.id for head in heads)
    is_seen = bool(after.merging) or before.stash != after.stash or runs_unknown(call.command)
    return is_seen or _moves(call, own_commit=own_commit)


def _put_together(call: Call, there: str | None, *, own_commit: bool) -> Version | None:
    """The owners of a text that nothing else has. `there`: the path in the stash, if it is in that."""
    world, path, text, before, after = call.world, call.path, call.text, call.before, call.after
    stashed = before.stash if there else None
    if own_commit and len(sides := world.parents(after.head or "")) > 1:
        return _settled(call, sides)
    moves = stashed is not None or _moves(call, own_commit=own_commit)
    if own_commit and moves:
        if world.entry(after.head, path) == text.id:
            found = world.committed(after.head, path) or _brought(call)
            taken = telling(lines_in(world, stashed, there)) if there else ()
            return _own_rest(call, found, taken)
        return _merged(call, stashed, own_commit=True)
    if own_commit or (before.head == after.head and not after.merging and not moves):
        return None
    return _merged(call, stashed, own_commit=False)


def _brought(call: Call) -> Version:
    return Version.unknown(call.text, Owner("unknown", "no evidence: git brought it", seq=call.end))


def _own_rest(call: Call, version: Version, taken: Collection[bytes] = ()) -> Version:
    """What the call's own commit has from nowhere, and the disk did not have before the call, is the caller's.

    `taken`: lines that the call may have from elsewhere.
    """
    current, commit = call.current, call.after.head or ""
    if current.version is None:
        return version
    before = carry(version.lines, [current.version])
    rest = [
        old is None and mark.owner.kind == "unknown" and commit[:7] in mark.owner.reason
        for mark, old in zip(version.marks, before, strict=True)
    ]
    if not any(rest):
        return version
    other = telling(call.world.elsewhere(commit, call.path, call.end)).union(taken)
    own = Mark(call.owner)
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


def _settled(call: Call, sides: Sequence[str]) -> Version:
    """A merge that the call finished: what is on no side, be it under the name from before, is the caller's own."""
    world, current = call.world, call.current
    names = [call.path, *world.renamed_from(call.path)]
    found = [side for parent in sides for name in names if (side := world.committed(parent, name)) is not None]
    if current.version is not None:
        found.append(current.version)
    return _rest(call.text, carry(call.text.lines, found), found, call.owner)


def _merged(call: Call, stashed: str | None, *, own_commit: bool) -> Version | None:
    """A text that git put together, perhaps with lines of the caller's own."""
    world, path, text, after, current = call.world, call.path, call.text, call.after, call.current
    if current.version is None:
        return None
    committed = world.committed(after.head, name_in(world, after.head, path) or path)
    if own_commit and committed is not None:
        committed = _own_rest(call, committed)
    replayed = put_back(world, path, text, after.head, committed, call.nodes)
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
    # What the call itself committed, and took back, is none of that.
    beside = (after.head, path, call.end) if own_commit else (None, path, call.begin)
    other = world.elsewhere(*beside) if None in found else set()
    return _rest(text, found, sources, call.owner, other)


def _popped(world: World, path: str, stashed: str, onto: Version, stash: Version, text: Text) -> list[Mark] | None:
    """The text as the stash merged into what was there."""
    parents = world.parents(stashed)
    base_id = world.entry(parents[0], path) if parents else None
    base = world.text(base_id, path) if base_id else None
    return three_way(base.lines, onto, stash, text.lines) if base is not None else None
