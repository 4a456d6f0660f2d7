"""Which commits get an anchor: those made in this clone since byline's first event, and those that events know.

A clone without events has evidence all the same where anchors were fetched: what is made there of commits that they
tell of, by a rebase or a squash, gets anchors if it holds such lines.
"""

import contextlib
from collections.abc import Mapping, Sequence
from operator import itemgetter
from pathlib import Path

import msgspec

from byline.attribution.timeline import Seen, Timeline
from byline.repo import reflog
from byline.repo.anchors import names
from byline.repo.anchors.branches import branches
from byline.repo.anchors.changes import Delta, deltas
from byline.repo.anchors.listing import anchored, resolve
from byline.repo.objects import Objects
from byline.repo.run import Git, path_text
from byline.repo.strange import NO_WORK
from byline.workspace.evidence import Evidence
from byline.workspace.headlogs import head_logs, movements

OTHER_REFS = (*NO_WORK, "refs/stash")
"""What is nobody's work: `--exclude` takes `*` for slashes as well."""


class Candidate(msgspec.Struct, frozen=True):
    """A commit that may get an anchor."""

    commit: str
    made_here: bool
    """Else it gets one only if it holds lines of which this clone has evidence."""


class Choice:
    """Looks at one clone: its events, references and reflogs."""

    def __init__(self, git: Git, objects: Objects, common_dir: Path, evidence: Evidence) -> None:
        self._git = git
        self._objects = objects
        self._common = common_dir
        self._evidence = evidence

    def candidates(
        self, looked: frozenset[str] = frozenset(), described: frozenset[str] = frozenset()
    ) -> list[Candidate]:
        """The commits to look at: made here since the first event, or touching a file that events tell of.

        Without events those made here. `described`: the commits that any anchor tells of.
        """
        tip = resolve(self._git, names.BRANCH)
        done = (anchored(self._git, tip) if tip else frozenset()) | self._shallow()
        if not len(self._evidence.events):
            carried = self._carried() - done - looked - described if described else frozenset()
            reachable = self._reachable() if carried else []
            return [Candidate(commit, made_here=False) for commit in reachable if commit in carried]
        reachable = self._reachable()
        made = self._made_here()
        rest = [commit for commit in reachable if commit not in done and commit not in made and commit not in looked]
        changed = deltas(self._git, rest)
        paths = self._evidence.paths() if changed else set()
        return [
            Candidate(commit, commit in made)
            for commit in reachable
            if commit not in done and (commit in made or (commit in changed and _tells_of(changed[commit], paths)))
        ]

    def _reachable(self) -> list[str]:
        """What branches, tags and worktrees reach and the first event's HEAD does not, parents before children."""
        first = _first(self._evidence.seen())
        since = self._objects.resolve(first[1].head) if first and first[1].head else None
        if since and first and self._is_made(first[0]):
            since = f"{since}^@"  # that event was the commit itself
        command = ["rev-list", "--topo-order", "--reverse", *(f"--exclude={ref}" for ref in OTHER_REFS), "--all"]
        data = self._git.run(*command, *([f"^{since}"] if since else []), timeout=120)
        return data.decode("ascii").split()

    def _shallow(self) -> frozenset[str]:
        """Commits whose parents this clone lacks: they seem to add every line there is."""
        with contextlib.suppress(OSError):
            return frozenset((self._common / "shallow").read_text().split())
        return frozenset()

    def _made_here(self) -> frozenset[str]:
        """The commits that a HEAD of this clone came to by making them, after byline was switched on."""
        live = self._evidence.first_live()
        if live is None:
            return frozenset()
        by_worktree = self._evidence.seen_live()
        logs = {where: movements(path) for where, path in head_logs(self._common, by_worktree).items()}
        seconds = self._evidence.events.at[live] // 1_000_000_000
        births = Timeline(logs, by_worktree).births
        found = set()
        for commit, birth in births.items():
            seen = by_worktree.get(birth.worktree or "", ())
            after_first_event = any(birth.before > number for number, _, _ in seen[:1])
            if birth.made_here and (after_first_event or birth.number[0] >= seconds):
                found.add(commit)
        first = _first(by_worktree)
        if first and first[1].head and self._is_made(first[0]):
            found.add(first[1].head)
        return frozenset(found)

    def _carried(self) -> frozenset[str]:
        """The commits that a HEAD of this clone came to by making them, at any time."""
        logs = {where: movements(path) for where, path in head_logs(self._common, ()).items()}
        return frozenset(commit for commit, birth in Timeline(logs, {}).births.items() if birth.made_here)

    def _is_made(self, number: int) -> bool:
        """Whether git told in an event of a commit that it had just made."""
        event = self._evidence.events[number]
        return event.source == "git" and event.event == "commit"

    def branches(self) -> dict[str, str]:
        """The branch each commit was made on."""
        heads = self._git.run("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads")
        linked = sorted((self._common / "worktrees").glob("*"))
        current = {f"worktrees/{git_dir.name}/HEAD": _head_branch(git_dir) for git_dir in linked}
        current["HEAD"] = _head_branch(self._common)
        logs = reflog.all_logs(self._common, linked)
        return branches(logs, current, frozenset(path_text(heads).splitlines()))


def _first(seen: Mapping[str, Sequence[Seen]]) -> Seen | None:
    """What the first event in a worktree saw."""
    return min((own[0] for worktree, own in seen.items() if worktree), key=itemgetter(0), default=None)


def _tells_of(changed: Sequence[Delta], paths: set[str]) -> bool:
    return any(delta.path in paths or delta.old_path in paths for delta in changed)


def _head_branch(git_dir: Path) -> str | None:
    try:
        text = (git_dir / "HEAD").read_text("utf-8", "replace").strip()
    except OSError:
        return None
    return text.removeprefix("ref: refs/heads/") if text.startswith("ref: refs/heads/") else None
