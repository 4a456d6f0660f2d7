"""One repository as byline sees it: asks spool, git and the engine, and answers who wrote each line of a file."""

import contextlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from byline.attribution.marks import Mark, Version, split
from byline.attribution.step import Rule, step
from byline.attribution.timeline import FOREVER
from byline.errors import BylineError, GitFailed, UnknownRevision
from byline.model import UNKNOWN, Event, FileAttribution, Owner, Read, Session
from byline.repo.blame import Blame, blame
from byline.repo.graph import Graph
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.sessions.fromevents import read_of
from byline.store.blobs import Snapshots
from byline.store.paths import folders_for
from byline.store.spool import Spool
from byline.workspace import recorder
from byline.workspace.answers import attributions, states
from byline.workspace.contents import Contents, is_binary
from byline.workspace.engine import Engine
from byline.workspace.history import GitHistory, anchored_owner
from byline.workspace.journal import Journal
from byline.workspace.place import Place, current_place, place_of

LARGEST_FILE = 20 * 1024 * 1024


class Workspace:
    """One repository, or the user data folder for files outside any. Thread-safe; close it when done."""

    def __init__(self, place: Place | None, env: Mapping[str, str]) -> None:
        self._env = dict(env)
        self._place = place
        self._lock = threading.RLock()
        self.folders = folders_for(place, env)
        self.spool = Spool(self.folders)
        self.snapshots = Snapshots(self.folders)
        self.worktree = Path(place.worktree) if place else None
        self.git: Git | None = Git(Path(place.worktree), env=env) if place else None
        self.objects = Objects(self.git) if self.git else None
        self._contents = Contents(self.snapshots, self.objects, self.git)
        self._history: GitHistory | None = None
        if place and self.git and self.objects:
            graph = Graph(self.git)
            self._history = GitHistory(self.git, self.objects, self._contents, graph, Path(place.common_dir))
        self._journal = Journal(self._changed_between)
        self._engine: Engine | None = None
        self._signature: object = None

    @classmethod
    def for_path(cls, path: Path, env: Mapping[str, str]) -> "Workspace":
        """The workspace of the repository that holds `path` (which need not exist)."""
        return cls(place_of(path), env)

    def close(self) -> None:
        """End the git processes this workspace keeps."""
        if self.objects is not None:
            self.objects.close()

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- what is known ----------------------------------------------------------------------------------------------

    def refresh(self) -> frozenset[str]:
        """Read what is new; the paths whose answers may have changed, `*` standing for all of them."""
        with self._lock:
            return self._refresh()

    def events(self) -> Sequence[Event]:
        """All events, in order."""
        with self._lock:
            self._refresh()
            return self._journal.events

    def sessions(self) -> dict[str, Session]:
        """All sessions any event speaks of, by id."""
        with self._lock:
            self._refresh()
            return self._journal.sessions.all()

    def _refresh(self) -> frozenset[str]:
        restarts = self.spool.restarts
        new = self.spool.read_new()
        if self.spool.restarts != restarts:
            # A spool file was replaced or lost: what it said may no longer be said.
            self.spool = Spool(self.folders)
            new = self.spool.read_new()
            self._journal = Journal(self._changed_between)
            self._signature = None
        touched = self._journal.add(new)
        signature = recorder.git_signature(self._place)
        if signature != self._signature:
            self._signature = signature
            self._contents.forget_settings()
            touched = touched | {"*"}
        if touched or self._engine is None:
            if self._history is not None:
                self._history.refresh(self._journal)
            self._engine = Engine(self._journal, self._contents, self._history)
        return frozenset(touched)

    def _changed_between(self, old: str | None, new: str | None) -> frozenset[str]:
        return self._history.changed_between(old, new) if self._history else frozenset()

    # -- answers ----------------------------------------------------------------------------------------------------

    def attribute(
        self, path: Path, text: bytes | None = None, rev: str | None = None, *, blame: bool = True
    ) -> FileAttribution:
        """Who wrote each line of a file.

        With neither `text` nor `rev` of the working file; with `text` of a buffer that is not saved; with `rev` of
        that commit's version. Without `blame` git is not asked for the commits of lines. A file that is binary,
        empty or not there has no lines. Raises UnknownRevision, and BylineError for a path outside the worktree.
        """
        with self._lock:
            self._refresh()
            name = self.name(path)
            if rev is not None:
                return self._at_revision(name, rev, with_blame=blame)
            return self._working(path, name, text, with_blame=blame)

    def name(self, path: Path) -> str:
        """The path as events name it: relative to the worktree, absolute outside a repository."""
        full = path.parent.resolve() / path.name
        if full.is_symlink():
            full = full.resolve()
        if self.worktree is None:
            return full.as_posix()
        with contextlib.suppress(ValueError):
            return full.relative_to(self.worktree).as_posix()
        raise BylineError(f"{path} is not inside {self.worktree}")

    def _at_revision(self, name: str, rev: str, *, with_blame: bool) -> FileAttribution:
        commit = self.objects.resolve(rev) if self.objects else None
        if commit is None or self._engine is None or self.objects is None:
            raise UnknownRevision(f"git knows no revision {rev!r} here; `git log --oneline` lists them")
        entry = self.objects.entry(commit, name)
        data = self.objects.blob(entry) if entry else None
        if data is None:
            raise UnknownRevision(
                f"there is no file {name!r} in {rev}; `git ls-tree -r --name-only {rev}` lists files"
            )
        if is_binary(data):
            return self._answer(name, data, [], [], None, commit)
        version = self._engine.committed(commit, name)
        marks = self._fitting(version, split(data))
        return self._answer(
            name, data, marks, ["committed"] * len(marks), self._blame(name, commit, None, with_blame), commit
        )

    def _working(self, path: Path, name: str, buffer: bytes | None, *, with_blame: bool) -> FileAttribution:
        engine = self._engine
        assert engine is not None
        on_disk = read_file(path)
        data = buffer if buffer is not None else on_disk
        now = current_place(self._place)
        head = now.head
        if data is None or is_binary(data) or len(data) > LARGEST_FILE:
            return self._answer(name, data or b"", [], [], None, head)
        text = self._contents.read(data, name, head)
        assert text is not None
        disk_text = self._contents.read(on_disk, name, head) if buffer is not None and on_disk is not None else None
        if disk_text is not None and disk_text.id != text.id:
            saved = engine.on_disk(name, disk_text, now)
            typing = Owner("unknown", "not saved yet", seq=FOREVER)
            version = step(saved, text.lines, Rule.OTHER, typing)
        else:
            version = engine.on_disk(name, text, now)
        committed = engine.entry(head, name)
        committed_text = self._contents.text(committed, name) if committed else None
        line_states = states(
            text.lines,
            disk_text.lines if disk_text else (text.lines if on_disk is not None else []),
            committed_text.lines if committed_text else None,
        )
        found = self._blame(name, None, data, with_blame) if committed is not None else None
        return self._answer(name, data, list(version.marks), line_states, found, head)

    def _fitting(self, version: Version | None, lines: list[bytes]) -> list[Mark]:
        """The marks of a version whose lines are these but for line endings."""
        if version is None or len(version.marks) != len(lines):
            return [Mark(UNKNOWN)] * len(lines)
        return list(version.marks)

    def _blame(self, name: str, commit: str | None, data: bytes | None, wanted: bool) -> Blame | None:
        if not wanted or self.git is None:
            return None
        try:
            return blame(self.git, name, rev=commit, contents=data)
        except (GitFailed, BylineError):
            return None

    def _answer(
        self,
        name: str,
        data: bytes,
        marks: list[Mark],
        line_states: Sequence[str],
        found: Blame | None,
        revision: str | None,
    ) -> FileAttribution:
        if found is not None:
            marks = self._from_anchors(marks, found)
        lines = attributions(
            marks,
            line_states,  # type: ignore[arg-type]
            found,
            self._event,
            self._journal.sessions.get,
        )
        sessions = {}
        for line in lines:
            for session_id in (line.session_id, line.parent_session_id, *(one.session_id for one in line.previous)):
                if session_id and session_id not in sessions:
                    session = self._journal.sessions.get(session_id) or self._foreign(
                        session_id, line.commit, line.agent
                    )
                    if session is not None:
                        sessions[session_id] = session
        reads = self._reads(name)
        for read in reads:
            session = self._journal.sessions.get(read.session_id)
            if session is not None:
                sessions.setdefault(read.session_id, session)
        return FileAttribution(
            name, data, lines, found.commits if found else {}, sessions, reads, revision, self._notes()
        )

    def _from_anchors(self, marks: list[Mark], found: Blame) -> list[Mark]:
        """Lines from before the first event: what an anchor of the commit that git blame names says of them."""
        if self._history is None or not self._history.anchors.commits():
            return marks
        result = list(marks)
        for group in found.groups:
            if group.commit is None:
                continue
            open_lines = [
                k for k in range(group.start, group.start + group.count) if k < len(result) and _is_open(result[k])
            ]
            if not open_lines:
                continue
            for start, stop, session_id, agent, author, source in (
                self._history.anchors.ranges(group.commit, group.original_path) or ()
            ):
                for k in open_lines:
                    if start <= group.original_start + k - group.start < stop and (session_id or author == "human"):
                        result[k] = Mark(anchored_owner(session_id, agent, author, source, group.commit))
        return result

    def _foreign(self, session_id: str, commit: str | None, agent: str | None) -> Session | None:
        """A session that only an anchor knows."""
        link = self._history.anchors.session(commit, session_id) if self._history and commit else None
        if link is not None:
            return Session(id=session_id, agent=str(link.agent), model=link.model)
        return Session(id=session_id, agent=agent) if agent else None

    def _event(self, event_id: str) -> Event | None:
        seq = self._journal.by_id.get(event_id)
        return self._journal.events[seq] if seq is not None else None

    def _reads(self, name: str) -> tuple[Read, ...]:
        found = (read_of(event) for _, event in self._journal.concerning(name))
        return tuple(read for read in found if read is not None)

    def _notes(self) -> tuple[str, ...]:
        damaged = len(self.snapshots.damaged)
        return (f"{damaged} damaged snapshots; `byline doctor` names them",) if damaged else ()

    # -- evidence from an editor ------------------------------------------------------------------------------------

    def record(self, event: str, path: Path, *, before: bytes | None = None, editor: str | None = None) -> None:
        """Write a `save`, `observe` or `format` event for the file as it is on disk now.

        `before` is the text the editor saw on disk before. An `observe` of what is already the newest known state,
        and a `save` that changed nothing, are not written.
        """
        with self._lock:
            data = read_file(path)
            if event == "observe" and self._is_newest(path, data):
                return
            if event == "save" and (before == data or self._is_newest(path, data)):
                return
            recorder.append(event, path, before, data, editor, self._env)

    def correct(self, path: Path, first: int, last: int, owner: str) -> None:
        """Record a person's word on lines `first` to `last` (1-based, inclusive) of the working file.

        `owner`: `human`, `unknown`, a session id, or `undo` to take the last word back. Raises BylineError when the
        lines are not there.
        """
        with self._lock:
            data = read_file(path)
            count = len(split(data)) if data else 0
            if not 1 <= first <= last <= count:
                raise BylineError(f"{path} has {count} lines; give a range within 1-{count}")
            recorder.correct(path, data or b"", first, last, owner, self._env)
            self._refresh()

    def _is_newest(self, path: Path, data: bytes | None) -> bool:
        self._refresh()
        assert self._engine is not None
        if data is None or is_binary(data):
            return True
        now = current_place(self._place)
        name = self.name(path)
        text = self._contents.read(data, name, now.head)
        current = self._engine.fold(name).current.get(now.worktree)
        if current is not None:
            return text is not None and current.id == text.id
        return text is not None and self._engine.entry(now.head, name) == text.id


def _is_open(mark: Mark) -> bool:
    return mark.owner.kind == "unknown" and (mark.root is not None or mark.owner is UNKNOWN)


def read_file(path: Path) -> bytes | None:
    """A regular file's bytes; None when it can't be read."""
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError:
        return None
