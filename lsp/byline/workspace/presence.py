"""Which commits this clone may have had at a moment.

Those made here say so by the log of HEAD. Of those made elsewhere nobody notes when they came; but none came before
its author wrote it, and a copy of one made here not before it was copied. Both are told by clocks of others; by ours
it is told when a remote was seen to have them.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from byline.attribution.timeline import Movement, Timeline
from byline.repo.graph import Graph
from byline.repo.made import Made
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
        self._here: dict[tuple[object, ...], int] | None = None

    def may_have_been(self, commit: str, before: int, own: str | None = None) -> bool:
        """Whether `commit` may have been there at the event `before`, and when `own` was made."""
        births = self._timeline.births
        birth, owns = births.get(commit), births.get(own or "")
        if birth is not None and (birth.made_here or birth.before <= before):
            return birth.before <= before and not birth.follows(owns)
        if own is not None and self._graph.descends(commit, own):
            return False
        moment = owns.number[0] if owns is not None else self._moment(before)
        made = self._graph.made.get(commit)
        if made is None or moment is None:
            return True
        time = made.commit_time if self._is_copy(commit, made) else made.author_time
        return time <= moment or self._was_seen(commit, moment)

    def is_as_old(self, commit: str, own: str) -> bool:
        """Whether this very commit may have been there when `own` was made here, not only an earlier copy of it."""
        made, owns = self._graph.made.get(commit), self._timeline.births.get(own)
        if made is None or owns is None:
            return True
        return made.commit_time <= owns.number[0] or self._was_seen(commit, owns.number[0])

    def _moment(self, before: int) -> int | None:
        """The time of an event in seconds; None beyond the last."""
        return self._at[before] // _NANOSECONDS if 0 <= before < len(self._at) else None

    def _is_copy(self, commit: str, made: Made) -> bool:
        """Whether it is what a rebase or cherry-pick made elsewhere of a commit that was made here."""
        if self._here is None:
            self._here = {}
            for one, birth in self._timeline.births.items():
                if birth.made_here and (first := self._graph.made.get(one)) is not None:
                    time = self._here.get(first.work(), first.commit_time)
                    self._here[first.work()] = min(time, first.commit_time)
        return self._here.get(made.work(), made.commit_time) < made.commit_time

    def went_out(self, commit: str) -> bool:
        """Whether a branch of a remote was seen to have a commit that was made here."""
        return self._was_seen(commit, sys.maxsize)

    def _was_seen(self, commit: str, moment: int) -> bool:
        """Whether a branch of a remote was seen to have it by then; in seconds since 1970."""
        if commit not in self._seen:
            if self._fetched is None:
                self._fetched = [movement for log in remote_logs(self._common) for movement in movements(log)]
            times = (one.time for one in self._fetched if self._graph.descends(one.new, commit))
            self._seen[commit] = min(times, default=None)
        seen = self._seen[commit]
        return seen is not None and seen <= moment
