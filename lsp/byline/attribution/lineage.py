"""The owners of committed texts: for each commit that changed a path, where its lines come from.

Content decides. A commit whose text is a recorded state has that state's owners. Otherwise its lines come from its
parents, from the states recorded just before it (partial staging, a hook that re-writes), or from the commits git
itself names as its source; see `sources.py`. What is left is nobody's.
"""

from collections.abc import Callable, Sequence

from byline.attribution.anew import anew, typed_by
from byline.attribution.described import arranged, placed, rather, told
from byline.attribution.elsewhere import lines_before
from byline.attribution.fate import Fate, taken_from
from byline.attribution.fold import PathFold
from byline.attribution.known import known
from byline.attribution.marks import EMPTY, Mark, Text, Version, exact_keys, filled, filled_from, together
from byline.attribution.merge import both_agree, carry, three_way
from byline.attribution.palette import Palette
from byline.attribution.recorded import Recorded
from byline.attribution.sources import Change, Circular, Sources
from byline.attribution.step import Memo, Rule, surviving
from byline.attribution.timeline import FOREVER, Birth
from byline.attribution.typed import is_typed
from byline.attribution.world import Caller, History
from byline.model import Owner

_DEEPEST = 40
"""Renames of one file that are followed, one within the other."""


class Lineage:
    """Owners of committed texts, each worked out once."""

    def __init__(self, history: History, fold: Callable[[str], PathFold], memo: Memo | None = None) -> None:
        self._history = history
        self._memo = memo
        self._fold = fold
        self._done: dict[str, dict[str, int | None]] = {}
        """By path, then by commit, numbers in its palette; one that did not change it has what its origin has."""
        self._palettes: dict[str, Palette] = {}
        self._depth = 0
        self._busy: set[tuple[str, str]] = set()
        self._recorded = Recorded(history, fold)
        self._sources = Sources(history, self.version, lambda path: fold(path).at)

    def version(self, commit: str | None, path: str) -> Version | None:
        """The text and owners of `path` in `commit`; None where there is no such text file."""
        if commit is None:
            return None
        commit = self._history.origin(commit, path)
        if commit not in self._done.get(path, ()):
            if self._depth > _DEEPEST:
                return None  # a chain of renames without end
            self._fold(path)  # all recorded states first: working them out asks for commits in turn
            self._depth += 1
            try:
                for place in self._order(commit, path):
                    if place not in self._done.get(path, ()):
                        self._work_out(place, path)
            finally:
                self._depth -= 1
        return self._have(commit, path)

    def _have(self, commit: str, path: str) -> Version | None:
        """What has been worked out."""
        number = self._done.get(path, {}).get(self._history.origin(commit, path))
        return self._palettes[path].version(number) if number is not None else None

    def forget(self, path: str) -> None:
        """Work out a path's commits anew: more of its recorded states are known than before."""
        self._done.pop(path, None)
        self._palettes.pop(path, None)
        self._sources.forget(path)

    def let_go(self) -> None:
        """Nobody asks any more."""
        for path in list(self._done):
            self.forget(path)

    def _order(self, commit: str, path: str) -> list[str]:
        """`commit` and those ancestors that changed the path and are not worked out, ancestors first."""
        done = self._done.get(path, {})
        order: list[str] = []
        seen: set[str] = set()
        stack: list[tuple[str, bool]] = [(commit, False)]
        while stack:
            at, ready = stack.pop()
            if ready:
                order.append(at)
                continue
            if at in seen or at in done:
                continue
            seen.add(at)
            stack.append((at, True))
            stack.extend((self._history.origin(parent, path), False) for parent in self._history.parents(at) or ())
        return order

    def _work_out(self, commit: str, path: str) -> None:
        key = (commit, path)
        if key in self._busy:
            raise Circular
        self._busy.add(key)
        try:
            found = self._resolve(commit, path)
            palette = self._palettes.setdefault(path, Palette())
            self._done.setdefault(path, {})[commit] = palette.packed(found) if found is not None else None
        finally:
            self._busy.discard(key)

    def _resolve(self, commit: str, path: str) -> Version | None:
        parents = self._history.parents(commit)
        if parents is None or (not parents and commit not in self._history.touching(path)):
            return self._root(commit, path)
        content = self._history.entry(commit, path)
        if content is None:
            return None
        text = self._history.text(content, path)
        same = [self._have(parent, path) for parent in parents if self._history.entry(parent, path) == content]
        # Of a stash that was dropped the graph may not know what its commits changed: then it gives another text.
        if text is None or (same and (same[0] is None or same[0].text.id == text.id)):
            return together([side for side in same if side is not None])
        if len(parents) > 1:
            return self._merge(commit, parents, path, text)
        return self._change(commit, parents[0] if parents else None, path, text)

    def _root(self, commit: str, path: str) -> Version | None:
        content = self._history.entry(commit, path)
        text = self._history.text(content, path) if content else None
        return told(Version.rooted(text), self._history.anchored(commit, path), is_root=True) if text else None

    # -- merges ---------------------------------------------------------------------------------------------------

    def _merge(self, commit: str, parents: Sequence[str], path: str, text: Text) -> Version:
        sides = [side for parent in parents if (side := self._side(commit, parent, path)) is not None]
        if len(parents) == 2 and len(sides) == 2:
            base = self._side(commit, self._history.merge_base(parents[0], parents[1]), path)
            exact = three_way(base.lines if base else [], sides[0], sides[1], text.lines)
            if exact is not None:
                return Version(text, both_agree(exact, text.lines, sides))
        recorded = self._recorded.with_content(commit, path, text, deleted_before=None)
        if recorded is not None:
            return recorded
        there, doubtful = self._recorded.just_before(commit, path, parents)
        marks = taken_from(text.lines, [*sides, *there], doubtful)
        return self._finish(commit, path, text, marks, f"no evidence: resolved in merge {commit[:7]}")

    def _side(self, commit: str, parent: str | None, path: str) -> Version | None:
        """A parent's version of the path, be it under another name."""
        side = self.version(parent, path)
        if side is None and parent is not None and self._history.entry(parent, path) is None:
            side = self._renamed(parent, self._history.rename_sources(parent, commit, path))
        return side

    def _renamed(self, parent: str | None, names: Sequence[str]) -> Version | None:
        """What a file was that may have had any of these names, of which all held the same."""
        return together([old for name in names if (old := self.version(parent, name)) is not None])

    # -- ordinary commits -----------------------------------------------------------------------------------------

    def _change(self, commit: str, parent: str | None, path: str, text: Text) -> Version:
        before = self._have(parent, path) if parent else None
        renamed: Sequence[str] = ()
        if before is None and parent is not None and self._history.entry(parent, path) is None:
            renamed = self._history.rename_sources(parent, commit, path)
        deleted = self._recorded.deletion(parent, path) if before is None and not renamed else None
        recorded = self._recorded.with_content(commit, path, text, deleted)
        change = Change(commit, parent, path, renamed, before or EMPTY, text, deleted)
        caller = anew(self._history, commit, path)
        if recorded is not None and caller is None:
            stood = self._recorded.stood(commit, path, text.id)
            return known(change, recorded, self._history, self._sources, stood=stood)
        if renamed:
            before = self._renamed(parent, renamed)
            # Of several files that held just this text all count, be nothing recorded of some.
            if len(renamed) == 1 or before is None or before.text.id != text.id:
                states = [self._recorded.with_content(commit, name, text, None) for name in renamed]
                recorded = together([state for state in states if state is not None])
            if recorded is not None:
                return recorded
        return self._assemble(change._replace(before=before or EMPTY), caller)

    def _assemble(self, change: Change, caller: Caller | None) -> Version:
        """The lines of a text that is no recorded state: parent, states before the commit, commits git names.

        `caller`: who typed it anew.
        """
        commit, path = change.commit, change.path
        birth = self._history.birth(commit)
        plain = birth is None or birth.is_plain
        parents = [change.parent] if change.parent else []
        worktree, doubtful = self._recorded.just_before(commit, path, parents, change.deleted)
        for name in change.renamed:
            more = self._recorded.just_before(commit, name, parents)
            worktree, doubtful = worktree + more[0], doubtful + more[1]
        if not plain:
            version = self._sources.replayed(change)
            if version is not None:
                return self._anchor(commit, path, version)
        if plain and (replayed := self._recorded.put_back(change, birth)) is not None:
            return self._anchor(commit, path, replayed)
        if caller is not None:
            marks = typed_by(caller, change.text, surviving(change.before, change.text, Rule.OTHER, self._memo))
            if (
                None in marks and self._history.has_commit_hook()
            ):  # as in any call that commits, it may have formatted the rest
                formatted = surviving(change.before, change.text, Rule.FORMAT, self._memo)
                marks = filled_from(marks, formatted)
        elif worktree or doubtful:
            marks = taken_from(change.text.lines, [change.before, *worktree], doubtful)
        else:
            marks = surviving(change.before, change.text, Rule.OTHER, self._memo)
        if None in marks:
            is_made_here = birth is not None and birth.made_here
            told_of = () if is_made_here else self._history.anchored(commit, path)
            marks = arranged(change.before, change.text, marks, told_of)
            marks = rather(self._sources.complete(change, marks, replay=plain), told_of, marks)
        reason = f"no evidence: committed in {commit[:7]}"
        return self._finish(commit, path, change.text, marks, reason, _seq(birth))

    # -- what is left ---------------------------------------------------------------------------------------------

    def _finish(
        self, commit: str, path: str, text: Text, marks: Sequence[Mark | None], reason: str, seq: int = -1
    ) -> Version:
        nobody = Mark(Owner("unknown", reason, seq=seq))
        caller = self._history.shell_of(commit, path) if None in marks else None
        if caller is None:
            marks = placed(text.lines, marks, self._history.anchored(commit, path))
            return self._anchor(commit, path, Version(text, filled(marks, nobody)))
        marks = self._found(commit, path, caller, text, marks)
        old = lines_before(self._history, commit, path, caller)
        parents = self._history.parents(commit) or ()
        is_new = not any(self._history.entry(parent, path) for parent in parents)
        if caller.carries or (caller.brings and is_new):
            old = old | {line for line in exact_keys(text.lines) if not is_typed(line, caller.command)}
        own = Mark(caller.owner)
        keys = exact_keys(text.lines)
        done = [mark or (nobody if line in old else own) for mark, line in zip(marks, keys, strict=True)]
        return self._anchor(commit, path, Version(text, done))

    def _found(
        self, commit: str, path: str, caller: Caller, text: Text, marks: Sequence[Mark | None]
    ) -> Sequence[Mark | None]:
        """The same, with what the call found in the file: HEAD's text, of which a commit made anew need not come."""
        if caller.head is None or self._history.reaches(commit, caller.head):
            return marks
        found = self.version(caller.head, path)
        became = self._recorded.became(commit, path, self._history.entry(caller.head, path) or "", caller.begin)
        if found is None or became is Fate.GONE:
            return marks
        there = taken_from(text.lines, [], [found]) if became is Fate.DOUBTFUL else carry(text.lines, [found])
        return filled_from(marks, there)

    def deletion(self, commit: str, path: str) -> int | None:
        """The position before which recorded states do not count in a commit that has no such file."""
        return self._recorded.deletion(commit, path)

    def _anchor(self, commit: str, path: str, version: Version) -> Version:
        return told(version, self._history.anchored(commit, path))


def _seq(birth: Birth | None) -> int:
    return birth.before if birth and birth.before != FOREVER else -1
