"""What a person means by a range of revisions: `A..B`, `A...B`, `A`."""

from typing import NamedTuple

from byline.errors import UnknownRevision
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


def _commit(name: str, objects: Objects) -> str:
    found = objects.resolve(name)
    if found is None:
        raise UnknownRevision(f"git knows no revision {name!r} here; `git log --oneline` lists them")
    return found
