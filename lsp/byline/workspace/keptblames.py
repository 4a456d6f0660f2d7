"""Git blame's answers in the index: for one text, beside one commit, git's word stays the same."""

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec

from byline.model import Commit
from byline.repo.blame import Blame, Group
from byline.repo.run import Git
from byline.store.index import Index
from byline.workspace.place import Place, current_place

_KIND = "blame"
_MOST_LINES = 1_000_000


class _Row(msgspec.Struct, array_like=True):
    world: str
    data: str
    stored: str
    commits: list[tuple[str, str, str, int, int, str]]
    paths: list[str]
    groups: list[tuple[int, int, int, int, int]]
    """First line, how many, index of the commit (-1 for none), first line there, index of the path."""
    boundaries: list[str]
    previous: dict[str, tuple[str, str]]


class Question:
    """One text of one file, and all else that git's answer rests on but its configuration."""

    def __init__(self, place: Place, name: str, commit: str | None, data: bytes | None) -> None:
        """commit: the file's version there; data: the working file's text, compared with HEAD."""
        self._place = place
        self.key = f"{commit or place.worktree} {name}"
        self.data = hashlib.sha1(data, usedforsecurity=False).hexdigest() if data is not None else ""
        self.is_working = commit is None
        self.world = self._world()

    def is_as_before(self) -> bool:
        """Whether HEAD and the rest still are what they were."""
        return self.world == self._world()

    def _world(self) -> str:
        """HEAD, the commits being merged, names by `.mailmap`, and where history was cut short or replaced."""
        place = self._place
        digest = hashlib.sha1(usedforsecurity=False)
        if self.is_working:
            digest.update(f"{current_place(place).head}\n".encode())
        files = [f"{place.git_dir}/MERGE_HEAD", f"{place.worktree}/.mailmap"]
        files += [f"{place.common_dir}/info/grafts", f"{place.common_dir}/shallow"]
        for file in (*files, *_below(f"{place.common_dir}/refs/replace")):
            with contextlib.suppress(OSError):
                digest.update(f"\0{file}\0".encode("utf-8", "surrogateescape") + Path(file).read_bytes())
        with contextlib.suppress(OSError):
            packed = Path(place.common_dir, "packed-refs").read_bytes()
            if b" refs/replace/" in packed:
                digest.update(packed)
        return digest.hexdigest()


class KeptBlames:
    """One answer for each working file, and one for each file and commit that was asked about."""

    def __init__(self, place: Place | None, git: Git | None, index: Index | None) -> None:
        self._place = place
        self._git = git
        self._index = index
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(_Row).decode

    def question(self, name: str, commit: str | None, data: bytes | None) -> Question | None:
        """The question, where answers can be kept at all."""
        if self._place is None or self._index is None or not self._index.works:
            return None
        return Question(self._place, name, commit, data)

    def find(self, asked: Question) -> "Known | None":
        """What is kept of it, to be taken once the text as git stores it is known."""
        row = self._index.get(_KIND, asked.key) if self._index is not None else None
        try:
            known = self._decode(row) if row else None
        except (msgspec.MsgspecError, ValueError):
            return None
        if known is None or (known.world, known.data) != (asked.world, asked.data) or not _is_whole(known):
            return None
        return Known(known)

    def settings_matter(self) -> bool:
        """Whether git is configured to take names or commits from elsewhere, of which nothing is known here."""
        if self._git is None:
            return True
        return bool(self._git.run("config", "--get-regexp", r"^(mailmap\.|core\.usereplacerefs)", check=False))

    def put(self, asked: Question, stored: str, found: Blame) -> None:
        """Keep an answer. `stored`: the id of the text as git stores it."""
        if self._index is None or not found.groups or not asked.is_as_before() or self.settings_matter():
            return
        commits = {commit: k for k, commit in enumerate(found.commits)}
        paths = {path: k for k, path in enumerate(dict.fromkeys(one.original_path for one in found.groups))}
        groups = [
            (
                one.start,
                one.count,
                -1 if one.commit is None else commits[one.commit],
                one.original_start,
                paths[one.original_path],
            )
            for one in found.groups
        ]
        facts = [
            (one.id, one.author, one.author_mail, one.author_time, one.committer_time, one.summary)
            for one in found.commits.values()
        ]
        row = _Row(
            *(asked.world, asked.data, stored, facts, list(paths), groups),
            *(sorted(found.boundaries), found.previous),
        )
        if _is_whole(row):
            with contextlib.suppress(UnicodeEncodeError):  # a path that is no text: asked anew each time
                self._index.put(_KIND, asked.key, self._encode(row))


class Known:
    """A kept answer."""

    def __init__(self, row: _Row) -> None:
        self._row = row

    def blame(self, stored: str) -> Blame | None:
        """What git said, if the text is stored under this id now as it was then."""
        row = self._row
        if row.stored != stored:
            return None
        ids = [commit[0] for commit in row.commits]
        return Blame(
            tuple(
                Group(start, count, ids[commit] if commit >= 0 else None, original, row.paths[path])
                for start, count, commit, original, path in row.groups
            ),
            {commit[0]: Commit(*commit) for commit in row.commits},
            frozenset(row.boundaries),
            row.previous,
        )


def _is_whole(row: _Row) -> bool:
    """Whether its groups follow each other without a gap, and name what is there."""
    at = 0
    for start, count, commit, original, path in row.groups:
        fits = -1 <= commit < len(row.commits) and 0 <= path < len(row.paths) and original >= 0
        if start != at or not 0 < count < _MOST_LINES or not fits:
            return False
        at += count
    return at > 0


def _below(folder: str) -> list[str]:
    return sorted(f"{root}/{name}" for root, _, names in os.walk(folder) for name in names)
