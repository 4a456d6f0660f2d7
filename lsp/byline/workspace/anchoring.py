"""Builds the anchor of one commit from what is known about its lines.

An anchor says what the commit's own bytes say together with the events before it; never what the working files hold
now, nor who asks, nor when. The same evidence gives the same anchor.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Protocol

import msgspec

from byline.errors import BylineError
from byline.model import Attribution, Event, Session
from byline.moment import nanoseconds
from byline.repo.anchors.changes import Delta, deltas, old_names, paths
from byline.repo.anchors.checks import problems
from byline.repo.anchors.format import (
    Anchor,
    CommitRecord,
    Contributor,
    Coverage,
    FileInteraction,
    SessionLink,
    ai_percentage,
)
from byline.repo.commits import CommitObject
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.workspace import anchorsessions, authortype
from byline.workspace.anchorblobs import Blobs
from byline.workspace.anchorfacts import Known, Past
from byline.workspace.anchorfiles import FileReader, Written
from byline.workspace.anchorlines import Counts, named
from byline.workspace.anchortold import Told, anchor_of, turns_again
from byline.workspace.evidence import Evidence
from byline.workspace.lineowners import LineOwners
from byline.workspace.removals import Contents

BYLINE_VERSION = version("byline")
MOST_NOTES = 20
MOST_HELD = 20_000
"""Events: most commits ask about those of the same files and sessions as the one before."""


class Source(Protocol):
    """What a workspace answers."""

    def owners(self, name: str, commit: str) -> LineOwners:
        """Who wrote each line of a file in a commit, by full id."""

    def lend_renames(self, found: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """What git says of renames in commits: by commit, for each new path those it may have had before."""

    def told(self, commit: str, session_id: str) -> Told | None:
        """What anchors of a commit tell of a session."""

    def evidence(self) -> Evidence:
        """What events tell."""


TreeOfTurn = Callable[[str, str, int], str | None]
"""The tree of the workspace at the end of a turn, `(session, turn, until)`; None if it ended not before `until`."""


class AnchorWrong(BylineError):
    """An anchor that contradicts itself was about to be written: a fault of byline, told instead of published."""


class Maker:
    """Builds anchors for commits of one repository. Not safe to use from several threads at once."""

    def __init__(
        self,
        source: Source,
        git: Git,
        objects: Objects,
        contents: Contents,
        trees: TreeOfTurn | None = None,
        between: Callable[[], None] = lambda: None,
    ) -> None:
        """`between`: called before each file, whatever it raises ends the work."""
        self._git = git
        self._between = between
        self._trees = trees or (lambda session_id, turn_id, until: None)
        self._objects = objects
        self._evidence = source.evidence()
        self._evidence.events.hold(MOST_HELD)
        self._past = Past(self._evidence)
        self._blobs = Blobs(git, objects, contents)
        self._source = source
        self._files = FileReader(source, objects, self._blobs, self._evidence)
        self._deltas: dict[str, list[Delta]] = {}

    def expect(self, commits: Sequence[str]) -> list[str]:
        """Ask git what these commits change, all at once; the paths of that, as they are now and were before."""
        self._deltas = deltas(self._git, commits)
        self._blobs.expect(commits, self._deltas)
        self._source.lend_renames(
            {
                commit: old_names(changed)
                for commit, changed in self._deltas.items()
                if all(len(delta.old_blobs) == 1 for delta in changed)
            }
        )
        return paths(self._deltas.values())

    def build(self, commit_id: str, branch: str | None = None) -> CommitRecord | None:
        """Everything there is to store for a commit; None when git does not have it. Raises AnchorWrong."""
        commit = self._objects.commit(commit_id)
        if commit is None:
            return None
        if commit.id not in self._deltas:
            self.expect([commit.id])
        self._blobs.reach(commit.id)
        files = [self._read(commit, delta) for delta in self._deltas[commit.id]]
        if len(commit.parents) > 1:
            files = [file for file in files if file.counts.added]  # the others git has merged by itself
        record = self._record(commit, branch, files)
        wrong = problems(record.anchor, record.links, {file.change.path: file.length for file in files})
        if wrong:
            raise AnchorWrong(f"no anchor for {commit.id[:10]}, this is a fault of byline: {wrong[0]}")
        return record

    def _read(self, commit: CommitObject, delta: Delta) -> Written:
        self._between()
        return self._files.read(commit, delta)

    def _record(self, commit: CommitObject, branch: str | None, files: Sequence[Written]) -> CommitRecord:
        own = _own_lines(files)
        until = self._until(commit, own.values())
        writers = {file.delta.path: file.sessions for file in files}
        window = anchorsessions.touching(self._evidence, writers, self._since(commit, own.values()), until)
        shared = anchorsessions.interactions(window, writers)
        moment = nanoseconds(commit.committer.time + 1)
        guessed = [one for one in self._guessed(commit, files, until, moment) if one not in own]
        known = {one: self._past.at(one, until, moment) for one in (*sorted(own), *guessed)}
        agents = {one: _agent(own.get(one, ()), self._evidence.session(one)) for one in known}
        for file in files:
            file.change = named(file.change, file.sessions, agents)
        told = self._told(own)
        links = tuple(
            self._link(one, known[one], agents[one], own.get(one, ()), told.get(one), files, shared) for one in known
        )
        again = turns_again(told, own)
        told_already = {(turn.session_id, turn.id) for turn in again}
        turns = anchorsessions.turn_links(
            {(one, line.turn_id) for one, lines in own.items() for line in lines if line.turn_id} - told_already,
            self._evidence.session,
            agents,
            lambda session_id: _turns(self._evidence.events.some(self._evidence.before(session_id, until))),
        )
        turns = tuple(
            msgspec.structs.replace(turn, tree_hash=self._trees(turn.session_id, turn.id, until)) for turn in turns
        )
        turns = tuple(sorted((*turns, *again), key=lambda turn: (turn.session_id, turn.turn_index, turn.id)))
        anchor = msgspec.structs.replace(
            self._anchor(commit, branch, files, links[: len(own)]),
            file_interactions=shared or None,
            turns=turns or None,
        )
        at = self._evidence.events.at
        story = anchorsessions.timeline(
            window, shared, lambda session_id: [at[number] for number in self._evidence.before(session_id, until)]
        )
        return CommitRecord(anchor=anchor, links=links, timeline=story, subagents=anchorsessions.subagents(links))

    def _told(self, own: Mapping[str, Sequence[Attribution]]) -> dict[str, Told]:
        """What anchors tell of those sessions that no event here does."""
        found = {}
        for one, lines in own.items():
            commit = anchor_of(lines) if self._evidence.session(one) is None else None
            told = self._source.told(commit, one) if commit is not None else None
            if told is not None:
                found[one] = told
        return found

    def _link(
        self,
        session_id: str,
        known: Known,
        agent: str,
        lines: Sequence[Attribution],
        told: Told | None,
        files: Sequence[Written],
        shared: Sequence[FileInteraction],
    ) -> SessionLink:
        touched = [file.change.path for file in files if session_id in file.sessions]
        peers = _peers(session_id, files) | anchorsessions.peers(session_id, shared)
        if told is not None:
            return told.again(agent, touched, peers)
        model = next((line.model for line in lines if line.model), None)
        return anchorsessions.session_link(known, agent, model, touched, peers)

    def _guessed(self, commit: CommitObject, files: Sequence[Written], until: int, moment: int) -> list[str]:
        """Sessions that may have had a hand in it: those that an import joined to it, and where nobody was seen
        writing some lines those that were at work then.
        """
        joined = self._evidence.joined(commit.id)
        if len(commit.parents) > 1 or not any(file.counts.unknown_added for file in files):
            return joined
        first = self._evidence.first_at(commit.id)
        where = self._evidence.worktree_of(first) if first is not None else None
        parent = commit.parents[0] if commit.parents else None
        return sorted({*joined, *anchorsessions.nearby(self._evidence, parent, until, where, moment)})

    def _anchor(
        self,
        commit: CommitObject,
        branch: str | None,
        files: Sequence[Written],
        links: Sequence[SessionLink],
    ) -> Anchor:
        counts = Counts()
        for file in files:
            counts.add(file.counts)
        author = f"{commit.author.name} <{commit.author.mail}>"
        agents = sorted({(link.agent, link.model or "") for link in links})
        author_type, source = authortype.of(
            commit,
            self._evidence.told_by_git(commit.id),
            commit.id in self._evidence.made_in_shell,
            has_sessions=bool(links),
        )
        return Anchor(
            byline_version=BYLINE_VERSION,
            commit_hash=commit.id,
            branch=branch or "",
            author=author,
            author_type=author_type,
            author_type_source=source,
            contributors=(
                Contributor(name=author, role="human"),
                *(Contributor(name=name, role="agent", model=model or None) for name, model in agents),
            ),
            committed_at=commit.committer.time,
            message=commit.message.rstrip("\n"),
            files_changed=tuple(file.change.path for file in files),
            added=counts.added,
            deleted=counts.deleted,
            file_changes=tuple(file.change for file in files),
            ai_added=counts.ai_added,
            ai_deleted=counts.ai_deleted,
            human_added=counts.added - counts.ai_added,
            human_deleted=counts.deleted - counts.ai_deleted,
            unknown_added=counts.unknown_added,
            unknown_deleted=counts.unknown_deleted,
            ai_percentage=ai_percentage(counts.ai_added + counts.ai_deleted, counts.added + counts.deleted),
            session_ids=tuple(link.session_id for link in links),
            transparency_mode="off",
            coverage=_coverage(files),
        )

    def _until(self, commit: CommitObject, own: Iterable[Sequence[Attribution]]) -> int:
        """The position of the first event after the commit. HEAD tells, else the clock and the evidence."""
        first = self._evidence.first_at(commit.id)
        if first is not None:
            return first
        known = [self._evidence.number(line.evidence) for lines in own for line in lines]
        last = max((number for number in known if number is not None), default=-1)
        return max(last + 1, self._evidence.after(nanoseconds(commit.committer.time + 1)))

    def _since(self, commit: CommitObject, own: Iterable[Sequence[Attribution]]) -> int:
        """The position from which events belong to the commit: when HEAD was first seen at its parent."""
        first = self._evidence.first_at(commit.parents[0]) if commit.parents else 0
        evidence = [self._evidence.number(line.evidence) or 0 for lines in own for line in lines]
        return min([*evidence, len(self._evidence.events) if first is None else first])


def _own_lines(files: Sequence[Written]) -> dict[str, list[Attribution]]:
    """For each session with a step of its own in the commit its added lines; none if it only removed some."""
    found: dict[str, list[Attribution]] = {session_id: [] for file in files for session_id in file.sessions}
    for file in files:
        for line in file.own:
            if line.session_id:
                found[line.session_id].append(line)
    return found


def _agent(lines: Sequence[Attribution], session: Session | None) -> str:
    named = next((line.agent for line in lines if line.agent), None)
    return named or (session.agent if session else "unknown")


def _turns(events: Iterable[Event]) -> list[str]:
    """The turns that events name, in the order in which they began."""
    return list(dict.fromkeys(event.turn_id for event in events if event.turn_id))


def _peers(session_id: str, files: Sequence[Written]) -> set[str]:
    return {other for file in files if session_id in file.sessions for other in file.sessions} - {session_id}


def _coverage(files: Sequence[Written]) -> Coverage | None:
    gaps = tuple(file.change.path for file in files if file.counts.unknown_added)
    notes = sorted({note for file in files for note in file.notes})[:MOST_NOTES]
    return Coverage(capture_gap_files=gaps, notes=tuple(notes)) if gaps or notes else None
