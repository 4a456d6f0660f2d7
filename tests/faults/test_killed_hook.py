"""A hook that is killed at any instant loses its own event at most."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byline.store.blobs import Snapshots
from byline.store.paths import Folders
from byline.store.spool import Spool
from faults import deaths
from story import Blame, ForkedHook, Story, story

Tell = dict[str, Any]


def told(tale: Story, **fields: Any) -> Tell:
    common = {"v": 1, "agent": "m", "session_id": "B", "turn_id": "t", "cwd": str(tale.world.root), "model": "m1"}
    return common | fields


def first(tale: Story) -> Tell:
    """The first event of a machine: every folder and file is made by it."""
    shutil.rmtree(tale.world.root / ".git" / "byline")
    shutil.rmtree(tale.world.home / "byline")
    return write(tale)


def write(tale: Story) -> Tell:
    before = (tale.world.root / "f.txt").read_text()
    (tale.world.root / "f.txt").write_text(before + "b1\n")
    return told(tale, event="write", path="f.txt", call_id="c9", tool="Edit", before=before)


def shell(tale: Story) -> Tell:
    tale.stage.agent.pre_shell("B", tale.world.root, "make")
    (tale.world.root / "f.txt").write_text((tale.world.root / "f.txt").read_text() + "b1\n")
    (tale.world.root / "g.txt").write_text("g\n")
    return told(tale, event="shell", command="make")


def prompt(tale: Story) -> Tell:
    return told(tale, event="prompt", prompt="do it")


def rejected(tale: Story) -> Tell:
    return told(tale, event="write")


def store(tale: Story) -> Folders:
    common = tale.world.root / ".git"
    return Folders(common, common / "byline")


def events(tale: Story) -> list[str]:
    return [event.id for event in Spool(store(tale)).read_new()]


CASES: list[Callable[[Story], Tell]] = [first, write, shell, prompt, rejected]


@pytest.mark.parametrize("span", [pytest.param(5, id="some"), pytest.param(1, id="every", marks=pytest.mark.long)])
@pytest.mark.parametrize("case", CASES)
def test_at_any_deed(tmp_path: Path, case: Callable[[Story], Tell], span: int) -> None:
    survived = 0
    for number in deaths.until_it_lives(step=span):
        folder = tmp_path / str(number)
        tale = story(folder, hook=ForkedHook(), blame=Blame(forked=True))
        tale.init(f="a").edit("A", f="a s1")
        payload = case(tale)
        before = events(tale)
        died = deaths.hook(number, "generic", payload, tale.world.environment(), tale.world.root)
        left = events(tale)
        assert left[: len(before)] == before, "an event of before is gone"
        assert len(left) <= len(before) + 1
        snapshots = Snapshots(store(tale))
        assert all(snapshots.get(name) is not None for name, _ in snapshots.all()), "a snapshot is torn"
        # What comes next is recorded, and nobody owns what the lost event would have told.
        tale.edit("C", f=[*(tale.world.root / "f.txt").read_text().split(), "c1"])
        assert len(events(tale)) == len(left) + 1
        owners = {line.text: line.owner for line in tale.stage.ask("f.txt", None)}
        told_of = {"a": "U", "s1": "U" if case is first else "A", "b1": "B", "c1": "C"}
        wrong = {text: owner for text, owner in owners.items() if owner not in (told_of[text], "U")}
        assert not wrong
        assert owners["c1"] == "C"
        assert owners["s1"] == told_of["s1"]
        if not died:
            assert case is rejected or len(left) == len(before) + 1
            break
        survived += 1
        shutil.rmtree(folder)
    assert survived >= 1
    print(f"{survived} deaths")
