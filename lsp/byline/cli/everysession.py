"""The sessions a command can tell of: those with events here, and those that only anchors name."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from byline.cli import sessionrows
from byline.sessions.activities import Activity
from byline.sessions.facts import Facts
from byline.sessions.growing import Growing
from byline.store.index import Index
from byline.store.paths import folders_for
from byline.workspace import anchoredsessions
from byline.workspace.anchoredsessions import Anchored
from byline.workspace.place import Place
from byline.workspace.sessionfacts import SessionFacts

_ONLY_EVENTS = ("state", "turn_count", "message_count", "revival_count")
"""What an anchor says nothing of: it tells how a session was at a commit, not what was said or how it ended."""


class Known(msgspec.Struct, frozen=True):
    """One session, and how it is known."""

    facts: Facts
    anchored: Anchored | None = None
    """Where no event here speaks of it."""

    @property
    def source(self) -> str:
        """`events`, or `anchor` (`oobo`) where nothing but anchors tells of it."""
        return self.anchored.source if self.anchored else "events"

    def row(self, now: int) -> dict[str, Any]:
        """The fields of a row of `byline sessions --json`."""
        return self._with_source(sessionrows.row(self.facts, now))

    def page(self, now: int) -> dict[str, Any]:
        """The fields of `byline session show --json`."""
        return self._with_source(sessionrows.page(self.facts, now))

    def _with_source(self, row: dict[str, Any]) -> dict[str, Any]:
        row["source"] = self.source
        row["remote"] = self.anchored.remote if self.anchored else None
        if self.anchored is not None:
            row["commits"] = self.anchored.commits
            row["duration_secs"] = self.anchored.duration_secs
            row.update(dict.fromkeys((*self.anchored.untold, *_ONLY_EVENTS)))
        return row


class Everything:
    """All sessions of one repository. Close it when done."""

    def __init__(self, place: Place | None, env: Mapping[str, str]) -> None:
        folders = folders_for(place, env)
        self._facts = SessionFacts(folders, env)
        self.growing: dict[str, Growing] = self._facts.events_only()
        """Those with events, by id, without what transcripts add."""
        index = Index(folders) if folders.store.is_dir() else None
        found = anchoredsessions.find(place, env, index)
        if index is not None:
            index.close()
        self.anchored = {name: one for name, one in found.items() if name not in self.growing}
        """Those that only anchors name."""

    def close(self) -> None:
        """Let go of the index."""
        self._facts.close()

    def __enter__(self) -> "Everything":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def names(self) -> list[str]:
        """The ids of all."""
        return [*self.growing, *self.anchored]

    def activities(self, name: str) -> list[Activity]:
        """The steps that events here tell of a session."""
        return self._facts.activities(name) if name in self.growing else []

    def of(self, names: Iterable[str]) -> dict[str, Known]:
        """These sessions with every fact."""
        wanted = list(names)
        own = [name for name in wanted if name in self.growing]
        facts = self._facts.of(self.growing, own) if own else {}
        return {name: self._known(name, facts) for name in wanted}

    def alone(self, name: str) -> Known:
        """One session without what others say of it: neither subagents nor peers."""
        if name in self.growing:
            return Known(self._facts.alone(self.growing, name))
        return self._known(name, {})

    def all(self) -> dict[str, Known]:
        """All of them with every fact."""
        return self.of(self.names())

    def _known(self, name: str, facts: Mapping[str, Facts]) -> Known:
        if name in facts:
            return Known(facts[name])
        return Known(self.anchored[name].facts, self.anchored[name])


def every_session(place: Place | None, env: Mapping[str, str]) -> dict[str, Known]:
    """All sessions with every fact, by id."""
    with Everything(place, env) as everything:
        return everything.all()
