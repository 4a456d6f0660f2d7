"""What a terminal colours, or a text spells as a control character, hides no secret."""

import pytest

from byline.repo.anchors.gate import Gate
from byline.repo.anchors.secrets import redact

PASSWORD = "Zk3jf9sL" + "q2mP"
TOKEN = "gh" + "p_" + "a1B2" * 9
GATE = Gate(["/work/x/repo"], "/home/ada", "on")


def marked(text: str, word: str) -> str:
    """As `grep --color` marks what it found."""
    return text.replace(word, f"\x1b[01;31m\x1b[K{word}\x1b[m\x1b[K")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (f"DB_PASSWORD={PASSWORD}", "PASSWORD"),
        (f"password: {PASSWORD}", "password"),
        (f"API_TOKEN={PASSWORD}", "TOKEN"),
        (f"postgres://admin:{PASSWORD}@h", "postgres"),
        (f"Authorization: Bearer {PASSWORD}", "Bearer"),
        (f"key={TOKEN}", TOKEN[10:20]),
    ],
)
def test_a_coloured_word_tells_of_its_secret(text: str, word: str) -> None:
    assert redact(marked(text, word)) == redact(text) != text
    assert GATE.text(marked(text, word)) == redact(text)


@pytest.mark.parametrize(
    "before", ["\x1b[31m", "\x1b[1;32m", "\x9b31m", "\x1b(B", "\x1b]0;title\x07", "x_", "密码是"]
)
@pytest.mark.parametrize("secret", [f"postgres://admin:{PASSWORD}@h", f"mysql -uroot -p{PASSWORD} db", TOKEN])
def test_a_secret_right_after(before: str, secret: str) -> None:
    left = redact(before + secret)
    assert PASSWORD not in left and TOKEN not in left and "\x1b" not in left


@pytest.mark.parametrize("before", ["a\\n", "%0A", "%0d", "\\t", "\\\\n"])
@pytest.mark.parametrize(
    "secret",
    [f"postgres://u:{PASSWORD}@h", f"sshpass -p {PASSWORD} ssh x", "Q7zX9kLmB3v" + "Wt5RpYc8HdJ2sGnQ6fKx0Ea4UbTo1iZ"],
)
def test_a_secret_after_what_is_spelled(before: str, secret: str) -> None:
    assert redact(before + secret).startswith(before[:1])
    assert PASSWORD not in redact(before + secret) and secret not in redact(before + secret)


def test_a_token_right_after_a_coloured_word() -> None:
    assert redact(f"key\x1b[31m{TOKEN}") == "key[REDACTED]"


def test_spelled_colours_stay_where_they_hide_nothing() -> None:
    assert redact('echo -e "\\033[31mred\\033[0m"') == 'echo -e "\\033[31mred\\033[0m"'
    assert redact(f"DB_\\033[1mPASSWORD\\033[0m={PASSWORD}") == "DB_PASSWORD=[REDACTED]"


def test_what_is_spelled_stays_as_it_is() -> None:
    text = "C:\\new\\table a%0Ab \\nword"
    assert redact(text) == text


def test_a_path_with_a_colour_in_it() -> None:
    assert GATE.text("/wo\x1b[1mrk\x1b[m/x/repo/a.py /home/\x1b[1mada/x") == "a.py ~/x"
