"""What commits change, many in one process, and which of their lines are new."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import msgspec

from byline.attribution.diff import blocks, hunks
from byline.attribution.marks import Lines, exact_keys
from byline.attribution.realign import realigned
from byline.repo.renames import alike
from byline.repo.run import Git, path_text

SUBMODULE = "160000"
_COMMIT = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Delta(msgspec.Struct, frozen=True):
    """One file that a commit changed; for a merge one that it took from no parent as it was."""

    path: str
    old_path: str | None
    """Where git says the file was before, when elsewhere."""
    mode: str
    """`100644`, `120000` a link, `160000` a submodule, `000000` no file any more."""
    old_modes: tuple[str, ...]
    blob: str | None
    old_blobs: tuple[str | None, ...]
    """In each parent; one for a commit that is no merge."""


class Hunk(msgspec.Struct):
    """Lines `old_start` to `old_stop` became lines `new_start` to `new_stop`; 0-based, half open."""

    old_start: int
    old_stop: int
    new_start: int
    new_stop: int


def deltas(git: Git, commits: Sequence[str]) -> dict[str, list[Delta]]:
    """For each commit the files it changes, by path. Renames are found; merges show what their resolution changed."""
    if not commits:
        return {}
    data = git.run(
        *("diff-tree", "--stdin", "-r", "-c", "-M", "-l1000", "-z", "--raw", "--no-abbrev", "--root"),
        input="".join(f"{commit}\n" for commit in commits).encode(),
        timeout=300,
    )
    found: dict[str, list[Delta]] = {commit: [] for commit in commits}
    current: list[Delta] = []
    fields = iter(data.split(b"\0"))
    for field in fields:
        if field.startswith(b":"):
            current.append(_delta(field, fields))
        elif _COMMIT.fullmatch(field):
            current = found.setdefault(field.decode(), [])
    return {commit: sorted(changed, key=lambda delta: delta.path) for commit, changed in found.items()}


def _delta(head: bytes, fields: Iterator[bytes]) -> Delta:
    """One raw entry: `:MODE MODE ID ID STATUS`, with one more colon, mode and id for each further parent."""
    parents = len(head) - len(head.lstrip(b":"))
    words = head[parents:].decode("ascii").split(" ")
    modes, ids, status = words[: parents + 1], words[parents + 1 : 2 * parents + 2], words[-1]
    old_path = path_text(next(fields)) if parents == 1 and status[0] in "RC" else None
    old = tuple(None if not name.strip("0") else name for name in ids[:-1])
    return Delta(
        path=path_text(next(fields)),
        old_path=old_path,
        mode=modes[-1],
        old_modes=tuple(modes[:-1]),
        blob=ids[-1] if ids[-1].strip("0") else None,
        old_blobs=old,
    )


def old_names(changed: Sequence[Delta]) -> dict[str, tuple[str, ...]]:
    """For each path that one commit, no merge, renamed those it may have had before, git's choice first. Pure."""
    known = [(delta, blob) for delta in changed if (blob := delta.old_blobs[0]) is not None]
    return alike(
        ((delta.path, delta.old_path, blob) for delta, blob in known if delta.old_path is not None),
        ((delta.path, blob) for delta, blob in known if delta.blob is None),
    )


def paths(found: Iterable[Sequence[Delta]]) -> list[str]:
    """What commits call the files that they change, and what those were called before, each once. Pure."""
    changed = (delta for one in found for delta in one)
    return list(dict.fromkeys(path for delta in changed for path in (delta.path, delta.old_path) if path))


def is_binary(data: bytes) -> bool:
    """Whether git counts no lines in these bytes."""
    return b"\0" in data[:8000]


def changed_hunks(old: Lines, new: Lines) -> list[Hunk]:
    """The changed ranges from one text to the next, where git shows them. A newline lost at the end is a change."""
    return [Hunk(*hunk) for hunk in hunks(blocks(old, new), len(old), len(new))]


def in_no_parent(olds: Sequence[Lines], new: Lines) -> list[Hunk]:
    """The lines of a merge that no parent has, as insertions."""
    fresh = [True] * len(new)
    for old in olds:
        for _, start, length in blocks(exact_keys(old), exact_keys(new)):
            fresh[start : start + length] = [False] * length
    found: list[Hunk] = []
    for index, is_fresh in enumerate(fresh):
        if not is_fresh:
            continue
        if found and found[-1].new_stop == index:
            found[-1].new_stop = index + 1
        else:
            found.append(Hunk(0, 0, index, index + 1))
    return found


def slide_to(changed: list[Hunk], new: Lines, weigh: Callable[[int], int]) -> None:
    """Move what each change inserts, where it could as well sit higher or lower, to the lines of most weight.

    A change that also removed lines becomes two. `weigh` says how much a line (0-based) weighs. Of equals it stays
    where it is, else the nearest wins.
    """
    found: list[Hunk] = []
    for number, hunk in enumerate(changed):
        lowest = found[-1].new_stop if found else 0
        highest = changed[number + 1].new_start if number + 1 < len(changed) else len(new)
        shift = _shift(hunk, new, weigh, lowest, highest) if hunk.new_start < hunk.new_stop else 0
        old = hunk.old_start + shift if shift < 0 else hunk.old_stop + shift
        if not shift:
            found.append(hunk)
            continue
        moved = Hunk(old, old, hunk.new_start + shift, hunk.new_stop + shift)
        at = hunk.new_stop if shift < 0 else hunk.new_start
        gone = [Hunk(hunk.old_start, hunk.old_stop, at, at)] if hunk.old_start < hunk.old_stop else []
        found += [moved, *gone] if shift < 0 else [*gone, moved]
    changed[:] = found


def realign(changed: list[Hunk], old: Lines, new: Lines, weigh: Callable[[int], int]) -> None:
    """Show as new, of equal lines, those of most weight, where `slide_to` could not; as many lines as before."""
    found = mapping([Hunk(0, 0, 0, 0), *changed, Hunk(len(old), len(old), len(new), len(new))], len(new))
    better = realigned(old, new, found, weigh)
    if better != found:
        kept = [(origin, line, 1) for line, origin in enumerate(better) if origin >= 0]
        changed[:] = [Hunk(*hunk) for hunk in hunks(kept, len(old), len(new))]


def mapping(changed: Sequence[Hunk], count: int) -> list[int]:
    """For each of `count` new lines which old one it is, -1 for one that a hunk brought."""
    found = [-1] * count
    for hunk, following in pairwise(changed):
        found[hunk.new_stop : following.new_start] = range(hunk.old_stop, following.old_start)
    return found


def _shift(hunk: Hunk, new: Lines, weigh: Callable[[int], int], lowest: int, highest: int) -> int:
    """By how many lines what a change inserts is to move, between two lines, down or (below 0) up."""
    weight = best = sum(map(weigh, range(hunk.new_start, hunk.new_stop)))
    shift = 0
    for way in (-1, 1):
        start, stop, here = hunk.new_start, hunk.new_stop, weight
        while lowest <= start + min(way, 0) and stop + max(way, 0) <= highest:
            gained, lost = (start - 1, stop - 1) if way < 0 else (stop, start)
            if new[gained] != new[lost]:
                break
            here += weigh(gained) - weigh(lost)
            start, stop = start + way, stop + way
            if here > best:
                best, shift = here, start - hunk.new_start
    return shift
