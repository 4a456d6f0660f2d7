"""What reaches a terminal."""

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.cli.terminal import Output, clean, shorten


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@given(st.text(st.characters(categories=None)))
def test_nothing_cleaned_can_steer(text: str) -> None:
    shown = clean(text)
    assert all(unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp") for character in shown)
    assert all(
        unicodedata.bidirectional(character) not in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI")
        for character in shown
    )
    assert clean(shown) == shown


def test_ordinary_text_stays() -> None:
    assert clean("Zoë · 日本 🦊 `x` [red]\\n") == "Zoë · 日本 🦊 `x` [red]\\n"
    assert clean("a\x1b[31mb\nc\x9b2J\u202e") == "a\\x1b[31mb\\nc\\x9b2J\\u202e"


@pytest.mark.parametrize(("text", "width", "shown"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abc", 0, "…")])
def test_shorten(text: str, width: int, shown: str) -> None:
    assert shorten(text, width) == shown


def test_plain_columns_when_piped() -> None:
    stream = io.StringIO()
    Output({}, stream).table(("a", "bb"), [("1", "x\x1b"), ("long", "")])
    assert stream.getvalue() == "a     bb\n1     x\\x1b\nlong\n"


def test_colour_on_a_terminal_and_none_with_no_color() -> None:
    for env, has_colour in (
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ):
        stream = Screen()
        out = Output(env, stream)
        out.line("[bold]x[/bold] \x1b]0;t\x07", "red")
        out.table(("a",), [("[red]y",)])
        text = stream.getvalue()
        assert ("\x1b[" in text) is has_colour
        assert "[bold]x[/bold]" in text
        assert "[red]y" in text
        assert "\\x1b]0;t\\x07" in text


@pytest.mark.parametrize("width", [30, 44, 60, 120])
def test_narrow_terminals_break_no_id(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    stream = Screen()
    rows = [("0123abcd", "claude", "a prompt of many words that takes several lines"), ("4567cdef", "codex", "")]
    Output({"TERM": "xterm", "NO_COLOR": "1"}, stream).table(("session", "agent", "prompt"), rows)
    text = stream.getvalue()
    assert all(name in text for name in ("0123abcd", "4567cdef", "claude", "codex"))
    assert all(word in text for word in rows[0][2].split())
    assert ("session  0123abcd" in text) is (width < 40)


def test_a_text_is_whole_and_wrapped_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    text = "one \x1b[2J\r\n" + "word " * 30 + "\n  - in\n" + "x" * 90
    screen, pipe = Screen(), io.StringIO()
    Output({"TERM": "xterm"}, screen).text("  at: ", text)
    Output({}, pipe).text("  at: ", text)
    lines = screen.getvalue().splitlines()
    assert lines[0] == "  at: one \\x1b[2J"
    assert "        - in" in lines
    assert all(len(line) <= 40 and line.startswith("      ") for line in lines[1:])
    assert screen.getvalue().count("word") == 30
    assert screen.getvalue().count("x") == 91  # one stands in the escape
    assert pipe.getvalue().splitlines()[1:] == [
        "      " + ("word " * 30).strip(),
        "        - in",
        "      " + "x" * 90,
    ]
