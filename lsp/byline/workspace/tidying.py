"""Which old snapshots nobody needs any more: asked of the engine itself, by answering once without them.

A snapshot may go when it is old and either git keeps the same bytes for a branch or a tag, or every living line has
the same owner without it. Living lines are those of the working files, of all branches, tags and stashes. What stays
though it is old is packed: the texts of one path take little together. While git is in the middle of something or a
worktree shows another state (`byline goto`), and for files of commits that only a reflog still reaches, everything
stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from byline.errors import BylineError, GitFailed
from byline.model import Event
from byline.repo import renames
from byline.repo.anchors.listing import resolve
from byline.repo.busy import SIGNS
from byline.repo.objects import check
from byline.repo.run import Git, path_text
from byline.repo.strange import work
from byline.repo.travel.stack import away
from byline.repo.turntrees import REFS, release
from byline.store import packs
from byline.store.blobs import Snapshots
from byline.store.paths import Folders, folders_for
from byline.store.spool import Spool
from byline.workspace import turnsgone
from byline.workspace.place import Place
from byline.workspace.reviewed import KINDS
from byline.workspace.workspace import Workspace

LEFT_DAYS = 7
"""How long payloads that could not be read are kept, and notes of calls and patches of turns that never ended."""

_DAY = 86_400
Answer = tuple[tuple[str, str | None, str | None], ...]


class Plan(msgspec.Struct):
    """What may go, and why the rest stays."""

    drop: dict[str, list[Path]] = {}
    """Files of snapshots by id."""
    pack: list[tuple[str, str]] = []
    """Old ones that stay: path and id, in the order in which events name them."""
    kept: dict[str, int] = {}
    """How many stay for which reason: `young`, `needed`, `busy`."""
    rejected: list[Path] = []
    """Payloads that nobody looked at in time."""
    pending: list[Path] = []
    """Patches that wait for their file since long, and notes of calls: who would have said the end was killed."""
    turns: list[str] = []
    """References to trees of turns that are old."""
    size: int = 0
    """Bytes on disk of what goes."""
    events: frozenset[str] = frozenset()
    """The events that were known when it was made."""


def plan(place: Place | None, env: Mapping[str, str], keep_days: int, now: float) -> Plan:
    """Look at everything and touch nothing. `now` in seconds since 1970."""
    folders = folders_for(place, env)
    result = Plan(
        rejected=[path for folder in folders.all for path in _old(folder / "rejected", LEFT_DAYS, now)],
        pending=[path for folder in _waiting(folders, env) for path in _old(folder / "pending", LEFT_DAYS, now)],
    )
    files: dict[str, list[Path]] = {}
    for blob_id, path in Snapshots(folders).all():
        files.setdefault(blob_id, []).append(path)
    events = Spool(folders).read_new()
    result.events = frozenset(event.id for event in events)
    last_named = _last_named(events)
    limit = now - keep_days * _DAY
    if place is not None:
        result.turns = turnsgone.old(Git(Path(place.worktree), env=env), events, limit)
    old = {name for name, paths in files.items() if max(last_named.get(name, 0), *map(_changed, paths)) < limit}
    result.kept["young"] = len(files) - len(old)
    if place is not None and _is_busy(place):
        result.kept["busy"] = len(old)
        return result
    free = _Needs(place, env, events).decided(frozenset(old)) if old else frozenset()
    result.kept["needed"] = len(old) - len(free)
    result.drop = {name: files[name] for name in sorted(free)}
    result.pack = _in_order(events, old - set(free))
    going = (*result.drop.values(), result.rejected, result.pending)
    result.size = sum(_size(path) for paths in going for path in paths)
    return result


def _waiting(folders: Folders, env: Mapping[str, str]) -> tuple[Path, ...]:
    """Where what waits lies: of calls that began outside the project's folder notes lie with no repository."""
    try:
        outside = folders_for(None, env).all
    except OSError:
        outside = ()  # no home
    return tuple(dict.fromkeys((*folders.all, *outside)))


