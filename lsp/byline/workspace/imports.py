"""What another tool said of a commit, as an anchor of our own that names the tool.

Lines count only where the commit itself has added them, and everything is counted anew: what cannot be so is not
taken over. Nothing that byline saw itself is ever replaced.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version

import msgspec

from byline.repo.anchors import agenttrace
from byline.repo.anchors.changes import SUBMODULE, Delta, changed_hunks, deltas, in_no_parent, slide_to
from byline.repo.anchors.checks import problems
from byline.repo.anchors.claims import Claim, only_session, settled
from byline.repo.anchors.format import (
    Anchor,
    CommitRecord,
    Contributor,
    FileChange,
    ImportedFrom,
    LineAttribution,
    LineRange,
    SessionLink,
    Subagent,
    Timeline,
    agents_alone,
    ai_percentage,
    line_count,
    lines_by,
)
from byline.repo.commits import CommitObject
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.workspace.anchorblobs import Blobs
from byline.workspace.anchorlines import Counts, label, most, stored_path

BYLINE_VERSION = version("byline")


class Told(msgspec.Struct, frozen=True):
    """What a tool says of one commit."""

    tool: ImportedFrom
    anchor: Anchor
    links: Sequence[SessionLink]
    timeline: Timeline | None = None
    subagents: tuple[Subagent, ...] = ()


class NotTaken(Exception):
    """Why what a tool says of a commit is not taken over, in words."""


class Importer:
    """Makes records of commits of one repository."""

    def __init__(self, git: Git, objects: Objects) -> None:
        self._git = git
        self._objects = objects
        self._blobs = Blobs(git, objects, objects.blob)
        self._deltas: dict[str, list[Delta]] = {}

    def expect(self, commits: Sequence[str]) -> None:
        """Ask git what these commits change, all at once."""
        self._deltas = deltas(self._git, commits)
        self._blobs.expect(commits, self._deltas)

    def record(self, told: Told) -> CommitRecord:
        """The record of a commit. Raises NotTaken where git has none, or nothing of what was said can be so."""
        commit = self._objects.commit(told.anchor.commit_hash)
        if commit is None:
            raise NotTaken("a commit is not here")
        if commit.id not in self._deltas:
            self.expect([commit.id])
        self._blobs.reach(commit.id)
        sure, guessed = _sessions(told)
        said = {change.path: _owned(change.line_attributions, sure, guessed) for change in told.anchor.file_changes}
        if not any(said.values()):
            is_silent = not any(change.line_attributions for change in told.anchor.file_changes)
            raise NotTaken("it names no lines" if is_silent else "its lines are of sessions that were only guessed")
        counts, changes, lengths = Counts(), [], {}
        for delta in self._deltas[commit.id]:
            path = stored_path(delta.path)
            own, change, count = self._file(delta, said.get(path, ()))
            if len(commit.parents) > 1 and not own.added:
                continue
            counts.add(own)
            changes.append(change)
            lengths[path] = count
        if told.tool == agenttrace.TOOL:
            sure = _with_lines(sure, changes)
        counts.ai_deleted = min(told.anchor.ai_deleted, counts.deleted) if sure or agents_alone(changes) else 0
        if counts.ai_deleted:
            changes = _with_labels(changes, told.anchor.file_changes, counts.ai_deleted)
        if not any(change.line_attributions for change in changes):
            raise NotTaken("none of its lines are the commit's")
        anchor = _anchor(commit, told, counts, changes, sure)
        links = (*sure.values(), *guessed.values())
        if problems(anchor, links, lengths):
            raise NotTaken("it contradicts itself")
        return CommitRecord(anchor=anchor, links=links, timeline=told.timeline, subagents=told.subagents)

    def _file(self, delta: Delta, lines: Sequence[LineAttribution]) -> tuple[Counts, FileChange, int]:
        counts = Counts()
        new, olds = self._blobs.lines(delta.blob), [self._blobs.lines(blob) for blob in delta.old_blobs]
        found: tuple[LineAttribution, ...] = ()
        count = 0
        if SUBMODULE in (delta.mode, *delta.old_modes):
            counts.added, counts.deleted = int(delta.mode == SUBMODULE), int(SUBMODULE in delta.old_modes)
        elif new is not None and all(old is not None for old in olds):
            known = [old for old in olds if old is not None]
            hunks = changed_hunks(known[0], new) if len(known) == 1 else in_no_parent(known, new)
            if len(known) == 1:
                slide_to(hunks, new, _weights(lines, len(new)).__getitem__)
            added = [(hunk.new_start + 1, hunk.new_stop) for hunk in hunks if hunk.new_stop > hunk.new_start]
            counts.added = sum(stop - start + 1 for start, stop in added)
            counts.deleted = sum(hunk.old_stop - hunk.old_start for hunk in hunks) if len(known) == 1 else 0
            found, count = tuple(clipped for one in lines if (clipped := _clip(one, added)).ranges), len(new)
        agents: Counter[str | None] = Counter()
        for one in found:
            size = line_count(one.ranges)
            counts.unknown_added -= size
            if one.author == "ai":
                counts.ai_added += size
                agents[one.agent] += size
        counts.unknown_added += counts.added
        counts.unknown_deleted = counts.deleted
        change = FileChange(
            path=stored_path(delta.path),
            old_path=stored_path(delta.old_path) if delta.old_path else None,
            added=counts.added,
            deleted=counts.deleted,
            attribution=label(counts),
            agent=most(agents) if agents else None,
            line_attributions=found,
        )
        return counts, change, count


def _sessions(told: Told) -> tuple[dict[str, SessionLink], dict[str, SessionLink]]:
    """The sessions that are sure, also those that only lines name, and those that the tool has guessed."""
    by_id = {link.session_id: link for link in told.links}
    guessed = {one: link for one, link in sorted(by_id.items()) if link.link_type == "inferred"}
    sure = {one: link for one, link in by_id.items() if one not in guessed}
    for change in told.anchor.file_changes:
        for lines in change.line_attributions:
            name = lines.session_id
            if lines.author == "ai" and name and name not in by_id and not lines.carried:
                agent = lines.agent or change.agent or "unknown"
                sure.setdefault(name, SessionLink(session_id=name, agent=agent, link_type="explicit"))
    return dict(sorted(sure.items())), guessed


def _with_lines(sure: Mapping[str, SessionLink], changes: Iterable[FileChange]) -> dict[str, SessionLink]:
    """The sessions that have a line of the commit. Such records tell of lines only, also of files that the commit
    does not change or that are outside: what has no line here had no part in it.
    """
    there = {lines.session_id for change in changes for lines in change.line_attributions}
    return {name: link for name, link in sure.items() if name in there}


def _with_labels(changes: Sequence[FileChange], told: Iterable[FileChange], ai_deleted: int) -> list[FileChange]:
    """Files of which the tool says that all is AI's are that, if all added lines are and no more were removed by AI
    than it counts: lines alone do not tell who removed others.
    """
    whole = {(one.path, one.added, one.deleted) for one in told if one.attribution == "ai"}
    found = []
    for change in changes:
        is_whole = lines_by("ai", change.line_attributions) == change.added
        if is_whole and 0 < change.deleted <= ai_deleted and (change.path, change.added, change.deleted) in whole:
            ai_deleted -= change.deleted
            change = msgspec.structs.replace(change, attribution="ai")
        found.append(change)
    return found


def _owned(
    lines: Iterable[LineAttribution], sure: Mapping[str, SessionLink], guessed: Mapping[str, SessionLink]
) -> tuple[LineAttribution, ...]:
    """Lines by who is sure to have written them.

    Where a line names an agent only, it is the one session of that agent, else the agent's in no known session.
    """
    agents = {link.session_id: link.agent for link in (*sure.values(), *guessed.values())}
    claims = []
    for one in lines:
        if one.author == "human":
            claims.append(Claim(one, one.ranges))
        elif one.link_type != "inferred" and one.session_id not in guessed:
            session = one.session_id or only_session(one.agent, agents, guessed)
            agent = agents.get(session or "") or one.agent
            if one.agent not in (None, agent):
                session, agent = None, one.agent  # a session of another agent cannot have written it
            turn, carried = (one.turn_id, one.carried) if session else (None, None)
            mine = msgspec.structs.replace(one, session_id=session, agent=agent, turn_id=turn, carried=carried)
            claims.append(Claim(mine, one.ranges))
    return settled(claims)


def _weights(lines: Iterable[LineAttribution], count: int) -> list[int]:
    """For each line whether somebody claims it."""
    found = [0] * count
    for one in lines:
        for part in one.ranges:
            start, stop = min(part.start - 1, count), min(part.end, count)
            found[start:stop] = [1] * (stop - start)
    return found


def _clip(lines: LineAttribution, added: Sequence[tuple[int, int]]) -> LineAttribution:
    """What of it lies in added lines, 1-based and inclusive; both in order."""
    found, position = [], 0
    for part in lines.ranges:
        while position < len(added) and added[position][1] < part.start:
            position += 1
        at = position
        while at < len(added) and added[at][0] <= part.end:
            found.append(LineRange(start=max(part.start, added[at][0]), end=min(part.end, added[at][1])))
            at += 1
    return msgspec.structs.replace(lines, ranges=tuple(found))


def _anchor(
    commit: CommitObject,
    told: Told,
    counts: Counts,
    changes: Sequence[FileChange],
    sure: Mapping[str, SessionLink],
) -> Anchor:
    author = f"{commit.author.name} <{commit.author.mail}>"
    alone = agents_alone(changes)
    named = {(link.agent, link.model or "") for link in sure.values()}
    agents = sorted(named | {(name, "") for name in alone - {"", *(agent for agent, _ in named)}})
    author_type = told.anchor.author_type if told.anchor.author_type in ("agent", "automated") else None
    return msgspec.structs.replace(
        told.anchor,
        oobo_version="1.0.0",
        byline_version=BYLINE_VERSION,
        author=author,
        author_type=author_type or ("assisted" if sure or alone else "human"),
        author_type_source="derived",
        contributors=(
            Contributor(name=author, role="human"),
            *(Contributor(name=name, role="agent", model=model or None) for name, model in agents),
        ),
        committed_at=commit.committer.time,
        message=commit.message.rstrip("\n"),
        files_changed=tuple(change.path for change in changes),
        added=counts.added,
        deleted=counts.deleted,
        file_changes=tuple(changes),
        ai_added=counts.ai_added,
        ai_deleted=counts.ai_deleted,
        human_added=counts.added - counts.ai_added,
        human_deleted=counts.deleted - counts.ai_deleted,
        unknown_added=counts.unknown_added,
        unknown_deleted=counts.deleted - counts.ai_deleted,
        ai_percentage=ai_percentage(counts.ai_added + counts.ai_deleted, counts.added + counts.deleted),
        session_ids=tuple(sure),
        imported_from=told.tool,
    )
