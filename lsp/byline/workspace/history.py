"""What git tells the engine: entries, parents, births and sources of commits, and the anchors others wrote."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from byline.attribution.marks import Text
from byline.attribution.timeline import Birth, Movement, Timeline
from byline.attribution.world import AnchoredRange, Caller
from byline.errors import GitFailed
from byline.repo import reflog
from byline.repo.anchors.read import Anchors
from byline.repo.graph import Graph
from byline.repo.history import before, has_hook, renames
from byline.repo.ignoring import ignored
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.workspace.anchoredowner import anchored_owner
from byline.workspace.contents import Contents
from byline.workspace.headlogs import branch_logs, head_logs, movements, old_tips
from byline.workspace.journal import Journal
from byline.workspace.moves import Shift, shifted
from byline.workspace.presence import Presence
from byline.workspace.repeats import Repeats

_MOST_DESCRIBED = 5000
"""Commits with anchors up to which a clone without events of its own reads its history since the oldest of them."""


class GitHistory:
    """Answers the engine's questions about one repository (see `attribution.lineage.History`)."""

    def __init__(self, git: Git, objects: Objects, contents: Contents, graph: Graph, common_dir: Path) -> None:
        self._git = git
        self._objects = objects
        self._contents = contents
        self._graph = graph
        self._common_dir = common_dir
        self._entries: dict[str, dict[str, str | None]] = {}
        """By path, then by commit."""
        self._in_branches: set[str] = set()
        self._hooked: bool | None = None
        self._owns: tuple[set[str], set[str]] | None = None
        self._ignored: dict[str, bool] = {}
        self._expected: dict[str, None] = {}
        """Paths of which some will be asked about."""
        self._renames: dict[tuple[str, str], Mapping[str, Sequence[str]]] = {}
        self._timeline = Timeline({}, {})
        self._presence = Presence(graph, self._timeline, (), common_dir)
        self._repeats = Repeats(graph, objects, self._presence, self._timeline.births, {}, self.tips)
        self._heads: dict[str, Path] = {}
        self._logs: dict[str, list[Movement]] = {}
        self._shifts: dict[str, Shift] = {}
        self._old_tips: list[str] = []
        self._has_logs = False
        self._oldest_described: tuple[str | None] | None = None
        """What it stands on."""
        self._stashes: list[str] = []
        self._journal: Journal | None = None
        self.anchors = Anchors(git, objects)

    def refresh(self, journal: Journal) -> None:
        """Bring commits, references and anchors up to what git says now."""
        self._journal = journal
        self._heads = head_logs(self._common_dir, journal.by_worktree.keys())
        there = {worktree: movements(path) for worktree, path in self._heads.items()}
        self._logs, self._shifts = journal.moves.joined(there)
        self._has_logs = any(self._logs.values())
        if self.anchors.refresh():
            self._oldest_described = None
        if journal.events:
            self._graph.open(journal.first_head)
            self._graph.add(journal.heads)
        else:
            self._open_described()
        self._stashes = [entry.new for entry in reflog.read(self._common_dir / "logs" / "refs" / "stash")][::-1]
        branches = {name: movements(path) for name, path in branch_logs(self._common_dir)}
        self._old_tips = list(dict.fromkeys(old_tips(self._logs | branches)))
        made = (movement for log in branches.values() for movement in log if movement.action.startswith("commit"))
        self._in_branches = {movement.new for movement in made}
        self._timeline = Timeline(self._logs, shifted(journal.by_worktree, self._shifts))
        self._presence = Presence(self._graph, self._timeline, journal.events.at, self._common_dir)
        births = self._timeline.births
        self._repeats = Repeats(self._graph, self._objects, self._presence, births, journal.rewrites, self.tips)
        self._owns = self._hooked = None

    def _open_described(self) -> None:
        """Where nobody has worked yet: what rebases and picks here made of commits with anchors is told by those."""
        if self._oldest_described is None and 0 < len(described := self.anchors.commits()) <= _MOST_DESCRIBED:
            self._oldest_described = before(self._git, described)
        if self._oldest_described is not None:
            self._graph.open(self._oldest_described[0])

    def date(self, journal: Journal) -> None:
        """Say which of the new events came before which commits."""
        self._timeline.extend(shifted(journal.by_worktree, self._shifts))
        self._owns = None

    # -- commits --------------------------------------------------------------------------------------------------

    def parents(self, commit: str) -> tuple[str, ...] | None:
        return self._graph.parents.get(commit)

    def touching(self, path: str) -> set[str]:
        return self._graph.touching(path)

    def older(self, path: str) -> Sequence[str]:
        return self._graph.older(path)

    def origin(self, commit: str, path: str) -> str:
        return self._graph.origin(commit, path)

    def merge_base(self, one: str, other: str) -> str | None:
        return self._graph.merge_base(one, other)

    def reaches(self, commit: str, other: str) -> bool:
        return self._graph.reaches(commit, other)

    def descends(self, commit: str, other: str) -> bool:
        return self._graph.descends(commit, other)

    def branch_touches(self, tip: str, onto: str, path: str) -> bool:
        reaches = self._graph.reaches
        return any(reaches(tip, commit) and not reaches(onto, commit) for commit in self._graph.touching(path))

    def tips(self) -> list[str]:
        return list(dict.fromkeys([*self._graph.tips, *self._old_tips]))

    def birth(self, commit: str) -> Birth | None:
        return self._timeline.births.get(commit)

    def may_have_been(self, commit: str, before: int, own: str | None = None) -> bool:
        return self._presence.may_have_been(commit, before, own)

    def logs_kept(self) -> bool:
        return self._has_logs

    # -- contents -------------------------------------------------------------------------------------------------

    def entry(self, commit: str | None, path: str) -> str | None:
        if commit is None:
            return None
        known = self._entries.setdefault(path, {})
        if commit not in known:
            known[commit] = self._entry(commit, path)
        return known[commit]

    def expect(self, commits: Sequence[str], paths: Sequence[str]) -> None:
        """Many commits or files will be asked about: read what git knows of them at once."""
        self._graph.expect_many()
        self._objects.expect_commits(commits)
        self._contents.expect(paths)
        self._expected = dict.fromkeys(paths)

    def _entry(self, commit: str, path: str) -> str | None:
        known = self._graph.entry(commit, path)
        if known is not None:
            return known[0]
        origin = self._graph.origin(commit, path)
        return self._objects.entry(commit, path) if origin == commit else self.entry(origin, path)

    def text(self, blob_id: str, path: str) -> Text | None:
        return self._contents.text(blob_id, path)

    def rename_sources(self, parent: str, commit: str, path: str) -> Sequence[str]:
        key = (parent, commit)
        if key not in self._renames:
            self._renames[key] = renames(self._git, parent, commit)
        return self._renames[key].get(path, ())

    def lend_renames(self, found: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """What git says of renames in commits with one parent: by commit, for each new path the old ones."""
        for commit, pairs in found.items():
            parents = self.parents(commit)
            if parents is not None and len(parents) == 1:
                self._renames.setdefault((parents[0], commit), pairs)

    def ignored(self, path: str) -> bool:
        """Whether git's rules leave the path out, tracked or not."""
        if path not in self._ignored:
            # Most commits need no such answer: the first one that does asks about all that come with it.
            asked = [one for one in self._expected if one not in self._ignored] if path in self._expected else [path]
            try:
                found = ignored(self._git, asked)
            except GitFailed:
                self._expected = {}  # what does not answer at all is asked less
                return True  # for now: whoever made an ignored file is nobody's business, so nobody is named
            self._ignored |= {one: one in found for one in asked}
        return self._ignored[path]

    def has_commit_hook(self) -> bool:
        if self._hooked is None:
            self._hooked = has_hook(self._git, "pre-commit")
        return self._hooked

    # -- sources --------------------------------------------------------------------------------------------------

    def named_sources(self, commit: str) -> list[tuple[str, str, str]]:
        return self._repeats.named(commit)

    def rewritten(self, commit: str) -> list[str]:
        return self._repeats.rewritten(commit)

    def foreign(self, commit: str) -> bool:
        birth = self.birth(commit)
        made = self._graph.made.get(commit)
        if (birth is not None and birth.made_here) or made is None or not self._has_logs or commit in self._stashes:
            return False
        mails, names = self._own()
        return made.mail not in mails and not (commit in self._graph.by_forge and made.author in names)

    def committed_here(self, path: str, blob_id: str) -> bool:
        for commit in self._graph.touching(path):
            birth = self.birth(commit)
            is_it = birth is not None and birth.made_here and self.entry(commit, path) == blob_id
            if is_it and self._presence.went_out(commit):
                return True
        return False

    def _own(self) -> tuple[set[str], set[str]]:
        """The addresses and the names under which commits were made in this clone."""
        if self._owns is None:
            here = {commit for commit, birth in self._timeline.births.items() if birth.action.startswith("commit")}
            here |= self._in_branches  # they remember what was committed in a worktree that is gone
            made = [self._graph.made[commit] for commit in here if commit in self._graph.made]
            told = self._git.run("var", "GIT_AUTHOR_IDENT", check=False).decode("utf-8", "replace")
            name, _, rest = told.partition(" <")
            mails, names = {one.mail for one in made}, {one.author for one in made}
            mails |= {rest.partition(">")[0], self._git.env.get("GIT_AUTHOR_EMAIL", "")}
            self._owns = (mails - {""}, (names | {name}) - {""})
        return self._owns

    def stashes(self) -> list[str]:
        return self._stashes

    def shell_of(self, commit: str, path: str) -> Caller | None:
        birth = self.birth(commit)
        if birth is None or not birth.made_here or self._journal is None:
            return None
        settles = birth.action.endswith(("(continue)", "(cherry-pick)"))
        if not birth.action.startswith("commit") and not settles:
            return None
        found = self._journal.shell_at(birth.worktree, birth.before, path, self.entry, settles=settles)
        parents = self.parents(commit) if found is not None else None
        if parents and self.entry(parents[0], path) is None and self.ignored(path):
            return None  # git status had not listed it: it may have been there before the call
        if found is not None and self.moved(birth.worktree, found.begin, found.owner.seq):
            return found._replace(moves=True)
        return found

    def moved(self, worktree: str | None, begin: int, end: int) -> bool:
        """Whether HEAD came to another commit between two positions by anything but a plain `git commit`."""
        return worktree is not None and self._timeline.moved(worktree, begin, end)

    def movements(self, worktree: str | None, begin: int, end: int) -> Sequence[Movement]:
        """The movements of HEAD after the event at one position, and before that at another."""
        return self._timeline.movements(worktree, begin, end)

    def movements_before(self, commit: str, begin: int) -> Sequence[Movement]:
        birth = self.birth(commit)
        if birth is None:
            return ()
        return self._timeline.movements(birth.worktree, begin, birth.before, birth.number[1])

    # -- anchors --------------------------------------------------------------------------------------------------

    def anchored(self, commit: str, path: str) -> Sequence[AnchoredRange]:
        return [
            AnchoredRange(span.start, span.stop, anchored_owner(span, commit))
            for span in self.anchors.ranges(commit, path) or ()
        ]