def _in_order(events: Sequence[Event], ids: set[str]) -> list[tuple[str, str]]:
    """Path and id of contents, each once, as events name them."""
    found = {name: path for event in reversed(events) for path, name in _contents(event) if name in ids}
    return [(path, name) for name, path in reversed(found.items())]


def carry_out(made: Plan, place: Place | None, env: Mapping[str, str]) -> int:
    """Delete what the plan names, but for what an event has named meanwhile; how many snapshots went."""
    events = Spool(folders_for(place, env)).read_new()
    named = {name for event in events if event.id not in made.events for name in ids_of(event)}
    snapshots = Snapshots(folders_for(place, env))
    gone = snapshots.drop(name for name in made.drop if name not in named)
    snapshots.pack(made.pack)
    for path in (*made.rejected, *made.pending):
        path.unlink(missing_ok=True)
    if place is not None:
        release(Git(Path(place.worktree), env=env), made.turns)
    return gone


def ids_of(event: Event) -> Iterator[str]:
    """The contents an event names."""
    for name in (*event.contents, *(event.after_ids or ()), *(event.staged or {}).values()):
        if name:
            yield name


class _Needs:
    """Finds out which of some old snapshots no living line needs."""

    def __init__(self, place: Place | None, env: Mapping[str, str], events: Sequence[Event]) -> None:
        self._place = place
        self._env = env
        self._git = Git(Path(place.worktree), env=env) if place else None
        self._trouble: GitFailed | None = None
        self._ids: dict[str, set[str]] = {}
        """The contents that events name of each path."""
        self._elsewhere: set[str] = set()
        """Paths that another worktree, which is still there, has states of."""
        self._marked = {event.after_id for event in events if event.event in KINDS}
        """Texts by which lines that a person marked as reviewed are found again."""
        for event in events:
            other = place is not None and event.worktree != place.worktree and Path(event.worktree or "").is_dir()
            for path, name in _contents(event):
                self._ids.setdefault(path, set()).add(name)
                if other:
                    self._elsewhere.add(path)

    def decided(self, old: frozenset[str]) -> frozenset[str]:
        """As `unneeded`. Raises GitFailed where an answer rests on a git that failed: then nothing may go."""
        free = self.unneeded(old)
        if self._trouble is not None:
            raise self._trouble
        return free

    def unneeded(self, old: frozenset[str]) -> frozenset[str]:
        """Those of `old` that may go."""
        in_git = self._kept_by_git(old)
        trial = old - in_git - self._marked
        paths = {path for path, names in self._ids.items() if names & trial}
        related = self._renamed(paths)
        held = self._held(paths)
        trial -= {name for path in held for name in self._ids[path]}
        targets = sorted({*paths, *(new for news in related.values() for new in news)} - held)
        tips = self._tips()
        before = self._answers(targets, tips, frozenset()) if trial else {}
        while trial:
            after = self._answers(targets, tips, trial)
            changed = {path for path in targets if after.get(path) != before.get(path)}
            lost = {path for path in paths if path in changed or changed & related.get(path, set())}
            needed = {name for path in lost for name in self._ids[path]}
            if not changed:
                break
            if not needed & trial:
                return in_git  # an answer changed, and it cannot be told what by
            trial -= needed
        return in_git | trial

    def _kept_by_git(self, old: frozenset[str]) -> frozenset[str]:
        """Contents that a branch, a tag or a stash reaches, and that are there."""
        if self._git is None:
            return frozenset()
        try:
            data = self._git.run("rev-list", "--objects", f"--exclude={REFS}*", "--all", timeout=300)
        except GitFailed:
            return frozenset()
        reached = sorted(old & {line[:64].split(b" ")[0].decode("ascii", "replace") for line in data.split(b"\n")})
        return frozenset(name for name, found in zip(reached, check(self._git, reached), strict=True) if found)

    def _renamed(self, paths: set[str]) -> dict[str, set[str]]:
        """Where each path went, by what commits and the index say."""
        pairs: list[tuple[str, str]] = []
        if self._git is not None:
            log = ("log", "--no-walk=unsorted", "--stdin", "--format=", *renames.WANTED)
            pairs += renames.pairs(self._told(*log, given=work(self._git)))
            pairs += renames.pairs(self._told("diff", *renames.WANTED, "HEAD"))
        return {path: renames.reached([path], pairs) for path in paths}

    def _held(self, paths: set[str]) -> set[str]:
        """Paths about which nothing is decided: of another worktree, of undone commits, removed a moment ago."""
        held = self._elsewhere & paths
        if self._git is None or self._place is None:
            return held
        data = self._told("log", "--reflog", "--format=", "--name-only", "-z", "--not", "--all", "HEAD")
        held |= paths & {path_text(name.lstrip(b"\n")) for name in data.split(b"\0")}
        known = self._told("ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD").split(b"\0")
        committed = {path_text(name) for name in known}
        root = Path(self._place.worktree)
        return held | {path for path in paths if path in committed and not (root / path).is_file()}

    def _tips(self) -> list[str]:
        if self._git is None:
            return []
        refs = ("refs/heads", "refs/remotes")
        data = self._git.run("for-each-ref", "--format=%(objectname)", *refs)
        if resolve(self._git, "refs/stash"):
            data += self._git.run("reflog", "show", "--format=%H", "refs/stash", "--")
        return list(dict.fromkeys(data.decode("ascii", "replace").split()))

    def _told(self, *words: str, given: bytes | None = None) -> bytes:
        """What git tells of HEAD and all else; nothing before the first commit. Raises GitFailed."""
        assert self._git is not None
        return self._git.run(*words, input=given, check=resolve(self._git, "HEAD") is not None, timeout=120)

    def _answers(self, paths: Sequence[str], tips: Sequence[str], hidden: frozenset[str]) -> dict[str, list[Answer]]:
        """Who owns each line of the paths now and at every tip, if these snapshots were not there."""
        found: dict[str, list[Answer]] = {}
        with Workspace(self._place, self._env, cached=False) as workspace:
            workspace.snapshots.hidden = hidden
            for path in paths:
                full = workspace.worktree / path if workspace.worktree else Path(path)
                answers = [_owners(workspace, full, None)]
                answers += [_owners(workspace, full, tip) for tip in tips if _is_at(workspace, tip, path)]
                found[path] = answers
            if workspace.git is not None:
                self._trouble = self._trouble or workspace.git.trouble
        return found


