"""All sessions of a repository with every fact: from its events, from transcripts, and from prompts given elsewhere.

What was worked out is kept in the index, and taken up where it stopped. Without the index all is read again.
"""

import contextlib
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from byline.sessions.activities import Activity, activities
from byline.sessions.facts import Facts, facts, related
from byline.sessions.growing import Growing, grow
from byline.sessions.joined import joined
from byline.sessions.measured import Measured
from byline.sessions.places import usual
from byline.sessions.tally import Tally, merged
from byline.sessions.transcripts import Reading, can_read, read, subagent_transcript
from byline.store.index import Index
from byline.store.paths import Folders
from byline.store.spool import Progress, Spool
from byline.workspace import elsewhere
from byline.workspace.telemetry.kept import Kept

_VERSION = 5
"""Another number forgets what was kept: to be raised when the same events make other sessions."""


class _State(msgspec.Struct):
    version: int
    read: Progress
    sessions: list[Growing]
    abroad: elsewhere.Found


class SessionFacts:
    """The sessions of one repository, or of the files outside any."""

    def __init__(self, folders: Folders, env: Mapping[str, str]) -> None:
        self._folders = folders
        self._env = env
        self._index = Index(folders) if folders.store.is_dir() else None
        self._encode = msgspec.msgpack.Encoder().encode

    def close(self) -> None:
        """Let go of the index."""
        if self._index is not None:
            self._index.close()

    def events_only(self) -> dict[str, Growing]:
        """The sessions as events here and elsewhere tell them, in the order they were first heard of."""
        state = self._kept()
        spool = Spool(self._folders)
        before = dict(state.read.marks) if state else {}
        spool.resume(state.read if state else Progress())
        new = spool.read_new()
        if state is None or spool.restarts or not spool.in_order:
            spool = Spool(self._folders)
            new = spool.read_new()
            state = _State(_VERSION, Progress(), [], elsewhere.Found())
        sessions = {one.id: one for one in state.sessions}
        grow(sessions, new)
        wanted = _begun_elsewhere(sessions)
        found = elsewhere.find(wanted, self._folders, self._env, state.abroad)
        read = spool.progress()
        if read.marks != before or found is not state.abroad:
            kept = _State(_VERSION, read, list(sessions.values()), found)
            if self._index is not None:
                with contextlib.suppress(UnicodeEncodeError):  # lone surrogates: read anew each time
                    self._index.put("sessions", "all", self._encode(kept))
        abroad = found.sessions()
        return {name: joined(one, abroad[name]) if name in abroad else one for name, one in sessions.items()}

    def told(self, what: str) -> list[str] | None:
        """The list that `tell` was last called with; None for never."""
        data = self._index.get("sessions", what) if self._index is not None else None
        try:
            return msgspec.msgpack.decode(data, type=list[str]) if data else None
        except (msgspec.MsgspecError, ValueError):
            return None

    def tell(self, what: str, values: list[str]) -> None:
        """Remember a list that holds as long as `fingerprint` stays: of `transcripts` there are, of `names`."""
        if self._index is not None:
            with contextlib.suppress(UnicodeEncodeError):
                self._index.put("sessions", what, self._encode(values))

    def fingerprint(self, transcripts: Iterable[str]) -> str:
        """Something that changes whenever `all` may answer otherwise; costs a few stats, and reads nothing."""
        digest = hashlib.sha1(usedforsecurity=False)
        spool = sorted((str(path), *mark) for path, mark in elsewhere.spool_files(self._folders, self._env))
        digest.update(repr(spool).encode("utf-8", "surrogatepass"))
        for path in transcripts:
            with contextlib.suppress(OSError, ValueError):
                status = Path(path).stat()
                digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode("utf-8", "surrogatepass"))
        with contextlib.suppress(OSError):
            digest.update(f"{Kept(self._env).folder.stat().st_mtime_ns}".encode())
        return digest.hexdigest()

    def all(self) -> dict[str, Facts]:
        """Every session with its transcripts."""
        return self.of(self.events_only())

    def of(self, known: Mapping[str, Growing], only: Iterable[str] | None = None) -> dict[str, Facts]:
        """The facts of these sessions; transcripts are read for `only` some of them, or for all."""
        chosen = set(known if only is None else only)
        measured = self._measured(known.values())
        found = {
            name: self._complete(one, known, measured.get(name))
            if name in chosen
            else facts(one, None, measured.get(name))
            for name, one in known.items()
        }
        related(found)
        return found

    def alone(self, known: Mapping[str, Growing], name: str) -> Facts:
        """One session without what others say of it: neither subagents nor peers."""
        one = known[name]
        return self._complete(one, known, self._measured([one]).get(name))

    def activities(self, name: str) -> list[Activity]:
        """The steps that events here tell of a session, in order."""
        return activities(elsewhere.events_of(self._folders, name))

    def _complete(self, one: Growing, known: Mapping[str, Growing], measured: Measured | None) -> Facts:
        """One session with its transcripts; the path of one that no event names is told too."""
        found = facts(one, merged(self._readings(one, known)), measured)
        if found.transcript_available and found.transcript_path is None:
            found.transcript_path = next(iter(transcripts_of(one, known, self._env)), None)
        return found

    def _measured(self, sessions: Iterable[Growing]) -> dict[str, Measured]:
        """What agents' telemetry says of sessions."""
        try:
            kept = Kept(self._env)
        except OSError:
            return {}  # no home
        return kept.measured((str(one.latest.get("agent", "unknown")), one.id) for one in sessions)

    def _readings(self, one: Growing, known: Mapping[str, Growing]) -> list[Tally]:
        agent, is_subagent = str(one.latest.get("agent", "unknown")), "parent_session_id" in one.latest
        paths = transcripts_of(one, known, self._env)
        readings = (self._read(agent, path, is_subagent, one.id) for path in paths)
        return [reading.tally for reading in readings if reading is not None]

    def _read(self, agent: str, path: str, is_subagent: bool, session: str) -> Reading | None:
        key = f"{agent} {session} {path}"
        before = self._reading(key)
        looked = (before.size, before.modified) if before else None
        reading = read(agent, Path(path), before, is_subagent=is_subagent, session=session)
        is_new = reading is not None and (reading is not before or looked != (reading.size, reading.modified))
        if is_new and self._index is not None:
            with contextlib.suppress(UnicodeEncodeError):
                self._index.put("transcript", key, self._encode(reading))
        return reading

    def _reading(self, key: str) -> Reading | None:
        data = self._index.get("transcript", key) if self._index is not None else None
        try:
            return msgspec.msgpack.decode(data, type=Reading) if data else None
        except (msgspec.MsgspecError, ValueError):
            return None

    def _kept(self) -> _State | None:
        data = self._index.get("sessions", "all") if self._index is not None else None
        try:
            state = msgspec.msgpack.decode(data, type=_State) if data else None
        except (msgspec.MsgspecError, ValueError):
            return None
        return state if state is not None and state.version == _VERSION else None


