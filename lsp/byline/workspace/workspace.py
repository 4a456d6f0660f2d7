"""One repository as byline sees it: asks spool, git and the engine, and answers who wrote each line of a file."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from byline.errors import BylineError
from byline.model import FileAttribution
from byline.repo.graph import Graph
from byline.repo.objects import Objects
from byline.repo.run import Git
from byline.store.adoption import adopt
from byline.store.blobs import Snapshots
from byline.store.events import SpoolChanged
from byline.store.index import Index
from byline.store.paths import folders_for
from byline.workspace import recorder
from byline.workspace.anchortold import Told
from byline.workspace.asking import Asking
from byline.workspace.blaming import Blames
from byline.workspace.cache import Cache
from byline.workspace.contents import Contents, read_file
from byline.workspace.doubt import Doubt
from byline.workspace.elsewhere import Abroad
from byline.workspace.engine import Engine
from byline.workspace.heard import Heard
from byline.workspace.history import GitHistory
from byline.workspace.keptblames import KeptBlames
from byline.workspace.lineowners import LineOwners
from byline.workspace.place import Place, place_of
from byline.workspace.reading import Reading

Answer = TypeVar("Answer")
LARGEST_FILE = 20 * 1024 * 1024
_MANY = 500
"""Comparisons that are written to disk together where many questions come in a row."""


class Workspace(Heard):
    """One repository, or the user data folder for files outside any. Thread-safe; close it when done."""

    def __init__(self, place: Place | None, env: Mapping[str, str], *, cached: bool = True) -> None:
        """`cached=False` neither reads nor writes the index: everything is worked out from what lies on disk now."""
        self._env = dict(env)
        self._place = place
        self._lock = threading.RLock()
        self.folders = folders_for(place, env)
        if place is not None:
            adopt(place, self.folders, env)
        self.snapshots = Snapshots(self.folders)
        self.worktree = Path(place.worktree) if place else None
        self.git: Git | None = Git(Path(place.worktree), env=env) if place else None
        self.objects = Objects(self.git) if self.git else None
        index = Index(self.folders) if cached and self.folders.store.is_dir() else None
        self._cache = Cache(index)
        self._contents = Contents(self.snapshots, self.objects, self.git, self._cache)
        self._history = self._begun_history()
        self._doubt = Doubt(self.git)
        self._reading = Reading(self.folders, index, self.git)
        self._engine: Engine | None = None
        self._signature: object = None
        self._untold: set[str] = set()
        """Paths whose answers changed since `refresh` last said so: every question reads what is new on its way."""
        self._blames = Blames(self.git, KeptBlames(place, self.git, index))
        self._abroad = Abroad(self.folders, env, index)
        self._steady = threading.local()

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

    def _begun_history(self) -> GitHistory | None:
        if self._place is None or self.git is None or self.objects is None:
            return None
        common = Path(self._place.common_dir)
        return GitHistory(self.git, self.objects, self._contents, Graph(self.git), common)

    # -- what is known ----------------------------------------------------------------------------------------------

    def refresh(self) -> frozenset[str]:
        """Read what is new; the paths whose answers may have changed since the last call, `*` standing for all."""
        with self._lock:
            self._refresh()
            untold, self._untold = frozenset(self._untold), set()
            return untold

    @contextlib.contextmanager
    def steady(self) -> Iterator[None]:
        """Many questions in a row: this thread's answers rest on what is known now; nothing is read meanwhile."""
        with self._lock:
            self._refresh()
        self._steady.on = True
        try:
            yield
        finally:
            self._steady.on = False
            with self._lock:
                self._cache.flush()

    @property
    def _is_steady(self) -> bool:
        return getattr(self._steady, "on", False)

    def _refresh(self) -> None:
        if self._is_steady:
            return
        self._abroad.look_again()
        is_first = self._engine is None  # nobody has an answer yet that could be another one now
        known, before = len(self._reading.journal.events), self._signature
        self._signature = None  # until all is done: where git does not answer, say, all is done again
        if self._doubt.is_due():
            before, self._history = None, self._begun_history()
        touched = self._reading.refresh()
        if touched is None:  # what was said before may no longer be said
            touched, before = {"*"}, None
        journal = self._reading.journal
        signature = recorder.git_signature(self._place)
        if signature != before or self._engine is None:
            self._contents.forget_settings()
            touched = touched | {"*"}
            if self._history is not None:
                self._history.refresh(journal)
            if self._engine is not None:
                self._engine.let_go()
            self._engine = Engine(journal, self._contents, self._history, self._cache)
        elif len(journal.events) != known:
            if self._history is not None:
                self._history.date(journal)
            self._engine.drop(touched)
        self._signature = signature
        if not is_first:
            self._untold |= touched

    def _answered(self, ask: Callable[[], Answer]) -> Answer:
        """What is answered; asked once more where the spool was changed meanwhile, which is read anew then."""
        try:
            return ask()
        except SpoolChanged:
            return ask()

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
            name = self.name(path)
            if self._engine is None and rev is None and blame:
                self._blames.foresee(name, text if text is not None else read_file(path))
            if rev is not None:
                answer = self._answered(lambda: self._asking().at_revision(name, rev, with_blame=blame))
            else:
                answer = self._answered(lambda: self._asking().working(name, read_file(path), text, with_blame=blame))
            self._cache.flush()
            if self._engine is not None and not self._is_steady:
                self._engine.lighten(name)
            notes = self._notes()
            return msgspec.structs.replace(answer, notes=notes) if notes else answer

    def owners(self, name: str, commit: str) -> LineOwners:
        """Who wrote each line of `name`, as events name it, in a commit, by full id; none where it has no such text.

        Quick where few of many lines are looked at; nothing is told of git's own blame.
        """
        with self._lock:
            owners = self._answered(lambda: self._asking().owners(name, commit))
            self._cache.flush(_MANY)
            owners.notes = self._notes()
            return owners

    def _asking(self) -> Asking:
        """One who answers from what is known now."""
        self._refresh()
        assert self._engine is not None
        return Asking(
            self._place,
            self.git,
            self.objects,
            self._contents,
            self._reading.journal,
            self._history,
            self._engine,
            self._blames,
            self._abroad,
        )

    def _notes(self) -> tuple[str, ...]:
        damaged = len(self.snapshots.damaged)
        return (f"{damaged} damaged snapshots; run `byline doctor`",) if damaged else ()

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

    def expect(self, commits: Sequence[str], paths: Sequence[str]) -> None:
        """These files of these commits, by full id, will be asked about: read what git knows of them at once."""
        with self._lock:
            self._refresh()
            if self._history is not None:
                self._history.expect(commits, paths)

    def described(self) -> frozenset[str]:
        """The commits that an anchor tells of, ours or fetched."""
        with self._lock:
            return self._history.anchors.commits() if self._history is not None else frozenset()

    def told(self, commit: str, session_id: str) -> Told | None:
        """What anchors of a commit tell of a session."""
        with self._lock:
            if self._history is None:
                return None
            link = self._history.anchors.session(commit, session_id)
            return Told(link, self._history.anchors.turns(commit, session_id)) if link is not None else None

    def lend_renames(self, found: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """What git says of renames in commits: by commit, for each new path those it may have had before."""
        with self._lock:
            if self._history is not None:
                self._history.lend_renames(found)
