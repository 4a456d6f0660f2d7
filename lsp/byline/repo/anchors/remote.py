"""Exchanging the branch with another repository: fetch, join, push, never with force, never asking anybody."""

import random
import re
import time
from collections.abc import Callable, Iterable

import msgspec

from byline.errors import BylineError, GitFailed, TooMuch
from byline.repo.anchors import names, refusals
from byline.repo.anchors.branch import QUIETLY, BranchInTheWay, in_the_way
from byline.repo.anchors.listing import Tip, at_tip, list_files, resolve
from byline.repo.anchors.merge import MERGED, is_ancestor, join
from byline.repo.anchors.remotes import UNNAMED, Remote
from byline.repo.anchors.soundness import MALFORMED, NotSound, look_through
from byline.repo.run import Git

ATTEMPTS = 8
PATIENCE = 120.0
"""Seconds for all of a `byline push` or `byline fetch`."""

CONTACT = 20.0
"""Seconds of those until the other side has answered at all: git itself would try a dead address for minutes."""

_MALFORMED = re.compile(r"fsck error|^error: object [0-9a-f]+: ", re.MULTILINE)
_NOT_THERE = re.compile(r"couldn't find remote ref|no such remote ref", re.IGNORECASE)


class NotExchanged(BylineError):
    """The other side could not be reached, or refuses."""


class Outcome(msgspec.Struct):
    """What an exchange did."""

    remote: str
    tip: str | None = None
    """Where the branch is now here; None: there is none."""
    theirs: str | None = None
    """Where it is on the other side; None: there is none."""
    moved: bool = False
    """Whether this side learned something new."""
    others: list[str] = msgspec.field(default_factory=list)
    """Refs of other tools of which this side learned something new."""
    pushed: bool = False
    """Whether the other side did."""


