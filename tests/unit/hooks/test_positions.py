"""Where exchanged texts stand in a file."""

import pytest

from byline_hooks.positions import arrived, exchanged, held, place

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


APP = "app\n\n@c\ndef old\n"


@pytest.mark.parametrize(
    ("edits", "before", "old", "new", "expected"),
    [
        pytest.param([[4, 0, 4, 3]], APP, "app\n\n", "app\n\n@c\ndef new\n\n", [[3, 0, 3, 3]], id="slid-down"),
        pytest.param(
            [[4, 0, 4, 3]], APP.replace("\n", "\r\n"), "app\n\n", "app\n\n@c\nnew\n\n", [[3, 0, 3, 3]], id="crlf"
        ),
        pytest.param([[1, 1, 1, 1]], "a\nb\na\n", "a\n", "c\n", [[1, 1, 1, 1]], id="stands-there-twice"),
        pytest.param([[1, 1, 1, 1]], APP, "gone", "new", [[1, 1, 1, 1]], id="does-not-stand-there"),
        pytest.param([[1, 1, 1, 1]], APP, "app", "app", [[1, 1, 1, 1]], id="says-that-nothing-changed"),
        pytest.param([[2, 3, 2, 0]], "a\nx\ny\nx\nb\n", "x\ny\n", "", [[2, 2, 2, 0]], id="removes-lines"),
        pytest.param([[1, 1, 1, 1]], "one two\n", "two", "2", [[1, 1, 1, 1]], id="a-part-of-a-line"),
        pytest.param(
            [[1, 1, 1, 1], [5, 0, 5, 2]],
            "a\nk\nb\nend\nstart\nend\n",
            "a\nk\nb\n",
            "A\nk\nb\nend\nb\n",
            [[1, 1, 1, 1], [3, 0, 3, 2]],
            id="slides-up-beside-another-change",
        ),
        pytest.param(
            [[1, 1, 1, 1], [5, 0, 5, 2]],
            "a\nk\nb\nc\n",
            "a\nk\n",
            "A\nk\nb\nc\n",
            [[1, 1, 1, 1], [3, 0, 3, 2]],
            id="slides-by-its-whole-length",
        ),
        pytest.param(
            [[1, 1, 1, 1], [5, 0, 5, 1]],
            "a\nk\nb\nc\nd\n",
            "a\nk\n",
            "A\nk\nx\n",
            [[1, 1, 1, 1], [5, 0, 5, 1]],
            id="a-patch-of-something-else",
        ),
    ],
)
def test_a_patch_is_held_to_what_was_exchanged(
    edits: list[list[int]], before: str, old: str, new: str, expected: list[list[int]]
) -> None:
    """Of lines with equal neighbours a comparison of whole texts may call the wrong ones new."""
    assert exchanged(edits, before, old, new) == expected


@pytest.mark.parametrize(
    ("edits", "changes", "data", "expected"),
    [
        pytest.param(None, [("x", "c")], FILE, [[3, 1, 3, 1]], id="none-told"),
        pytest.param([[1, 0, 1, 1]], [("x", "x\nx")], b"x\nx\ny\n", [[1, 0, 1, 1]], id="among-what-was-exchanged"),
        pytest.param(
            [[4, 0, 4, 3]],
            [("app\n\n", "app\n\n@c\nnew\n\n")],
            b"app\n\n@c\nnew\n\n@c\nold\n",
            [[3, 0, 3, 3]],
            id="slid-down",
        ),
        pytest.param([[2, 0, 2, 1]], [("x", "c"), ("y", "d")], FILE, [[2, 0, 2, 1]], id="several"),
        pytest.param([[9, 0, 9, 1]], [("x", "b")], FILE, [[9, 0, 9, 1]], id="stands-there-twice"),
        pytest.param([[9, 0, 9, 1]], [["-x", "+c"]], FILE, [[9, 0, 9, 1]], id="a-hunk"),
    ],
)
def test_edits_told_besides(
    edits: list[list[int]] | None, changes: list[Change], data: bytes, expected: list[list[int]]
) -> None:
    assert held(edits, changes, data) == expected
