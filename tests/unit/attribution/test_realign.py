"""Which of equal lines are new where it is known who entered some."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.attribution.diff import mapping
from byline.attribution.realign import LARGEST, SURE, realigned


def new_ones(old: str, new: str, known: set[int]) -> list[int]:
    found = realigned(list(old), list(new), mapping(list(old), list(new)), lambda line: SURE * (line in known))
    return [line for line, origin in enumerate(found) if origin < 0]


@pytest.mark.parametrize(
    ("old", "new", "known"),
    [
        ("ab}z", "a}}z", {2}),
        ("ab}z", "a}}z", {1}),
        ("ig}.jr}", "ig{}}.kc}.jrd}.le}", {2, 3, 6, 7, 8, 9, 12, 14, 15, 16, 17}),
        ("ig}.jr}", "ig{}}.kc}.jrd}.le}", {2, 4, 6, 7, 8, 9, 12, 14, 15, 16, 17}),
        ("xy", "yx", {0}),
        ("xy", "yx", {1}),
    ],
)
def test_the_known_ones_are_new(old: str, new: str, known: set[int]) -> None:
    assert new_ones(old, new, known) == sorted(known)


def test_what_cannot_be_stays() -> None:
    assert new_ones("abc", "abcd", {1}) == [3], "b stood there; nothing else is equal to it"


def test_a_large_gap_is_left_alone() -> None:
    size = int(LARGEST**0.5) // 2 + 1
    old = "ab}z" + "}{" * size
    new = "a}}z" + "{}" * size
    assert len(new_ones(old, new, {2})) == sum(origin < 0 for origin in mapping(list(old), list(new)))


TEXTS = st.text("ab{}", max_size=14)


@given(TEXTS, TEXTS, st.sets(st.integers(0, 13)))
def test_any_texts(old: str, new: str, known: set[int]) -> None:
    """As many unchanged as before, in order, equal; and no fewer of the known ones are new."""
    before = mapping(list(old), list(new))
    after = realigned(list(old), list(new), before, lambda line: SURE * (line in known))
    kept = [(origin, line) for line, origin in enumerate(after) if origin >= 0]
    assert all(old[origin] == new[line] for origin, line in kept)
    assert [origin for origin, _ in kept] == sorted({origin for origin, _ in kept})
    assert len(kept) == sum(origin >= 0 for origin in before)
    assert _matched(after, known) <= _matched(before, known)
    if _matched(before, known) == _matched(after, known):
        assert after == before


def _matched(found: Sequence[int], known: set[int]) -> int:
    return sum(origin >= 0 for line, origin in enumerate(found) if line in known)
