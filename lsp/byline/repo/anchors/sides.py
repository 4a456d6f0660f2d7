"""What two states of the branch hold for commits that both describe, read a bounded number of bytes at a time.

Whatever was fetched may be hostile: names that the format does not know are not looked at, of a folder that is too
large nothing is read.
"""

from collections.abc import Iterator, Mapping, Sequence

from byline.repo.anchors import names
from byline.repo.anchors.limits import LARGEST_FILE, LARGEST_FOLDER, fits
from byline.repo.anchors.listing import folders
from byline.repo.objects import check, read_all
from byline.repo.run import Git

BATCH = 200
"""Commits whose files are listed at once."""

BATCH_BYTES = 2 * LARGEST_FOLDER
Pair = tuple[str, Mapping[str, bytes], Mapping[str, bytes]]
"""A commit and its files on either side, by name in its folder; a side that breaks the rules has none."""

Listed = tuple[str, list[dict[str, str]], int]
"""A commit, for either side its names and blobs, and the bytes of all."""


def pairs(git: Git, tips: tuple[str, str], commits: Sequence[str], seconds: float) -> Iterator[Pair]:
    """The commits in their order, with what lies at the two tips. Raises TooMuch, GitFailed."""
    for start in range(0, len(commits), BATCH):
        batch: list[Listed] = []
        weight = 0
        for listed in _listed(git, tips, commits[start : start + BATCH]):
            if batch and weight + listed[2] > BATCH_BYTES:
                yield from _read(git, batch, seconds)
                batch, weight = [], 0
            batch.append(listed)
            weight += listed[2]
        yield from _read(git, batch, seconds)


def _listed(git: Git, tips: tuple[str, str], commits: Sequence[str]) -> list[Listed]:
    """What is to be read of some commits."""
    paths = [names.folder(commit) for commit in commits]
    sides = [folders(git, tip, paths) for tip in tips]
    blobs = sorted({blob for side in sides for files in side.values() for blob in files.values()})
    sizes = {header[0]: header[2] for header in check(git, blobs, network=True) if header and header[1] == "blob"}
    found = []
    for commit in commits:
        both = []
        for side in sides:
            small = {
                name: blob
                for name, blob in side.get(commit, {}).items()
                if sizes.get(blob, LARGEST_FILE + 1) <= LARGEST_FILE
            }
            both.append(small if fits([sizes[blob] for blob in small.values()]) else {})
        found.append((commit, both, sum(sizes[blob] for files in both for blob in files.values())))
    return found


def _read(git: Git, batch: Sequence[Listed], seconds: float) -> Iterator[Pair]:
    blobs = sorted({blob for _, sides, _ in batch for files in sides for blob in files.values()})
    read = {found[0]: found[2] for found in read_all(git, blobs, network=True, timeout=seconds) if found}
    for commit, sides, _ in batch:
        one, other = ({name: read[blob] for name, blob in files.items() if blob in read} for files in sides)
        yield commit, one, other
