"""Texts that git made anew from commits it has: rebase, cherry-pick, revert, squash, restack.

A change (from a parent to a text) is explained by another change of the same path: one that git names, merged again
line by line; or, hunk by hunk, the only known ones with the very same removed and added lines. Two explanations with
different writers explain nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import eq
from typing import NamedTuple

import msgspec

from byline.attribution.elsewhere import old_names, popped_for
from byline.attribution.fate import taken_from
from byline.attribution.held import Held
from byline.attribution.marks import (
    EMPTY,
    Mark,
    Text,
    Version,
    agreed,
    exact_keys,
    filled_from,
    same_writer,
    together,
    undisputed,
)
from byline.attribution.merge import carry, three_way
from byline.attribution.reflow import Range
from byline.attribution.step import changed
from byline.attribution.world import History

_MOST_TIPS = 40
_MOST_CHANGES = 400
_TAKES_IN = ("(squash)", "(fixup)", "(continue)")
"""How HEAD's log calls what a rebase may have made of several commits."""

HunkKey = tuple[tuple[bytes, ...], tuple[bytes, ...]]
Around = tuple[bytes, bytes]


class Circular(Exception):
    """A commit was asked for while it is being worked out: what rests on it can't explain it."""


class Change(NamedTuple):
    """What one commit did to one path."""

    commit: str
    parent: str | None
    path: str
    renamed: Sequence[str]
    """What it was called before by what git says, or may have been; none where it had this name."""
    before: Version
    text: Text
    deleted: int | None = None
    """The position of a deletion of the path in the commit's past: states recorded before it do not count."""


