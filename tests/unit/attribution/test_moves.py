import pytest

from byline.attribution.diff import blocks, hunks
from byline.attribution.moves import moves


def lines(text: str) -> list[bytes]:
    """`abc` is the three lines `a`, `b`, `c`; `_` is an empty line."""
    return [b"\n" if one == "_" else one.encode() + b"\n" for one in text]


def found(old: str, new: str, shortest: int = 3) -> dict[int, int]:
    a, b = lines(old), lines(new)
    gaps = hunks(blocks(a, b), len(a), len(b))
    removed = [i for gap in gaps for i in range(gap[0], gap[1])]
    added = [k for gap in gaps for k in range(gap[2], gap[3])]
    return moves(a, b, removed, added, shortest)


@pytest.mark.parametrize(
    ("old", "new", "shortest", "expected"),
    [
        pytest.param("t123mnopqe", "tmnopq123e", 3, {6: 1, 7: 2, 8: 3}, id="three-lines"),
        pytest.param("t12mnopqe", "tmnopq12e", 3, {}, id="two-lines"),
        pytest.param("t12mnopqe", "tmnopq12e", 1, {6: 1, 7: 2}, id="two-lines-by-a-formatter"),
        pytest.param("t1mnopqe", "tmnopq1e", 1, {6: 1}, id="one-line-by-a-formatter"),
        pytest.param("t123mnopqe", "tmnopq12xe", 3, {}, id="only-two-of-three"),
        pytest.param("t123mnopqe", "tmnopq1x23e", 3, {}, id="taken-apart"),
        pytest.param("t123e", "t123e123", 3, {}, id="a-copy-is-no-move"),
        pytest.param("t123mnopqe", "tmnopq123e123", 3, {}, id="moved-and-copied"),
        pytest.param("t123mno123pqe", "tmno123pq123e", 3, {}, id="there-twice"),
        pytest.param("t___mnopqe", "tmnopq___e", 3, {}, id="blank-lines-alone"),
        pytest.param("t_1_mnopqe", "tmnopq_1_e", 3, {6: 1, 7: 2, 8: 3}, id="blank-lines-around-a-unique-one"),
        pytest.param("t}1}mnopqe", "tmnopq}1}e", 3, {6: 1, 7: 2, 8: 3}, id="grows-over-repeated-lines"),
        pytest.param("t123mnopqe", "tmnopqe", 3, {}, id="only-taken-out"),
        pytest.param("tmnopqe", "tmnopq123e", 3, {}, id="only-put-in"),
    ],
)
def test_moves(old: str, new: str, shortest: int, expected: dict[int, int]) -> None:
    assert found(old, new, shortest) == expected


def test_a_line_is_moved_to_one_place_only() -> None:
    old, new = lines("abcxyzw"), lines("xyzwabc")
    result = moves(old, new, [0, 1, 2], [4, 5, 6])
    assert sorted(result.values()) == [0, 1, 2]


def test_lines_that_have_a_partner_are_not_taken() -> None:
    old, new = lines("abcd"), lines("dabc")
    assert moves(old, new, [3], [0]) == {}
    assert moves(old, new, [3], [0], 1) == {0: 3}
