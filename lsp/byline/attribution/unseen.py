"""A state that no event explains: what can still be said of its lines.

Either the content is known already (an undo, a checkout, a stash coming back) and its owners come back with it; or
git put it together from texts that are known, and it is taken apart again; or somebody changed it unseen, and the
changed lines are nobody's.
"""

from collections.abc import Sequence
from typing import Protocol

from byline.attribution.conflicts import brought as brought_in
from byline.attribution.diff import blocks, hunks
from byline.attribution.fate import Fate, fate, fate_of, survives, whole_runs
from byline.attribution.marks import (
    EMPTY,
    Lines,
    Mark,
    Text,
    Version,
    exact_keys,
    same_writer,
    telling,
    together,
    undisputed,
)
from byline.attribution.merge import carry, kept, three_way
from byline.attribution.node import Node, recent, restored
from byline.attribution.step import Rule, step
from byline.attribution.world import World
from byline.model import NONE_ID, Event, Owner

UNSEEN = "no evidence"
"""How the reasons of lines begin that nobody was seen making."""

_REPLAYED = 8
"""How many earlier states are tried as what a stash or a rebase brought back onto another base."""


def unseen(
    world: World, path: str, text: Text, seq: int, event: Event, current: Node | None, nodes: Sequence[Node]
) -> Version:
    """The owners of `text`, which is on disk at `event` though `current` was the last state anyone told of."""
    owner = Owner("unknown", _reason(current), seq=seq)
    back = _back(world, path, text, seq, event, current, nodes)
    if back is not None:
        return back
    committed = world.committed(event.head, path)
    if current is not None and committed is None and world.deleted_since(event.head, path, current.seq):
        current = None
    if current is None or current.version is None or current.id == NONE_ID:
        return _first_seen(world, path, text, event, committed, owner, current)
    replayed = put_back(world, path, text, event.head, committed, nodes)
    if replayed is not None:
        return replayed
    if sides := _stopped(world, path, text, seq, event, nodes):
        there = [side for side in (committed, current.version) if side is not None]
        return fill(text, carry(text.lines, [*there, *sides]), owner)
    became = became_of(world, path, current, seq)
    if became is Fate.GONE:
        return _put_together(world, path, text, event, None, committed, owner)
    if event.head == current.head and not event.merging:
        version = _edited(world, text, current.version, committed, owner)
    else:
        version = _put_together(world, path, text, event, current, committed, owner)
    sure = [committed] if committed is not None else []
    if became is Fate.STAYS or survives(current.version, text.lines, sure):
        return version
    return _doubted(version, sure, owner)


def _stopped(world: World, path: str, text: Text, seq: int, event: Event, nodes: Sequence[Node]) -> list[Version]:
    """States and commits with all that a conflict was to bring, where git leaves no other word of what it took.

    That is so of a stash, a squash, and a pick or a revert without a commit.
    """
    wanted = brought_in(exact_keys(text.lines)) if not event.merging else set()
    if not wanted:
        return []
    found = [node.version for node in recent(nodes, _REPLAYED)]
    beside = world.unmerged(event.head, path, seq)[:_REPLAYED] if event.head is not None else []
    found += [world.committed(commit, path) for commit in beside]
    there = set(exact_keys(text.lines))
    lines = [(side, telling(exact_keys(side.lines))) for side in found if side is not None]
    return [side for side, words in lines if wanted <= words <= there]  # one that has more is not what git took


def became_of(world: World, path: str, node: Node, end: int) -> Fate:
    """What became of a state until the event at a position."""
    movements = world.movements(node.worktree, node.last, end)
    return fate_of(node, fate(node.id, movements, lambda commit: world.entry(commit, path)))


def _doubted(version: Version, sure: Sequence[Version], owner: Owner) -> Version:
    """Without the lines that may not come from what was there before: a reset may have taken it away."""
    marks = [mark if mark.owner is not owner else None for mark in version.marks]
    return fill(version.text, whole_runs(carry(version.lines, sure), marks), owner)


def brought(world: World, path: str, there: Node, head: str | None) -> Version | None:
    """What HEAD has, where it is the very content that was there already, from a commit older than that state.

    Who wrote the same on one branch wrote nothing on another, and who put back what HEAD has has changed nothing.
    None where HEAD is at no such commit.
    """
    if head is None or world.entry(head, path) != there.id:
        return None
    if not world.was_there(head, path, there.begin, there.seen_at if there.seen_at != head else None):
        return None
    found, version = world.committed(head, path), there.version
    if found is None or version is None or len(found.marks) != len(version.marks):
        return None
    if there.seen_at == head:
        if there.corrected:
            return None  # a person's word is about HEAD's lines, too
        # What is told of a transcript may be told after its commit.
        named = zip(found.marks, version.marks, strict=True)
        found = Version(found.text, [own if mark.owner.kind == "unknown" else mark for mark, own in named])
    return None if all(map(same_writer, found.marks, version.marks)) else found


