"""`git blame --incremental`: which commit brought each line."""

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from byline.errors import GitFailed, UnknownRevision
from byline.model import Commit
from byline.moment import second
from byline.repo.drivers import silenced
from byline.repo.objects import check
from byline.repo.run import Git, path_text

BLAME_SECONDS = 120.0
_HEAD = re.compile(rb"([0-9a-f]{40}(?:[0-9a-f]{24})?) (\d{1,9}) (\d{1,9}) (\d{1,9})$")
_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}
_ESCAPE = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')


class Group(msgspec.Struct, frozen=True):
    """Neighbouring lines that one commit brought together. Lines are 0-based."""

    start: int
    count: int
    commit: str | None
    """None: not committed yet."""
    original_start: int
    """Where the lines were in that commit's version of the file."""
    original_path: str
    """What the file was called then."""


class Blame(msgspec.Struct, frozen=True):
    """The answer for one text: groups in order of their lines, and the commits they name."""

    groups: tuple[Group, ...] = ()
    commits: dict[str, Commit] = {}
    boundaries: frozenset[str] = frozenset()
    """Commits where git stopped looking: roots, and where a shallow clone or a range ends."""
    previous: dict[str, tuple[str, str]] = {}
    """By commit: the parent, and the path there, that git compared it with."""


def blame(
    git: Git, path: str, *, rev: str | None = None, contents: bytes | None = None, flags: Sequence[str] = ()
) -> Blame:
    """Ask git about the file at `path`: its version in `rev`, `contents`, or with neither the working file.

    Empty for a file git does not have. `rev` together with `contents` compares the contents with that commit, which
    git learned in 2.41; an older one takes only the commit HEAD names. `flags`: more of git blame's own that change
    which commit it names. Raises `UnknownRevision` and `GitFailed`.
    """
    commit = None if rev is None else _commit(git, rev)
    if contents is not None and commit is not None and git.version() < (2, 41) and commit == _commit(git, "HEAD"):
        commit = None
    try:
        data = git.run(
            *(() if commit and contents is None else silenced(git)),
            *("blame", "--incremental", *flags, *(() if contents is None else ("--contents", "-"))),
            *(*(() if commit is None else (commit,)), "--", path),
            input=contents,
            timeout=BLAME_SECONDS,
        )
    except GitFailed as failure:
        if not failure.is_unfinished and not _has(git, path, commit or "HEAD"):
            return Blame()
        raise
    return parse_incremental(data)


def parse_incremental(data: bytes) -> Blame:
    """What `--incremental` printed. Pure; what is not understood is skipped."""
    groups: list[Group] = []
    facts: dict[str, dict[bytes, bytes]] = {}
    current: re.Match[bytes] | None = None
    for line in data.split(b"\n"):
        if found := _HEAD.match(line):
            current = found
            facts.setdefault(found[1].decode(), {})
        elif current is not None:
            key, _, value = line.partition(b" ")
            commit = current[1].decode()
            if key != b"filename":
                facts[commit][key] = value
                continue
            original, start, count = (int(number) for number in current.groups()[1:])
            if min(original, start, count) > 0:
                groups.append(Group(start - 1, count, _committed(commit), original - 1, path_text(unquoted(value))))
            current = None
    named = {commit: found for commit, found in facts.items() if _committed(commit)}
    return Blame(
        groups=tuple(sorted(groups, key=lambda group: group.start)),
        commits={commit: _commit_of(commit, found) for commit, found in named.items()},
        boundaries=frozenset(commit for commit, found in named.items() if b"boundary" in found),
        previous={
            commit: (parent.decode("ascii", "replace"), path_text(unquoted(path)))
            for commit, found in facts.items()
            for parent, space, path in [found.get(b"previous", b"").partition(b" ")]
            if space
        },
    )


def unquoted(path: bytes) -> bytes:
    """A path as git prints it where it may be in quotation marks, without them. Pure."""
    if len(path) < 2 or path[:1] != b'"' or path[-1:] != b'"':
        return path
    return _ESCAPE.sub(
        lambda found: bytes([_ESCAPES[found[1]] if found[1] in _ESCAPES else int(found[1], 8) & 255]), path[1:-1]
    )


def _committed(commit: str) -> str | None:
    return commit if commit.strip("0") else None


def _commit_of(commit: str, facts: dict[bytes, bytes]) -> Commit:
    return Commit(
        id=commit,
        author=_text(facts.get(b"author", b"")),
        author_mail=_text(facts.get(b"author-mail", b"")).removeprefix("<").removesuffix(">"),
        author_time=_time(facts.get(b"author-time", b"")),
        committer_time=_time(facts.get(b"committer-time", b"")),
        summary=_text(facts.get(b"summary", b"")),
    )


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _time(data: bytes) -> int:
    return second(int(data[:18])) if data.isdigit() else 0


def _commit(git: Git, rev: str) -> str:
    found = None if not rev or "\n" in rev or "\0" in rev else check(git, [f"{rev}^{{commit}}"])[0]
    if found is None:
        raise UnknownRevision(f"git knows no revision {rev!r}")
    return found[0]


def _has(git: Git, path: str, rev: str) -> bool:
    """Whether blame had something to say: the file is in `rev`, or in another parent of the merge under way."""
    try:
        listed = git.run("ls-tree", "-z", "--full-tree", rev, "--", path)
    except GitFailed as failure:
        if failure.is_unfinished or failure.is_lacking:
            raise
        listed = b""
    if rev == "HEAD" and not listed and Path(git.cwd, path).exists():
        listed = git.run("ls-files", "-z", "--unmerged", "--", path, check=False)
    return bool(listed)
