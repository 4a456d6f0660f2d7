"""What a person means by a range of revisions: `A..B`, `A...B`, `A`."""

from typing import NamedTuple

from byline.errors import BylineError, UnknownRevision
from byline.repo.history import merge_base
from byline.repo.objects import Objects
from byline.repo.run import Git


class Range(NamedTuple):
    """Two commits by id. An old one that is None stands for nothing at all, a new one for the working files."""

    old: str | None
    new: str | None


def parse(given: str | None, git: Git, objects: Objects) -> Range:
    """As `git diff` understands it; None is HEAD against the working files. Raises UnknownRevision."""
    if not given:
        return Range(objects.resolve("HEAD"), None)
    old, dots, new = given.partition("...")
    if not dots:
        old, dots, new = given.partition("..")
    if not dots:
        return Range(_commit(given, objects), None)
    one, other = _commit(old or "HEAD", objects), _commit(new or "HEAD", objects)
    if "..." in given:
        base = merge_base(git, one, other)
        return Range(base, other)
    return Range(one, other)


def of_branch(given: str | None, git: Git, objects: Objects) -> str:
    """A range of commits: `given`, up to HEAD where it names only a beginning; without it the commits of this branch.

    Those are the ones since it left the default branch. Raises BylineError where that cannot be told.
    """
    if given:
        return given if ".." in given else f"{given}...HEAD"
    base = _default_branch(git, objects)
    if base is None:
        raise BylineError("no default branch is known here (origin/HEAD, main, master); name a range: A...B")
    head = objects.resolve("HEAD")
    if head is None:
        raise BylineError("there is no commit here yet")
    if merge_base(git, objects.resolve(base) or base, head) is None:
        raise BylineError(f"{base} and HEAD have no commit in common here; a shallow clone? `git fetch --unshallow`")
    return f"{base}...HEAD"


def _default_branch(git: Git, objects: Objects) -> str | None:
    """The branch that others start from, as a name git knows."""
    told = git.run("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD", check=False).decode().strip()
    mine = git.run("config", "--get", "init.defaultBranch", check=False).decode("utf-8", "replace").strip()
    names = [told, "origin/main", "origin/master", f"origin/{mine}" if mine else "", "main", "master", mine]
    return next((name for name in names if name and objects.resolve(name) is not None), None)


def _commit(name: str, objects: Objects) -> str:
    found = objects.resolve(name)
    if found is None:
        raise UnknownRevision(f"git knows no revision {name!r} here; `git log --oneline` lists them")
    return found
