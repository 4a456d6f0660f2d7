"""The clean id is what `git add` stores: git is the judge."""

from collections.abc import Callable
from pathlib import Path

import pytest

from byline.repo.worktree import clean_ids, eol_normalised, object_format
from gitrepo import Repo

TEXTS = [b"a\r\nb\r\n", b"a\nb\n", b"a\r\nb\n", b"\0\r\n", b"a\rb\r\n", b"", b"$Id: 1234 $\r\n", b"$Id$\n"]
ATTRIBUTES = [
    "",
    "* text",
    "* text=auto",
    "* -text",
    "* eol=lf",
    "* text=auto eol=crlf",
    "* binary",
    "* crlf",
    "* -crlf",
]
INDEXED = [None, b"x\r\ny\r\n", b"x\ny\n", b"x\r\ny\n"]


def added(made: Repo, text: bytes) -> str:
    """The id that `git add` gives to the working file, with the index as it is before."""
    before = made.run("ls-files", "-s", "a")
    made.write("a", text)
    made.run("-c", "core.safecrlf=false", "add", "a")
    found = made.run("rev-parse", ":a")
    made.run("rm", "-q", "--cached", "-f", "a")
    if before:
        made.run("update-index", "--add", "--cacheinfo", f"100644,{before.split()[1]},a")
    return found


@pytest.mark.parametrize("attributes", ATTRIBUTES)
@pytest.mark.parametrize("autocrlf", ["false", "true", "input"])
def test_as_git_add(repo: Callable[..., Repo], attributes: str, autocrlf: str) -> None:
    made = repo()
    made.run("config", "core.autocrlf", autocrlf)
    made.write(".gitattributes", attributes + "\n")
    for indexed in INDEXED[: 2 if attributes == "* binary" else 4]:
        if indexed is not None:
            name = made.run("hash-object", "-w", "--stdin", "--no-filters", input=indexed)
            made.run("update-index", "--add", "--cacheinfo", f"100644,{name},a")
        expected = [added(made, text) for text in TEXTS]
        assert clean_ids(made.git, "a", TEXTS) == expected


@pytest.mark.parametrize(
    "attributes", ["* ident", "* ident text=auto", "* filter=upper", "* working-tree-encoding=UTF-16LE"]
)
def test_ident_filter_and_encoding_as_git_add(
    repo: Callable[..., Repo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attributes: str
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "mine"))
    made = repo()
    made.run("config", "--global", "filter.upper.clean", "tr a-z A-Z")
    made.write(".gitattributes", attributes + "\n")
    texts = [b"a\r\n$Id: x $\n", "grün\n".encode("utf-16-le")]
    if "encoding" in attributes:
        texts = texts[1:]
    assert clean_ids(made.git, "a", texts) == [added(made, text) for text in texts]


def test_lfs_runs_nothing(repo: Callable[..., Repo], tmp_path: Path) -> None:
    made = repo()
    made.run("config", "filter.lfs.clean", f"touch {tmp_path / 'ran'}")
    made.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
    pointer = (
        b"version https://git-lfs.github.com/spec/v1\n"
        b"oid sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03\nsize 6\n"
    )
    expected = made.run("hash-object", "--stdin", "--no-filters", input=pointer)
    assert clean_ids(made.git, "x.bin", [b"hello\n", pointer]) == [expected, expected]
    assert not (tmp_path / "ran").exists()


def test_required_filter_that_fails_leaves_the_bytes(
    repo: Callable[..., Repo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "mine"))
    made = repo()
    made.run("config", "--global", "filter.gone.clean", "/nowhere/tool")
    made.run("config", "--global", "filter.gone.required", "true")
    made.write(".gitattributes", "* filter=gone\n")
    assert clean_ids(made.git, "a", [b"x\n"]) == [made.run("hash-object", "--stdin", "--no-filters", input=b"x\n")]


def test_eol_normalised(repo: Callable[..., Repo]) -> None:
    made = repo()
    made.write(".gitattributes", "*.txt text\n*.bin -text\n*.cmd eol=crlf\n")
    made.run("config", "core.autocrlf", "false")
    assert [eol_normalised(made.git, path) for path in ("a.txt", "a.bin", "a.cmd", "a.py")] == [
        True,
        False,
        True,
        False,
    ]
    made.run("config", "core.autocrlf", "input")
    assert [eol_normalised(made.git, path) for path in ("a.bin", "a.py", "dir/a.py")] == [False, True, True]


def test_object_format(repo: Callable[..., Repo]) -> None:
    assert object_format(repo("short").git) == "sha1"
    long = repo("long", "--object-format=sha256")
    assert object_format(long.git) == "sha256"
    assert clean_ids(long.git, "a", [b"x\n"]) == [long.run("hash-object", "--stdin", input=b"x\n")]
