"""Which workspace answers for a file: one a repository, opened once, shared by all its documents."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from byline.model import Event, FileAttribution, Session
from byline.workspace.place import place_of
from byline.workspace.reviewed import Known, Reviews


class Answering(Known, Protocol):
    """What the server needs of a workspace. Synchronous and thread-safe; any call may take seconds."""

    @property
    def worktree(self) -> Path | None:
        """None outside a repository."""

    def attribute(
        self, path: Path, text: bytes | None = None, rev: str | None = None, *, blame: bool = True
    ) -> FileAttribution:
        """The working file's owners, or those of `text` for an unsaved buffer."""

    def refresh(self) -> frozenset[str]:
        """Reads what is new; the paths whose answers may have changed, `*` for all."""

    def name(self, path: Path) -> str:
        """The path as `refresh` names it. BylineError outside the worktree."""

    def events(self) -> Sequence[Event]:
        """All events, oldest first."""

    def about(self, name: str) -> Sequence[Event]:
        """The events that concern a path, named as by `name`, oldest first."""

    def of_session(self, session_id: str) -> Sequence[Event]:
        """The events of a session, oldest first."""

    def sessions(self) -> Mapping[str, Session]:
        """All sessions by id."""

    def has_been(self, path: Path, data: bytes, *, shown: bool) -> bool:
        """Whether HEAD's version has these bytes, or, where the editor has `shown` them, a recorded state."""

    def record(
        self,
        event: str,
        path: Path,
        *,
        before: bytes | None = None,
        after: bytes | None = None,
        editor: str | None = None,
        is_new: bool = False,
        edits: Sequence[Sequence[int]] | None = None,
    ) -> None:
        """Writes a `save`, `observe` or `format` event about the bytes that are on disk now, or about `after`.

        `before`: the bytes the step started from. `is_new`: there was no file then. `edits`: where it changed them.
        """

    def close(self) -> None:
        """Gives files and processes back."""


Opener = Callable[[Path, Mapping[str, str]], Answering]


def file_path(uri: str) -> Path | None:
    """The file a URI names; None for `untitled:`, `git:` and everything else that is no file on this machine."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    path = unquote(parts.path)
    if parts.scheme != "file" or not path or "\0" in path:
        return None
    if parts.netloc and parts.netloc != "localhost":
        return Path(f"//{parts.netloc}{path}")
    if len(path) > 2 and path[0] == "/" and path[2] == ":":
        path = path[1:]
    return Path(path)


def worktree_of(path: Path) -> str | None:
    """The worktree that holds the file; None outside any repository."""
    place = place_of(path)
    return place.worktree if place else None


class Places:
    """The open workspaces. Called from worker threads."""

    def __init__(self, opener: Opener, env: Mapping[str, str]) -> None:
        self._opener = opener
        self._env = env
        self._lock = threading.Lock()
        self._open: dict[str | None, Answering] = {}
        self._reviews: dict[int, Reviews] = {}

    def place(self, path: Path) -> Answering:
        """The workspace for a file."""
        root = worktree_of(path)
        with self._lock:
            if root not in self._open:
                self._open[root] = self._opener(path, self._env)
            return self._open[root]

    def reviews(self, workspace: Answering) -> Reviews:
        """The marks of a workspace's files."""
        with self._lock:
            return self._reviews.setdefault(id(workspace), Reviews(workspace))

    def __iter__(self) -> Iterator[Answering]:
        with self._lock:
            return iter(list(self._open.values()))

    def close(self) -> None:
        """Closes all of them."""
        with self._lock:
            for workspace in self._open.values():
                workspace.close()
            self._open.clear()
