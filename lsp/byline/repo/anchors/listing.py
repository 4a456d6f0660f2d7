"""Which commits have anchors, on which branches: one `ls-tree` for each state of a branch."""

import msgspec

from byline.errors import GitFailed
from byline.repo.anchors import names
from byline.repo.anchors.limits import MOST_FILES as MOST_OF_ONE
from byline.repo.run import Git

MOST_FILES = 2_000_000


class Tip(msgspec.Struct, frozen=True):
    """A branch that holds anchors, as it stands."""

    ref: str
    commit: str


class Listing(msgspec.Struct, frozen=True):
    """What one state of a branch holds."""

    files: dict[str, dict[str, str]]
    """For each commit its files: the name in its folder, and the blob id."""

    def commits(self) -> frozenset[str]:
        """The commits that have an anchor."""
        return frozenset(commit for commit, files in self.files.items() if "metadata.json" in files)


def tips(git: Git) -> list[Tip]:
    """The branches that hold anchors: our own first, then other tools', then what was fetched."""
    data = git.run(
        "for-each-ref",
        "--format=%(objectname) %(objecttype) %(refname)",
        names.BRANCH,
        names.OOBO_BRANCH,
        names.GITAI_NOTES,
        *names.REMOTE_PATTERNS,
    )
    found = []
    for line in data.decode("utf-8", "surrogateescape").split("\n")[:-1]:
        commit, kind, ref = line.split(" ", 2)
        if kind == "commit":
            found.append(Tip(ref, commit))
    return sorted(found, key=lambda tip: (names.remote_of(tip.ref) or "", names.is_foreign(tip.ref), tip.ref))


def list_files(git: Git, commit: str) -> Listing:
    """What the branch at `commit` holds. Anything but plain files at the agreed places is passed over, and so is a
    folder with too many of them.
    """
    files: dict[str, dict[str, str]] = {}
    for entry in git.run("ls-tree", "-r", "-z", commit, timeout=120).split(b"\0")[:MOST_FILES]:
        head, _, path = entry.partition(b"\t")
        mode, kind, blob = [*head.split(b" "), b"", b""][:3]
        if kind != b"blob" or not mode.startswith(b"100"):
            continue
        place = names.stored(path.decode("utf-8", "replace"))
        if place is not None:
            files.setdefault(place[0], {})[place[1]] = blob.decode("ascii")
    return Listing({commit: own for commit, own in files.items() if len(own) <= MOST_OF_ONE})


def list_notes(git: Git, commit: str) -> Listing:
    """The notes of a notes ref at `commit`, each as if it were the anchor of its commit."""
    from byline.repo.anchors import gitai

    files: dict[str, dict[str, str]] = {}
    for entry in git.run("ls-tree", "-r", "-z", commit, timeout=120).split(b"\0")[:MOST_FILES]:
        head, _, path = entry.partition(b"\t")
        mode, kind, blob = [*head.split(b" "), b"", b""][:3]
        named = gitai.is_note(path.decode("utf-8", "replace"))
        if kind == b"blob" and mode.startswith(b"100") and named:
            files[named] = {"metadata.json": blob.decode("ascii")}
    return Listing(files)


def resolve(git: Git, ref: str) -> str | None:
    """The commit a ref is at; None where there is no such ref. GitFailed where git could not look."""
    try:
        return git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
    except GitFailed as failure:
        if failure.is_unfinished:
            raise
        return None
