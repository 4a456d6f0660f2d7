"""The contents that many commits change, read from git a few hundred at a time instead of one by one."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from byline.attribution.marks import Lines, split
from byline.repo.anchors.changes import SUBMODULE, Delta, is_binary
from byline.repo.objects import Objects, check, read_all
from byline.repo.run import Git
from byline.workspace.removals import Contents, without_ends

AHEAD = 100
"""Commits whose contents are read together."""

LARGEST_AHEAD = 1024 * 1024
MOST_AHEAD = 64 * 1024 * 1024
REMEMBERED = 512


class Blobs:
    """Lines of blobs and snapshots. Reads ahead along a list of commits."""

    def __init__(self, git: Git, objects: Objects, contents: Contents) -> None:
        self._git = git
        self._objects = objects
        self._contents = contents
        self._read: dict[str, bytes] = {}
        self._bare: OrderedDict[str, Lines | None] = OrderedDict()
        self._order: list[str] = []
        self._place: dict[str, int] = {}
        self._until = 0
        self._behind: dict[tuple[str, str], bool] = {}
        self._deltas: Mapping[str, Sequence[Delta]] = {}

    def expect(self, commits: Sequence[str], deltas: Mapping[str, Sequence[Delta]]) -> None:
        """These commits will be asked for in this order."""
        self._order = list(commits)
        self._place = {commit: place for place, commit in enumerate(self._order)}
        self._until = 0
        self._deltas = deltas
        self._objects.lend(
            entries={
                (commit, delta.path): delta.blob
                for commit, changed in deltas.items()
                for delta in changed
                if delta.mode != SUBMODULE
            }
        )

    def is_behind(self, commit: str, other: str) -> bool:
        """Whether `other` is `commit` or lies behind it."""
        key = (commit, other)
        if key not in self._behind:
            self._behind[key] = self._git.run("merge-base", other, commit, check=False).decode().strip() == other
        return self._behind[key]

    def reach(self, commit: str) -> None:
        """The contents of this commit come next."""
        place = self._place.get(commit)
        if place is None or place < self._until:
            return
        self._until = place + AHEAD
        changed = [delta for one in self._order[place : self._until] for delta in self._deltas.get(one, ())]
        wanted = list(dict.fromkeys(blob for delta in changed for blob in (delta.blob, *delta.old_blobs) if blob))
        chosen, weight = [], 0
        for header in check(self._git, wanted):
            if header is not None and header[1] == "blob" and header[2] <= LARGEST_AHEAD:
                weight += header[2]
                if weight > MOST_AHEAD:
                    break
                chosen.append(header[0])
        self._read = {found[0]: found[2] for found in read_all(self._git, chosen) if found is not None}
        self._objects.lend(blobs=self._read)

    def lines(self, blob: str | None) -> Lines | None:
        """The lines of a blob, none where there is no file; None for what git counts no lines in, or is too large."""
        if blob is None:
            return []
        data = self._read.get(blob)
        if data is None:
            data = self._objects.blob(blob)
        return None if data is None or is_binary(data) else split(data)

    def bare_lines(self, content: str) -> Lines | None:
        """The lines of a blob or snapshot without their ends; None for what is lost."""
        if content in self._bare:
            self._bare.move_to_end(content)
            return self._bare[content]
        data = self._read.get(content)
        if data is None:
            data = self._contents(content)
        self._bare[content] = None if data is None else without_ends(split(data))
        if len(self._bare) > REMEMBERED:
            self._bare.popitem(last=False)
        return self._bare[content]
