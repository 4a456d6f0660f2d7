import time

import pytest

from byline.attribution.reflow import BLANKS, SEPARATORS, Range, reflow

Found = dict[int, tuple[int, ...]]


def lines(text: str) -> list[bytes]:
    """`a|b` is the two lines `a` and `b`."""
    return [part.encode() + b"\n" for part in text.split("|")] if text else []


def found(old: str, new: str, tolerances: object) -> Found:
    a, b = lines(old), lines(new)
    return reflow(a, b, Range(0, len(a), 0, len(b)), tolerances)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("a", "  a", {0: (0,)}, id="indented"),
        pytest.param("a b", "ab", {0: (0,)}, id="blank-removed"),
        pytest.param("a\tb\r", "a b", {0: (0,)}, id="tab-and-carriage-return"),
        pytest.param("f(a, b)", "f(|  a,|  b|)", {0: (0,), 1: (0,), 2: (0,), 3: (0,)}, id="wrapped"),
        pytest.param("f(|  a,|  b|)", "f(a, b)", {0: (0, 1, 2, 3)}, id="joined"),
        pytest.param("one two|three", "one|two three", {0: (0,), 1: (0, 1)}, id="broken-elsewhere"),
        pytest.param("a|b", "a|  b", {0: (0,), 1: (1,)}, id="second-line-only"),
        pytest.param("same|gone|other", "same|  other", {0: (0,), 1: (2,)}, id="one-line-taken-out"),
        pytest.param("a", "a|", {0: (0,)}, id="new-empty-line-is-new"),
        pytest.param("a||b", "  a||  b", {0: (0,), 1: (1,), 2: (2,)}, id="empty-line-between"),
        pytest.param("a", "ab", {}, id="one-character-more"),
        pytest.param("ab", "a", {}, id="one-character-less"),
        pytest.param("f(a, b)", "f(a,|  c)", {}, id="wrapped-and-changed"),
        pytest.param("one two|x", "one|two|y", {0: (0,), 1: (0,)}, id="wrapped-beside-a-change"),
        pytest.param("f(a)", "f(a,)", {}, id="a-comma-is-a-character"),
        pytest.param("'a'", '"a"', {}, id="a-quote-is-a-character"),
        pytest.param("A", "a", {}, id="case-is-a-character"),
    ],
)
def test_blanks_and_breaks(old: str, new: str, expected: Found) -> None:
    assert found(old, new, BLANKS) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("one", "one,", {0: (0,)}, id="trailing-comma"),
        pytest.param("a();", "a()", {0: (0,)}, id="semicolon-removed"),
        pytest.param("x = 'a'", 'x = "a"', {0: (0,)}, id="quotes"),
        pytest.param("f(a, b)", "f(|  a,|  b,|)", {0: (0,), 1: (0,), 2: (0,), 3: (0,)}, id="wrapped-with-a-comma"),
        pytest.param("return (a)", "return a", {0: (0,)}, id="parentheses-removed"),
        pytest.param("a|;", "a", {0: (0,)}, id="line-of-separators-removed"),
        pytest.param("a;", "b;", {}, id="another-letter"),
        pytest.param("x = 'a'", 'x = "b"', {}, id="quotes-and-a-letter"),
        pytest.param("f(a, b)", "f(|  a,|  b,|  c,|)", {0: (0,), 1: (0,), 2: (0,)}, id="wrapped-with-one-more"),
        pytest.param("[1, 2]", "{1, 2}", {}, id="brackets-are-characters"),
        pytest.param("a + b", "a - b", {}, id="operators-are-characters"),
    ],
)
def test_separators(old: str, new: str, expected: Found) -> None:
    assert found(old, new, SEPARATORS) == expected


def test_only_the_span_is_looked_at() -> None:
    old, new = lines("keep|a|keep"), lines("keep|  a|keep")
    assert reflow(old, new, Range(1, 2, 1, 2), BLANKS) == {1: (1,)}
    assert reflow(old, new, Range(0, 0, 1, 2), BLANKS) == {}


def test_every_old_line_named_lies_in_the_span() -> None:
    old, new = lines("x|f(a,|b)|y"), lines("x|f(|a, b)|y")
    assert reflow(old, new, Range(1, 3, 1, 3), BLANKS) == {1: (1,), 2: (1, 2)}


@pytest.mark.parametrize("tolerances", [BLANKS, SEPARATORS], ids=["blanks", "separators"])
def test_long_texts_that_have_nothing_in_common_take_little_time(tolerances: object) -> None:
    old = [b"(%d,\n" % n for n in range(0, 1900, 2)]
    new = [b"(%d,\n" % n for n in range(1, 1900, 2)]
    began = time.process_time()
    result = reflow(old, new, Range(0, len(old), 0, len(new)), tolerances)  # type: ignore[arg-type]
    assert result == {}
    assert time.process_time() - began < 5


def test_a_range_too_long_for_wraps_still_matches_whole_lines() -> None:
    old = [b"line %d\n" % n for n in range(3000)]
    new = [b"  line %d\n" % n for n in range(3000)]
    new[1500] = b"other\n"
    result = reflow(old, new, Range(0, 3000, 0, 3000), BLANKS)
    assert 1500 not in result
    assert {k: v for k, v in result.items() if v != (k,)} == {}
    assert len(result) == 2999
