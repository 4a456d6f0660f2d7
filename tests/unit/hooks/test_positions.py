"""Where exchanged texts stand in a file."""

import pytest

from byline_hooks.positions import arrived, place

Change = tuple[str, str] | list[str]
FILE = b"a\nb\nc\nb\nd\n"


@pytest.mark.parametrize(
    ("changes", "data", "expected"),
    [
        pytest.param([("x", "c")], FILE, [[3, 1, 3, 1]], id="one line"),
        pytest.param([("x", "b")], FILE, None, id="stands there twice"),
        pytest.param([("x", "z")], FILE, None, id="does not stand there"),
        pytest.param([("x", "")], FILE, None, id="a deletion leaves no place"),
        pytest.param([("", "c\n")], FILE, [[3, 0, 3, 1]], id="an insertion"),
        pytest.param([("b\nd", "b\nnew\nd")], b"b\na\nb\nnew\nd\n", [[4, 0, 4, 1]], id="between lines that stayed"),
        pytest.param([("b\nb2\nd", "B\nb2\nD")], b"a\nB\nb2\nD\n", None, id="around a line that stayed"),
        pytest.param([("old", "new")], b"x = new + 1\n", [[1, 1, 1, 1]], id="a part of a line"),
        pytest.param([("a", "1\n2\n3"), ("d", "D")], b"1\n2\n3\nb\nD\n", [[1, 1, 1, 3], [3, 1, 5, 1]], id="two"),
        pytest.param([("d", "D"), ("a", "A")], b"A\nb\nD\n", [[1, 1, 1, 1], [3, 1, 3, 1]], id="two, last first"),
        pytest.param([("a", "A\nB"), ("b", "B\nC")], b"A\nB\nC\n", None, id="overlapping"),
        pytest.param([("x\n", "c\n")], b"a\r\nc\r\n", [[2, 1, 2, 1]], id="line ends of the file"),
        pytest.param([("", "one\ntwo\n")], b"one\ntwo\n", [[1, 0, 1, 2]], id="a whole file"),
        pytest.param([("", "one\ntwo")], b"one\ntwo", [[1, 0, 1, 2]], id="a whole file without a newline at its end"),
        pytest.param([[" a", "-x", "+y", " b"]], b"a\ny\nb\n", [[2, 1, 2, 1]], id="a hunk"),
        pytest.param([[" b", "+n", " d"]], b"a\nb\nc\nb\nn\nd\n", [[5, 0, 5, 1]], id="a hunk in its context"),
        pytest.param([["-x", "+b"]], FILE, None, id="a hunk that fits twice"),
        pytest.param([("x", "\u00e9")], b"\xef\xbb\xbfa\n\xc3\xa9\n", [[2, 1, 2, 1]], id="mark and accents"),
        pytest.param([], FILE, None, id="nothing"),
    ],
)
def test_place(changes: list[Change], data: bytes, expected: list[list[int]] | None) -> None:
    assert place(changes, data) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [(("x", "c"), True), (("x", "z"), False), (("a", ""), False), (("z", ""), True), ([" a", "-x", "+b"], True)],
)
def test_arrived(change: Change, expected: bool) -> None:
    assert arrived([change], FILE) is expected
