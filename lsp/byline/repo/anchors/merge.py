"""Two states of the branch become one: a commit that is the same whoever makes it.

Parents stand in the order of their ids, author and dates are fixed, and where both sides changed what is known about
one commit, `whole.one_of` decides. So two clones that merge the same two states make the same commit.
"""

import contextlib
import time
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from byline.errors import GitFailed
from byline.repo.anchors import names
from byline.repo.anchors.branch import BIRTH, LATEST, PERSON, QUIETLY
from byline.repo.anchors.limits import Budget
from byline.repo.anchors.listing import list_files
from byline.repo.anchors.sides import BATCH_BYTES, pairs
from byline.repo.anchors.soundness import look_through
from byline.repo.anchors.whole import one_of
from byline.repo.run import Git, path_bytes, path_text
from byline.repo.stream import records

MERGED = "refs/byline/merged"
"""Where fast-import puts the commit; the branch itself is moved only if it is still where it was."""

MERGE_SECONDS = 120.0
FOLDER = "040000"


class Entry(msgspec.Struct, frozen=True):
    """A file at one place of the branch; None for its blob: there is none."""

    mode: str
    blob: str | None


def is_ancestor(git: Git, old: str, new: str) -> bool:
    """Whether all of `old` is in `new`."""
    return not git.run("rev-list", "--max-count=1", old, f"^{new}", timeout=MERGE_SECONDS).strip()


def join(git: Git, one: str, other: str, seconds: float = MERGE_SECONDS) -> str:
    """The commit that holds both states: one of them where it contains the other, else a merge. What `other` has that
    `one` has not is looked at first. Raises TooMuch, NotSound, GitFailed.
    """
    if is_ancestor(git, other, one):
        return one
    list_files(git, other)  # a diff of more than that would be more than git itself can hold
    look_through(git, other, one, seconds)
    base = _base(git, *sorted((one, other)))
    changes = {tip: _changes(git, base, tip) for tip in (one, other)}
    first, second = sorted((one, other))
    misplaced = {tip: _misplaced(own) for tip, own in changes.items()}
    if base == one and not misplaced[other]:
        return other
    mine, theirs = changes[first], changes[second]
    taken, folders = _choose(mine, theirs)
    taken = {**_restored(git, misplaced[first], second), **taken}
    contents = _combined(git, folders, first, second, seconds)
    return _commit(git, first, second, taken, contents, seconds)


def _base(git: Git, one: str, other: str) -> str:
    """Where the two parted; the empty tree where they have nothing in common."""
    found = git.run("merge-base", "--all", one, other, check=False, timeout=MERGE_SECONDS).decode().split()
    return min(found) if found else _empty(git)


def _empty(git: Git) -> str:
    return git.run("hash-object", "-t", "tree", "--stdin", input=b"").decode().strip()


def _changes(git: Git, base: str, tip: str) -> dict[str, Entry]:
    """The places at which a state differs from the base. What is no plain file is not looked at, but where folders of
    commits stand. Raises TooMuch.
    """
    asked = ("diff-tree", "-r", "-t", "-z", "--raw", "--no-abbrev", "--no-renames", base, tip)
    found = {}
    budget = Budget()
    fields = records(git, *asked, seconds=MERGE_SECONDS)
    with contextlib.closing(fields):
        for field in fields:
            old_mode, mode, old_blob, blob, _ = field.decode("ascii").lstrip(":").split(" ")
            path = path_text(next(fields))
            budget.spend()
            is_in_the_way = mode not in (FOLDER, "000000") and names.is_in_the_way(path)
            if is_in_the_way or (mode.startswith("100") and names.is_sane(path)):
                found[path] = Entry(mode, blob)
            elif mode == "000000" and old_mode != FOLDER:
                found[path] = Entry(mode, None)
            if path.endswith("/metadata.json"):
                budget.earn(blob if mode != "000000" else old_blob)
    return found


def _misplaced(own: dict[str, Entry]) -> frozenset[str]:
    """The files that a side put where folders of commits stand; they are no changes of it then, nor is what stood
    below them gone.
    """
    files = frozenset(path for path, entry in own.items() if entry.blob is not None and names.is_in_the_way(path))
    for path in [path for path in own if path in files or _is_below(path, files)]:
        del own[path]
    return files


def _restored(git: Git, files: Collection[str], other: str) -> dict[str, Entry]:
    """What puts in the place of misplaced files what the other side has there."""
    there = _changes(git, _empty(git), other) if files else {}
    below = {path: entry for path, entry in there.items() if _is_below(path, files) and not names.is_in_the_way(path)}
    return {**dict.fromkeys(files, Entry("000000", None)), **below}


def _is_below(path: str, places: Collection[str]) -> bool:
    return any(path[:end] in places for end, char in enumerate(path) if char == "/")


