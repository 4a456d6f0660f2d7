"""The commits of a clone since byline's first event: parents, makers, and which of them touched a path."""

from collections.abc import Iterable, Iterator, Sequence
from sys import intern
from typing import NamedTuple

from byline.errors import GitFailed
from byline.repo.chains import Chains, Places
from byline.repo.made import Made, seconds
from byline.repo.reach import Reach
from byline.repo.run import Git, path_text
from byline.repo.strange import NO_WORK, strange

LOG_SECONDS = 120.0
_SUBMODULE = b"160000"
_RAW_FORM = "%x01%H"
_MOST_OLDER = "-400"
"""Commits before these that are looked at for what a path held."""
_FORM = "%H%x00%P%x00%an%x00%ae%x00%at%x00%ce%x00%ct%x00%s"
_FORGES = ("noreply@github.com",)
"""Who commits what is merged by a button. The author is whose pull request it was, by name and address there."""


class Changed(NamedTuple):
    """One file that a commit changed: its blobs, None where there is no file."""

    path: str
    old_blob: str | None
    blob: str | None


class Graph:
    """Commits that references and reflogs reach and the first event's HEAD does not."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._since: str | None = None
        self._loaded: set[str] = set()
        self._state = b""
        self._ancestors: Reach | None = None
        self._descendants: Reach | None = None
        self._touching: dict[str, set[str]] = {}
        self._changes: dict[str, dict[str, str | None]] | None = None
        self._of_path: dict[str, dict[str, str | None]] = {}
        self._before: dict[str, dict[str, str | None]] = {}
        """By path: what commits had there that another one, whose only parent they are, changed."""
        self._bases: dict[tuple[str, str], str | None] = {}
        self._places: dict[str, Places] = {}
        self._older: dict[str, list[str]] = {}
        self.parents: dict[str, tuple[str, ...]] = {}
        self.made: dict[str, Made] = {}
        self.by_forge: set[str] = set()
        """Commits that a forge made of somebody's pull request."""
        self.tips: list[str] = []
        """What references name, newest first."""
        self._chains = Chains(self.parents)

    def open(self, since: str | None) -> None:
        """Look at all commits that `since` does not reach, as they are now; with None at all there are."""
        if not self._loaded or since != self._since:
            self._since = since
            self._older.clear()
            self._loaded = set()
            self.parents, self.made, self._touching = {}, {}, {}
            self._ancestors = self._descendants = None
            self._chains = Chains(self.parents)
            self._changes_are_new()
        self.refresh()

    def refresh(self) -> bool:
        """Take in what is new; whether anything was."""
        state = self._git.run(
            "for-each-ref", "--sort=-committerdate", "--format=%(objectname) %(refname)", check=False
        ) + self._git.run("rev-parse", "--verify", "--quiet", "HEAD", check=False)
        if self._loaded and state == self._state:
            return False
        self._state = state
        self._load(["--all", "--reflog"])
        self.tips = list(dict.fromkeys(_tips(state)))
        self._changes_are_new()
        return True

    def add(self, commits: Iterable[str]) -> None:
        """Take in commits that no reference reaches any more, as far as they are still there."""
        known = (self.parents, self._loaded, (self._since,))
        new = [commit for commit in sorted(commits) if not any(commit in some for some in known)]
        if new:
            self._loaded.update(new)
            self._load(["--ignore-missing", *new])
            self._changes_are_new()

    def _changes_are_new(self) -> None:
        """What was known of the commits that changed a path is to be asked for again."""
        self._touching.clear()
        self._of_path.clear()
        self._before.clear()
        self._places.clear()
        self._changes = None

    def expect_many(self) -> None:
        """Many paths will be asked about: look at what all commits changed, once."""
        if self._changes is not None:
            return
        found: dict[str, dict[str, str | None]] = {}
        self._changes = found
        for commit, change in self._raw([]):
            if change is not None:
                found.setdefault(change.path, {})[commit] = change.blob
                self._know_before(commit, change)

    def _know_before(self, commit: str, change: "Changed") -> None:
        parents = self.parents.get(commit, ())
        if len(parents) == 1:
            self._before.setdefault(change.path, {})[parents[0]] = change.old_blob

    def _raw(self, paths: Sequence[str]) -> Iterator[tuple[str, "Changed | None"]]:
        """Each commit, no merge, that changed one of `paths` (any, for none): with None, and with each file."""
        what = ["--all", "--reflog", *self._extra(), "--no-merges", "--raw", "-z", "--no-abbrev", "--no-renames"]
        known = None
        if not paths and (others := strange(self._git, _names(self._state), self.tips, self.parents)):
            known = [commit for commit in self.parents if commit not in others]
            what = ["--no-walk=unsorted", "--stdin", *what[what.index("--no-merges") :]]
        changes = _changes(self._log(_RAW_FORM, what, paths, known))
        return ((commit, change) for commit, change in changes if commit in self.parents)

    def entry(self, commit: str, path: str) -> tuple[str | None] | None:
        """The blob of `path` in a commit that changed it, or that the next one changed it after; None: ask git."""
        known = (self._changes or self._of_path).get(path, {})
        if commit in known:
            return (known[commit],)
        known = self._before.get(path, {})
        return (known[commit],) if commit in known else None

    def touching(self, path: str) -> set[str]:
        """The commits, not merges, that changed `path`."""
        if path not in self._touching and self._changes is not None:
            self._touching[path] = set(self._changes.get(path, ()))
        if path not in self._touching:
            touching, blobs = self._touching.setdefault(path, set()), self._of_path.setdefault(path, {})
            for commit, change in self._raw(["--", path]):
                touching.add(commit)
                if change is not None and change.path == path:
                    blobs[commit] = change.blob
                    self._know_before(commit, change)
        return self._touching[path]

    def older(self, path: str) -> list[str]:
        """The blobs that commits which lie before these gave a path, newest first, each once; at most 400."""
        if self._since is None:
            return []
        if path not in self._older:
            what = (_MOST_OLDER, f"--format=tformat:{_RAW_FORM}", "--raw", "-z", "--no-abbrev", "--no-renames")
            try:
                data = self._git.run("log", *what, self._since, "--", path, timeout=LOG_SECONDS, check=False)
            except GitFailed as failure:
                self._git.trouble = failure
                return []  # and ask again
            blobs = (change.blob for _, change in _changes(data) if change is not None)
            self._older[path] = list(dict.fromkeys(blob for blob in blobs if blob is not None))
        return self._older[path]

    def origin(self, commit: str, path: str) -> str:
        """The last commit that changed `path`, from `commit` downwards along single parents.

        Where there is none, the first that has not exactly one parent, or lies beyond these commits.
        """
        if path not in self._places:
            self._places[path] = self._chains.places(self.touching(path))
        return self._chains.nearest(commit, self._places[path])

    def reaches(self, commit: str, other: str) -> bool:
        """Whether `other` is `commit` or an ancestor of it, as far as these commits and the first ones beyond go."""
        return self._behind().reaches(commit, other)

    def _behind(self) -> Reach:
        if self._ancestors is None:
            self._ancestors = Reach(self.parents)
        return self._ancestors

    def descends(self, commit: str, other: str) -> bool:
        """The same as `reaches`, quick where many are asked about one `other`."""
        if self._descendants is None:
            children: dict[str, list[str]] = {}
            for child, parents in self.parents.items():
                for parent in parents:
                    children.setdefault(parent, []).append(child)
            self._descendants = Reach(children)
        return self._descendants.reaches(other, commit)

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor."""
        key = (one, other) if one < other else (other, one)
        if key not in self._bases:
            if other in self.parents and self.reaches(one, other):
                self._bases[key] = other
            elif one in self.parents and self.reaches(other, one):
                self._bases[key] = one
            elif (known := self._common(one, other)) is not None:
                self._bases[key] = known
            else:
                found = self._git.run("merge-base", one, other, check=False).decode("ascii", "replace").strip()
                self._bases[key] = found.split("\n")[0] or None
        return self._bases[key]

    def _common(self, one: str, other: str) -> str | None:
        """The best common ancestor among these commits; None if it lies beyond them."""
        inside = {commit for commit in self._behind().shared(one, other) if commit in self.parents}
        best = inside - {parent for commit in inside for parent in self.parents[commit]}
        return min(best) if best else None

    def _extra(self) -> list[str]:
        return ["--ignore-missing", *sorted(self._loaded)] if len(self._loaded) < 200 else []

    def _load(self, what: Sequence[str]) -> None:
        self._loaded.add("")
        new = []
        for record in self._log(_FORM, what, []).split(b"\n"):
            fields = path_text(record).split("\0")
            if len(fields) == 8 and fields[0] not in self.parents:
                # Git prints the same names again and again: they are kept once.
                commit = intern(fields[0])
                self.parents[commit] = tuple(map(intern, fields[1].split()))
                self.made[commit] = Made(
                    intern(fields[2]), intern(fields[3]), fields[7], seconds(fields[4]), seconds(fields[6])
                )
                if fields[5] in _FORGES:
                    self.by_forge.add(commit)
                new.append(commit)
        self._chains.add(reversed(new))
        self._ancestors = self._descendants = None

    def _log(
        self, form: str, what: Sequence[str], paths: Sequence[str], commits: Sequence[str] | None = None
    ) -> bytes:
        """commits: those to tell of, and no others."""
        excluded = [f"--exclude={pattern}" for pattern in NO_WORK]
        since = [f"^{self._since}"] if self._since and commits is None else []
        given = None if commits is None else "".join(f"{commit}\n" for commit in commits).encode()
        # With --full-history a side branch whose work a merge threw away is there as well.
        command = ["log", "--full-history", f"--format=tformat:{form}", *excluded, *what, *since, *paths]
        try:
            return self._git.run(*[part for part in command if part], input=given, timeout=LOG_SECONDS)
        except GitFailed as failure:
            if failure.is_lacking:
                raise  # what is told without them would be wrong
            if not since:
                self._git.trouble = failure
                return b""
        # The first event's HEAD is gone (a shallow or pruned clone): all there is then.
        try:
            return self._git.run(*[part for part in command if part and part not in since], timeout=LOG_SECONDS)
        except GitFailed as failure:
            self._git.trouble = failure
            return b""


def _changes(data: bytes) -> Iterator[tuple[str, Changed | None]]:
    """What `git log --raw -z` in `_RAW_FORM` prints: each commit, with None, and with each file that it changed."""
    fields = iter(data.split(b"\0"))
    commit = ""
    known: dict[bytes, str] = {}  # git prints a blob twice: where it comes and where it goes
    for field in fields:
        head = field.strip(b"\n")
        if head.startswith(b"\x01"):
            commit = intern(head[1:].decode("ascii"))
            yield commit, None
        elif head.startswith(b":"):
            old_mode, mode, old, new, _ = head[1:].split(b" ")
            yield commit, Changed(path_text(next(fields)), _named(old_mode, old, known), _named(mode, new, known))


def _named(mode: bytes, name: bytes, known: dict[bytes, str]) -> str | None:
    """A blob's id as git prints it; None where there is no file, or a submodule's commit."""
    if mode in (b"000000", _SUBMODULE):
        return None
    return known.get(name) or known.setdefault(name, name.decode("ascii"))


def _names(state: bytes) -> list[str]:
    """The references."""
    return [path_text(line.partition(b" ")[2]) for line in state.splitlines() if b" " in line]


def _tips(state: bytes) -> list[str]:
    """Commit ids by reference, but for byline's own and other tools' notes."""
    found: list[str] = []
    for line in state.decode("utf-8", "surrogateescape").splitlines():
        commit, _, name = line.partition(" ")
        if not any(part in name for part in ("/byline/", "refs/byline/", "refs/notes/", "/oobo/")):
            found.append(commit)
    return found
