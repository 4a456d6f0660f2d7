from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.attribution.conflicts import settled
from byline.attribution.reflow import Range
from byline.attribution.step import Rule, compare


def _lines(words: str) -> list[bytes]:
    names = {"<": b"<<<<<<< HEAD\n", "|": b"||||||| base\n", "=": b"=======\n", ">": b">>>>>>> x\n"}
    return [names.get(word, word.encode() + b"\n") for word in words.split()]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("a < t1 = s1 > z", "a s1 t1 z", {1: 4, 2: 2}, id="another-order"),
        pytest.param("a < t1 = s1 > z", "a n1 z", {}, id="new-text"),
        pytest.param("a < t1 | b1 = s1 > z", "a b1 z", {}, id="the-base-is-no-side"),
        pytest.param("a < t1 = s1 > z", "a s1 s1 z", {1: 4}, id="once"),
        pytest.param("a < { = s1 > z", "a { z", {}, id="no-word"),
        pytest.param("a < t1 { = s1 > z", "a t1 { z", {1: 2, 2: 3}, id="no-word-beside-one"),
        pytest.param("a < { t1 = s1 > z", "a { t1 z", {1: 2, 2: 3}, id="no-word-before-one"),
        pytest.param("a t1 = s1 z", "a s1 z", {}, id="an-underline-is-no-conflict"),
        pytest.param("a < t1 = s1 z", "a s1 z", {}, id="never-closed"),
        pytest.param("a < t1 = s1 > b < t2 = s2 > z", "a s2 b z", {}, id="each-conflict-for-itself"),
        pytest.param("a < < t1 = s1 > z", "a s1 z", {1: 5}, id="opened-twice"),
    ],
)
def test_settled(old: str, new: str, expected: dict[int, int]) -> None:
    before, after = _lines(old), _lines(new)
    # As if the diff had found nothing alike but the lines around the conflicts, which are equal.
    gaps, at = [], 0
    alike = [word for word in new.split() if word in ("a", "b", "z")]
    for one, other in pairwise(alike):
        start, stop = old.split().index(one) + 1, old.split().index(other)
        gaps.append(Range(start, stop, new.split().index(one) + 1, new.split().index(other)))
        at = stop
    assert at == len(before) - 1
    assert settled(before, after, gaps) == expected


LINES = st.lists(
    st.sampled_from([f"{blanks}k{n}\n".encode() for blanks in ("", "  ", "\t") for n in range(5)]), unique=True
)


@given(LINES, st.randoms(use_true_random=False), st.sampled_from(list(Rule)))
def test_a_settled_line_is_the_one_it_equals(lines: list[bytes], random: Random, rule: Rule) -> None:
    """Of lines that differ in their blanks alone each stays its writer's, in whatever order they are put."""
    parted = random.randint(0, len(lines))
    old = [b"<<<<<<< HEAD\n", *lines[:parted], b"=======\n", *lines[parted:], b">>>>>>> x\n"]
    new = random.sample(lines, len(lines))
    kept = compare(old, new, rule)
    found, at = list[tuple[int, ...]](), 0
    for gap in kept.gaps:
        found += [(i,) for i in range(at, gap.old_start)]
        found += [kept.sources.get(k, ()) for k in range(gap.new_start, gap.new_stop)]
        at = gap.old_stop
    assert found == [(old.index(line),) for line in new]
