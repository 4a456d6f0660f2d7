"""What the command line of a `git push` says, and the lines that git tells its hook."""

import os
import sys

import pytest

from byline.cli import gitpush


@pytest.mark.parametrize(
    ("command", "dry"),
    [
        ("git push -n", True),
        ("/usr/bin/git push origin main --dry-run", True),
        ("git -C /x --git-dir /y -c a=push push -nv o", True),
        ("git --no-pager push --dry", True),
        ("C:\\Git\\bin\\git.exe push -qn", True),
        ("/usr/lib/git-core/git-push -fn o m", True),
        ("git push --dry-run --no-dry-run", False),
        ("git push -- -n", False),
        ("git push -o -n", False),
        ("git push -on", False),
        ("git push -vo n o", False),
        ("git push --push-option --dry-run o", False),
        ("git push --delete o -d n", False),
        ("git push", False),
        ("git -c alias.push=-n fetch -n push", None),
        ("git", None),
        ("sh -c push -n", None),
        ("", None),
    ],
)
def test_whether_a_push_is_rehearsed(command: str, dry: bool | None) -> None:
    options = gitpush.push_options(command.split())
    assert (None if options is None else gitpush.is_dry(options)) is dry


@pytest.mark.parametrize(
    ("ref", "found"),
    [
        ("refs/heads/byline", True),
        ("refs/heads/byline/anchors", True),
        ("refs/heads/byline/anchors/v1", True),
        ("refs/heads/byline/anchors/v1/x", True),
        ("refs/heads/byline2", False),
        ("refs/heads/byline/other", False),
        ("refs/tags/byline", False),
    ],
)
def test_what_cannot_be_beside_our_branch(ref: str, found: bool) -> None:
    lines = [b"refs/heads/main 1 refs/heads/main 0", f"HEAD~1 1 {ref} 0".encode(), b"", b"refs/heads/byline"]
    assert gitpush.is_in_the_way(lines) is found
    assert gitpush.is_in_the_way([f"(delete) 0 {ref} 1".encode()]) is found


@pytest.mark.skipif(sys.platform == "win32", reason="no command lines of others are read there")
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_process_and_its_parent(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    if platform == "linux" and sys.platform != "linux":
        pytest.skip("there is no /proc")
    monkeypatch.setattr(sys, "platform", platform)
    found = gitpush._process(os.getpid(), os.environ)
    assert found is not None
    assert found[0] == os.getppid()
    assert "python" in found[1][0]
    assert gitpush._process(2**22 + 1, os.environ) is None
    assert gitpush.is_rehearsal({"PATH": "/nowhere"}) is False