class Sources:
    """Finds where the lines of a change come from, among the commits of this clone."""

    def __init__(
        self,
        history: History,
        version: Callable[[str | None, str], Version | None],
        folding: Callable[[str], int | None],
    ) -> None:
        """`version`: a commit's version of a path.

        `folding`: the position of the event up to which a path's states are known, None where all are.
        """
        self._history = history
        self._ask = version
        self._folding = folding
        self._hunks: dict[str, dict[str, list[tuple[HunkKey, list[Mark], Around]]]] = {}

    def _version(self, commit: str, path: str) -> Version | None:
        """A commit's version; None also where it rests on the commit that is being explained."""
        try:
            return self._ask(commit, path)
        except Circular:
            return None

    def forget(self, path: str) -> None:
        """Drop what is kept about a path."""
        self._hunks.pop(path, None)

    def replayed(self, change: Change) -> Version | None:
        """The text as the merge of its parent with a change git names; None if none fits.

        Lines on whose writer several that fit disagree are nobody's.
        """
        fitting: list[tuple[str, str, list[Mark]]] = []
        for base, tip, words in self._named(change):
            marks = self._replay(change, base, tip)
            if marks is not None:
                fitting.append((tip, words, [_carried(mark, change, words) for mark in marks]))
        last = [
            marks
            for tip, words, marks in fitting
            # What a squash says it is made of is as the last of it has it.
            if not words.startswith("squash")
            or not any(other != tip and self._history.reaches(other, tip) for other, _, _ in fitting)
        ]
        return Version(change.text, undisputed(last)) if last else None

    def _named(self, change: Change) -> list[tuple[str, str, str]]:
        """`(base, tip, words)` of the changes that git names, and of what several together may have become.

        A commit that takes in several has the text of the last, be it that of the first as well.
        """
        named = self._history.named_sources(change.commit)
        tips = {tip: words for _, tip, words in named} if len(named) > 1 else {}
        birth = self._history.birth(change.commit)
        if named and birth is not None and birth.action.endswith(_TAKES_IN):
            tips |= dict.fromkeys(self._history.rewritten(change.commit), named[0][2])
        whole = [
            (base, tip, words)
            for tip, words in tips.items()
            if (base := self._history.merge_base(change.parent, tip) if change.parent else None) is not None
        ]
        return list(dict.fromkeys([*named, *whole]))

    def complete(self, change: Change, marks: list[Mark | None], *, replay: bool) -> list[Mark | None]:
        """Owners for lines still open (None): named changes kept by hand, equal hunks, branches squashed."""
        if replay:
            version = self.replayed(change)
            if version is not None:
                return filled_from(marks, list(version.marks))
        tips = [tip for _, tip, _ in self._history.named_sources(change.commit)]
        tips += self._history.rewritten(change.commit)
        named = [side for tip in tips if (side := self._side(tip, change))]
        if named:
            marks = filled_from(marks, carry(change.text.lines, [change.before, *named]))
        if replay:
            marks = self._stashed(change, marks, named)
        if None in marks:
            pairs = zip(self._equal_hunks(change), self._branches(change), strict=True)
            marks = filled_from(marks, [_either(hunk, branch) for hunk, branch in pairs])
        return marks

    def _stashed(self, change: Change, marks: list[Mark | None], named: Sequence[Version]) -> list[Mark | None]:
        """Open lines from stashes, which may have been popped, or lie there still."""
        popped = popped_for(self._history, change.commit, change.path)
        stashes = [one for one in self._history.stashes() if one != popped and not self._later(one, change)]
        there = [side for stash in stashes if (side := self._side(stash, change))]
        sure = [side for stash in ([popped] if popped else []) if (side := self._side(stash, change))]
        if not there and not sure:
            return marks
        return filled_from(marks, taken_from(change.text.lines, [change.before, *named, *sure], there))

    def _side(self, commit: str, change: Change) -> Version | None:
        """A commit's version of the changed file, which may have had another name there."""
        side = self._version(commit, change.path)
        if side is None and self._history.entry(commit, change.path) is None:
            sides = [self._version(commit, name) for name in dict.fromkeys(self._other_names(change))]
            side = together([found for found in sides if found is not None])
        return side

    def _other_names(self, change: Change) -> Iterable[str]:
        """What the changed file was called before."""
        return change.renamed or old_names(self._history, change.path)

    def _replay(self, change: Change, base: str, tip: str) -> list[Mark] | None:
        theirs = self._side(tip, change)
        base_version = self._side(base, change)
        if theirs is None or (base_version is None and change.before.lines):
            return None
        if theirs.lines == change.text.lines and change.before.lines == (base_version or EMPTY).lines:
            return list(theirs.marks)  # nothing of the parent's own to merge it with
        return three_way((base_version or EMPTY).lines, change.before, theirs, change.text.lines)

    def _branches(self, change: Change) -> list[Mark | None]:
        """A whole branch merged into the parent without saying so, as a squash does."""
        if change.parent is None or self._history.foreign(change.commit):
            return [None] * change.text.count
        onto, names = change.parent, [change.path, *self._other_names(change)]
        outcomes: list[list[Mark]] = []
        for tip in self._history.tips()[:_MOST_TIPS]:
            if tip in (change.commit, change.parent) or self._history.parents(tip) is None:
                continue
            if self._later(tip, change):
                continue
            if not any(self._history.branch_touches(tip, onto, name) for name in names):
                continue
            base = self._history.merge_base(change.parent, tip)
            if base is None or base == tip or self._history.reaches(tip, change.commit):
                continue
            marks = self._replay(change, base, tip)
            if marks is not None:
                outcomes.append(marks)
        return _common(outcomes, change.text.count)

    def _equal_hunks(self, change: Change) -> list[Mark | None]:
        """Hunks of this change that one other commit has too, with the same removed and added lines."""
        found: list[Mark | None] = [None] * change.text.count
        if self._history.foreign(change.commit):
            return found  # another person's commit: equal lines are their own typing
        # What an ancestor brought was taken out again since: here somebody else has put it in.
        others = [
            commit
            for commit in sorted(self._history.touching(change.path))[:_MOST_CHANGES]
            if not self._history.reaches(change.commit, commit) and not self._later(commit, change)
        ]
        if not others:
            return found
        old, new = exact_keys(change.before.lines), exact_keys(change.text.lines)
        spans = {_hunk(old, new, span): span for span in changed(old, new) if span.new_stop > span.new_start}
        wanted = {line for key in spans for line in key[1]}
        held = Held(wanted, lambda commit: self._version(commit, change.path), self._history.reaches)
        candidates: dict[HunkKey, list[list[Mark | None]]] = {}
        for commit in others:
            for key, marks, around in self._hunks_of(commit, change.path):
                # The same lines in another place are another's typing: one neighbour at least has to be the same.
                if key in spans and any(map(eq, around, _around(new, spans[key]))):
                    candidates.setdefault(key, []).append(held.still(key[1], marks, commit, others))
        for key, outcomes in candidates.items():
            span = spans[key]
            if not any(len(line.strip()) > 1 for line in key[1]):
                continue
            found[span.new_start : span.new_stop] = _common(outcomes, span.new_stop - span.new_start)
        return found

    def _later(self, commit: str, change: Change) -> bool:
        """Whether `commit` came after the commit of a change, so that it can't be its source.

        While states are being worked out, those of later commits are not known yet, and nobody asks for them.
        """
        than, known = change.commit, self._folding(change.path)
        if known is not None and not self._history.may_have_been(commit, known):
            return True
        one, other = self._history.birth(commit), self._history.birth(than)
        if one is not None and other is not None and one.worktree == other.worktree:
            return one.number[1] > other.number[1]
        if other is not None and other.made_here:
            return not self._history.may_have_been(commit, other.before, than)
        return self._history.descends(commit, than)

    def _hunks_of(self, commit: str, path: str) -> list[tuple[HunkKey, list[Mark], Around]]:
        found = self._hunks.get(path, {}).get(commit)
        if found is not None:
            return found
        parents = self._history.parents(commit) or ()
        after = self._version(commit, path)
        before = (self._version(parents[0], path) if parents else None) or EMPTY
        if after is None:
            return []
        old, new = exact_keys(before.lines), exact_keys(after.lines)
        found = [
            (_hunk(old, new, span), after.marks[span.new_start : span.new_stop], _around(new, span))
            for span in changed(old, new)
        ]
        self._hunks.setdefault(path, {})[commit] = found
        return found


