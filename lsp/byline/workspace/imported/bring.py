"""Bringing past sessions into a repository's spool."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from byline.errors import BylineError
from byline.model import Event
from byline.repo.run import Git
from byline.store.paths import folders_for
from byline.store.spool import Spool
from byline.workspace.imported.found import AGENTS, found
from byline.workspace.imported.history import History
from byline.workspace.imported.proof import Write, proved, resolved
from byline.workspace.imported.shelf import Shelf
from byline.workspace.imported.story import Story, story
from byline.workspace.imported.telling import Telling, tell
from byline.workspace.place import Place
from byline_hooks import fastjson, snapshots, spool
from byline_hooks.place import data_dir, key, recording

FOLLOWED = ("aider", "continue", "trae", "zed")
Progress = Callable[[int, int], None]


class Count(msgspec.Struct):
    """What of one agent's is new."""

    agent: str
    transcripts: int = 0
    """That were looked at."""
    sessions: int = 0
    prompts: int = 0
    writes: int = 0
    """That are proved, and own lines."""
    unproved: int = 0
    """Of which no known content follows."""
    files: int = 0
    links: int = 0
    """Of a session to a commit, by a best guess."""
    known: int = 0
    """Sessions that were here already."""


def bring(
    place: Place, agents: Sequence[str], env: Mapping[str, str], *, dry_run: bool, progress: Progress | None = None
) -> list[Count]:
    """Import what these agents keep of sessions in this repository; for each what was new.

    Raises BylineError where recording is off, or nothing can be written.
    """
    if not dry_run and not recording(place, env):
        raise BylineError("recording is off here; `byline settings unset enabled` turns it on again")
    events = Spool(folders_for(place, env)).read_new()
    known = {event.id for event in events}
    hooked = _hooked(events)
    listed = [one for agent in agents for one in found(agent, place.worktree, env)]
    counts = {agent: Count(agent) for agent in agents}
    stories: list[Story] = []
    by_path: dict[str, list[Write]] = {}
    history: History | None = None
    with Shelf() as shelf:
        for number, one in enumerate(listed):
            counts[one.agent].transcripts += 1
            told = story(one, place.worktree)
            if told is not None:
                history = history or History(Git(Path(place.worktree), env=env), place, events)
                counts[one.agent].unproved += sum(map(len, told.deeds.values()))
                _resolve(told, history, place, shelf, by_path)
                stories.append(told)
            if progress is not None:
                progress(number + 1, len(listed))
        if history is not None:
            writes = _proved(by_path, history)
            tellings: list[Telling] = []
            for told in stories:
                own, count = writes.get(told.found.session_id, []), counts[told.found.agent]
                count.unproved -= len(own)
                all_of_it = tell(told, own, history, place, hooked.get(told.found.session_id))
                new = [one for one in all_of_it if one.record["id"] not in known]
                _count(count, new)
                tellings += new
            if not dry_run:
                _write(tellings, shelf, place, env)
    return [count for count in counts.values() if count.transcripts]


def agents_named(name: str) -> tuple[str, ...]:
    """The agents that a name stands for, all of them for none. BylineError for one of which none can be read."""
    if not name:
        return AGENTS
    if name in FOLLOWED:
        raise BylineError(f"sessions of {name} come without an import: byline follows what it leaves behind")
    if name not in AGENTS:
        raise BylineError(f"no transcripts of {name!r} can be imported; of these they can: {', '.join(AGENTS)}")
    return (name,)


def _hooked(events: Sequence[Event]) -> dict[str, int]:
    """When hooks first told of each session (ns since 1970)."""
    first: dict[str, int] = {}
    for event in events:
        if event.session_id is not None and not event.is_imported and event.source != "manual":
            first[event.session_id] = min(event.at, first.get(event.session_id, event.at))
    return first


def _resolve(told: Story, history: History, place: Place, shelf: Shelf, by_path: dict[str, list[Write]]) -> None:
    """Find the texts around a session's writes. They go to the shelf; of the session's own record the paths stay."""
    name = told.found.session_id
    for path, deeds in told.deeds.items():
        if deeds:
            by_path.setdefault(path, []).extend(
                resolved(name, path, deeds, history.texts, history.was_there, place.object_format, shelf.keep)
            )
    told.deeds = {path: [] for path in told.deeds}


def _proved(by_path: Mapping[str, list[Write]], history: History) -> dict[str, list[Write]]:
    """The proved writes of each session."""
    by_session: dict[str, list[Write]] = {}
    for path, writes in by_path.items():
        for write in proved(writes, history.known(path)):
            by_session.setdefault(write.session_id, []).append(write)
    return by_session


def _count(count: Count, new: Sequence[Telling]) -> None:
    kinds = [telling.record["event"] for telling in new]
    is_new = "session_start" in kinds or "subagent_start" in kinds
    count.sessions += is_new
    count.known += not is_new
    count.prompts += kinds.count("prompt")
    count.writes += kinds.count("write")
    count.links += kinds.count("link")
    count.files += len({telling.record["path"] for telling in new if telling.record["event"] == "write"})


def _write(tellings: Sequence[Telling], shelf: Shelf, place: Place, env: Mapping[str, str]) -> None:
    """Snapshots first, then the lines, oldest first, in the first store folder that takes them."""
    if not tellings:
        return
    own = data_dir(env)
    machine = spool.machine_id(own)
    for folder in spool.folders(place.common_dir, env):
        try:
            spool.prepare(folder)
            for one in sorted(tellings, key=lambda telling: str(telling.record["at"]).zfill(20)):
                for blob in one.contents:
                    snapshots.keep(folder, blob, shelf.get(blob))
                at = one.record["at"]
                assert isinstance(at, int)
                record = {name: value for name, value in one.record.items() if value not in (None, "", [])}
                record["machine_id"] = machine
                line = fastjson.dumps(_clean(record)).encode()
                spool.append(folder, machine, at, line)
        except OSError:
            continue
        at = tellings[0].record["at"]
        spool.register(own, key(place.common_dir), place.common_dir, place.worktree, at if isinstance(at, int) else 0)
        return
    raise BylineError(f"nothing could be written below {place.common_dir}")


def _clean(record: dict[str, object]) -> dict[str, object]:
    """Texts as every reader can take them: no lone surrogates."""
    return {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in record.items()
    }
