"""The own line index: what the protocol calls a line, what byline calls one, and edits in place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.model import Attribution
from byline.server.lines import Place, Splice, Text, offset, split_lines, units
from byline.server.shift import UNSAVED, Owners

STRANGE = "\f\v\x1c\x1d\x1e\x85\u2028\u2029"
"""Characters that Python's splitlines takes for line ends; no editor does."""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a\n", ""]),
        ("a\r\nb\rc\nd", ["a\r\n", "b\r", "c\n", "d"]),
        ("\r\r\n\n", ["\r", "\r\n", "\n", ""]),
        (f"a{STRANGE}b\nc", [f"a{STRANGE}b\n", "c"]),
    ],
)
def test_lines_end_where_the_protocol_says(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


@pytest.mark.parametrize(
    ("text", "utf8", "utf16", "utf32"), [("abc", 3, 3, 3), ("é", 2, 1, 1), ("a😀b", 6, 4, 3), ("\u2028", 3, 1, 1)]
)
def test_units(text: str, utf8: int, utf16: int, utf32: int) -> None:
    assert [units(text, name) for name in ("utf-8", "utf-16", "utf-32")] == [utf8, utf16, utf32]


@pytest.mark.parametrize(
    ("line", "character", "encoding", "index"),
    [
        ("abc\n", 9, "utf-16", 3),
        ("abc\r\n", 4, "utf-16", 3),
        ("😀b\n", 2, "utf-16", 1),
        ("😀b\n", 1, "utf-16", 0),
        ("😀b\n", 4, "utf-8", 1),
        ("😀b\n", 1, "utf-32", 1),
        ("a\fb\n", 2, "utf-16", 2),
        ("abc", -3, "utf-16", 0),
    ],
)
def test_a_column_is_clamped_to_the_line(line: str, character: int, encoding: str, index: int) -> None:
    assert offset(line, character, encoding) == index


def test_a_form_feed_does_not_move_an_edit() -> None:
    text = Text("a\n\fb\nc")
    text.replace(Place(2, 0), Place(2, 0), "X", "utf-16")
    assert text.join() == "a\n\fb\nXc"


def test_typing_beside_a_lone_carriage_return_makes_one_terminator() -> None:
    text = Text("a\rb\n")
    text.replace(Place(1, 0), Place(1, 0), "\n", "utf-16")
    assert text.join() == "a\r\nb\n"
    assert text.lines == split_lines("a\r\nb\n")


def test_a_lone_carriage_return_is_a_line_for_the_editor_only() -> None:
    text = Text("a\rb\nc\n")
    assert [text.byline_line(line) for line in range(4)] == [0, 0, 1, 2]
    assert [text.client_line(line) for line in range(3)] == [0, 2, 3]
    assert text.replace(Place(1, 1), Place(1, 1), "!", "utf-16") == Splice(0, 1, 1)


@pytest.mark.parametrize(
    ("lines", "start", "end", "new", "splice"),
    [
        ("a\nb\nc\n", Place(1, 1), Place(1, 1), "x", Splice(1, 1, 1)),
        ("a\nb\nc\n", Place(1, 1), Place(1, 1), "\n", Splice(2, 0, 1)),
        ("a\nb\nc\n", Place(1, 0), Place(1, 0), "\n", Splice(1, 0, 1)),
        ("a\nb\nc\n", Place(1, 0), Place(2, 0), "", Splice(1, 1, 0)),
        ("a\nb\nc\n", Place(9, 9), Place(9, 9), "x", Splice(3, 0, 1)),
        ("a\nb\nc\n", Place(0, 0), Place(3, 0), "a\nc\n", Splice(1, 1, 0)),
        ("a\nb\nc\n", Place(2, 0), Place(1, 0), "b\n", None),
        ("a\nb\nb\nc\n", Place(0, 1), Place(0, 1), "\nb", Splice(1, 0, 1)),
        ("a\nb\nb\nc\n", Place(0, 1), Place(1, 0), "\nb\n", Splice(1, 0, 1)),
        ("a\nb\nb\nc\n", Place(1, 1), Place(1, 1), "\nb", Splice(2, 0, 1)),
        ("a\nb\nb\nc\n", Place(1, 0), Place(1, 0), "b\n", Splice(1, 0, 1)),
        ("a\nb\nb\nc\n", Place(0, 1), Place(2, 0), "\n", Splice(1, 1, 0)),
        ("a\nb\nb\nc\n", Place(0, 1), Place(3, 0), "\nb\nb\nb\n", Splice(3, 0, 1)),
    ],
)
def test_what_an_edit_leaves_alone_keeps_its_owner(
    lines: str, start: Place, end: Place, new: str, splice: Splice | None
) -> None:
    """A new line beside an equal one stands where it was put."""
    assert Text(lines).replace(start, end, new, "utf-16") == splice


def test_a_changed_line_ending_alone_changes_no_owner() -> None:
    text = Text("a\nb")
    assert text.replace(Place(1, 1), Place(1, 1), "\n", "utf-16") == Splice(2, 0, 0)
    assert text.join() == "a\nb\n"


PIECES = st.sampled_from(["a", "b", "é", "😀", "\n", "\r", "\r\n", "\f", "\u2028", "ab\n", ""])
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(TEXTS, st.lists(st.tuples(*[st.integers(0, 14)] * 4, TEXTS), max_size=5), st.sampled_from(["utf-8", "utf-16"]))
def test_edits_in_place_equal_edits_of_the_whole(
    start: str, edits: list[tuple[int, int, int, int, str]], encoding: str
) -> None:
    """Against the naive model: join, cut at the two offsets, split again. Owners always fit the text."""
    text, naive = Text(start), start
    owners = Owners()
    owners.items = [Attribution(i, "human", "typed") for i in range(_byline_count(naive))]
    for a, b, c, d, new in edits:
        low, high = sorted(((a, b), (c, d)))
        places = [_index(naive, Place(*place), encoding) for place in (low, high)]
        naive = naive[: min(places)] + new + naive[max(places) :]
        splice = text.replace(Place(*low), Place(*high), new, encoding)
        if splice:
            owners.edit(splice)
        assert text.lines == split_lines(naive)
        assert len(owners.items) == _byline_count(naive)
        for number, owner in enumerate(owners.items):
            if owner is not UNSAVED:
                assert _byline_lines(naive)[number].rstrip("\r\n") == _byline_lines(start)[owner.line].rstrip("\r\n")


def _index(text: str, place: Place, encoding: str) -> int:
    lines = split_lines(text)
    if place.line >= len(lines):
        return len(text)
    return sum(map(len, lines[: place.line])) + offset(lines[place.line], place.character, encoding)


def _byline_lines(text: str) -> list[str]:
    pieces = text.split("\n")
    return [piece + "\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])


def _byline_count(text: str) -> int:
    return len(_byline_lines(text))


def test_edits_made_while_an_answer_was_computed_are_on_top_of_it() -> None:
    text, owners = Text("a\nb\n"), Owners()
    mark = owners.begin()
    splice = text.replace(Place(0, 0), Place(0, 0), "new\n", "utf-16")
    assert splice
    owners.edit(splice)
    answer = [Attribution(0, "human", "typed"), Attribution(1, "session", "write", session_id="s")]
    owners.land(mark, answer)
    assert owners.items == [UNSAVED, *answer]
