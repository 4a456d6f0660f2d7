"""What `status` and `doctor` look at: the place a person stands in, its events, and whether they are recorded."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from byline.cli.folders import data_folder, place_here
from byline.errors import BylineError
from byline.model import Event
from byline.repo.run import Git
from byline.store.index import Index
from byline.store.paths import Folders, folders_for
from byline.store.spool import Problems, Spool
from byline.workspace.journal import Journal
from byline.workspace.reading import Reading
from byline_hooks.place import Place, find_repository, recording
from byline_hooks.system import read


class Here:
    """The repository around the working directory, or the user data folder outside any. Events are read once."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.place: Place | None = place_here()
        self.folders = folders_for(self.place, env)

    @cached_property
    def data(self) -> Path:
        """The user data folder. Raises BylineError where there is no home to have one in."""
        return data_folder(self.env)

    @property
    def worktree(self) -> Path | None:
        """The repository's worktree; None outside any."""
        return Path(self.place.worktree) if self.place else None

    @cached_property
    def journal(self) -> Journal:
        """What is recorded here."""
        return self._reading.journal

    @property
    def events(self) -> Sequence[Event]:
        """Every event recorded here."""
        return self.journal.events

    @property
    def problems(self) -> Problems:
        """What of the spool gave no event."""
        return self._reading.spool.problems

    @property
    def unended(self) -> list[tuple[Path, int]]:
        """Spool files whose last line has no end, and the byte it begins at."""
        return self._reading.spool.unended()

    @cached_property
    def _reading(self) -> Reading:
        git = Git(Path(self.place.worktree), env=self.env) if self.place else None
        found = Reading(self.folders, Index(self.folders) if self.folders.store.is_dir() else None, git)
        found.refresh()
        return found

    @cached_property
    def is_recording(self) -> bool:
        """Whether a hook called here would record anything; the hook's own rule."""
        return recording(self.place, self.env)

    @property
    def is_disabled_by_environment(self) -> bool:
        """Whether BYLINE_DISABLE is what switches recording off."""
        return self.env.get("BYLINE_DISABLE", "0") not in ("", "0")

    def why(self) -> str:
        """What decides whether recording is on, in words."""
        if self.is_disabled_by_environment:
            return "BYLINE_DISABLE is set"
        if not self.is_recording:
            return "git config byline.enabled is false"
        return "nothing switches it off"

    def last_events(self) -> dict[str, Event]:
        """The newest event of each agent, among those recorded here."""
        places = {name: number for name, (_, number, _) in self.journal.agents.items() if number >= 0}
        return dict(zip(places, self.journal.events.some(list(places.values())), strict=True))

    def last_event_anywhere(self, agent: str, since: int) -> Event | None:
        """The newest event of `agent`, here or, where none is after `since` (ns), in any repository byline knows."""
        found = self.last_events().get(agent)
        if found is not None and found.at >= since:
            return found
        for folders in self._elsewhere():
            other = newest(Spool(folders).read_new()).get(agent)
            if other is not None and (found is None or other.at > found.at):
                found = other
                if found.at >= since:
                    break
        return found

    def _elsewhere(self) -> Iterator[Folders]:
        try:
            if self.place is not None:
                yield folders_for(None, self.env)
            folder = self.data / "projects"
        except (OSError, BylineError):
            return  # no home: there is nothing else
        for file in sorted(folder.glob("*.json")):
            try:
                worktree = json.loads(read(str(file)))["worktree"]
            except (OSError, ValueError, KeyError, TypeError):
                continue
            place = find_repository(worktree) if isinstance(worktree, str) else None
            if place is not None and (self.place is None or place.common_dir != self.place.common_dir):
                yield folders_for(place, self.env)


def newest(events: Sequence[Event]) -> dict[str, Event]:
    """The newest event of each agent that came from a hook."""
    found: dict[str, Event] = {}
    for event in events:
        agent = event.agent
        if agent and event.source != "editor" and (agent not in found or event.at >= found[agent].at):
            found[agent] = event
    return found
