"""Prompts that were given in another repository: an agent works where it was started, and writes where it likes."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from byline.model import LIFE, Event
from byline.sessions.growing import Growing, grow
from byline.store.index import Index
from byline.store.lines import decode
from byline.store.paths import Folders, folders_for
from byline_hooks.place import data_dir, find_repository
from byline_hooks.system import read

_KEPT = "abroad"
"""The index's key for what was found for lines."""


class Found(msgspec.Struct):
    """What other repositories know of some sessions, and what was looked at to find it."""

    wanted: frozenset[str] = frozenset()
    files: dict[str, tuple[int, int]] = {}
    """Modification time (ns) and size of every spool file that was looked at."""
    told: dict[str, list[bytes]] = {}
    """The records of the life of these sessions, by the file that has them."""

    def sessions(self) -> dict[str, Growing]:
        """The sessions, by id."""
        found: dict[str, Growing] = {}
        for name in sorted(self.told, key=lambda name: (Path(name).name[:10], name)):
            events = map(decode, self.told[name])
            grow(found, (event for event in events if isinstance(event, Event) and event.session_id in self.wanted))
        return found


class Project(msgspec.Struct, frozen=True):
    """One repository that byline has recorded something in."""

    key: str
    common_dir: str
    worktree: str
    at: int
    """Nanoseconds since 1970 of its first event; 0 where the registry does not say."""


def projects(env: Mapping[str, str]) -> list[Project]:
    """The registry of repositories on this machine, those that are gone too, by worktree."""
    try:
        folder = Path(data_dir(env)) / "projects"
        files = sorted(folder.glob("*.json"))
    except OSError:
        return []
    found = []
    for file in files:
        try:
            told = json.loads(read(str(file)))  # never waits, as for a pipe
            at = told.get("at")
            one = Project(file.stem, str(told["common_dir"]), str(told["worktree"]), at if isinstance(at, int) else 0)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
        found.append(one)
    return sorted(found, key=lambda one: one.worktree)


def find(wanted: frozenset[str], here: Folders, env: Mapping[str, str], before: Found) -> Found:
    """What other repositories know of the sessions `wanted`; `before` itself where nothing can have changed.

    Files that were looked through for these sessions are not read again until they change.
    """
    if not wanted:
        return before if not before.wanted else Found()
    files = {str(path): mark for path, mark in _spool_files(here, env)}
    if before.wanted == wanted and before.files == files:
        return before
    known = before if wanted <= before.wanted else Found()
    told = {
        name: known.told.get(name, []) if known.files.get(name) == mark else list(_lives(Path(name), wanted))
        for name, mark in files.items()
    }
    return Found(wanted, files, {name: lines for name, lines in told.items() if lines})


class Abroad:
    """The prompts that were given in other repositories, for the lines of this one. What was found is kept."""

    def __init__(self, folders: Folders, env: Mapping[str, str], index: Index | None) -> None:
        self._folders = folders
        self._env = env
        self._index = index
        self._found: Found | None = None
        self._sessions: dict[str, Growing] = {}
        self._is_due = True

    def look_again(self) -> None:
        """What is there may have changed since the last question."""
        self._is_due = True

    def sessions(self, wanted: frozenset[str]) -> dict[str, Growing]:
        """What other repositories know of sessions, by id."""
        if self._found is not None and not self._is_due and wanted <= self._found.wanted:
            return self._sessions
        self._is_due = False
        before = self._found if self._found is not None else self._kept()
        found = find(wanted | before.wanted, self._folders, self._env, before)
        if found is not self._found:
            self._found, self._sessions = found, found.sessions()
        if found is not before and self._index is not None:
            with contextlib.suppress(UnicodeEncodeError):  # lone surrogates: looked for anew each time
                self._index.put("sessions", _KEPT, msgspec.msgpack.encode(found))
        return self._sessions

    def _kept(self) -> Found:
        data = self._index.get("sessions", _KEPT) if self._index is not None else None
        try:
            return msgspec.msgpack.decode(data, type=Found) if data else Found()
        except (msgspec.MsgspecError, ValueError):
            return Found()


def events_of(here: Folders, name: str) -> list[Event]:
    """The events that one session has here, in order."""
    files = sorted((path for path, _ in _files_of(here)), key=lambda path: (path.name[:10], str(path)))
    return [event for file in files for _, event in _told(file, frozenset((name,)))]


def spool_files(here: Folders, env: Mapping[str, str]) -> Iterator[tuple[Path, tuple[int, int]]]:
    """Every spool file, of here and of all others, with its modification time (ns) and size."""
    yield from _files_of(here)
    yield from _spool_files(here, env)


def _spool_files(here: Folders, env: Mapping[str, str]) -> Iterator[tuple[Path, tuple[int, int]]]:
    for project in projects(env):
        place = find_repository(project.worktree)
        if place is None or Path(place.common_dir) == here.common_dir:
            continue
        yield from _files_of(folders_for(place, env))
    if here.common_dir is not None:
        with contextlib.suppress(OSError):  # no home: nothing lies there
            yield from _files_of(folders_for(None, env))


def _files_of(folders: Folders) -> Iterator[tuple[Path, tuple[int, int]]]:
    for folder in folders.all:
        try:
            files = list((folder / "spool").glob("*.jsonl"))
        except OSError:
            continue  # another person's
        for file in files:
            try:
                status = file.stat()
            except OSError:
                continue
            yield file, (status.st_mtime_ns, status.st_size)


def _lives(file: Path, wanted: frozenset[str]) -> Iterator[bytes]:
    """The records of a file that tell of the life of sessions, in order."""
    return (line for line, event in _told(file, wanted) if event.event in LIFE)


def _told(file: Path, wanted: frozenset[str]) -> Iterator[tuple[bytes, Event]]:
    """The records of sessions in a file, in order; only lines that name one are decoded."""
    names = [json.dumps(name, ensure_ascii=False).encode("utf-8", "surrogatepass") for name in wanted]
    try:
        with file.open("rb") as lines:
            for line in lines:
                if not any(name in line for name in names):
                    continue
                event = decode(line)
                if not isinstance(event, str) and event.session_id in wanted:
                    yield line, event
    except OSError:
        return
