"""Several descriptions of one file: what they agree on, compared line by line with the plain rule."""

from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.repo.anchors.union import Span, agree


def ai(start: int, stop: int, session: str = "A", source: str = "anchor") -> Span:
    return Span(start, stop, session, "claude", "ai", source)


def alone(start: int, stop: int, agent: str) -> Span:
    return Span(start, stop, None, agent, "ai", "oobo")


def contested(start: int, stop: int) -> Span:
    return Span(start, stop, None, None, "contested", "anchor")


def human(start: int, stop: int) -> Span:
    return Span(start, stop, None, None, "human", "anchor")


@pytest.mark.parametrize(
    ("descriptions", "wanted"),
    [
        ([[]], []),
        ([[ai(0, 2)]], [ai(0, 2)]),
        ([[ai(5, 6), ai(0, 2)]], [ai(0, 2), ai(5, 6)]),
        ([[ai(0, 2)], []], [ai(0, 2)]),
        ([[ai(0, 4)], [ai(2, 6, source="anchor:origin")]], [ai(0, 4), ai(4, 6, source="anchor:origin")]),
        ([[ai(0, 4)], [ai(2, 3, "B")]], [ai(0, 2), ai(3, 4)]),
        ([[ai(0, 4)], [human(3, 5)]], [ai(0, 3), human(4, 5)]),
        ([[ai(0, 3), ai(2, 4)], [human(9, 10)]], [human(9, 10)]),
        ([[ai(3, 3)], [ai(4, 2)]], []),
        ([[ai(0, 4)], [contested(1, 2)], [ai(0, 4)]], [ai(0, 1), ai(2, 4)]),
        ([[alone(0, 2, "claude")], [alone(1, 2, "codex")]], [alone(0, 1, "claude")]),
    ],
)
def test_agreement(descriptions: list[list[Span]], wanted: list[Span]) -> None:
    assert agree([[span for span in one if span.start < span.stop] for one in descriptions]) == wanted


def description(spans: list[tuple[int, int, str]]) -> list[Span]:
    found, at = [], 0
    for gap, length, who in spans:
        author: Literal["ai", "human"] = "human" if who == "H" else "ai"
        found.append(Span(at + gap, at + gap + length, None if who == "H" else who, None, author, "anchor"))
        at += gap + length
    return found


DESCRIPTION = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from("ABH")), max_size=6).map(
    description
)


@given(st.lists(DESCRIPTION, max_size=3))
def test_it_is_the_rule_for_each_line(descriptions: list[list[Span]]) -> None:
    found = agree(descriptions)
    assert all(before.stop <= after.start for before, after in pairwise(found))
    for line in range(60):
        said = {(s.author, s.session_id) for one in descriptions for s in one if s.start <= line < s.stop}
        got = {(s.author, s.session_id) for s in found if s.start <= line < s.stop}
        assert got == (said if len(said) == 1 else set())


def test_a_hostile_description_costs_little() -> None:
    nested = [ai(n, 200_000 - n, str(n)) for n in range(50_000)]
    assert agree([nested, [ai(0, 1)]]) == [ai(0, 1)]