def _choose(mine: Mapping[str, Entry], theirs: Mapping[str, Entry]) -> tuple[dict[str, Entry], set[str]]:
    """What of `theirs` is taken as it is, and the commits of which both sides changed the description."""
    taken, folders = {}, set()
    files = {path for path, entry in mine.items() if entry.blob is not None}
    above = {path[:end] for path in files for end, char in enumerate(path) if char == "/"}
    for path, entry in theirs.items():
        own = mine.get(path)
        if own is None:
            if path not in above and not _is_below(path, files):
                taken[path] = entry  # else it is a file where this side has a folder, or the reverse
        elif own.blob != entry.blob:
            commit = names.commit_of(path)
            if commit is not None:
                folders.add(commit)
            elif entry.blob is not None and (own.blob is None or entry.blob < own.blob):
                taken[path] = entry
    return {path: entry for path, entry in taken.items() if names.commit_of(path) not in folders}, folders


def _combined(git: Git, commits: Iterable[str], first: str, second: str, seconds: float) -> dict[str, dict[str, str]]:
    """For each commit that both sides describe the names of the files that stand for both, and their blobs, which are
    in the repository then. Raises GitFailed, also when the time is over.
    """
    end = time.monotonic() + seconds
    found: dict[str, dict[str, str]] = {}
    made: list[tuple[str, str, bytes]] = []
    weight = 0
    for commit, one, other in pairs(git, (first, second), sorted(commits), seconds):
        if time.monotonic() > end:
            raise GitFailed(["merge"], None, "")
        found[commit] = {}
        for name, data in one_of(commit, one, other).items():
            made.append((commit, name, data))
            weight += len(data)
        if weight > BATCH_BYTES:  # so that a hostile branch costs time, not memory
            _store(git, made, found, seconds)
            made, weight = [], 0
    _store(git, made, found, seconds)
    return found


def _store(
    git: Git, made: Sequence[tuple[str, str, bytes]], found: Mapping[str, dict[str, str]], seconds: float
) -> None:
    """Write files as blobs, and enter those in `found` by commit and name."""
    if not made:
        return
    parts = [b"blob\nmark :%d\ndata %d\n%s\n" % (n, len(data), data) for n, (_, _, data) in enumerate(made, 1)]
    parts += [b"get-mark :%d\n" % n for n in range(1, len(made) + 1)]
    blobs = _imported(git, parts, seconds)
    for (commit, name, _), blob in zip(made, blobs, strict=True):
        found[commit][name] = blob


def _imported(git: Git, parts: Sequence[bytes], seconds: float) -> list[str]:
    """Run fast-import; the ids of the marks that were asked for, in order. Raises GitFailed."""
    settings = (part for setting in QUIETLY for part in ("-c", setting))
    command = (*settings, "fast-import", "--quiet", "--done", "--force", "--date-format=raw")
    return git.run(*command, input=b"".join([*parts, b"done\n"]), timeout=seconds).decode().split()


def _commit(
    git: Git,
    first: str,
    second: str,
    taken: Mapping[str, Entry],
    contents: Mapping[str, Mapping[str, str]],
    seconds: float,
) -> str:
    """Make the merge commit; its id. The branch stays where it is."""
    dates = git.run("show", "-s", "--format=%ct", first, second, timeout=MERGE_SECONDS).split()
    date = min(max(BIRTH, *(int(date) for date in dates)), LATEST)
    name = f"{MERGED}/{first[:16]}-{second[:16]}".encode()
    message = b"Join two records of who wrote which line\n"
    parts = [
        b"reset %s\n\ncommit %s\nmark :1\ncommitter %s %d +0000\n" % (name, name, PERSON, date),
        b"data %d\n%s\nfrom %s\nmerge %s\n" % (len(message), message, first.encode(), second.encode()),
    ]
    for path, entry in sorted(taken.items()):
        where = _quoted(path)
        if entry.blob is None:
            parts.append(b"D %s\n" % where)
        else:
            parts.append(b"M %s %s %s\n" % (entry.mode.encode(), entry.blob.encode(), where))
    for commit, files in sorted(contents.items()):
        folder = names.folder(commit)
        parts.append(b"D %s\n" % folder.rstrip("/").encode())
        parts += [b"M 100644 %s %s\n" % (blob.encode(), _quoted(folder + n)) for n, blob in sorted(files.items())]
    parts.append(b"get-mark :1\n")
    try:
        made = _imported(git, parts, seconds)
    finally:
        with contextlib.suppress(GitFailed):
            git.run("update-ref", "--no-deref", "-d", name.decode())
    if not made:
        raise GitFailed(["fast-import"], 0, "no commit was made")
    return made[-1]


def _quoted(path: str) -> bytes:
    """A path as fast-import takes any of them."""
    escapes = {0x22: b'\\"', 0x5C: b"\\\\", 0x0A: b"\\n"}
    return b'"%s"' % b"".join(escapes.get(byte, bytes([byte])) for byte in path_bytes(path))