def _hunk(old: Sequence[bytes], new: Sequence[bytes], span: Range) -> HunkKey:
    """The removed and the added lines."""
    return tuple(old[span.old_start : span.old_stop]), tuple(new[span.new_start : span.new_stop])


def _around(new: Sequence[bytes], span: Range) -> Around:
    """The lines before and after a hunk; empty at the ends of the file."""
    before = new[span.new_start - 1] if span.new_start > 0 else b""
    return before, new[span.new_stop] if span.new_stop < len(new) else b""


def _common(outcomes: Sequence[Sequence[Mark | None]], length: int) -> list[Mark | None]:
    """Per line the mark all outcomes agree on."""
    if not outcomes:
        return [None] * length
    return [
        first if all(first is not None and mark is not None and same_writer(first, mark) for mark in marks) else None
        for marks in zip(*outcomes, strict=True)
        for first in marks[:1]
    ]


def _either(one: Mark | None, other: Mark | None) -> Mark | None:
    """What one of two sources says of a line; nobody's where both name somebody else."""
    return one or other if one is None or other is None else agreed(one, other)


def _carried(mark: Mark, change: Change, words: str) -> Mark:
    """The mark with its reason saying how git brought it, where git did and it was somebody's."""
    owner = mark.owner
    if owner.kind == "unknown" or mark in change.before.marks or "carried" in owner.reason:
        return mark
    told = msgspec.structs.replace(owner, reason=f"{owner.reason}; carried by {words}")
    return Mark(told, mark.previous, mark.rooted)
