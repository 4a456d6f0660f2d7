"""Where files went and came from, by what git takes for renames."""

from collections.abc import Iterable, Sequence

from byline.repo.run import Git, path_text

WANTED = ("-z", "-M", "-l1000", "--diff-filter=R", "--name-status")
"""What asks `git log` and `git diff` for renames, to be read by `pairs`."""
_LOG_SECONDS = 120.0


def pairs(data: bytes) -> list[tuple[str, str]]:
    """`(old path, new path)` of each rename in what git prints when asked for `WANTED`. Pure."""
    fields = [path_text(field.lstrip(b"\n")) for field in data.split(b"\0")]
    return [(fields[at + 1], fields[at + 2]) for at in range(0, len(fields) - 2, 3)]


def alike(moved: Iterable[tuple[str, str, str]], removed: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """For each new path the old ones that it may have had: the one git names, then those that held the same. Pure.

    moved: `(new path, old path, blob id there)` of each rename; removed: `(path, blob id)` of each file that is gone
    and that git takes for no rename's source. Of files with the very same content git picks one by chance.
    """
    renamed = list(moved)
    holders: dict[str, list[str]] = {}
    for path, blob in sorted([*((old, blob) for _, old, blob in renamed), *removed]):
        holders.setdefault(blob, []).append(path)
    return {new: tuple(dict.fromkeys((old, *holders[blob]))) for new, old, blob in renamed}


def since(git: Git, commit: str, tip: str) -> list[tuple[str, str]]:
    """The renames in commits that `tip` reaches and `commit` does not. Raises GitFailed."""
    return pairs(
        git.run("log", "--format=", *WANTED, "--end-of-options", tip, f"^{commit}", "--", timeout=_LOG_SECONDS)
    )


def reached(paths: Iterable[str], renames: Sequence[tuple[str, str]]) -> set[str]:
    """These paths and all that renames, one after another and in any order, led to from them. Pure."""
    found = set(paths)
    grown = True
    while grown:
        new = {new for old, new in renames if old in found} - found
        found |= new
        grown = bool(new)
    return found
