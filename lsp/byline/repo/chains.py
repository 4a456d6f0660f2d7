"""Runs of commits with one parent each, so that what lies behind a commit is found without walking there."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping

Places = dict[int, tuple[list[int], list[str]]]
"""For each run some of its commits: their positions, ascending, and their ids."""


class Chains:
    """Commits numbered along runs in which each has the one before as its only parent."""

    def __init__(self, parents: Mapping[str, tuple[str, ...]]) -> None:
        """`parents`: of the commits that are known; it may grow, and the new ones are told with `add`."""
        self._parents = parents
        self._place: dict[str, tuple[int, int]] = {}
        self._below: list[str] = []
        """What each run stands on."""
        self._lengths: list[int] = []

    def add(self, commits: Iterable[str]) -> None:
        """Number these commits and what lies under them."""
        for commit in commits:
            run: dict[str, None] = {}
            at = commit
            while at not in self._place and at not in run and len(parents := self._parents.get(at, ())) == 1:
                run[at] = None  # `git replace` can make a commit its own ancestor
                at = parents[0]
            if run:
                self._append(list(run), at)

    def _append(self, run: list[str], below: str) -> None:
        """Number a run, its last commit standing on `below`."""
        chain, position = self._place.get(below, (-1, 0))
        if chain < 0 or position != self._lengths[chain] - 1:
            chain = len(self._below)
            self._below.append(below)
            self._lengths.append(0)
        for commit in reversed(run):
            self._place[commit] = (chain, self._lengths[chain])
            self._lengths[chain] += 1

    def places(self, commits: Iterable[str]) -> Places:
        """These commits by run, for `nearest`; those that stand in none are left out."""
        found: dict[int, list[tuple[int, str]]] = {}
        for commit in commits:
            place = self._place.get(commit)
            if place is not None:
                found.setdefault(place[0], []).append((place[1], commit))
        for pairs in found.values():
            pairs.sort()
        return {
            chain: ([place for place, _ in pairs], [commit for _, commit in pairs]) for chain, pairs in found.items()
        }

    def nearest(self, commit: str, wanted: Places) -> str:
        """The first of the wanted commits from `commit` downwards; else the merge, root or unknown one it meets."""
        at, met = commit, set[int]()
        while (place := self._place.get(at)) is not None and place[0] not in met:
            chain, position = place
            met.add(chain)
            if chain in wanted:
                positions, commits = wanted[chain]
                if count := bisect_right(positions, position):
                    return commits[count - 1]
            at = self._below[chain]
        return at
