"""What `tests/bench/clones.py` counts, with few clones: all push at once and end with the same anchors."""

import sys
from pathlib import Path

import pytest

from anchorkit import fetch, push, put, shown
from bench.clones import exchange
from byline.repo.anchors import names
from byline.repo.anchors.format import Anchor
from byline.repo.anchors.listing import resolve
from byline.repo.anchors.record import load
from gitrepo import Repo


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (0, 2, 1)])
def test_a_line_on_which_one_of_three_differs_is_nobodys_in_any_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    clones: list[Repo] = []
    for owners in ("aa", "ab", "aa"):
        repo = Repo(tmp_path / f"{len(clones)}")
        repo.path.mkdir()
        repo.run("init", "-q", "--template=")
        repo.run("remote", "add", "origin", "../server.git")
        put(repo, len(clones) + 2)  # so that no two have a state in common that describes the commit
        put(repo, 1, owners=owners)
        clones.append(repo)
    clones[0].run("init", "-q", "--bare", "--template=", "../server.git")
    for number in order:
        push(clones[number])
    for clone in clones:
        fetch(clone)
    assert len({resolve(clone.git, names.BRANCH) for clone in clones}) == 1
    text = clones[0].run("show", f"{names.BRANCH}:{names.folder(f'{1:040x}')}metadata.json")
    assert shown(load(Anchor, text.encode())) == ["a."]


@pytest.mark.skipif(sys.platform == "win32", reason="the relay that counts bytes is a script with #!")
def test_clones_that_push_at_once_all_end_with_all_anchors(tmp_path: Path) -> None:
    found = exchange(tmp_path, clones=4, commits=2)
    assert (found.anchors, found.missing, found.tips) == (8, 0, 1)
    assert found.pushes >= 4 and found.bytes_up > 0 and found.bytes_down > 0
