"""Which commits this clone may have had at a moment.

Those made here say so by HEAD's log. Of those made elsewhere nobody notes when they came; but none came before it was
written, by its author's clock, or before a branch of a remote was seen to have it, by ours.
"""

from collections.abc import Sequence
from pathlib import Path

from byline.attribution.timeline import Movement, Timeline
from byline.repo.graph import Graph
from byline.workspace.headlogs import movements, remote_logs

_NANOSECONDS = 1_000_000_000


class Presence:
    """Commits of one clone, as its logs are now."""

    def __init__(self, graph: Graph, timeline: Timeline, at: Sequence[int], common_dir: Path) -> None:
        """`at`: the time of each event, in nanoseconds since 1970."""
        self._graph = graph
        self._timeline = timeline
        self._at = at
        self._common = common_dir
        self._fetched: list[Movement] | None = None
        self._seen: dict[str, int | None] = {}
        self._here: dict[tuple[object, ...], list[str]] | None = None

    def may_have_been(self, commit: str, before: int, own: str | None = None) -> bool:
        """Whether `commit` may have been there at the event `before`, and when `own` was made."""
        births = self._timeline.births
        birth, owns = births.get(commit), births.get(own or "")
        if birth is not None and birth.made_here:
            return birth.before <= before and not birth.follows(owns)
        if own is not None and self._graph.descends(commit, own):
            return False
        first = self._copied(commit)
        if first is not None:
            return first != own and self.may_have_been(first, before, own)
        moment = owns.number[0] if owns is not None else self._moment(before)
        made = self._graph.made.get(commit)
        if made is None or moment is None or made.author_time <= moment:
            return True
        seen = self._first_seen(commit)
        return seen is not None and seen <= moment

    def _moment(self, before: int) -> int | None:
        """The time of an event in seconds; None beyond the last."""
        return self._at[before] // _NANOSECONDS if 0 <= before < len(self._at) else None

    def _copied(self, commit: str) -> str | None:
        """The commit made here of which a rebase or cherry-pick later made this one elsewhere."""
        made = self._graph.made.get(commit)
        if made is None:
            return None
        if self._here is None:
            self._here = {}
            for one, birth in sorted(self._timeline.births.items()):
                if birth.made_here and one in self._graph.made:
                    self._here.setdefault(self._graph.made[one].work(), []).append(one)
        times = ((self._graph.made[one].commit_time, one) for one in self._here.get(made.work(), ()))
        time, first = min(times, default=(made.commit_time, commit))
        return first if time < made.commit_time else None

    def _first_seen(self, commit: str) -> int | None:
        """When a branch of a remote was first seen to have it, in seconds since 1970; None if none was."""
        if commit not in self._seen:
            if self._fetched is None:
                self._fetched = [movement for log in remote_logs(self._common) for movement in movements(log)]
            self._seen[commit] = min(
                (one.time for one in self._fetched if self._graph.descends(one.new, commit)), default=None
            )
        return self._seen[commit]
