"""One question about one file: owners from the engine, commits from git blame, sessions from events and anchors."""

from collections.abc import Mapping, Sequence

import msgspec

from byline.attribution.marks import Mark, Version, split
from byline.attribution.step import Rule, step
from byline.attribution.timeline import FOREVER
from byline.errors import UnknownRevision
from byline.model import UNKNOWN, Attribution, Event, FileAttribution, Owner, Read, Session, State, Turn
from byline.repo.blame import Blame
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.sessions.fromevents import read_of
from byline.sessions.lineturns import joined_turns, without_turn
from byline.workspace.anchoredowner import anchored_owner
from byline.workspace.answers import attributions, states
from byline.workspace.blaming import Blames
from byline.workspace.contents import Contents, is_binary
from byline.workspace.elsewhere import Abroad
from byline.workspace.engine import Engine
from byline.workspace.history import GitHistory
from byline.workspace.journal import Journal
from byline.workspace.lineowners import LineOwners
from byline.workspace.place import Place, current_place

LARGEST_FILE = 20 * 1024 * 1024
MANY = 64
"""Anchors that are read sooner by git processes of their own than one by one."""


class Asking:
    """Answers from one state of journal and git."""

    def __init__(
        self,
        place: Place | None,
        git: Git | None,
        objects: Objects | None,
        contents: Contents,
        journal: Journal,
        history: GitHistory | None,
        engine: Engine,
        blames: Blames,
        abroad: Abroad,
    ) -> None:
        self._place = place
        self._git = git
        self._objects = objects
        self._contents = contents
        self._journal = journal
        self._history = history
        self._engine = engine
        self._blames = blames
        self._abroad = abroad

    def at_revision(self, name: str, rev: str, *, with_blame: bool) -> FileAttribution:
        """The file as a revision has it. Raises UnknownRevision."""
        commit = self._objects.resolve(rev) if self._objects else None
        if commit is None or self._objects is None:
            raise UnknownRevision(f"git knows no revision {rev!r} here; `git log --oneline` lists them")
        entry = self._objects.entry(commit, name)
        data = self._objects.blob(entry) if entry else None
        if data is None:
            hint = f"`git ls-tree -r --name-only {rev}` lists its files"
            raise UnknownRevision(f"there is no file {name!r} in {rev}; {hint}")
        if is_binary(data):
            return self._answer(name, data, [], [], None, commit)
        asked = self._blames.ask(name, commit, None) if with_blame else None
        marks = _fitting(self._engine.committed(commit, name), len(split(data)))
        found = asked.result(entry) if asked is not None else None
        return self._answer(name, data, marks, ["committed"] * len(marks), found, commit)

    def owners(self, name: str, commit: str) -> LineOwners:
        """The owners of the lines of a file in a commit, by full id; none where it has no such text file."""
        version = self._engine.committed(commit, name)
        return LineOwners(version.marks if version is not None else [], self._described)

    def _described(self, mark: Mark) -> Attribution:
        lines = attributions([mark], ("committed",), None, self.event, self._journal.sessions.get)
        return _with_models(lines, self._sessions(lines))[0]

    def working(self, name: str, on_disk: bytes | None, buffer: bytes | None, *, with_blame: bool) -> FileAttribution:
        """The file as it is on disk, or in a buffer that may differ from it."""
        engine = self._engine
        data = buffer if buffer is not None else on_disk
        now = current_place(self._place)
        head = now.head
        if data is None or is_binary(data) or len(data) > LARGEST_FILE:
            return self._answer(name, data or b"", [], [], None, head)
        committed = engine.entry(head, name)
        asked = self._blames.ask(name, None, data) if with_blame and committed is not None else None
        text = self._contents.read(data, name, head)
        assert text is not None
        disk = self._contents.read(on_disk, name, head) if buffer is not None and on_disk is not None else None
        if disk is not None and disk.id != text.id:
            typing = Owner("unknown", "not saved yet", seq=FOREVER)
            version = step(engine.on_disk(name, disk, now), text, Rule.OTHER, typing)
        else:
            version = engine.on_disk(name, text, now)
        committed_text = text if committed == text.id else self._contents.text(committed, name) if committed else None
        line_states = states(
            text.lines,
            disk.lines if disk else (text.lines if on_disk is not None else []),
            committed_text.lines if committed_text else None,
        )
        is_stored = (buffer is None or (disk is not None and disk.id == text.id)) and not self._contents.filters(name)
        found = asked.result(text.id if is_stored else None) if asked is not None else None
        return self._answer(name, data, list(version.marks), line_states, found, head)

    def _answer(
        self,
        name: str,
        data: bytes,
        marks: list[Mark],
        line_states: Sequence[State],
        found: Blame | None,
        revision: str | None,
    ) -> FileAttribution:
        if found is not None:
            marks = self._from_anchors(marks, found)
        lines = attributions(marks, line_states, found, self.event, self._journal.sessions.get)
        if found is not None:
            lines = self._with_turns(lines, found)
        sessions = self._sessions(lines)
        self._ask_abroad(lines, sessions)
        reads = self._reads(name)
        for read in reads:
            reader = self._journal.sessions.get(read.session_id)
            if reader is not None:
                sessions.setdefault(read.session_id, reader)
        lines = _with_models(lines, sessions)
        return FileAttribution(name, data, lines, found.commits if found else {}, sessions, reads, revision)

    def _sessions(self, lines: Sequence[Attribution]) -> dict[str, Session]:
        """Every session that lines speak of, by id."""
        sessions: dict[str, Session] = {}
        for line in lines:
            if line.session_id is None and not line.previous:
                continue
            for session_id in (line.session_id, line.parent_session_id, *(one.session_id for one in line.previous)):
                if session_id and session_id not in sessions:
                    session = self._session(session_id, line.anchor or line.commit, line.agent)
                    if session is not None:
                        sessions[session_id] = session
        return sessions

    def _ask_abroad(self, lines: Sequence[Attribution], sessions: dict[str, Session]) -> None:
        """The prompts of lines that were given in another repository, as part of their sessions."""
        wanted = frozenset(name for name in without_turn(lines, sessions) if self._is_of_events(name, sessions))
        for name, told in (self._abroad.sessions(wanted) if wanted else {}).items():
            known = sessions.get(name)
            if known is not None:
                turns = tuple(joined_turns(known.turns, told.turns))
                sessions[name] = msgspec.structs.replace(known, turns=turns)
            elif name in wanted:
                sessions[name] = told.session()

    def _is_of_events(self, name: str, sessions: Mapping[str, Session]) -> bool:
        """Whether events here tell of a session, or of a subagent of its; not an anchor alone."""
        known = self._journal.sessions
        own = (one for one in sessions.values() if one.parent_session_id == name)
        return known.get(name) is not None or any(known.get(one.id) is not None for one in own)

    def _from_anchors(self, marks: list[Mark], found: Blame) -> list[Mark]:
        """Lines from before the first event: what an anchor of the commit that git blame names says of them."""
        if self._history is None or not self._history.anchors.commits():
            return marks
        result = list(marks)
        asked = []
        for group in found.groups:
            lines = range(group.start, min(group.start + group.count, len(result)))
            open_lines = [k for k in lines if _is_open(result[k])]
            if group.commit is not None and open_lines:
                asked.append((group, group.commit, open_lines))
        commits = {commit for _, commit, _ in asked}
        if len(commits) > MANY:
            self._history.anchors.load(commits, owners=True)
        for group, commit, open_lines in asked:
            for span in self._history.anchors.ranges(commit, group.original_path) or ():
                for k in open_lines:
                    if span.start <= group.original_start + k - group.start < span.stop:
                        result[k] = Mark(anchored_owner(span, commit))
        return result

    def _with_turns(self, lines: tuple[Attribution, ...], found: Blame) -> tuple[Attribution, ...]:
        """The turns of lines of which an anchor of their own commit tells, and no event."""
        if self._history is None or not self._history.anchors.commits():
            return lines
        result = list(lines)
        for group in found.groups:
            mine = [
                k
                for k in range(group.start, min(group.start + group.count, len(lines)))
                if lines[k].owner == "session" and lines[k].evidence is None and lines[k].turn_id is None
            ]
            if group.commit is None or not mine:
                continue
            for span in self._history.anchors.ranges(group.commit, group.original_path) or ():
                for k in mine:
                    at = group.original_start + k - group.start
                    if span.turn_id and span.start <= at < span.stop and span.session_id == lines[k].session_id:
                        result[k] = msgspec.structs.replace(lines[k], turn_id=span.turn_id)
        return tuple(result)

    def _session(self, session_id: str, commit: str | None, agent: str | None) -> Session | None:
        """A session as events tell it, else as an anchor does."""
        known = self._journal.sessions.get(session_id)
        if known is not None:
            return known
        link = self._history.anchors.session(commit, session_id) if self._history and commit else None
        if link is not None:
            assert self._history is not None
            assert commit is not None
            shared = self._history.anchors.prompts(commit, session_id)
            turns = tuple(Turn(id=turn.id, prompt=turn.prompt or "", at=0) for turn in shared)
            return Session(id=session_id, agent=str(link.agent), model=link.model, turns=turns)
        return Session(id=session_id, agent=agent) if agent else None

    def event(self, event_id: str) -> Event | None:
        """An event by its id."""
        seq = self._journal.events.number(event_id)
        return self._journal.events[seq] if seq is not None else None

    def _reads(self, name: str) -> tuple[Read, ...]:
        found = map(read_of, self._journal.of_path_and_kind(name, "read"))
        return tuple(read for read in found if read is not None)


def _fitting(version: Version | None, count: int) -> list[Mark]:
    """The marks of a version that has `count` lines; nobody's where it has others (a text that could not be read)."""
    if version is None or len(version.marks) != count:
        return [Mark(UNKNOWN)] * count
    return list(version.marks)


def _with_models(lines: tuple[Attribution, ...], sessions: Mapping[str, Session]) -> tuple[Attribution, ...]:
    """Lines of sessions that only an anchor tells of have their model from there."""
    result = list(lines)
    for k, line in enumerate(lines):
        session = sessions.get(line.session_id) if line.session_id and line.model is None else None
        if session is not None and session.model is not None:
            result[k] = msgspec.structs.replace(line, model=session.model)
    return tuple(result)


def _is_open(mark: Mark) -> bool:
    return mark.owner.kind == "unknown" and (mark.rooted or mark.owner is UNKNOWN)
