"""Line endings, marks and patches."""

import pytest

from byline_hooks import texts


@pytest.mark.parametrize(
    ("text", "disk", "expected"),
    [
        pytest.param("a\nb\n", b"a\nc\n", b"a\nb\n", id="LF stays"),
        pytest.param("a\nb\n", b"a\r\nc\r\n", b"a\r\nb\r\n", id="CRLF on disk"),
        pytest.param("a\r\nb\n", b"a\r\nc\r\n", b"a\r\nb\n", id="the text has its own CR"),
        pytest.param("a\nb\n", b"a\r\nc\n", None, id="mixed on disk: nobody knows"),
        pytest.param("a\n", b"", b"a\n", id="empty file"),
        pytest.param("a\n", b"\xef\xbb\xbfb\n", b"\xef\xbb\xbfa\n", id="byte order mark"),
        pytest.param("\ufeffa\n", b"\xef\xbb\xbfb\n", b"\xef\xbb\xbfa\n", id="mark in both"),
        pytest.param("a\ufffd\n", b"a\xe9\n", None, id="bytes were lost in decoding"),
    ],
)
def test_as_on_disk(text: str, disk: bytes, expected: bytes | None) -> None:
    assert texts.as_on_disk(text, disk) == expected


@pytest.mark.parametrize(
    ("text", "disk", "expected"),
    [
        ("a\nb\n", b"a\nb\n", True),
        ("a\nb\n", b"a\r\nb\r\n", True),
        ("a\nb", b"a\nb\n", True),
        ("a\n", b"\xef\xbb\xbfa\n", True),
        ("a\nb\n", b"a\n  b\n", False),
        ("a\n\n\n", b"a\n", False),
        ("", b"", True),
    ],
)
def test_same(text: str, disk: bytes, expected: bool) -> None:
    assert texts.same(text, disk) is expected


def hunk(old: int, new: int, *lines: str) -> dict[str, object]:
    kept = sum(line[0] == " " for line in lines)
    removed = sum(line[0] == "-" for line in lines)
    added = sum(line[0] == "+" for line in lines)
    return {
        "oldStart": old,
        "oldLines": kept + removed,
        "newStart": new,
        "newLines": kept + added,
        "lines": list(lines),
    }


@pytest.mark.parametrize(
    ("hunks", "expected"),
    [
        pytest.param([hunk(3, 3, " a", "-b", "+c", " d")], [[4, 1, 4, 1]], id="replace"),
        pytest.param([hunk(3, 3, " a", "+c", " d")], [[4, 0, 4, 1]], id="insert"),
        pytest.param([hunk(3, 3, " a", "-b", " d")], [[4, 1, 4, 0]], id="delete"),
        pytest.param([hunk(1, 1, "-b", "-c", "+d", " e", "+f")], [[1, 2, 1, 1], [4, 0, 3, 1]], id="two in one hunk"),
        pytest.param([hunk(1, 1, "+a", "-b", "+c")], [[1, 1, 1, 2]], id="mixed order is one run"),
        pytest.param(
            [hunk(1, 1, " a", "+b"), hunk(9, 10, " a", "-b")], [[2, 0, 2, 1], [10, 1, 11, 0]], id="two hunks"
        ),
        pytest.param([hunk(0, 1, "+a", "+b")], [[1, 0, 1, 2]], id="into an empty file, counted from 0"),
        pytest.param([hunk(1, 1, " a", "-b", "\\ No newline at end of file", "+b")], [[2, 1, 2, 1]], id="no newline"),
    ],
)
def test_edits(hunks: list[dict[str, object]], expected: list[list[int]]) -> None:
    patch = texts.hunks(hunks)
    assert patch is not None
    assert texts.edits(patch) == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        [1],
        [{"lines": []}],
        [{**hunk(1, 1, " a"), "oldLines": 7}],
        [{**hunk(1, 1, " a"), "oldStart": -1}],
        [{**hunk(1, 1, " a"), "oldStart": True}],
        [{**hunk(1, 1, " a"), "lines": [None]}],
        [{**hunk(1, 1, " a"), "lines": ["a"]}],
        [{**hunk(1, 1, " a"), "lines": [""]}],
    ],
    ids=str,
)
def test_a_hunk_that_is_not_whole_is_no_patch(value: object) -> None:
    assert texts.hunks(value) is None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("\ta\nb\n", "\ta\nc\n", True),
        ("\ta\nb", "\ta\nc", True),
        ("\ta\nb\n", "\ta\nX\n", False),
        ("\tz\nb\n", "\tz\nc\n", False),
        ("\ta\nb\n", "\ta\nc\nd\n", False),
    ],
)
def test_fits_though_tabs_were_expanded(before: str, after: str, expected: bool) -> None:
    assert texts.fits([hunk(1, 1, "     a", "-b", "+c")], before, after) is expected
