"""Two states of the branch become one: a commit that is the same whoever makes it.

Parents stand in the order of their ids, author and dates are fixed, and where both sides changed what is known about
one commit, `combine` decides. So two clones that merge the same two states make the same commit.
"""

import contextlib
from collections.abc import Iterable, Mapping

import msgspec

from byline.errors import GitFailed
from byline.repo.anchors import names
from byline.repo.anchors.branch import BIRTH, LATEST, PERSON, QUIETLY
from byline.repo.anchors.combine import combine
from byline.repo.anchors.whole import is_whole, passed
from byline.repo.objects import check, read_all
from byline.repo.run import Git, path_bytes, path_text

MERGED = "refs/byline/merged"
"""Where fast-import puts the commit; the branch itself is moved only if it is still where it was."""

LARGEST_FILE = 4 * 1024 * 1024
MERGE_SECONDS = 120.0


class Entry(msgspec.Struct, frozen=True):
    """A file at one place of the branch; None for its blob: there is none."""

    mode: str
    blob: str | None


def is_ancestor(git: Git, old: str, new: str) -> bool:
    """Whether all of `old` is in `new`."""
    return not git.run("rev-list", "--max-count=1", old, f"^{new}", timeout=MERGE_SECONDS).strip()


def join(git: Git, one: str, other: str, seconds: float = MERGE_SECONDS) -> str:
    """The commit that holds both states: one of them where it contains the other, else a merge. Raises GitFailed."""
    if is_ancestor(git, one, other):
        return other
    if is_ancestor(git, other, one):
        return one
    first, second = sorted((one, other))
    base = _base(git, first, second)
    mine, theirs = _changes(git, base, first), _changes(git, base, second)
    taken, folders = _choose(mine, theirs)
    contents = _combined(git, folders, first, second, seconds)
    return _commit(git, first, second, taken, contents, seconds)


def _base(git: Git, one: str, other: str) -> str:
    """Where the two parted; the empty tree where they have nothing in common."""
    found = git.run("merge-base", "--all", one, other, check=False, timeout=MERGE_SECONDS).decode().split()
    return min(found) if found else git.run("hash-object", "-t", "tree", "--stdin", input=b"").decode().strip()


def _changes(git: Git, base: str, tip: str) -> dict[str, Entry]:
    """The places at which a state differs from the base. What is no plain file is not looked at."""
    data = git.run("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", base, tip, timeout=MERGE_SECONDS)
    fields = iter(data.split(b"\0"))
    found = {}
    for field in fields:
        if not field.startswith(b":"):
            continue
        _, mode, _, blob, _ = field.decode("ascii").lstrip(":").split(" ")
        path = path_text(next(fields))
        if mode.startswith("100") and names.is_sane(path):
            found[path] = Entry(mode, blob)
        elif mode == "000000":
            found[path] = Entry(mode, None)
    return found


def _choose(mine: Mapping[str, Entry], theirs: Mapping[str, Entry]) -> tuple[dict[str, Entry], set[str]]:
    """What of `theirs` is taken as it is, and the commits of which both sides changed the description."""
    taken, folders = {}, set()
    files = {path for path, entry in mine.items() if entry.blob is not None}
    above = {path[:end] for path in files for end, char in enumerate(path) if char == "/"}
    for path, entry in theirs.items():
        own = mine.get(path)
        if own is None:
            if path not in above and not any(path[:end] in files for end, char in enumerate(path) if char == "/"):
                taken[path] = entry  # else it is a file where this side has a folder, or the reverse
        elif own.blob != entry.blob:
            commit = names.commit_of(path)
            if commit is not None:
                folders.add(commit)
            elif entry.blob is not None and (own.blob is None or entry.blob < own.blob):
                taken[path] = entry
    return {path: entry for path, entry in taken.items() if names.commit_of(path) not in folders}, folders


def _combined(
    git: Git, commits: Iterable[str], first: str, second: str, seconds: float
) -> dict[str, dict[str, bytes]]:
    """For each commit that both sides describe the files that stand for both."""
    wanted = sorted(commits)
    sides = [_folders(git, tip, wanted) for tip in (first, second)]
    blobs = sorted({blob for side in sides for files in side.values() for blob in files.values()})
    small = [header[0] for header in check(git, blobs, network=True) if header and header[2] <= LARGEST_FILE]
    contents = {found[0]: found[2] for found in read_all(git, small, network=True, timeout=seconds) if found}
    both: dict[str, dict[str, bytes]] = {}
    for commit in wanted:
        given = [
            {name: contents[blob] for name, blob in side.get(commit, {}).items() if blob in contents}
            for side in sides
        ]
        both[commit] = _one_of(given[0], given[1]) if given[0] and given[1] else given[0] or given[1]
    return both


def _one_of(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> dict[str, bytes]:
    """What stands for two descriptions: both together, freed of what must not leave; where that does not hold, or is
    too large, the one that holds alone, else the smaller one as it is.
    """
    both = passed(combine(one, other))
    if is_whole(both) and all(len(data) <= LARGEST_FILE for data in both.values()):
        return both
    sides = sorted((one, other), key=lambda files: sorted(files.items()))
    return dict(next((files for files in sides if is_whole(files)), sides[0]))


def _folders(git: Git, tip: str, commits: list[str]) -> dict[str, dict[str, str]]:
    """The plain files of some commits' folders: their names there and their blobs."""
    found: dict[str, dict[str, str]] = {}
    for start in range(0, len(commits), 200):
        paths = [names.folder(commit) for commit in commits[start : start + 200]]
        for entry in git.run("ls-tree", "-r", "-z", tip, "--", *paths, timeout=MERGE_SECONDS).split(b"\0"):
            head, _, path = entry.partition(b"\t")
            mode, _, blob = [*head.split(b" "), b"", b""][:3]
            place = path_text(path)
            commit = names.commit_of(place)
            if mode.startswith(b"100") and commit is not None and names.is_sane(place):
                found.setdefault(commit, {})[place.removeprefix(names.folder(commit))] = blob.decode("ascii")
    return found


def _commit(
    git: Git,
    first: str,
    second: str,
    taken: Mapping[str, Entry],
    contents: Mapping[str, Mapping[str, bytes]],
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
        parts += [
            b"M 100644 inline %s\ndata %d\n%s\n" % (_quoted(folder + n), len(d), d) for n, d in sorted(files.items())
        ]
    parts.append(b"get-mark :1\ndone\n")
    settings = (part for setting in QUIETLY for part in ("-c", setting))
    command = (*settings, "fast-import", "--quiet", "--done", "--force", "--date-format=raw")
    try:
        made = git.run(*command, input=b"".join(parts), timeout=seconds).decode().split()
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
