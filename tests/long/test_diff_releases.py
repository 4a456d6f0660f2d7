"""Two releases each of two big packages: byline's diff beside git's over every file that changed.

`pytest -m long -s tests/long/test_diff_releases.py` fetches them from PyPI and prints the figures.
"""

import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

import gitdiff
from byline.attribution import diff, slide

pytestmark = pytest.mark.long


def unpacked(requirement: str, folder: Path) -> Path:
    """The wheel's files; nothing of it is run."""
    fetch = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
    subprocess.run([*fetch, "-d", str(folder), requirement], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "files")
    return folder / "files"


def changed_files(old: Path, new: Path) -> list[tuple[list[bytes], list[bytes]]]:
    pairs = []
    for path in sorted(old.rglob("*.py")):
        other = new / path.relative_to(old)
        if other.is_file() and path.read_bytes() != other.read_bytes():
            pairs.append((gitdiff.split(path.read_bytes()), gitdiff.split(other.read_bytes())))
    return pairs


def unequal(one: list[int], other: list[int]) -> int:
    return sum(1 for a, b in zip(one, other, strict=True) if a != b)


@pytest.mark.parametrize(
    ("older", "newer", "least"),
    [
        pytest.param("django==4.2", "django==5.1", 300, id="django"),
        pytest.param("sympy==1.11", "sympy==1.13.3", 700, id="sympy"),
    ],
)
def test_releases_come_out_as_from_git(tmp_path: Path, older: str, newer: str, least: int) -> None:
    folders = [tmp_path / "older", tmp_path / "newer"]
    for folder in folders:
        folder.mkdir()
    pairs = changed_files(unpacked(older, folders[0]), unpacked(newer, folders[1]))
    assert len(pairs) >= least
    start = time.perf_counter()
    ours = [diff.mapping(old, new) for old, new in pairs]
    spent = time.perf_counter() - start
    lines = sum(len(new) for _, new in pairs)
    new_lines = sum(found.count(-1) for found in ours)
    print(f"\n{older} to {newer}: {len(pairs)} pairs, {lines} lines, {new_lines} new, {spent * 1000:.0f} ms")
    for algorithm, allowed in (("patience", 0.001), ("myers", 0.003), ("histogram", 0.001)):
        differ = slides = equal = files = more = 0
        judged = gitdiff.judge(pairs, tmp_path, f"--diff-algorithm={algorithm}")
        for (old, new), found, hunks in zip(pairs, ours, judged, strict=True):
            theirs = gitdiff.origins(hunks, len(new))
            changed = diff.hunks(slide.settle(old, new, hunks), len(old), len(new))
            apart = unequal(found, theirs)
            differ += apart
            equal += apart if theirs.count(-1) == found.count(-1) else 0
            slides += apart - unequal(found, gitdiff.origins(changed, len(new)))
            files += found != theirs
            more += theirs.count(-1) - found.count(-1)
        print(f"  git {algorithm}: {differ} lines in {files} files differ, {slides} of them slides of its own runs,")
        print(f"    {equal} in files of which both keep equally many lines; {more} more lines kept in all")
        assert differ <= allowed * lines
