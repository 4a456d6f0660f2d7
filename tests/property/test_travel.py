"""Going to any commit and coming back leaves every byte, mode, link and bit of the index as it was."""

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byline.repo.travel.leaving import Destination, leave
from byline.repo.travel.returning import come_back
from byline.repo.travel.survey import CannotTravel
from byline.workspace.place import place_of
from gitrepo import Repo

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and symbolic links of POSIX")

PATHS = ("a", "b.txt", "d/e", "d/f.txt", "d/g/h", "d", "ä b", "x.bin", ".gitattributes", "n\nl", "[a]", "-x")
TEXTS = (b"", b"one\n", b"one\r\ntwo\r\n", b"one\r\ntwo\n", b"no end", b"\0binary", b"two\n" * 50)
ATTRIBUTES = (b"*.txt text=auto\n", b"*.txt text eol=crlf\n", b"* -text\n", b"")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ("write", "write", "write", "delete", "stage", "unstage", "mode", "link", "rename", "intend", "assume")
        ),
        st.sampled_from(PATHS),
        st.integers(0, 50),
    ),
    max_size=9,
)


def play(repo: Repo, steps: list[tuple[str, str, int]]) -> None:
    """Do what can be done of it."""
    for deed, path, number in steps:
        file = repo.path / path
        try:
            if deed == "write":
                texts = ATTRIBUTES if path == ".gitattributes" else TEXTS
                if file.is_symlink():
                    file.unlink()
                repo.write(path, texts[number % len(texts)])
            elif deed == "delete":
                file.unlink()
            elif deed == "mode":
                file.chmod(0o755 if number % 2 else 0o644)
            elif deed == "link":
                file.unlink(missing_ok=True)
                file.symlink_to(("a", "nowhere", "d")[number % 3])
            elif deed == "stage":
                repo.run("--literal-pathspecs", "add", "-A", "--", path)
            elif deed == "unstage":
                repo.run("--literal-pathspecs", "rm", "-q", "--cached", "--", path)
            elif deed == "rename":
                repo.run("mv", "-k", "--", path, PATHS[number % len(PATHS)])
            elif deed == "intend":
                repo.run("--literal-pathspecs", "add", "-N", "--", path)
            else:
                repo.run("update-index", "--assume-unchanged", "--", path)
        except (OSError, subprocess.CalledProcessError):
            continue


def picture(repo: Repo) -> dict[str, Any]:
    """Everything a person could miss."""
    files: dict[str, tuple[int, bytes]] = {}
    for folder, below, names in os.walk(repo.path):
        if ".git" in below:
            below.remove(".git")
        for name in (*names, *(one for one in below if (Path(folder) / one).is_symlink())):
            path = Path(folder) / name
            status = path.lstat()
            data = os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
            files[path.relative_to(repo.path).as_posix()] = (stat.S_IMODE(status.st_mode), data)
    return {
        "files": files,
        "status": repo.run("status", "--porcelain=v2", "-z", "--branch", "-uall"),
        "index": repo.run("ls-files", "-s", "-v", "-z"),
        "head": repo.run("rev-parse", "--symbolic-full-name", "HEAD"),
        "stash": repo.run("stash", "list"),
        "refs": repo.run("for-each-ref"),
    }


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="byline-travel-") as name:
        yield Path(name)


@settings(
    max_examples=int(os.environ.get("BYLINE_TRAVELS", "5")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    commits=st.lists(STEPS, min_size=1, max_size=3),
    work=STEPS,
    away=STEPS,
    autocrlf=st.sampled_from(("false", "true", "input")),
    nested=st.booleans(),
)
def test_goto_and_back_is_nothing(
    folder: Path,
    commits: list[list[tuple[str, str, int]]],
    work: list[tuple[str, str, int]],
    away: list[tuple[str, str, int]],
    autocrlf: str,
    nested: bool,
) -> None:
    repo = Repo(Path(tempfile.mkdtemp(dir=folder)))
    repo.run("init", "-q", "--template=", "--initial-branch=main")
    repo.run("config", "core.autocrlf", autocrlf)
    ids = [repo.commit("begin", {"a": "a\n"})]
    for steps in commits:
        play(repo, steps)
        ids.append(repo.commit("next"))
    play(repo, work)
    place = place_of(repo.path)
    assert place is not None
    before = picture(repo)
    for target in ids:
        leave(place, repo.git, Destination(target, f"{target}^{{tree}}", target))
        assert repo.run("diff", "--cached", target, "--") == ""
        assert repo.run("rev-parse", "HEAD") == target
        there = picture(repo)
        if nested:
            leave(place, repo.git, Destination(ids[0], f"{ids[0]}^{{tree}}", ids[0]))
            come_back(place, repo.git, force=False)
            assert picture(repo) == there
        come_back(place, repo.git, force=False)
        assert picture(repo) == before
    leave(place, repo.git, Destination(ids[0], f"{ids[0]}^{{tree}}", ids[0]))
    play(repo, away)
    try:
        come_back(place, repo.git, force=False)
    except CannotTravel:
        assert come_back(place, repo.git, force=True).aside is not None
    after = picture(repo)
    if autocrlf != "false":  # a file that is the same here and there and was overwritten comes from git
        touched = {name for _, path, number in away for name in (path, PATHS[number % len(PATHS)])}
        for found in (before, after):
            found["files"] = {path: was for path, was in found["files"].items() if path not in touched}
    assert after == before
