"""What git and the disk know of a repository's past: contents of paths, where HEAD was, what commits changed."""

import bisect
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from byline.errors import GitFailed
from byline.model import NONE_ID, Event
from byline.moment import nanoseconds
from byline.repo.objects import check, read_all
from byline.repo.reflog import parse
from byline.repo.run import Git, path_text
from byline.repo.strange import work
from byline.workspace.place import Place
from byline_hooks import snapshots

SECOND = 1_000_000_000
MOST_CONTENTS = 40
"""Contents of one path whose texts are looked at."""
_SECONDS = 600
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Commit(msgspec.Struct, frozen=True):
    """A commit, when it was made (ns since 1970), and what it changed."""

    id: str
    at: int
    paths: tuple[str, ...]


class History:
    """The past of one repository, as far as its objects and logs tell of it."""

    def __init__(self, git: Git, place: Place, events: Sequence[Event] = ()) -> None:
        """`events`: what byline recorded here itself; contents they name are known."""
        self.commits: list[Commit] = []
        self._git = git
        self._place = place
        self._blobs: dict[str, dict[str, None]] = {}
        self._moves: list[tuple[int, str | None, int]] = []
        self._read_commits()
        for event in events:
            if event.path is not None and not event.is_imported:
                for name in (event.before_id, event.after_id):
                    if name is not None and name != NONE_ID:
                        self._blobs.setdefault(event.path, {})[name] = None
        self._read_head()

    def known(self, path: str) -> set[str]:
        """The ids of every content that `path` had in a commit, that byline saw, and of the one on disk."""
        found = set(self._blobs.get(path, ()))
        now = snapshots.look(f"{self._place.worktree}/{path}", self._place.object_format)
        return found | ({now.id} if now.id else set())

    def texts(self, path: str) -> list[str]:
        """Contents of a path, the one on disk first, then the newest; those that are text."""
        now = snapshots.look(f"{self._place.worktree}/{path}", self._place.object_format)
        found = [now.data] if now.data is not None else []
        names = [name for name in self._blobs.get(path, ()) if name != now.id][:MOST_CONTENTS]
        found += [one[2] for one in read_all(self._git, names) if one is not None and one[1] == "blob"]
        told = []
        for data in found:
            try:
                told.append(data.decode())
            except UnicodeDecodeError:
                continue
        return told

    def head_at(self, at: int) -> tuple[str | None, int | None]:
        """The commit HEAD named at a moment (ns since 1970), and the length of HEAD's log then; None for unknown."""
        place = bisect.bisect_right([time for time, _, _ in self._moves], at) - 1
        if place < 0:
            return None, None
        return self._moves[place][1], self._moves[place][2]

    def was_there(self, path: str, at: int) -> bool:
        """Whether the commit that HEAD named at a moment (ns since 1970) has a file at `path`."""
        head, _ = self.head_at(at)
        if head is None:
            return False
        (found,) = check(self._git, [f"{head}:{path}"]) if "\n" not in path else (("", "blob", 0),)
        return found is not None

    def made_between(self, first: int, last: int, paths: set[str]) -> list[str]:
        """The commits of that time (ns since 1970) that changed one of these paths, oldest first."""
        return [one.id for one in self.commits[::-1] if first <= one.at <= last and not paths.isdisjoint(one.paths)]

    def _read_commits(self) -> None:
        try:
            commits = work(self._git)
        except GitFailed:
            return
        told = self._git.run(
            "log", "--no-walk=unsorted", "--stdin", "-z", "--raw", "--no-abbrev", "--no-renames", "--root",
            "--format=%x01%H %ct", input=commits, timeout=_SECONDS, check=False,
        )  # fmt: skip
        current, at, paths = "", 0, list[str]()
        words = iter(told.split(b"\0"))
        for word in words:
            if word.startswith(b"\x01"):
                self._add(current, at, paths)
                name, _, time = word[1:].strip().decode("ascii", "replace").partition(" ")
                current, at, paths = (name, nanoseconds(int(time[:18])), []) if time.isdigit() else ("", 0, [])
            elif word.lstrip(b"\n").startswith(b":"):
                fields = word.decode("ascii", "replace").split(" ")
                path = path_text(next(words, b""))
                paths.append(path)
                if len(fields) > 3 and _ID.fullmatch(fields[3]) and fields[3].strip("0"):
                    self._blobs.setdefault(path, {})[fields[3]] = None
        self._add(current, at, paths)

    def _add(self, name: str, at: int, paths: list[str]) -> None:
        if name:
            self.commits.append(Commit(name, at, tuple(paths)))

    def _read_head(self) -> None:
        """Each move of HEAD: when, to what, and how long its log was then."""
        try:
            data = Path(self._place.git_dir, "logs", "HEAD").read_bytes()
        except OSError:
            return
        end = latest = 0
        for line in data.split(b"\n"):
            end += len(line) + 1
            for entry in parse(line):
                latest = max(latest, nanoseconds(entry.time))
                self._moves.append((latest, entry.new if entry.new.strip("0") else None, min(end, len(data))))
