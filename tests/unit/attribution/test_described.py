import pytest

from byline.attribution.described import placed
from byline.attribution.marks import Mark
from byline.attribution.world import AnchoredRange
from byline.model import Owner

B = Mark(Owner("session", "b", "b"))


@pytest.mark.parametrize(
    ("text", "new", "claimed", "expected"),
    [
        pytest.param("s } log } log e", {3, 4}, [(2, 4)], {2, 3}, id="up"),
        pytest.param("s log } log } e", {1, 2}, [(2, 4)], {2, 3}, id="down"),
        pytest.param("s } log } log e", {3, 4}, [(3, 5)], {3, 4}, id="where-it-is"),
        pytest.param("s } log } log e", {3, 4}, [], {3, 4}, id="nothing-told"),
        pytest.param("s } log } end e", {3, 4}, [(2, 4)], {3, 4}, id="not-among-equal-lines"),
        pytest.param("s } log } log e", {3, 4}, [(2, 5)], {3, 4}, id="all-of-them-claimed"),
        pytest.param("s } log } log e", {3, 4}, [(4, 99)], {3, 4}, id="beyond-the-text"),
        pytest.param("a b a b a b", {4, 5}, [(0, 2)], {0, 1}, id="across-lines-that-are-not-claimed"),
        pytest.param("a x x x b", {3}, [(1, 2)], {1}, id="one-of-many"),
        pytest.param("a x x x b", {1}, [(3, 4)], {3}, id="one-of-many-down"),
        pytest.param("a b a b c", {2, 3}, [(0, 1)], {2, 3}, id="only-a-part-is-claimed"),
        pytest.param("x x", {1}, [(0, 1)], {0}, id="from-the-end-to-the-start"),
    ],
)
def test_placed(text: str, new: set[int], claimed: list[tuple[int, int]], expected: set[int]) -> None:
    lines = [word.encode() for word in text.split()]
    owner = Owner("session", "anchor", "a")
    found = placed(
        lines,
        [None if k in new else B for k in range(len(lines))],
        [AnchoredRange(start, stop, owner) for start, stop in claimed],
    )
    assert {k for k, mark in enumerate(found) if mark is None} == expected
    assert len(found) == len(lines)
