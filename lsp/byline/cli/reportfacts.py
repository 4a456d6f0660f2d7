"""What `byline report` tells of a range of commits: who wrote what, for which prompts; what nobody has reviewed."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from byline.attribution.diff import blocks, hunks
from byline.cli import revisions
from byline.cli.changes import Compared, changes, compared
from byline.cli.everysession import Everything, Known
from byline.cli.folders import home_folder
from byline.cli.rangeanchors import Described, anchors_of
from byline.errors import BylineError
from byline.model import FileAttribution
from byline.repo.anchors.format import Anchor
from byline.repo.history import rev_list
from byline.sessions.lineturns import prompt_of
from byline.workspace import publishing
from byline.workspace.place import Place
from byline.workspace.reviewed import Reviews
from byline.workspace.spellings import spelled
from byline.workspace.workspace import Workspace

LONGEST_PROMPT = 500
MOST_PROMPTS = 20
"""Of one session."""


class Count(msgspec.Struct):
    """Lines by owner."""

    session: int = 0
    human: int = 0
    unknown: int = 0

    def add(self, other: "Count") -> None:
        """Count the lines of another file too."""
        self.session += other.session
        self.human += other.human
        self.unknown += other.unknown

    @property
    def all(self) -> int:
        """All of them."""
        return self.session + self.human + self.unknown


class Unreviewed(msgspec.Struct):
    """Neighbouring lines of one session that nobody has marked as reviewed; 1-based, inclusive."""

    start: int
    end: int
    session_id: str


class File(msgspec.Struct):
    """One changed file."""

    path: str
    old_path: str | None
    status: str
    binary: bool
    added: Count
    deleted: Count
    lines: Count
    """Of the whole file as it is at the end."""
    sessions: dict[str, int]
    """Added lines by session."""
    unreviewed: list[Unreviewed]


class Session(msgspec.Struct):
    """One session behind the range."""

    session_id: str
    agent: str
    model: str | None
    parent_session_id: str | None
    added: int
    unreviewed: int
    files: list[str]
    total_tokens: int | None
    source: str
    prompts: list[str] | None
    """None where they are not shared."""


class Report(msgspec.Struct):
    """All of it."""

    range: str
    from_: str | None = msgspec.field(name="from")
    to: str | None
    commits: int
    added: Count
    deleted: Count
    ai_pct: float | None
    unreviewed: int
    prompts_shared: bool
    files: list[File]
    sessions: list[Session]


def gather(place: Place, env: Mapping[str, str], given: str | None) -> Report:
    """Work it out; nothing is written. Raises UnknownRevision, and BylineError where there is no range."""
    with Workspace(place, env) as workspace:
        git, objects = workspace.git, workspace.objects
        assert git is not None
        assert objects is not None
        asked = revisions.of_branch(given, git, objects)
        span = revisions.parse(asked, git, objects)
        reviews = Reviews(workspace)
        asked_for: dict[str, list[str]] = {}
        files = [_file(compared(workspace, change, span), reviews, asked_for) for change in changes(git, span, [])]
        commits = [commit for commit, _ in rev_list(git, [span.new or "HEAD"], [span.old] if span.old else [])]
        anchors = list(anchors_of(workspace, commits))
        choice = publishing.chosen(git)
        shared = any(choice)
        folders = _folders(place, workspace)
        names = _behind(files, anchors)
        with Everything(place, env) as everything:
            known = everything.of(name for name in names if name in everything.growing or name in everything.anchored)
        gate = publishing.gate(
            [*folders, *spelled((one.facts.cwd for one in known.values()), folders)], _home(env), choice
        )
        agents = {link.session_id: (link.agent, link.model) for one in anchors for link in one.links}
        told = _published(one.anchor for one in anchors if one.is_stored)
    sessions = [_session(name, known.get(name), agents.get(name), files) for name in names]
    for one in sessions:
        if prompts := (asked_for.get(one.session_id) if shared else None) or told.get(one.session_id):
            one.prompts = [_one_line(gate.text(prompt)) for prompt in prompts[:MOST_PROMPTS]]
    added, deleted = Count(), Count()
    for file in files:
        added.add(file.added)
        deleted.add(file.deleted)
    return Report(
        range=asked,
        from_=span.old,
        to=span.new,
        commits=len(commits),
        added=added,
        deleted=deleted,
        ai_pct=round(100 * added.session / added.all, 1) if added.all else None,
        unreviewed=sum(one.unreviewed for one in sessions),
        prompts_shared=shared or any(one.prompts for one in sessions),
        files=files,
        sessions=sessions,
    )


def _file(found: Compared, reviews: Reviews, asked_for: dict[str, list[str]]) -> File:
    """One file. The prompts that its added lines were written for join `asked_for`, by session."""
    change, old, new = found
    before, after = found.lines
    file = File(change.path, change.old_path, change.status, found.is_binary, Count(), Count(), Count(), {}, [])
    came: list[int] = []
    for old_start, old_stop, new_start, new_stop in hunks(blocks(before, after), len(before), len(after)):
        came += range(new_start, new_stop)
        for k in range(old_start, old_stop):
            assert old is not None
            _count(file.deleted, old.lines[k].owner)
    if new is None:
        return file
    for line in new.lines:
        _count(file.lines, line.owner)
    review = reviews.of(new)
    _ask(new, came, asked_for)
    for k in came:
        line = new.lines[k]
        _count(file.added, line.owner)
        if line.owner != "session":
            continue
        name = line.session_id or "unknown"
        file.sessions[name] = file.sessions.get(name, 0) + 1
        if review is None or review.at[k] is None:
            last = file.unreviewed[-1] if file.unreviewed else None
            if last is not None and last.end == k and last.session_id == name:
                last.end = k + 1
            else:
                file.unreviewed.append(Unreviewed(k + 1, k + 1, name))
    return file


def _ask(new: FileAttribution, came: Iterable[int], asked_for: dict[str, list[str]]) -> None:
    known: set[tuple[str | None, str | None, int | None]] = set()
    for k in came:
        line = new.lines[k]
        key = (line.session_id, line.turn_id, line.at)
        if line.session_id is None or key in known:
            continue
        known.add(key)
        prompt = prompt_of(line, new.sessions)
        if prompt and prompt not in asked_for.setdefault(line.session_id, []):
            asked_for[line.session_id].append(prompt)


def _count(count: Count, owner: str) -> None:
    setattr(count, owner, getattr(count, owner) + 1)


def _behind(files: Iterable[File], anchors: Iterable[Described]) -> list[str]:
    """The sessions with lines in the range, those of most lines first, then those with only a step in a commit."""
    lines: dict[str, int] = {}
    for file in files:
        for name, count in file.sessions.items():
            lines[name] = lines.get(name, 0) + count
    for one in anchors:
        for name in one.anchor.session_ids:
            lines.setdefault(name, 0)
    return sorted(lines, key=lambda name: (-lines[name], name))


def _session(name: str, known: Known | None, told: tuple[str, str | None] | None, files: Iterable[File]) -> Session:
    facts = known.facts if known else None
    agent, model = (facts.agent, facts.model) if facts else told or ("unknown", None)
    own = [file for file in files if name in file.sessions]
    return Session(
        session_id=name,
        agent=agent,
        model=model,
        parent_session_id=facts.parent_session_id if facts else None,
        added=sum(file.sessions[name] for file in own),
        unreviewed=sum(run.end - run.start + 1 for file in own for run in file.unreviewed if run.session_id == name),
        files=[file.path for file in own],
        total_tokens=facts.total_tokens if facts else None,
        source=known.source if known else "anchor",
        prompts=None,
    )


def _published(anchors: Iterable[Anchor]) -> dict[str, list[str]]:
    """Prompts that anchors of the range hold, by session: somebody chose to share them."""
    found: dict[str, list[str]] = {}
    for anchor in anchors:
        for session_id, prompt in _prompts(anchor):
            if prompt not in found.setdefault(session_id, []):
                found[session_id].append(prompt)
    return found


def _prompts(anchor: Anchor) -> Iterator[tuple[str, str]]:
    named = False
    for turn in anchor.turns or ():
        if turn.prompt:
            named = True
            yield turn.session_id, turn.prompt
    if not named and anchor.intent and len(anchor.session_ids) == 1:
        yield anchor.session_ids[0], anchor.intent


def _one_line(prompt: str) -> str:
    line = " ".join(prompt.split())
    return line if len(line) <= LONGEST_PROMPT else line[: LONGEST_PROMPT - 1] + "…"


def _folders(place: Place, workspace: Workspace) -> list[str]:
    """What is private of this machine: as for anchors, nothing that leaves in a report names it."""
    folders = [place.worktree, place.common_dir, str(Path(place.common_dir).parent)]
    return folders + workspace.worktrees()


def _home(env: Mapping[str, str]) -> str | None:
    try:
        return str(home_folder(env))
    except BylineError:
        return None
