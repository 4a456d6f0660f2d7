"""The same text by several writers: each branch, worktree and commit has it from the one who wrote it there."""

from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

BASE, SAME = "a b c d", "a b x c d"


@pytest.fixture
def told(tmp_path: Path) -> Story:
    """A on branch x and B on main have put the same line into the same file."""
    tale = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f=BASE)
    tale.git("checkout", "-qb", "x").edit("A", f=SAME).commit().git("checkout", "-q", "main")
    return tale


def test_each_branch_has_it_from_its_own_writer(told: Story) -> None:
    told.edit("B", f=SAME).commit()
    told.expect(f="U|a U|b B|x U|c U|d").expect(rev="x", f="U|a U|b A|x U|c U|d")
    told.git("checkout", "-q", "x")
    told.expect(f="U|a U|b A|x U|c U|d").expect(rev="HEAD", f="U|a U|b A|x U|c U|d")
    told.edit("D", f=f"{SAME} y").commit()
    told.expect(f="U|a U|b A|x U|c U|d D|y").expect(rev="HEAD", f="U|a U|b A|x U|c U|d D|y")
    told.git("checkout", "-q", "main").expect(f="U|a U|b B|x U|c U|d")


@pytest.mark.parametrize(
    "brings", [("cherry-pick", "x"), ("merge", "-q", "x"), ("merge", "-q", "--no-ff", "--no-edit", "x")]
)
def test_what_was_thrown_away_is_not_what_git_brings(told: Story, brings: tuple[str, ...]) -> None:
    told.edit("B", f=SAME).git("checkout", "-q", "f.txt").git(*brings)
    told.expect(f="U|a U|b A|x U|c U|d").expect(rev="HEAD", f="U|a U|b A|x U|c U|d")


def test_an_old_commit_has_it_from_its_first_writer(told: Story) -> None:
    told.git("checkout", "-q", "x").edit("B", f=BASE).commit().edit("C", f=SAME).commit()
    told.expect(f="U|a U|b C|x U|c U|d").git("checkout", "-q", "HEAD~2").expect(f="U|a U|b A|x U|c U|d")


def test_a_revert_takes_an_equal_line_out_with_its_session(told: Story) -> None:
    """The session put its own such line below the one it deleted: as if that one had stayed."""
    told.init(g="p end q").edit("A", g="p end one end q").edit("A", g="p one end q").commit()
    told.expect(g="U|p A|one A|end U|q")
    told.git("revert", "--no-edit", "HEAD").expect(g="U|p U|end U|q")


def test_a_revert_brings_back_what_was_deleted(told: Story) -> None:
    told.git("checkout", "-q", "x").edit("B", f=BASE).commit().edit("C", f=SAME).git("checkout", "-q", "f.txt")
    told.git("revert", "--no-edit", "HEAD").expect(f="U|a U|b A|x U|c U|d")


def test_a_line_nobody_was_seen_writing_stays_so(tmp_path: Path) -> None:
    told = story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True)).init(f=BASE).on_disk(f=SAME).commit()
    told.git("checkout", "-q", "HEAD~1", "-b", "x").edit("A", f=SAME).commit().expect(f="U|a U|b A|x U|c U|d")
    told.git("checkout", "-q", "main").expect(f="U|a U|b U|x U|c U|d")
    told.edit("B", f=f"{SAME} z").commit().expect(f="U|a U|b U|x U|c U|d B|z")


def test_a_rebased_commit_has_from_its_parent_what_that_had(told: Story) -> None:
    told.git("checkout", "-q", "x").edit("A", f=f"{SAME} y").commit().git("checkout", "-q", "main")
    told.edit("B", f=SAME).commit().git("rebase", "-q", "main", "x")
    told.expect(f="U|a U|b B|x U|c U|d A|y").expect(rev="main", f="U|a U|b B|x U|c U|d")