def _back(
    world: World, path: str, text: Text, seq: int, event: Event, current: Node | None, nodes: Sequence[Node]
) -> Version | None:
    """The owners of a content that is known: from a state of this path, from HEAD, from another commit."""
    if current is not None and current.id == NONE_ID and world.entry(event.head, path) != text.id:
        return None
    if event.head and (current is None or current.head != event.head) and world.entry(event.head, path) == text.id:
        return world.committed(event.head, path)
    version = restored(nodes, text.id, event.worktree, event.head)
    if version is not None:
        return version
    if world.entry(event.head, path) == text.id:
        return world.committed(event.head, path)
    return world.held(path, text.id, seq)


def _first_seen(
    world: World,
    path: str,
    text: Text,
    event: Event,
    committed: Version | None,
    owner: Owner,
    current: Node | None,
) -> Version:
    """A file that byline had not seen on disk before, or not since it was deleted."""
    if committed is not None:
        return step(committed, text, Rule.OTHER, owner, memo=world.memo)
    sources = world.renamed_from(path) if current is None else ()
    olds = (world.known(one, text.id) or world.latest(one) or world.committed(event.head, one) for one in sources)
    old = together([old for old in olds if old is not None])
    if old is not None:
        return step(old, text, Rule.OTHER, owner, memo=world.memo)
    return Version.unknown(text, owner)


def _edited(world: World, text: Text, before: Version, committed: Version | None, owner: Owner) -> Version:
    """Changed in place: what is unchanged keeps its owner, what HEAD has at that place comes back from there."""
    version = step(before, text, Rule.OTHER, owner, memo=world.memo)
    if committed is None or not any(mark.owner is owner for mark in version.marks):
        return version
    return Version(text, kept(version, owner, carry(text.lines, [before, committed])))


def _put_together(
    world: World,
    path: str,
    text: Text,
    event: Event,
    current: Node | None,
    committed: Version | None,
    owner: Owner,
) -> Version:
    """HEAD has moved or git is in the middle of something: made of both sides, perhaps finished by hand.

    `current`: what was there before; None where git has taken that away.
    """
    before = current.version if current is not None else None
    if committed is None or (before is None and not event.merging):
        return step(before or committed or EMPTY, text, Rule.OTHER, owner, memo=world.memo)
    there = [before] if before is not None else []
    sources = [committed, *there, *merging_sources(world, path, event)]
    if event.merging:
        sources = [committed, *merging_sources(world, path, event), *there]
    return fill(text, carry(text.lines, sources), owner)


class Texts(Protocol):
    """The part of the world that holds texts."""

    def text(self, blob_id: str, path: str) -> Text | None:
        """A content by blob id."""

    def entry(self, commit: str | None, path: str) -> str | None:
        """The blob id of `path` in `commit`."""


def lines_in(world: Texts, commit: str | None, path: str) -> Lines:
    """The lines of a path in a commit, as `exact_keys` gives them; none where there is no such text file."""
    entry = world.entry(commit, path)
    text = world.text(entry, path) if entry else None
    return exact_keys(text.lines) if text else []


def put_back(
    world: Texts, path: str, text: Text, head: str | None, committed: Version | None, nodes: Sequence[Node]
) -> Version | None:
    """A state from another base that git merged into HEAD's text: stash pop, autostash, a checkout with changes."""
    if committed is None:
        return None
    found: list[Mark] | None = None
    change: set[bytes] | None = None
    for node in recent(nodes, _REPLAYED):
        base_id = world.entry(node.head, path) if node.head != head else None
        base = world.text(base_id, path) if base_id else None
        theirs = restored(nodes, node.id, node.worktree, "") if base is not None else None
        if base is None or theirs is None:
            continue
        change = _touched(committed.lines, text.lines) if change is None else change
        if change.isdisjoint(_touched(base.lines, theirs.lines)):
            continue  # what is not in the change was not put back by it; that is quicker to say than to merge
        marks = three_way(base.lines, committed, theirs, text.lines)
        if marks is not None and found is not None:
            marks = undisputed([found, marks])
        found = marks or found
    return Version(text, found) if found is not None else None


def _touched(old: Lines, new: Lines) -> set[bytes]:
    """The lines that went out or came in."""
    keys_old, keys_new = exact_keys(old), exact_keys(new)
    found: set[bytes] = set()
    for old_start, old_stop, new_start, new_stop in hunks(blocks(keys_old, keys_new), len(old), len(new)):
        found.update(keys_old[old_start:old_stop], keys_new[new_start:new_stop])
    return found


def merging_sources(world: World, path: str, event: Event) -> list[Version]:
    """The other sides of what git is in the middle of."""
    found: list[Version] = []
    for name, commit in sorted((event.merging or {}).items()):
        side = next(iter(world.parents(commit)), None) if name == "REVERT_HEAD" else commit
        version = world.committed(side, path)
        if version is None:
            olds = [world.committed(side, source) for source in world.renamed_from(path)]
            version = together([old for old in olds if old is not None])
        if version is not None:
            found.append(version)
    return found


def fill(text: Text, marks: list[Mark | None], owner: Owner) -> Version:
    """A version in which open lines are `owner`'s."""
    nobody = Mark(owner)
    return Version(text, [nobody if mark is None else mark for mark in marks])


def _reason(current: Node | None) -> str:
    if current is None:
        return f"{UNSEEN}: changed before byline saw the file"
    return f"{UNSEEN}: changed while nobody was watching"