class Exchange:
    """One exchange with one remote, within a time."""

    def __init__(self, git: Git, remote: Remote, seconds: float = PATIENCE, contact: float = CONTACT) -> None:
        self._git = git
        self._remote = remote
        self._seconds = seconds
        self._contact = contact
        self._end = time.monotonic() + seconds

    def push(self, *, trusting: bool = False) -> Outcome:
        """Bring the other side what this one knows, and the reverse. Raises NotExchanged, BranchInTheWay.

        A clone without anchors of its own only learns.
        With `trusting` nobody is asked when the other side was last seen with all that is here.
        """
        self._tidy()
        outcome = Outcome(self._remote.name)
        for attempt in range(ATTEMPTS):
            begun = time.monotonic()
            local = resolve(self._git, names.BRANCH)
            seen = resolve(self._git, self._remote.tracking)
            outcome.tip, outcome.theirs = local, seen
            if local is None and not trusting:
                return self.fetch()  # there is nothing to bring, and something to learn
            if attempt or (local and seen and not is_ancestor(self._git, seen, local)):
                outcome.theirs = self._fetch()
                local = self._take(outcome.theirs, outcome)
            if local is None or (trusting and local == seen):
                return outcome
            if self._push(local):
                outcome.pushed = local != outcome.theirs
                outcome.tip = outcome.theirs = local
                self._move(self._remote.tracking, local, None)
                return outcome
            self._rest(attempt, time.monotonic() - begun)
        raise NotExchanged(f"others keep writing anchors to {self._remote.name}; try again")

    def fetch(self) -> Outcome:
        """Learn what the other side knows. Raises NotExchanged, BranchInTheWay.

        It stands in the ref that tracks the remote; where there are anchors of our own it is joined with them.
        """
        self._tidy()
        outcome = Outcome(self._remote.name)
        before = resolve(self._git, self._remote.tracking)
        outcome.theirs = self._fetch()
        outcome.moved = outcome.theirs not in (None, before)
        outcome.tip = resolve(self._git, names.BRANCH)
        if outcome.tip is not None:
            self._take(outcome.theirs, outcome)
        elif outcome.theirs is not None:
            self._look(outcome.theirs)
            if self._remote.tracking == UNNAMED:
                self._move(names.BRANCH, outcome.theirs, None)  # nothing else would show what came from there
        if self._remote.tracking != UNNAMED:
            outcome.others = self._fetch_others()
        return outcome

    # -- the other side -------------------------------------------------------------------------------------------

    def _fetch(self) -> str | None:
        """What the other side has; None: nothing."""
        options = ["--quiet", "--no-tags", "--no-prune", "--no-recurse-submodules", "--refmap="]
        if self._git.version() >= (2, 29):
            options.append("--no-write-fetch-head")  # what a person fetched last stays what they fetched last
        if self._is_partial():
            options.append("--no-filter")
            if self._lacks_blobs() and self._git.version() >= (2, 36):
                options.append("--refetch")
        try:
            self._run("fetch", *options, "--", self._remote.name, f"+{names.BRANCH}:{self._remote.tracking}")
        except GitFailed as failure:
            if _MALFORMED.search(failure.stderr):
                raise self._refused(MALFORMED) from None
            if _NOT_THERE.search(failure.stderr):
                return None
            self._look_in_the_way()
            raise NotExchanged(refusals.sentence(self._remote.name, failure, self._seconds)) from None
        return resolve(self._git, self._remote.tracking)

    def _fetch_others(self) -> list[str]:
        """Bring what other tools wrote there: git-ai's notes, oobo's branch; the refs that moved."""
        name = self._remote.name
        pairs = {
            names.GITAI_NOTES: names.fetched_notes(name),
            names.OOBO_BRANCH: f"refs/remotes/{name}/{names.OOBO_BRANCH.removeprefix('refs/heads/')}",
        }
        before = {here: resolve(self._git, here) for here in pairs.values()}
        options = ["--quiet", "--no-tags", "--no-prune", "--no-recurse-submodules", "--refmap="]
        if self._git.version() >= (2, 29):
            options.append("--no-write-fetch-head")
        if self._is_partial():
            options.append("--no-filter")
        for there, here in pairs.items():
            try:
                self._run("fetch", *options, "--", name, f"+{there}:{here}")
            except GitFailed as failure:
                if not _NOT_THERE.search(failure.stderr):
                    raise NotExchanged(
                        f"{there}: {refusals.sentence(self._remote.name, failure, self._seconds)}"
                    ) from None
        moved = []
        for there, here in pairs.items():
            now = resolve(self._git, here)
            if now not in (None, before[here]):
                moved.append(here)
                if at_tip(self._git, Tip(here, str(now))).is_over:
                    raise NotExchanged(f"{there} on {name} {TooMuch()}; nothing of it is read")
        return moved

    def _push(self, tip: str) -> bool:
        """Whether the other side took it; False: somebody was faster."""
        options = ("--no-verify", "--no-follow-tags", "--recurse-submodules=no", "--no-signed")
        try:
            self._run("push", *options, "--", self._remote.name, f"{tip}:{names.BRANCH}")
        except GitFailed as failure:
            if refusals.is_overtaken(failure):
                return False
            raise NotExchanged(refusals.sentence(self._remote.name, failure, self._seconds)) from None
        return True

    def _run(self, *args: str) -> None:
        settings = (
            *QUIETLY,
            "fetch.prune=false",
            "fetch.fsckObjects=true",
            f"remote.{self._remote.name}.mirror=false",
        )
        self._look_for_life()
        left = self._end - time.monotonic()
        if left <= 0.05:
            raise GitFailed(list(args), None, "")
        parts = [part for setting in settings for part in ("-c", setting)]
        self._git.run(*parts, *args, timeout=left, network=True)

    def _look_for_life(self) -> None:
        """Raises NotExchanged when the other side says nothing at all, once, before anything long is begun."""
        contact, self._contact = self._contact, self._seconds
        if contact >= self._seconds:
            return  # there is no time that this could save
        try:
            asked = ("ls-remote", "--quiet", "--", self._remote.name, names.BRANCH)
            self._git.run(*asked, timeout=contact, check=False, network=True)
        except GitFailed as failure:
            if failure.code is None:
                raise NotExchanged(refusals.silence(self._remote.name, contact)) from None

    def _is_partial(self) -> bool:
        name = self._remote.name
        return bool(self._git.run("config", "--get", f"remote.{name}.partialclonefilter", check=False).strip())

    def _lacks_blobs(self) -> bool:
        """Whether a partial clone has the branch without its contents."""
        tip = resolve(self._git, self._remote.tracking)
        if tip is None:
            return False
        return b"\n?" in b"\n" + self._git.run(
            "rev-list", "--objects", "--missing=print", tip, timeout=60, check=False
        )

    # -- this side ------------------------------------------------------------------------------------------------

    def _take(self, theirs: str | None, outcome: Outcome) -> str | None:
        """Move the branch here to what holds both; where it is then."""
        for attempt in range(ATTEMPTS):
            local = resolve(self._git, names.BRANCH)
            outcome.tip = local
            if theirs is None or local is None:
                return local
            try:
                joined = join(self._git, local, theirs, max(1.0, self._end - time.monotonic()))
            except (TooMuch, NotSound) as problem:
                raise self._refused(problem) from None
            except GitFailed as failure:
                if failure.code is None:
                    raise NotExchanged(refusals.sentence(self._remote.name, failure, self._seconds)) from None
                raise
            if joined == local or self._move(names.BRANCH, joined, local):
                outcome.tip = joined
                outcome.moved = outcome.moved or joined != local
                return joined
            self._rest(attempt)
        raise NotExchanged("the anchors branch keeps moving here; try again when `byline sync` is done")

    def _look(self, theirs: str) -> None:
        """Raises NotExchanged where what stands in no branch of ours, but is read, cannot be."""
        try:
            list_files(self._git, theirs)
            if self._remote.tracking == UNNAMED:
                look_through(self._git, theirs, None, max(1.0, self._end - time.monotonic()))
        except (TooMuch, NotSound) as problem:
            raise self._refused(problem) from None

    def _refused(self, why: object) -> NotExchanged:
        branch = names.BRANCH.removeprefix("refs/heads/")
        return NotExchanged(f"the branch {branch} on {self._remote.name} {why}; nothing of it was taken")

    def _move(self, ref: str, new: str, old: str | None) -> bool:
        """Set a ref, only if it is still where it was; `old` None: wherever it is."""
        expected = () if old is None else (old,)
        return self._tried(lambda: self._git.run(*_quiet(), "update-ref", "--no-deref", ref, new, *expected))

    def _tidy(self) -> None:
        """Refs that a merge which was killed left behind."""
        left = self._git.run("for-each-ref", "--format=delete %(refname)", MERGED)
        if left.strip():
            self._tried(lambda: self._git.run(*_quiet(), "update-ref", "--no-deref", "--stdin", input=left))

    def _look_in_the_way(self) -> None:
        """Raises BranchInTheWay where a branch has the name of a folder that a ref needs."""
        other = in_the_way(self._git)
        if other is not None:
            raise BranchInTheWay(
                f"a branch named {other!r} is in byline's way; rename it: git branch -m {other} OTHER"
            )
        for name in ("byline", "byline/anchors"):
            if resolve(self._git, f"refs/remotes/{self._remote.name}/{name}"):
                raise BranchInTheWay(
                    f"a branch named {name!r} on {self._remote.name} is in byline's way; rename it there, "
                    f"then `git fetch --prune {self._remote.name}`"
                )

    def _tried(self, do: Callable[[], object]) -> bool:
        try:
            do()
        except GitFailed:
            return False
        return True

    def _rest(self, attempt: int, took: float = 0.0) -> None:
        """Wait for those who are faster: by chance, so that losers do not meet again, and longer each time.

        took: seconds that the try took, within which nobody else may push for the next to succeed.
        """
        left = self._end - time.monotonic()
        time.sleep(max(0.0, min(random.uniform(0, max(took, 0.05) * 2**attempt), left / 2)))  # noqa: S311


def _quiet() -> Iterable[str]:
    return (part for setting in QUIETLY for part in ("-c", setting))
