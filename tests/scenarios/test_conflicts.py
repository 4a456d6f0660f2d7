"""Who settles a conflict owns what is new, and no line that was taken from a side, in whatever order it stands."""

import subprocess
from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story

_SETTLERS = ("C", "H", "U", "shell")


@pytest.fixture
def told(tmp_path: Path) -> Story:
    return story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True))


def _run(told: Story, *words: str) -> None:
    """Of git, whatever it answers."""
    told.stage.git("config", "rerere.enabled", "false")
    subprocess.run(["git", *words], cwd=told.stage.here, env=told.world.environment(), capture_output=True)


def _settle(told: Story, who: str, text: str) -> Story:
    if who == "shell":
        return told.shell("C", "python settle.py", f=text)
    return told.on_disk(f=text) if who == "U" else told.edit(who, f=text)


def _merging(told: Story, base: str = "a z", theirs: str = "a s1 s2 z", ours: str = "a t1 t2 z") -> Story:
    told.init(f=base).git("checkout", "-qb", "x").edit("A", f=theirs).commit()
    told.git("checkout", "-q", "main").edit("B", f=ours).commit()
    _run(told, "merge", "-q", "x")
    return told


def _named(who: str) -> str:
    return {"shell": "C"}.get(who, who)


@pytest.mark.parametrize("who", _SETTLERS)
@pytest.mark.parametrize("style", ["merge", "diff3"])
def test_lines_of_both_sides_in_another_order(told: Story, who: str, style: str) -> None:
    told.init(g="x").git("config", "merge.conflictStyle", style)
    _settle(_merging(told), who, "a s1 t1 n1 s2 t2 z").commit()
    told.expect(f=f"U|a A|s1 B|t1 {_named(who)}|n1 A|s2 B|t2 U|z")


@pytest.mark.parametrize("who", ["C", "H", "U"])
def test_each_line_of_a_side_is_taken_once(told: Story, who: str) -> None:
    """What stands there twice was typed once more."""
    _settle(_merging(told), who, "a s1 t1 t2 s2 s1 z").commit()
    lines = told.stage.ask("f.txt")
    assert sorted(line.owner for line in lines if line.text == "s1") == sorted(["A", who])
    assert [line.owner for line in lines if line.text in ("t1", "t2", "s2")] == ["B", "B", "A"]


def test_a_rebase_that_a_session_settles(told: Story) -> None:
    told.init(f="a z").git("checkout", "-qb", "x").edit("A", f="a s1 z").commit()
    told.git("checkout", "-q", "main").edit("B", f="a t1 z").commit().git("checkout", "-q", "x")
    _run(told, "rebase", "-q", "main")
    told.edit("C", f="a s1 n1 t1 z").git("add", "-A")
    _run(told, "-c", "core.editor=true", "rebase", "--continue")
    told.expect(f="U|a A|s1 C|n1 B|t1 U|z")


def test_a_stash_that_a_session_settles(told: Story) -> None:
    told.init(f="a z").edit("A", f="a s1 z").git("stash", "-q").edit("B", f="a t1 z").commit()
    told.shell("B", "git stash pop", lambda it: _run(it, "stash", "pop", "-q"))
    told.edit("C", f="a s1 n1 t1 z").commit()
    told.expect(f="U|a A|s1 C|n1 B|t1 U|z")


def test_brackets_go_with_what_stands_beside_them(told: Story) -> None:
    """A line without a word is everybody's: what stands beside a line that was taken was taken with it."""
    _merging(told, "a z", "a s1 } z", "a t1 z").edit("C", f="a s1 } t1 z").commit()
    told.expect(f="U|a A|s1 A|} B|t1 U|z")


def test_equal_text_far_from_the_conflict_is_new(told: Story) -> None:
    """Only what is typed in the place of the conflict can be taken from it."""
    _merging(told, "a k l m z", "a s1 k l m z", "a t1 k l m z").edit("C", f="a t1 k l m s1 z").commit()
    told.expect(f="U|a B|t1 U|k U|l U|m C|s1 U|z")


@pytest.mark.parametrize("command", ["git merge x; make", "./merge.sh", "git merge -q x || true; npm test"])
def test_the_markers_of_a_conflict_are_gits(told: Story, command: str) -> None:
    """Whatever else the command runs: they are no session's, and the lines between them are whose they were."""
    told.init(f="a z").git("checkout", "-qb", "x").edit("A", f="a s1 z").commit()
    told.git("checkout", "-q", "main").edit("B", f="a t1 z").commit()
    told.shell("C", command, lambda it: _run(it, "merge", "-q", "x"))
    lines = told.stage.ask("f.txt", None)
    assert [line.owner for line in lines if line.text[:7] in ("<<<<<<<", "=======", ">>>>>>>")] == ["U"] * 3
    assert [(line.owner, line.text) for line in lines if line.text in ("s1", "t1")] == [("B", "t1"), ("A", "s1")]


@pytest.mark.parametrize("command", ["./pick.sh", "git up"])
def test_a_conflict_that_a_script_had_and_settled(told: Story, command: str) -> None:
    """Nothing says that git brought these lines, but a commit elsewhere has them: the caller is no writer of them."""
    told.init(f="a b z").git("checkout", "-qb", "x").edit("A", f="a b s1 s2 z").commit().edit("A", f="a b s1 s3 s4 z")
    told.commit().git("checkout", "-q", "main").edit("B", f="a t1 z").commit()

    def pick(it: Story) -> None:
        _run(it, "cherry-pick", "-n", "x")
        it.on_disk(f="a t1 s1 s3 s4 z").git("add", "-A")

    told.shell("C", command, pick).expect_working(f="U|a B|t1 U|s1 U|s3 U|s4 U|z")
    told.commit()
    assert not any(line.owner == "C" for line in told.stage.ask("f.txt"))


@pytest.mark.parametrize("typed", ["", " u1"])
def test_settled_and_continued_in_one_call_with_commits_to_come(told: Story, typed: str) -> None:
    """What the script puts there is the call's; what somebody typed between the markers before the call is not."""
    told.init(f="1 2 3 4 5").git("checkout", "-qb", "x").edit("A", f="1 a1 2 3 4 5").commit()
    told.edit("B", f="1 a1 2 3 4 b1 5").commit().git("checkout", "-q", "main").edit("H", f="1 h1 2 3 4 5").commit()
    told.git("checkout", "-q", "x").shell("C", "git rebase main", lambda it: it.git_stops("rebase", "main"))
    if typed:
        text = (told.stage.here / "f.txt").read_text().replace("a1\n", "a1\nu1\n")
        told.on_disk({"f.txt": text.encode()})

    def settle(it: Story) -> None:
        it.on_disk(f=f"1 h1 c1 a1{typed} 2 3 4 5").git("add", "-A").git("rebase", "--continue")

    told.shell("C", "python resolve.py && git add -A && git rebase --continue", settle)
    told.expect(f=f"U|1 H|h1 C|c1 A|a1{' U|u1' if typed else ''} U|2 U|3 U|4 B|b1 U|5")
