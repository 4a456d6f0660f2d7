"""Repositories that are moved, pruned, cloned again, shallow, partial or bare: no false owner, no fetch, no crash."""

import shutil
from pathlib import Path

import pytest

from faults import deaths
from story import Blame, ForkedHook, Story, story
from story.blame import BlameFailed


@pytest.fixture
def tale(tmp_path: Path) -> Story:
    made = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f="a").edit("A", f="a s1").commit()
    return made.edit("B", f="a s1 t1").commit()


def asked(tale: Story, folder: Path, rev: str | None = None) -> str:
    lines = Blame(forked=True)("f.txt", rev, tale.world.environment(), folder)
    return " ".join(f"{line.owner}|{line.text}" for line in lines)


def beside(tale: Story, *options: str) -> Path:
    """A clone of the repository as if from another machine, with its anchors; nothing of `file://` is local."""
    assert not deaths.byline(0, ["sync"], tale.world.environment(), tale.world.root)
    folder = tale.world.folder / "clone"
    tale.world.git("config", "uploadpack.allowFilter", "true")
    tale.world.git("clone", "-q", *options, f"file://{tale.world.root}", str(folder), cwd=tale.world.folder)
    return folder


def missing(tale: Story, folder: Path) -> int:
    found = tale.world.git("rev-list", "--objects", "--all", "--missing=print", cwd=folder)
    return found.count(b"\n?") + found.startswith(b"?")


def test_moved_and_renamed(tale: Story) -> None:
    """Its owners go with it, and what is written in the new place is recorded there."""
    tale.edit("H", f="h a s1 t1")
    new = tale.world.folder / "deeper" / "other name"
    new.parent.mkdir()
    tale.world.root.rename(new)
    assert asked(tale, new) == "H|h U|a A|s1 B|t1"
    assert asked(tale, new, "HEAD") == "U|a A|s1 B|t1"
    tale.stage.here = new
    tale.edit("C", f="h a s1 t1 c1")
    assert asked(tale, new) == "H|h U|a A|s1 B|t1 C|c1"


def test_pruned_and_collected(tale: Story) -> None:
    """Amended, reset and rewritten commits are gone for good."""
    tale.edit("C", f="a s1 t1 c1").commit().git("commit", "-q", "--amend", "-m", "again")
    tale.git("reset", "-q", "--hard", "HEAD~1").edit("A", f="a s1 t1 s2").commit()
    tale.git("reflog", "expire", "--expire=now", "--all").git("gc", "-q", "--prune=now")
    tale.expect(f="U|a A|s1 B|t1 A|s2").edit("C", f="a s1 t1 s2 c2").expect_working(f="U|a A|s1 B|t1 A|s2 C|c2")
    assert not deaths.byline(0, ["sync"], tale.world.environment(), tale.world.root)


def test_lost_objects(tale: Story) -> None:
    """Every object git has of the history, away by itself: one clear line, or owners that are right or nobody."""
    objects = tale.world.root / ".git" / "objects"
    for file in sorted(file for file in objects.glob("??/*") if file.is_file()):
        whole = file.read_bytes()
        file.unlink()
        (tale.world.root / ".git" / "byline" / "index.db").unlink(missing_ok=True)
        for rev in (None, "HEAD"):
            try:
                found = asked(tale, tale.world.root, rev).split(" ")
            except BlameFailed as failure:
                assert ": exit 1: byline: " in str(failure)
                assert "unexpected" not in str(failure)
                continue
            pairs = zip(found, "UAB", strict=True)
            assert all(line[0] in (true, "U") for line, true in pairs), (file, rev, found)
        file.write_bytes(whole)
    (tale.world.root / ".git" / "byline" / "index.db").unlink(missing_ok=True)
    tale.expect(f="U|a A|s1 B|t1")


def test_cloned_again(tale: Story) -> None:
    """The anchors of a clone say what the events said."""
    folder = beside(tale)
    shutil.rmtree(tale.world.root)
    assert asked(tale, folder, "HEAD") == "U|a A|s1 B|t1"


def test_shallow(tale: Story) -> None:
    folder = beside(tale, "--depth", "1", "--no-single-branch")
    found = asked(tale, folder, "HEAD").split(" ")
    assert all(line in (true, "U" + true[1:]) for line, true in zip(found, ["U|a", "A|s1", "B|t1"], strict=True))
    tale.stage.here = folder
    tale.edit("C", f="a s1 t1 c1")
    assert asked(tale, folder).split(" ")[3] == "C|c1"
    tale.git("add", "-A").git("commit", "-q", "-m", "c")
    assert not deaths.byline(0, ["sync"], tale.world.environment(), folder)


def test_partial(tale: Story) -> None:
    """Nothing that is asked makes git fetch what the clone left out."""
    tale.edit("A", g="g1").commit().edit("A", f="a s1 t1 s2").commit()
    folder = beside(tale, "--filter=blob:none", "--no-checkout")
    tale.world.git("checkout", "-q", "HEAD", "--", "f.txt", cwd=folder)
    lacking = missing(tale, folder)
    assert lacking
    for words in (["blame", "f.txt"], ["sessions"], ["stats"], ["sync"], ["gc"], ["doctor"]):
        deaths.ended(words, tale.world.environment(), folder)
        assert missing(tale, folder) == lacking, words
    found = asked(tale, folder).split(" ")
    wanted = ["U|a", "A|s1", "B|t1", "A|s2"]
    assert all(line in (true, "U" + true[1:]) for line, true in zip(found, wanted, strict=True)), found


def test_bare(tale: Story) -> None:
    """There are no working files in it: each command ends, with one line where it cannot work."""
    folder = beside(tale, "--bare")
    for words in (["blame", "f.txt"], ["sessions"], ["stats"], ["sync"], ["gc"], ["doctor"], ["status"]):
        code, err = deaths.ended(words, tale.world.environment(), folder)
        assert code in (0, 1), (words, err)
        assert "unexpected" not in err
        assert err.count("\n") <= 1 + (words == ["doctor"]) * 20, (words, err)
