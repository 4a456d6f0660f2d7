"""Which commits have anchors, on which branches: one `ls-tree` for each state of a branch."""

import contextlib
from collections.abc import Iterator, Sequence

import msgspec

from byline.errors import BylineError, GitFailed, TooMuch
from byline.repo.anchors import names
from byline.repo.anchors.limits import MOST_FILES as MOST_OF_ONE
from byline.repo.anchors.limits import Budget
from byline.repo.run import Git
from byline.repo.stream import records

LIST_SECONDS = 120.0


class Tip(msgspec.Struct, frozen=True):
    """A branch that holds anchors, as it stands."""

    ref: str
    commit: str


class Listing(msgspec.Struct, frozen=True):
    """What one state of a branch holds."""

    files: dict[str, dict[str, str]]
    """For each commit its files: the name in its folder, and the blob id."""
    is_over: bool = False
    """Whether the state names more than is read, and was passed over whole."""

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


def at_tip(git: Git, tip: Tip) -> Listing:
    """What a branch or notes ref holds; nothing where it names too much. Raises GitFailed."""
    try:
        return (list_notes if names.is_gitai(tip.ref) else list_files)(git, tip.commit)
    except TooMuch:
        return Listing({}, is_over=True)


def anchored(git: Git, tip: str) -> frozenset[str]:
    """The commits that have an anchor at a tip of the branch. Raises BylineError."""
    try:
        return list_files(git, tip).commits()
    except TooMuch as problem:
        branch = names.BRANCH.removeprefix("refs/heads/")
        said = f"the branch {branch} of this clone {problem}; `git branch -D {branch}` removes it, and what it tells"
        raise BylineError(said) from None


def list_files(git: Git, commit: str) -> Listing:
    """What the branch at `commit` holds. Anything but plain files at the agreed places is passed over, and so is a
    folder with too many of them. Raises TooMuch, GitFailed.
    """
    return Listing(folders(git, commit))


def folders(git: Git, commit: str, paths: Sequence[str] = ()) -> dict[str, dict[str, str]]:
    """The same as `Listing.files`; where `paths` are given of what lies below them. Raises TooMuch, GitFailed."""
    files: dict[str, dict[str, str]] = {}
    budget = Budget()
    for blob, path in _plain(git, commit, paths, budget):
        place = names.stored(path)
        if place is not None:
            if place[1] == "metadata.json":
                budget.earn(blob)
            files.setdefault(place[0], {})[place[1]] = blob
    return {commit: own for commit, own in files.items() if len(own) <= MOST_OF_ONE}


def list_notes(git: Git, commit: str) -> Listing:
    """The notes of a notes ref at `commit`, each as if it were its commit's anchor. Raises TooMuch, GitFailed."""
    from byline.repo.anchors import gitai

    files: dict[str, dict[str, str]] = {}
    budget = Budget()
    for blob, path in _plain(git, commit, (), budget):
        named = gitai.is_note(path)
        if named:
            budget.earn(blob)
            files[named] = {"metadata.json": blob}
    return Listing(files)


def _plain(git: Git, commit: str, paths: Sequence[str], budget: Budget) -> Iterator[tuple[str, str]]:
    """Blob and path of each plain file. Folders are asked for as well: there can be no end of empty ones."""
    listed = records(git, "ls-tree", "-r", "-t", "-z", commit, "--", *paths, seconds=LIST_SECONDS)
    with contextlib.closing(listed):
        for entry in listed:
            budget.spend()
            head, _, path = entry.partition(b"\t")
            if head.startswith(b"100"):
                yield head[head.rfind(b" ") + 1 :].decode("ascii"), path.decode("utf-8", "replace")


def resolve(git: Git, ref: str) -> str | None:
    """The commit a ref is at; None where there is no such ref. GitFailed where git could not look."""
    try:
        return git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
    except GitFailed as failure:
        if failure.is_unfinished:
            raise
        return None
