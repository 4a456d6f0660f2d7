"""Strangers' text made harmless, times, names of models."""

import pytest

from byline.server.words import Style, ago, clean, cut, escape, short_id, short_model

SECOND = 10**9


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("two\nlines\r\n\tand tabs", "two lines and tabs"),
        ("bell\x07 escape\x1b[31m", "bell escape[31m"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("\U000e0041hidden tag", "hidden tag"),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\u200d\U0001f469"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("lone \ud800 surrogate", "lone surrogate"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("[x](command:evil)", r"\[x\](command:evil)"),
        ("<img src=x onerror=y>", r"\<img src=x onerror=y\>"),
        ("**bold** `code` _it_", r"\*\*bold\*\* \`code\` \_it\_"),
        ("https://evil.example", r"https\://evil.example"),
        ("www.evil.example", r"www\.evil.example"),
        ("a@b.c", r"a\@b.c"),
        ("&lt;b&gt;", r"\&lt;b\&gt;"),
        ("my_client in a_b.py, _x_ and __init__", r"my_client in a_b.py, \_x\_ and \_\_init\_\_"),
        ("why! {a} ^2 = b", "why! {a} ^2 = b"),
        ("![x](y)", r"\!\[x\](y)"),
        ("add retry to the client: v1.2, please", "add retry to the client: v1.2, please"),
    ],
)
def test_escape(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_code_cannot_be_left() -> None:
    assert Style(markdown=True).code("a`b\nc") == "`a'b c`"
    assert Style(markdown=False).code("a`b\nc") == "a`b c"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (0, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3 * 3600, "3 h ago"),
        (86400 * 3, "3 d ago"),
        (86400 * 100, "3 mo ago"),
        (86400 * 800, "2 y ago"),
    ],
)
def test_ago(seconds: int, words: str) -> None:
    assert ago(10**18, 10**18 + seconds * SECOND) == words


def test_ago_without_a_time() -> None:
    assert ago(None, 0) is None


@pytest.mark.parametrize(
    ("model", "agent", "short"),
    [
        ("claude-sonnet-4-5-20250929", "claude", "sonnet-4.5"),
        ("sonnet-4.5", "claude", "sonnet-4.5"),
        ("anthropic/claude-opus-4-1", "claude", "opus-4.1"),
        ("gpt-5-codex", "codex", "gpt-5-codex"),
        ("gpt-5.1", "cursor", "gpt-5.1"),
        (None, "claude", None),
    ],
)
def test_short_model(model: str | None, agent: str, short: str | None) -> None:
    assert short_model(model, agent) == short


def test_cut() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"


def test_short_id_keeps_the_subagent() -> None:
    assert short_id("01234567-89ab-cdef/agent-1") == "01234567-89a…/agent-1"
