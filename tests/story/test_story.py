"""The language itself: a story told in it is what happened, and a wrong expectation is noticed."""

from pathlib import Path

import pytest

from story import Blame, ForkedHook, Story, story
from story.patch import changed_region, patch_hunks


@pytest.fixture
def told(tmp_path: Path) -> Story:
    return story(tmp_path, hook=ForkedHook(), blame=Blame(forked=True))


def test_people_sessions_and_nobody_change_a_file(told: Story) -> None:
    told.init(f="a b").edit("A", f="a s1 b").edit("H", f="h1 a s1 b").edit("U", f="h1 a s1 b u1").commit()
    told.expect(f="H|h1 U|a A|s1 U|b U|u1")
    told.shell("B", "make", f="h1 a s1 b u1 t1").expect_working(f="H|h1 U|a A|s1 U|b U|u1 B|t1")


def test_a_wrong_expectation_fails(told: Story) -> None:
    told.init(f="a").edit("A", f="a s1").commit()
    with pytest.raises(AssertionError, match="wanted"):
        told.expect(f="U|a B|s1")


def test_a_patch_has_three_lines_of_context_and_one_base() -> None:
    old, new = "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\ny\n6\n7\n8\n9\n"
    assert changed_region(old, new) == ("5", "x\ny")
    (patch,) = patch_hunks(old, new, ())
    assert (patch["oldStart"], patch["oldLines"], patch["newStart"], patch["newLines"]) == (2, 7, 2, 8)
    assert patch["lines"] == [" 2", " 3", " 4", "-5", "+x", "+y", " 6", " 7", " 8"]


def test_the_positions_of_an_event_beat_the_diff_in_a_patch() -> None:
    (patch,) = patch_hunks("x\ny\n", "x\nx\ny\n", [(1, 0, 1, 1)])
    assert patch["lines"] == ["+x", " x", " y"]