def facts_of(one: Growing, tallies: list[Tally]) -> Facts:
    """One session by its events and what its transcripts tell."""
    return facts(one, merged(tallies))


def transcripts_of(one: Growing, known: Mapping[str, Growing], env: Mapping[str, str] | None = None) -> list[str]:
    """The transcripts of a session that byline can read; `known` has its parent, where it has one.

    env: where agents keep those that no event names is only known with it.
    """
    agent = str(one.latest.get("agent", "unknown"))
    if not can_read(agent):
        return []
    if one.transcripts:
        named = list(one.transcripts)
    else:
        where = usual(agent, one.id, env) if env is not None and one.forgotten_at is None else None
        named = [where] if where else []
    parent = one.latest.get("parent_session_id")
    if not isinstance(parent, str):
        return named
    above = known[parent].transcripts[-1:] if parent in known else []
    last = above or named
    other = next((path for path in reversed(named) if path not in above), None)
    own = subagent_transcript(agent, one.id, other, last[-1] if last else None)
    return [own] if own else []


def _begun_elsewhere(sessions: Mapping[str, Growing]) -> frozenset[str]:
    """The sessions of which no start, or no prompt, is recorded here; a subagent's prompts are its parent's."""
    found = set()
    for name, one in sessions.items():
        above = one.latest.get("parent_session_id")
        asked = one if not isinstance(above, str) else sessions.get(above)
        if asked is None or not asked.turns or asked.last_start is None:
            found.add(above if isinstance(above, str) else name)
    return frozenset(found)
