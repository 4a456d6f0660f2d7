"""Anchors for all commits of this clone that lack one: which they are, and writing them in batches."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from filelock import Timeout

from byline.errors import BylineError, GitFailed, NotARepository
from byline.repo.anchors import branch
from byline.repo.anchors.format import Anchor
from byline.repo.anchors.gate import Sealed, TooLarge
from byline.repo.anchors.listing import anchored
from byline.repo.anchors.packing import pack
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.store import obstacles
from byline.workspace import publishing
from byline.workspace.anchorchoice import Candidate, Choice
from byline.workspace.anchoring import AnchorWrong, Maker, TreeOfTurn
from byline.workspace.evidence import Evidence
from byline.workspace.spellings import Gates
from byline.workspace.turnbuild import TurnTrees
from byline.workspace.workspace import Workspace
from byline_hooks.place import Place
from byline_hooks.system import read, write_whole

BATCH = 1000
"""Commits written at once. Not fewer: the branch moves then, and a workspace works out anew what it knows."""

MANY = 10
"""Commits, or files of them, from which on reading ahead pays."""

MOST_REMEMBERED = 100_000
MOST_UNFINISHED = 100
OUT_OF_TIME = "there was no time to anchor all new commits"
Progress = Callable[[int, int], None]
"""Told how many commits are done, and of how many."""


class SyncIsRunning(BylineError):
    """Another process is building anchors in this repository."""


class OutOfTime(BylineError):
    """Not all could be anchored in the time that was given; what was done stays done."""


class Outcome(msgspec.Struct):
    """What a sync did."""

    commits: list[str] = msgspec.field(default_factory=list)
    """Those that were anchored, oldest first."""
    examined: int = 0
    """How many were looked at."""
    problems: list[str] = msgspec.field(default_factory=list)


class Looked(msgspec.Struct):
    """What earlier looks came to. Disposable: without it they are taken again."""

    commits: list[str] = msgspec.field(default_factory=list)
    """Those that were looked at in vain."""
    unfinished: list[str] = msgspec.field(default_factory=list)
    """Those at which the work ended before its time: they must not keep the others waiting for ever."""


class Sync:
    """Builds and writes the anchors of one repository."""

    def __init__(self, workspace: Workspace, place: Place, home: Path | None) -> None:
        if workspace.git is None or workspace.objects is None:
            raise NotARepository("byline sync works inside a git repository")
        self._workspace = workspace
        self._git: Git = workspace.git
        self._objects: Objects = workspace.objects
        self._place = place
        self._common = Path(place.common_dir)
        self._home = str(home) if home else None
        self._until: float | None = None

    def run(self, progress: Progress | None = None, *, wait: float = 60, until: float | None = None) -> Outcome:
        """Anchor what lacks an anchor, oldest first. What is done stays done if this is killed.

        Raises SyncIsRunning after `wait` seconds, and OutOfTime after `until` on the monotonic clock; then what took
        too long the last time comes last.
        """
        self._until = until
        outcome = Outcome()
        has_events = bool(self._workspace.events())
        described = frozenset() if has_events else self._workspace.described()
        if not described and not has_events:
            return outcome
        with self._locked(wait):
            looked = self._read_looked()
            choice = Choice(self._git, self._objects, self._common, self._workspace.evidence())
            self._git.trouble = None
            wanted = choice.candidates(frozenset(looked.commits), described)
            if until is not None:
                wanted.sort(key=lambda candidate: candidate.commit in looked.unfinished)
            branches = choice.branches() if wanted else {}
            try:
                with self._workspace.steady():  # from here on, so that it knows of every commit that is wanted
                    trees = self._trees(outcome)
                    maker = Maker(self._workspace, self._git, self._objects, self._contents, trees, self._be_in_time)
                    for start in range(0, len(wanted), BATCH):
                        told = _offset(progress, start, len(wanted))
                        self._batch(maker, branches, wanted[start : start + BATCH], outcome, looked, told)
            finally:
                self._write_looked(looked)
            if outcome.commits:
                pack(self._git, self._common)
        return outcome

    def _trees(self, outcome: Outcome) -> TreeOfTurn | None:
        """The trees of turns; those that ended since the last time are put together now."""
        try:
            found = TurnTrees(self._workspace, self._common, self._be_in_time)
            found.build()
        except (GitFailed, OSError) as problem:
            said = obstacles.told(problem, self._common / "byline") if isinstance(problem, OSError) else None
            outcome.problems.append(f"no trees of turns: {said or problem}")
            return None
        return found.before

    def _batch(
        self,
        maker: Maker,
        branches: Mapping[str, str],
        wanted: Sequence[Candidate],
        outcome: Outcome,
        looked: Looked,
        told: Callable[[int], None],
    ) -> None:
        """Build and write some anchors; also those that are built when a person interrupts."""
        commits = [candidate.commit for candidate in wanted]
        paths = maker.expect(commits)
        if max(len(commits), len(paths)) >= MANY:
            self._workspace.expect(commits, paths)
        choice, evidence = publishing.chosen(self._git), self._workspace.evidence()
        gates = Gates(self._folders(evidence), self._home, choice, evidence)
        words = publishing.Publishing(choice, evidence)
        sealed: list[Sealed] = []
        begun: str | None = None
        try:
            for number, candidate in enumerate(wanted, 1):
                self._be_in_time()
                begun = candidate.commit
                try:
                    record = maker.build(candidate.commit, branches.get(candidate.commit))
                    self._be_sure()
                    if record is not None and (candidate.made_here or _has_evidence(record.anchor)):
                        sealed.append(gates.of(record).seal(words.told(record)))
                    elif record is not None:
                        looked.commits.append(candidate.commit)
                except AnchorWrong as problem:
                    outcome.problems.append(str(problem))
                except TooLarge:
                    outcome.problems.append(f"no anchor for {candidate.commit[:10]}: it would be too large")
                outcome.examined += 1
                begun = None
                told(number)
        finally:
            if begun is not None and begun not in looked.unfinished:
                looked.unfinished.append(begun)
            if sealed:
                branch.write(self._git, sealed, lambda tip: anchored(self._git, tip))
                outcome.commits += [one.commit for one in sealed]

    def _be_in_time(self) -> None:
        if self._until is not None and time.monotonic() > self._until:
            raise OutOfTime(OUT_OF_TIME)

    def _be_sure(self) -> None:
        """An anchor stays for good: none is written of what git told in part. Raises GitFailed."""
        trouble = self._git.trouble
        if trouble is not None and trouble.is_unfinished:
            raise trouble

    def _contents(self, blob_id: str) -> bytes | None:
        found = self._workspace.snapshots.get(blob_id)
        return self._objects.blob(blob_id) if found is None else found

    def _folders(self, evidence: Evidence) -> list[str]:
        folders = [self._place.worktree, str(self._common)]
        folders += [worktree for worktree in evidence.seen() if worktree]
        if self._common.name == ".git":
            folders.append(str(self._common.parent))
        return folders

    @contextlib.contextmanager
    def _locked(self, seconds: float) -> Iterator[None]:
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(branch.lock(self._common, seconds))
            except Timeout:
                raise SyncIsRunning(
                    "another byline sync is at work in this repository; try again when it is done"
                ) from None
            except OSError as problem:
                said = obstacles.told(problem, self._common / "byline")
                raise BylineError(said or f"anchors cannot be written here: {problem}") from None
            yield

    def _read_looked(self) -> Looked:
        try:
            return msgspec.json.decode(read(str(self._common / "byline" / "looked.json")), type=Looked)
        except (OSError, msgspec.MsgspecError):
            return Looked()

    def _write_looked(self, looked: Looked) -> None:
        looked.commits = looked.commits[-MOST_REMEMBERED:]
        looked.unfinished = looked.unfinished[-MOST_UNFINISHED:]
        path = self._common / "byline" / "looked.json"
        with contextlib.suppress(OSError):
            write_whole(str(path), msgspec.json.encode(looked))


def _offset(progress: Progress | None, start: int, total: int) -> Callable[[int], None]:
    def told(number: int) -> None:
        if progress is not None:
            progress(start + number, total)

    return told


def _has_evidence(anchor: Anchor) -> bool:
    return any(change.line_attributions for change in anchor.file_changes) or anchor.ai_deleted > 0