def _owners(workspace: Workspace, path: Path, rev: str | None) -> Answer:
    try:
        answer = workspace.attribute(path, rev=rev)
    except GitFailed:
        raise
    except BylineError:
        return ()
    return tuple((line.owner, line.session_id, line.agent) for line in answer.lines)


def _is_at(workspace: Workspace, tip: str, path: str) -> bool:
    return workspace.objects is not None and workspace.objects.entry(tip, path) is not None


def _contents(event: Event) -> Iterator[tuple[str, str]]:
    """The paths and contents an event names."""
    if event.path is not None:
        for name in ids_of(event):
            yield event.path, name
    yield from event.listed()
    yield from (event.staged or {}).items()


def _last_named(events: Sequence[Event]) -> dict[str, float]:
    """When an event last named each content, in seconds since 1970."""
    found: dict[str, float] = {}
    for event in events:
        for name in ids_of(event):
            found[name] = max(found.get(name, 0), event.at / 1_000_000_000)
    return found


def _is_busy(place: Place) -> bool:
    """Whether git is in the middle of something in any worktree, or somebody is away in one."""
    common = Path(place.common_dir)
    folders = [common, *(common / "worktrees").glob("*")]
    return bool(away(common)) or any((folder / name).exists() for folder in folders for name in SIGNS)


def _old(folder: Path, days: int, now: float) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file() and _changed(path) < now - days * _DAY)
    except OSError:
        return []


def _changed(path: Path) -> float:
    """When a file was last written; what is in a pack was old when it came there."""
    try:
        return path.stat().st_mtime if path.suffix != packs.END else 0
    except OSError:
        return 0


def _size(path: Path) -> int:
    """Bytes of a file of its own; what goes from a pack is not counted."""
    try:
        return path.stat().st_size if path.suffix != packs.END else 0
    except OSError:
        return 0
