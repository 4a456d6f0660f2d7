"""`-L` means what it means to `git blame`; git itself is asked."""

import os
import subprocess
from pathlib import Path

import pytest

from byline.cli.lineranges import chosen
from byline.errors import BylineError

TEXT = "alpha\nbeta\ngamma\n  delta\nepsilon (x)\n"
ENV = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "LC_ALL": "C"}
RANGES = [
    ["2,3"], ["3,2"], ["4"], ["4,"], [",2"], ["2,+2"], ["4,-2"], ["1,-3"], ["4,+9"], ["/gam/"], ["/a$/,+1"], ["4,99"],
    ["/^b/,/d/"], ["2,2", "4,4"], ["1,1", "/ta$/,+1"], ["/l\\+/,+1"], ["/l+/,+1"], ["2,2", "^/a/,+1"], [":beta"],
    [":al", ":ep"], ["/(x)/"], ["/\\(ta\\)$/,+1"], ["/[b-g]a/,+1"], ["/b.*a/,/g/"], ["3,/eps/"], ["/x\\|beta/,+1"],
    ["0,1"], ["9"], ["x"], ["1,2,3"], ["/nowhere/"], [":nowhere"], ["/[/"], ["-1"], ["1;2"],
]  # fmt: skip


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ranges")
    (folder / "f.txt").write_text(TEXT)
    for words in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "one"),
    ):
        subprocess.run(["git", *words], cwd=folder, env=ENV, check=True)
    return folder


@pytest.mark.parametrize("given", RANGES, ids=" ".join)
def test_as_git(repository: Path, given: list[str]) -> None:
    words = [word for one in given for word in ("-L", one)]
    said = subprocess.run(
        ["git", "blame", "--line-porcelain", *words, "f.txt"],
        cwd=repository, env=ENV, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = TEXT.split("\n")[:-1]
    if said.returncode:
        with pytest.raises(BylineError, match="-L"):
            chosen(given, lines, "f.txt")
        return
    heads = [row.split() for row in said.stdout.splitlines()]
    numbers = [int(row[2]) - 1 for row in heads if len(row) in (3, 4) and len(row[0]) == 40 and row[1].isdigit()]
    assert chosen(given, lines, "f.txt") == numbers


def test_all_lines_without_a_range() -> None:
    assert chosen([], ["a", "b"], "f") == [0, 1]
