"""Which commits git says that another repeats: by hooks, by the log of HEAD, by messages, by who made them when."""

import re
from collections.abc import Callable, Mapping, Sequence

from byline.attribution.timeline import Birth
from byline.repo.graph import Graph
from byline.repo.objects import Objects
from byline.repo.reach import chain
from byline.workspace.presence import Presence

_COMMIT = re.compile(r"\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b")
_MOST_REWRITTEN = 60
_KEPT_ACTIONS = ("rebase", "cherry-pick", "pull", "am")
"""How HEAD's log calls what leaves author, author's time and title as they were."""

Change = tuple[str, str, str]
"""`(base, tip, words)`: what was changed from one commit to the other, and what git calls that."""


class Repeats:
    """Commits of one clone, as references and logs are now."""

    def __init__(
        self,
        graph: Graph,
        objects: Objects,
        presence: Presence,
        births: Mapping[str, Birth],
        rewrites: Mapping[str, Sequence[tuple[str, str]]],
        tips: Callable[[], Sequence[str]],
    ) -> None:
        """`rewrites`: for each commit those it came from, and by what, as hooks told; `tips`: where branches are."""
        self._graph = graph
        self._objects = objects
        self._presence = presence
        self._births = births
        self._rewrites = rewrites
        self._tips = tips
        self._by_work: dict[tuple[object, ...], list[str]] | None = None

    def named(self, commit: str) -> list[Change]:
        """The changes that the commit repeats or reverts, most certain first."""
        found: list[Change] = []
        for old, word in self._rewrites.get(commit, ()):
            found += self._as_change(old, f"{word} {'of' if word == 'amend' else 'from'} {old[:7]}")
        birth = self._births.get(commit)
        if birth is not None and birth.action == "commit (amend)":
            found += self._as_change(birth.predecessor, f"amend of {birth.predecessor[:7]}")
        found += self._trailers(commit)
        if birth is None or birth.action.startswith(_KEPT_ACTIONS) or "(cherry-pick)" in birth.action:
            found += self._same_maker(commit)
        return list({(base, tip): (base, tip, words) for base, tip, words in reversed(found)}.values())[::-1]

    def rewritten(self, commit: str) -> list[str]:
        """Commits of the branch that the rebase which made `commit` rewrote: those it may have squashed into it."""
        birth = self._births.get(commit)
        if birth is None or not birth.action.startswith(("rebase", "pull")):
            return []
        found: dict[str, None] = {}
        for _, predecessor, _ in self._same_maker(commit):
            for tip in self._tips():
                if tip in self._graph.parents and self._graph.reaches(tip, predecessor):
                    found |= dict.fromkeys(chain(self._graph.parents, tip, predecessor))
        found.pop(commit, None)
        return [one for one in found if self._presence.may_have_been(one, birth.before, commit)][:_MOST_REWRITTEN]

    def _as_change(self, commit: str, words: str) -> list[Change]:
        parents = self._graph.parents.get(commit)
        if parents is None:  # one that no branch has any more
            parsed = self._objects.commit(commit)
            parents = parsed.parents if parsed else ()
        return [(parents[0], commit, words)] if parents else []

    def _trailers(self, commit: str) -> list[Change]:
        parsed = self._objects.commit(commit)
        found: list[Change] = []
        for line in parsed.message.splitlines() if parsed else ():
            named = _COMMIT.search(line)
            if named is None or named[0] == commit:
                continue
            if "This reverts commit" in line or "This reapplies commit" in line:
                found += [(tip, base, f"revert of {tip[:7]}") for base, tip, _ in self._as_change(named[0], "")]
            elif "cherry picked from commit" in line:
                found += self._as_change(named[0], f"cherry-pick of {named[0][:7]}")
            elif line.startswith("commit "):
                found += self._as_change(named[0], f"squash of {named[0][:7]}")
        return found

    def _same_maker(self, commit: str) -> list[Change]:
        """Commits with the same author, author's time and title: what rebase and cherry-pick leave as it was."""
        made = self._graph.made.get(commit)
        if made is None:
            return []
        if self._by_work is None:
            self._by_work = {}
            for other, maker in self._graph.made.items():
                self._by_work.setdefault(maker.work(), []).append(other)
        birth = self._births.get(commit)
        word = birth.action.split(" ")[0] if birth else "rebase"
        found: list[Change] = []
        for other in self._by_work.get(made.work(), ()):
            if other != commit and not self._came_later(other, commit):
                found += self._as_change(other, f"{word} from {other[:7]}")
        return found

    def _came_later(self, commit: str, than: str) -> bool:
        one, other = self._births.get(commit), self._births.get(than)
        if one is not None and other is not None:
            return one.number > other.number
        if other is not None and other.made_here:
            return not self._presence.is_as_old(commit, than)
        if one is not None and one.made_here:
            return False
        made, thans = self._graph.made.get(commit), self._graph.made.get(than)
        return made is not None and thans is not None and made.commit_time > thans.commit_time  # the copy is younger
