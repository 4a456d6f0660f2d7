"""Something else stands where byline keeps a file or a folder of its own: one sentence says what, and what to do."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from faults import deaths
from hookrun import generic
from story import Blame, ForkedHook, Story, story

FILES = ("dropped", "anchors.lock", "looked.json", "turns.json", "index.db", "packed", "packs/lock", "errors.log")
LINKS = ("dropped", "anchors.lock", "packs")
FOLDERS = ("", "spool", "blobs", "packs", "rejected", "away")
COMMANDS = (
    *("sync", "gc --keep-days 0", "forget B --dry-run", "doctor", "blame f.txt", "push", "goto HEAD~1"),
    *("correct f.txt:1 --owner human", "forget B"),
)


def _file(path: Path) -> None:
    path.write_text("x\n")


def _link(path: Path) -> None:
    path.symlink_to(path.parents[2] / "nowhere" / "at" / "all")


def _away(path: Path) -> None:
    """What was there goes on being there under another name."""
    if path.exists():
        path.rename(path.with_name(f"{path.name}.before"))


@pytest.fixture
def tale(tmp_path: Path) -> Story:
    deaths.loaded()
    made = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a").edit("A", f="a s1").commit()
    for event in ("prompt", "turn_end"):
        generic(made.world.root, event, made.world.environment(), session_id="T", turn_id="t1", prompt="x")
    return made.edit("B", f="a s1 t1").commit().edit("A", draft="x y").edit("A", draft="z")


@pytest.mark.parametrize(
    ("name", "stands"),
    [
        *((name, Path.mkdir) for name in FILES),
        *((name, _link) for name in LINKS),
        *((name, _file) for name in FOLDERS),
    ],
)
def test_every_command(tale: Story, name: str, stands: Callable[[Path], None]) -> None:
    """None falls over, and none says more than one line for each thing it could not do."""
    env, root = tale.world.environment(), tale.world.root
    path = root / ".git" / "byline" / name
    _away(path)
    path.parent.mkdir(exist_ok=True)
    stands(path)
    for words in COMMANDS:
        code, said = deaths.ended(words.split(), env, root)
        assert code in (0, 1), (words, said)
        assert "unexpected" not in said and "Traceback" not in said, (words, said)
        assert len(said.splitlines()) <= 2, (words, said)
    assert not (root / "nowhere").exists() and not (root.parent / "nowhere").exists(), "a link is not followed"


@pytest.mark.parametrize(
    ("name", "stands", "words", "said"),
    [
        ("anchors.lock", Path.mkdir, "sync", "is a folder, and byline keeps a file of that name"),
        ("dropped", Path.mkdir, "forget B", "is a folder, and byline keeps a file of that name"),
        ("dropped", _link, "forget B", "is a link to nothing, and byline keeps a file of that name"),
        ("dropped", Path.mkdir, "gc --keep-days 0", "is a folder, and byline keeps a file of that name"),
        ("turns.json", Path.mkdir, "sync", "is a folder, and byline keeps a file of that name"),
        ("away", _file, "goto HEAD~1", "is a file, and byline keeps a folder of that name"),
    ],
)
def test_the_sentence(tale: Story, name: str, stands: Callable[[Path], None], words: str, said: str) -> None:
    """It names the thing; and with that out of the way all is done."""
    env, root = tale.world.environment(), tale.world.root
    path = root / ".git" / "byline" / name
    stands(path)
    code, told = deaths.ended(words.split(), env, root)
    assert code == 1
    (line,) = told.splitlines()
    assert f"{path} {said}: move it away and try again" in line
    path.rename(path.with_name("aside"))
    assert deaths.ended(words.split(), env, root) == (0, "")


def test_a_file_in_place_of_the_store(tale: Story) -> None:
    """Events go to the user's folder meanwhile; what needs the repository's own says what is there."""
    env, root = tale.world.environment(), tale.world.root
    store = root / ".git" / "byline"
    store.rename(root / ".git" / "before")
    store.write_text("x\n")
    tale.edit("A", f="a s1 t1 s2")
    code, told = deaths.ended(["sync"], env, root)
    assert (code, told) == (
        1,
        f"byline: {store} is a file, and byline keeps a folder of that name: move it away and try again\n",
    )
    store.unlink()
    (root / ".git" / "before").rename(store)
    assert deaths.ended(["sync"], env, root) == (0, "")
    tale.expect_working(f="U|a A|s1 B|t1 A|s2")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_in_place_of_the_days_spool_file(tale: Story) -> None:
    """Nobody waits for a reader: the event goes to the user's folder, and counts there."""
    (path,) = (tale.world.root / ".git" / "byline" / "spool").glob("*.jsonl")
    path.rename(path.with_name("2020-01-01.000000000000.jsonl"))
    os.mkfifo(path)
    begun = time.monotonic()
    tale.edit("C", f="a s1 t1 u1")
    assert time.monotonic() - begun < 20
    path.unlink()
    assert [line.owner for line in tale.stage.ask("f.txt", None)] == ["U", "A", "B", "C"]
