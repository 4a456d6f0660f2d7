"""What other tools have recorded of a repository's commits, wherever they keep it, and taking it over."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from filelock import Timeout

from byline.errors import BylineError
from byline.repo.anchors import agenttrace, branch, gitai, names, oobo
from byline.repo.anchors.format import Anchor, CommitRecord, ImportedFrom, SessionLink
from byline.repo.anchors.gate import Gate, Sealed, TooLarge
from byline.repo.anchors.listing import anchored, resolve
from byline.repo.anchors.read import Anchors
from byline.repo.anchors.record import NotReadable, OfAnother
from byline.repo.anchors.stored import Stored
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.workspace import publishing
from byline.workspace.imports import Importer, NotTaken, Told

TRACES = ".agent-trace"
LARGEST_FILE = 256 * 1024 * 1024
BATCH = 1000
LOCK_SECONDS = 60


class Found(NamedTuple):
    """One place in which a tool's records lie."""

    format: ImportedFrom
    where: str
    commits: frozenset[str]


class Foreign:
    """One repository as other tools describe it."""

    def __init__(self, git: Git, objects: Objects, worktree: Path) -> None:
        self._git = git
        self._objects = objects
        self._worktree = worktree
        self._anchors = Anchors(git, objects)
        self.skipped: Counter[str] = Counter()
        """What could not be taken over, by reason."""

    def found(self) -> list[Found]:
        """Where there is something."""
        places: dict[str, set[str]] = {}
        every = self._anchors.commits()
        self._anchors.load(every)
        for commit in every:
            for stored in self._anchors.of(commit):
                if not stored.source.startswith("anchor") and not _is_taken_over(stored):
                    places.setdefault(stored.source, set()).add(commit)
        found = [
            Found("oobo" if name.startswith("oobo") else "git-ai", _where(name), frozenset(commits))
            for name, commits in sorted(places.items())
        ]
        for path in self._trace_files():
            traces = self._traces([path])
            found.append(Found("agent-trace", f"{TRACES}/{path.name}", frozenset(traces)))
        return found

    def ours(self) -> frozenset[str]:
        """The commits that our own branch describes already."""
        tip = resolve(self._git, names.BRANCH)
        return anchored(self._git, tip) if tip else frozenset()

    def told(self, form: ImportedFrom, files: Sequence[Path] = ()) -> list[Told]:
        """What a tool says, of files or of what the repository holds. Raises BylineError for a file that is none."""
        if files:
            return [*self._of_files(form, files)]
        if form == "agent-trace":
            return [Told(form, *pair) for _, pair in sorted(self._traces(self._trace_files()).items())]
        every = sorted(self._anchors.commits())
        self._anchors.load(every)
        found = []
        for commit in every:
            theirs = [
                one
                for one in self._anchors.of(commit)
                if one.source.partition(":")[0] == form and not _is_taken_over(one)
            ]
            if theirs:
                one = theirs[0]
                links = self._anchors.links(one)
                subagents = tuple(self._anchors.subagents(one))
                found.append(Told(form, one.anchor, links, self._anchors.timeline(one), subagents))
        self.skipped.update(self._anchors.skipped)
        return found

    def take(self, told: Sequence[Told], folders: Iterable[str], home: str | None, common: Path) -> list[str]:
        """Write anchors of commits that have none here; the commits."""
        gate = publishing.gate(folders, home, publishing.chosen(self._git))
        written: list[str] = []
        try:
            with branch.lock(common, LOCK_SECONDS):
                for start in range(0, len(told), BATCH):
                    sealed = list(self._sealed(gate, told[start : start + BATCH]))
                    branch.write(self._git, sealed, lambda tip: anchored(self._git, tip))
                    written += [one.commit for one in sealed]
        except Timeout:
            raise BylineError("a byline sync is at work in this repository; try again when it is done") from None
        return written

    def _sealed(self, gate: Gate, told: Sequence[Told]) -> Iterator[Sealed]:
        for record in self.records(told):
            try:
                yield gate.seal(record)
            except TooLarge:
                self.skipped["an anchor would be too large"] += 1

    def records(self, told: Sequence[Told]) -> Iterator[CommitRecord]:
        """What can be taken over."""
        importer = Importer(self._git, self._objects)
        here = [one for one in told if self._objects.commit(one.anchor.commit_hash) is not None]
        self.skipped["a commit is not here"] += len(told) - len(here)
        importer.expect([one.anchor.commit_hash for one in here])
        for one in here:
            try:
                yield importer.record(one)
            except NotTaken as reason:
                self.skipped[str(reason)] += 1

    def _trace_files(self) -> list[Path]:
        folder = self._worktree / TRACES
        if folder.is_symlink() or not folder.is_dir():
            return []
        return sorted(path for path in folder.iterdir() if path.suffix in (".json", ".jsonl") and path.is_file())

    def _traces(self, files: Iterable[Path]) -> dict[str, tuple[Anchor, tuple[SessionLink, ...]]]:
        return agenttrace.parse(b"\n".join(_read(path) for path in files), self.skipped)

    def _of_files(self, form: ImportedFrom, files: Sequence[Path]) -> Iterator[Told]:
        if form == "agent-trace":
            for path in files:
                yield from (Told(form, *pair) for pair in agenttrace.parse(_read(path), self.skipped).values())
            return
        for path in files:
            for line in _read(path).split(b"\n"):
                if line.strip():
                    try:
                        yield _exported(form, line)
                    except OfAnother as problem:
                        self.skipped[str(problem)] += 1
                    except (ValueError, KeyError, TypeError, AttributeError, NotReadable, RecursionError):
                        self.skipped["a line is no record"] += 1


def _is_taken_over(stored: Stored) -> bool:
    """Whether it lies on a branch of ours, and not where the tool has put it."""
    return bool(stored.files) and stored.anchor.imported_from is not None


def _exported(form: ImportedFrom, line: bytes) -> Told:
    """One line as `byline export` writes it. Raises what a line that is none makes."""
    raw = json.loads(line)
    if form == "git-ai":
        commit = gitai.is_note(raw["commit"])
        if commit is None:
            raise ValueError(raw["commit"])
        return Told(form, *gitai.parse(commit, raw["note"].encode()))
    return Told(form, *oobo.parse(raw))


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BylineError(f"{path} is over 256 MiB")
        return path.read_bytes()
    except OSError as problem:
        raise BylineError(f"{path} cannot be read: {problem.strerror}") from None


def _where(source: str) -> str:
    tool, _, remote = source.partition(":")
    ref = names.GITAI_NOTES if tool == "git-ai" else names.OOBO_BRANCH.removeprefix("refs/heads/")
    return f"{ref} of {remote}" if remote else ref