def test_a_commit_from_before_is_not_of_who_typed_it_later(told: Story, tmp_path: Path) -> None:
    """Two commits came by one pull, and the first has what a session typed on top of both."""
    there, other = tmp_path / "there.git", tmp_path / "other"
    git = told.world.git
    git("clone", "-q", "--bare", ".", str(there))
    git("remote", "add", "origin", str(there))
    git("clone", "-q", str(there), str(other))
    for text in (b"a\nb\nw\nc\nd\n", b"a\nb\nc\nd\n"):
        (other / "f.txt").write_bytes(text)
        git("commit", "-qam", "theirs", cwd=other)
    git("push", "-q", "origin", "HEAD:main", cwd=other)
    told.git("pull", "-q", "origin", "main").edit("C", f="a b w c d").commit()
    told.expect(f="U|a U|b C|w U|c U|d").expect(rev="HEAD~2", f="U|a U|b U|w U|c U|d")


def test_what_comes_back_elsewhere_is_not_its_first_writers(told: Story, tmp_path: Path) -> None:
    there, other = tmp_path / "there.git", tmp_path / "other"
    git = told.world.git
    told.edit("B", f="a b y c d").commit().edit("C", f=BASE).commit()
    git("clone", "-q", "--bare", ".", str(there))
    git("remote", "add", "origin", str(there))
    git("clone", "-q", str(there), str(other))
    (other / "f.txt").write_bytes(b"a\nb\ny\nc\nd\n")
    git("commit", "-qam", "typed again", cwd=other)
    git("push", "-q", "origin", "HEAD:main", cwd=other)
    told.git("pull", "-q", "origin", "main").expect(rev="HEAD", f="U|a U|b U|y U|c U|d")
    git("revert", "--no-edit", "HEAD", cwd=other)
    git("revert", "--no-edit", "HEAD~2", cwd=other)  # git says itself that this brings back what B wrote
    git("push", "-q", "origin", "HEAD:main", cwd=other)
    told.git("pull", "-q", "origin", "main").expect(rev="HEAD", f="U|a U|b B|y U|c U|d")


@pytest.mark.parametrize("command", ["python gen.py", "make", ""])
def test_what_a_script_makes_once_more_is_not_its_first_writers(told: Story, command: str) -> None:
    """Nothing tells whether it was made again or taken from the other branch: nobody is named."""
    told.init(f="a b c").git("checkout", "-q", "-b", "one").shell("A", command, f="a s1 c").commit()
    told.git("checkout", "-q", "-b", "two", "main").shell("B", command, f="a s1 c").expect_working(f="U|a U|s1 U|c")
    told.commit().expect(f="U|a U|s1 U|c").git("checkout", "-q", "one").expect(f="U|a A|s1 U|c")


def test_a_command_that_makes_it_once_more_in_plain_words_is_its_writer(told: Story) -> None:
    command = "sed -i 's/^b$/s1/' f.txt"
    told.init(f="a b c").git("checkout", "-q", "-b", "one").shell("A", command, f="a s1 c").commit()
    told.git("checkout", "-q", "-b", "two", "main").shell("B", command, f="a s1 c").commit().expect(f="U|a B|s1 U|c")


def test_a_script_that_makes_what_was_undone_is_its_writer(told: Story) -> None:
    told.init(f="a b c").shell("A", "make", f="a s1 c").git("checkout", "-q", "f.txt").expect_working(f="U|a U|b U|c")
    told.shell("B", "make", f="a s1 c").expect_working(f="U|a B|s1 U|c")


@pytest.mark.parametrize("command", ["sleep 60", "cat f.txt | head -3", "cd . && grep -rn foo ."])
def test_what_changes_while_a_session_only_reads_is_nobodys(told: Story, command: str) -> None:
    told.init(f="a b c").edit("A", f="a b c s1")
    told.shell("A", command, f="a b c s1 u1").commit().expect(f="U|a U|b U|c A|s1 U|u1")
