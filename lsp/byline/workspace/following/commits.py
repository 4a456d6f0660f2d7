"""What a session put into a commit of its own, proved by the commit and by the model's answer."""

from typing import NamedTuple

from byline.attribution.diff import blocks, hunks
from byline.attribution.marks import split
from byline.repo.commits import CommitObject
from byline.repo.objects import Objects

_TRAILER = "co-authored-by: aider ("
_NAME = "(aider)"


class Written(NamedTuple):
    """One file of such a commit."""

    commit: str
    """Its full id."""
    before: bytes | None
    """None: there was no file."""
    after: bytes
    edits: list[list[int]]
    """`[old_start, old_lines, new_start, new_lines]`, 1-based: the changed lines that the answer holds."""


def written(objects: Objects, rev: str, path: str, reply: str) -> Written | None:
    """What the commit changed in `path` that stands in `reply`; None where the commit does not say it is aider's."""
    commit = objects.commit(rev)
    if commit is None or len(commit.parents) > 1 or not _is_aiders(commit):
        return None
    blob = objects.entry(commit.id, path)
    after = objects.blob(blob) if blob else None
    if after is None:
        return None
    parent = objects.entry(commit.parents[0], path) if commit.parents else None
    before = objects.blob(parent) if parent else None
    if parent is not None and before is None:
        return None
    edits = _told(before or b"", after, reply)
    return Written(commit.id, before, after, edits) if edits else None


def _is_aiders(commit: CommitObject) -> bool:
    """Aider marks its commits by a trailer, or by the names of author or committer."""
    names = (commit.author.name, commit.committer.name)
    return _TRAILER in commit.message.lower() or any(name.endswith(_NAME) for name in names)


def _told(before: bytes, after: bytes, reply: str) -> list[list[int]]:
    """The changed ranges, without lines that the answer does not hold: those somebody else had left in the file."""
    answered = {_bare(line) for line in reply.encode("utf-8", "surrogateescape").split(b"\n")}
    answered |= {line[1:].strip() for line in answered if line[:1] in (b"+", b"-")}
    old, new = split(before), split(after)
    found: list[list[int]] = []
    for old_start, old_stop, new_start, new_stop in hunks(blocks(old, new), len(old), len(new)):
        run = [old_start + 1, old_stop - old_start, new_start + 1, 0]
        for number in range(new_start, new_stop):
            if _bare(new[number]) in answered or not new[number].strip():
                run[3] += 1
                continue
            if run[3]:
                found.append(run)
            run = [old_stop + 1, 0, number + 2, 0]
        if run[3] or (run[1] and new_start == new_stop):
            found.append(run)
    return found


def _bare(line: bytes) -> bytes:
    return line.strip()
