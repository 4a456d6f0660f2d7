"""A text that is cut never keeps half of a secret."""

import pytest

from byline.cuts import MARGIN, at_a_blank, shortened
from byline.repo.anchors.gate import LARGEST_TEXT, Gate
from byline.repo.anchors.secrets import redact

PASSWORD = "Zq7vT3mXw9" + "Lk2p"
TOKEN, RANDOM = "gh" + "p_" + "a1B2" * 9, "Q7zX9kLmB3v" + "Wt5RpYc8HdJ2sGnQ6fKx0Ea4UbTo1iZ"
SECRETS = {TOKEN: TOKEN, RANDOM: RANDOM, f"postgres://u:{PASSWORD}@db": PASSWORD, f"password={PASSWORD}": PASSWORD}
"""Texts, and what is secret in them."""
LINE = "log line of a build\n"


def straddling(secret: str, largest: int, kept: int) -> str:
    """A text of which `kept` characters of the secret are within `largest`."""
    before = (LINE * (largest // len(LINE) + 1))[: largest - kept - 1]
    return f"{before}\n{secret} and on\n{LINE * 3}"


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("more", [0, MARGIN + 1])
def test_no_half_is_left(secret: str, more: int) -> None:
    for kept in range(1, len(secret) + 1):
        text = straddling(secret, 1000, kept)
        left = shortened(text + "z " * more, 1000, redact)
        assert len(left) <= 1000
        assert SECRETS[secret][:4] not in left


def test_nor_where_what_came_before_became_shorter() -> None:
    many = f"password={'x1Yz' * 60}\n" * 20
    text = many + straddling(TOKEN, MARGIN, len(TOKEN) // 2)[: 1000 + MARGIN - len(many)]
    left = shortened(text + TOKEN * 400, 1000, redact)
    assert TOKEN[:8] not in left


@pytest.mark.parametrize("largest", [1000, 4000, 40_000])
def test_a_long_secret_leaves_the_words_after_it(largest: int) -> None:
    key = "-----BEGIN RSA " + "PRIVATE KEY-----\n" + ("q7" * 32 + "\n") * 90 + "-----END RSA " + "PRIVATE KEY-----\n"
    left = shortened(key + "why does it fail? " * 5000, largest, redact)
    assert len(left) == largest and "why does it fail?" in left and "q7q7" not in left


@pytest.mark.parametrize("secret", SECRETS)
def test_the_gate_looks_beyond_its_end(secret: str) -> None:
    left = Gate([], None).text(straddling(secret, LARGEST_TEXT, len(secret) - 3))
    assert len(left) <= LARGEST_TEXT and SECRETS[secret][:4] not in left


def test_an_unread_text_ends_between_words() -> None:
    assert at_a_blank("a b", 10) == "a b"
    text = "word " * 2000 + TOKEN + " more" * 2000
    assert at_a_blank(text, 10_010) == ("word " * 2000).rstrip()
    assert at_a_blank("x" * 20_000, 10_000) == "x" * (10_000 - MARGIN)
