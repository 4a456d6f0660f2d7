from itertools import pairwise

import pytest

from byline.attribution.conflicts import settled
from byline.attribution.reflow import Range


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
