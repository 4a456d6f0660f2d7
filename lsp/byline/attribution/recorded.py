"""The recorded states of a path from before a commit: what it may have been made of."""

from collections.abc import Callable, Sequence

from byline.attribution.fate import Fate, fate, fate_of
from byline.attribution.fold import PathFold
from byline.attribution.marks import Text, Version, undisputed
from byline.attribution.node import Node, recent
from byline.attribution.sources import Change
from byline.attribution.timeline import FOREVER, Birth
from byline.attribution.unseen import put_back as put_back_onto
from byline.attribution.world import History
from byline.model import NONE_ID


class Recorded:
    """States that count for a commit: recorded before it, here, and after the path was last deleted."""

    def __init__(self, history: History, fold: Callable[[str], PathFold]) -> None:
        self._history = history
        self._fold = fold

    def with_content(self, commit: str, path: str, text: Text, deleted_before: int | None) -> Version | None:
        """The recorded state with this very content, from before the commit and after a deletion.

        That is what was there when the commit was made. Where it was not, and several states have it, lines on whose
        writer they disagree are nobody's.
        """
        if self._history.foreign(commit) and not self._history.committed_here(path, text.id):
            return None
        birth = self._history.birth(commit)
        if (birth is None or not birth.made_here) and self._came_back(commit, path, text.id):
            return None
        limit = birth.before if birth else FOREVER
        found: list[Node] = []
        last: Node | None = None
        for node in self._fold(path).nodes:
            if birth is not None and node.worktree == birth.worktree and node.begin < limit:
                last = node
            if node.id != text.id or not node.known or (deleted_before is not None and node.begin < deleted_before):
                continue
            if birth is None and node.head is not None and self._history.reaches(node.head, commit):
                continue  # it was made on top of the commit
            if node.corrected or node.begin < limit or node.commit == commit:
                found = [node] if node.corrected or node.commit == commit else [*found, node]
        if birth is not None:
            here = [node for node in found if node.worktree == birth.worktree or node.corrected]
            found = here or found
            if last is not None and last in here and birth.action.startswith("commit"):
                found = [last]
        versions = [version for node in found if (version := node.version) is not None]
        if not versions:
            return None
        # The working file's lines may look otherwise.
        return Version(text, undisputed([version.marks for version in versions[::-1]]))

    def stood(self, commit: str, path: str, content_id: str) -> bool:
        """Whether a worktree was last seen with this content when the commit was made in it: git merged nothing."""
        birth = self._history.birth(commit)
        if birth is None or not birth.made_here:
            return birth is None and not self._history.logs_kept()
        nodes = self._fold(path).nodes
        before = [node for node in nodes if node.worktree == birth.worktree and node.begin < birth.before]
        if not before or before[-1].id != content_id:
            return False
        parents, head = self._history.parents(commit), before[-1].seen_at
        return not parents or head is None or self._history.reaches(parents[0], head)

    def _came_back(self, commit: str, path: str, content_id: str) -> bool:
        """Whether a commit made elsewhere has what an older one had and others had changed since.

        Who put it there again is not told by who wrote it first; git names what it reverts.
        """
        history = self._history
        return any(
            other != commit and history.entry(other, path) == content_id and history.reaches(commit, other)
            for other in history.touching(path)
        )

    def just_before(
        self, commit: str, path: str, parents: Sequence[str], deleted: int | None = None
    ) -> tuple[list[Version], list[Version]]:
        """States that were on disk just before the commit was made here; none for commits made elsewhere.

        Beside them those that may have been, or been staged; none that git has put another text in place of.
        """
        birth = self._history.birth(commit)
        if birth is None and self._history.logs_kept():
            return [], []
        if birth is not None and not birth.made_here:
            return [], []
        limit = birth.before if birth else FOREVER
        nodes = [
            node
            for node in self._fold(path).nodes
            if (deleted or 0) <= node.begin < limit and (birth is None or node.worktree == birth.worktree)
        ]
        if not nodes or nodes[-1].id == NONE_ID:
            return [], []
        found: dict[Fate, list[Version]] = {each: [] for each in Fate}
        for node in recent(nodes, 6):
            if (node is nodes[-1] or node.head in parents) and (version := node.version) is not None:
                became = self._fate(commit, path, node)
                found[became if node is nodes[-1] or became is Fate.GONE else Fate.DOUBTFUL].append(version)
        return found[Fate.STAYS], found[Fate.DOUBTFUL]

    def became(self, commit: str, path: str, content_id: str, since: int) -> Fate:
        """What became of a content, which was on disk at the event at a position, until the commit was made."""
        movements = self._history.movements_before(commit, since)
        return fate(content_id, movements, lambda at: self._history.entry(at, path))

    def _fate(self, commit: str, path: str, node: Node) -> Fate:
        return fate_of(node, self.became(commit, path, node.id, node.last))

    def put_back(self, change: Change, birth: Birth | None) -> Version | None:
        """The text as a state from another base that git merged into the parent: a stash, a checkout with changes."""
        if change.parent is None or (not birth.made_here if birth is not None else self._history.logs_kept()):
            return None  # made elsewhere
        limit = birth.before if birth else FOREVER
        nodes = [node for node in self._fold(change.path).nodes if (change.deleted or 0) <= node.begin < limit]
        return put_back_onto(self._history, change.path, change.text, change.parent, change.before, nodes)

    def deletion(self, commit: str | None, path: str) -> int | None:
        """The position before which recorded states of a path do not count, because it was deleted since."""
        touching, met = self._history.touching(path), set[str]()
        while commit is not None and commit not in met:
            met.add(commit)
            at = self._history.origin(commit, path)
            if at in touching:
                birth = self._history.birth(at)
                return birth.before if birth else FOREVER
            parents = self._history.parents(at)
            commit = parents[0] if parents else None
        return None
