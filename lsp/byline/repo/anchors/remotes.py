"""Which other repository anchors are exchanged with, and where what it has is kept here."""

import msgspec

from byline.errors import BylineError
from byline.repo.anchors import names
from byline.repo.run import Git

UNNAMED = "refs/byline/fetched"
"""Where the branch of a repository goes that is no remote of this one."""


class NoRemote(BylineError):
    """There is nowhere to push to or to fetch from."""


class Remote(msgspec.Struct, frozen=True):
    """Another repository."""

    name: str
    """A remote's name, or where the repository is."""
    tracking: str
    """The ref that tells what its branch was when it was last seen."""


def choose(git: Git, named: str | None = None) -> Remote:
    """The remote of that name or address; else the current branch's upstream, else `origin`. Raises NoRemote."""
    known = git.run("remote").decode("utf-8", "surrogateescape").splitlines()
    if named is None:
        named = _usual(git, known)
    if named.startswith("-") or not named:
        raise NoRemote(f"{named!r} is no remote")
    if named in known:
        return Remote(named, f"refs/remotes/{named}/{names.BRANCH.removeprefix('refs/heads/')}")
    if "/" not in named and "\\" not in named and ":" not in named:
        raise NoRemote(f"there is no remote {named!r}; `git remote -v` lists them")
    return Remote(named, UNNAMED)


def _usual(git: Git, known: list[str]) -> str:
    head = (
        git.run("symbolic-ref", "--quiet", "--short", "HEAD", check=False).decode("utf-8", "surrogateescape").strip()
    )
    if head:
        upstream = git.run("config", "--get", f"branch.{head}.remote", check=False).decode("utf-8", "surrogateescape")
        if upstream.strip() in known:
            return upstream.strip()
    if "origin" in known or len(known) == 1:
        return "origin" if "origin" in known else known[0]
    if known:
        raise NoRemote("there are several remotes and none is `origin`; name one of them")
    raise NoRemote("this repository has no remote; `git remote add origin URL` adds one")
