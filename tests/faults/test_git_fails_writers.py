"""Commands that delete or publish, with a git that fails: they do it right or not at all."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from byline.store.blobs import Snapshots
from byline.store.paths import Folders
from faults import deaths
from faults.brokengit import WAYS, broken_git
from faults.test_git_fails import only
from story import Blame, ForkedHook, Story, story

BRANCH = "refs/heads/byline/anchors/v1"
MOST_RUNS = 150
"""Neither command starts git more often."""


@pytest.fixture
def tale(tmp_path: Path) -> Story:
    made = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a").edit("A", f="a s1").commit()
    made.edit("B", f="a s1 t1").edit("H", f="h a s1 t1").commit().edit("A", f="h a s1 t1 s2", draft="x")
    (made.world.root / "draft.txt").unlink()
    return made


def failures(every: bool) -> Iterator[tuple[int, str]]:
    """Which run fails and how; some of them, or all up to the most there are."""
    if every:
        yield from ((number, way) for number in range(MOST_RUNS) for way in WAYS[1:3])
        return
    chance = random.Random(2)
    yield from ((chance.randrange(60), chance.choice(WAYS)) for _ in range(3))


def snapshots(tale: Story) -> set[str]:
    common = tale.world.root / ".git"
    return {name for name, _ in Snapshots(Folders(common, common / "byline")).all()}


def owners(tale: Story) -> list[list[str]]:
    return [[line.owner for line in tale.stage.ask("f.txt", rev)] for rev in (None, "HEAD", "HEAD~1")]


def tree(tale: Story) -> str:
    return tale.world.try_git("rev-parse", "--verify", "-q", f"{BRANCH}^{{tree}}")[1].decode().strip()


EVERY = pytest.mark.parametrize("every", [pytest.param(False, id="some"), pytest.param(True, marks=pytest.mark.long)])


@EVERY
def test_gc_deletes_nothing_that_is_needed(tale: Story, every: bool) -> None:
    owned, there = owners(tale), snapshots(tale)
    refused = tried = 0
    for number, way in failures(every):
        with broken_git(only(number, way)):
            code, err = deaths.ended(["gc", "--keep-days", "0"], tale.world.environment(), tale.world.root)
        tried += 1
        refused += code != 0
        assert "unexpected" not in err
        assert code in (0, 1)
        assert code == 0 or (err.startswith("byline: ") and err.count("\n") == 1), err
        assert owners(tale) == owned, (number, way)
        if code:
            assert snapshots(tale) == there, (number, way)
        there = snapshots(tale)
    assert tried
    print(f"gc: {refused} refusals of {tried}")
    assert deaths.ended(["gc", "--keep-days", "0"], tale.world.environment(), tale.world.root)[0] == 0
    assert owners(tale) == owned


@EVERY
def test_sync_writes_no_anchor_that_knows_less(tale: Story, every: bool) -> None:
    env, root = tale.world.environment(), tale.world.root
    assert deaths.ended(["sync"], env, root)[0] == 0
    whole = tree(tale)
    refused = tried = 0
    for number, way in failures(every):
        tale.git("update-ref", "-d", BRANCH)
        (root / ".git" / "byline" / "looked.json").unlink(missing_ok=True)
        (root / ".git" / "byline" / "index.db").unlink(missing_ok=True)
        with broken_git(only(number, way)):
            code, err = deaths.ended(["sync"], env, root)
        tried += 1
        refused += code != 0
        assert "unexpected" not in err
        assert code in (0, 1)
        assert deaths.ended(["sync"], env, root)[0] == 0
        assert tree(tale) == whole, (number, way, code, err)
    assert tried
    print(f"sync: {refused} refusals of {tried}")


def test_without_git(tale: Story, tmp_path: Path) -> None:
    """Each command ends with one clear line or does what it can; the message says what is missing."""
    with broken_git(lambda number, args: "absent"):
        for words in (["blame", "f.txt"], ["sync"], ["gc"], ["stats"], ["sessions"], ["doctor"], ["status"]):
            code, err = deaths.ended(words, tale.world.environment(), tale.world.root)
            assert code in (0, 1), (words, err)
            assert "unexpected" not in err
            assert err.count("\n") <= 1, (words, err)
        code, err = deaths.ended(["blame", "f.txt"], tale.world.environment(), tale.world.root)
        assert (code, "installed and on PATH" in err) == (1, True)
