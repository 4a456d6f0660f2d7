"""Whether the value of an assignment is a secret, or a word, a placeholder or a piece of code. Pure."""

import re
from typing import NamedTuple

from byline.repo.anchors.drawn import LIKELY, SURE, VERY_SURE, is_drawn

REDACTED = "[REDACTED]"
_PLACEHOLDER = re.compile(
    r"changeme|change[_-]me|example|placeholder|redacted|dummy|sample|(?-i:xxx|XXX)|\*\*\*|\.\.\.|…"
    # words that a password may begin with: alone, or before what says that they stand for something
    r"|(?<![A-Za-z])(?:your|todo|insert|replace|none|null|true|false|undefined|optional|required|default|the|my)"
    r"(?:(?![A-Za-z0-9])|[_-]?(?:api|token|key|pass|pwd|secret|own|user|name|value|client|access|auth|db|me|with))",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"[$%]?[({<\[]|%\w+%|[\w.$:>-]*\w[(\[]|(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*[,;)]?$|https?://|[~./]*/|@[\w-]+$|[A-Z_]+$"
)
_VARIABLE = re.compile(r"\$(?:[({]|[A-Za-z_]+\d{0,2}(?![\w$!@#%^&*]))|\{\{")
_PATTERN = ("(?", "\\b", "\\s")
"""What regular expressions begin with."""
_MIXED = re.compile(r"[A-Za-z]\d+[A-Za-z]|\d[A-Za-z]+\d")
"""Digits among letters, as no name has them that only counts."""
_ODD = re.compile(r"(?:[/@]|[A-Za-z]{1,12}\()[A-Za-z0-9!#$%^&*+=_-]{6,100}")
"""What begins like a path, a name or a call, and goes on otherwise."""
_COUNTED = re.compile(r"[A-Za-z][a-z]+(?:-[a-z]+)*\d")
_LETTERS = re.compile(r"[A-Za-z]+")
_EDGES = "_*|.$:!?。，、）"
"""What a sentence or a table puts around a value."""
_TOKEN = re.compile(r"(?!(?:[A-Z0-9]+[_-])+[A-Z0-9]+$|(?:[a-z0-9]+[_-])+[a-z0-9]+$)[A-Za-z0-9+/_=-]+")
"""Without blanks, and no `words_of_one_case`."""
_UNSPEAKABLE = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}")
_EVERYDAY = frozenset("user pass password passwd secret token test root admin postgres guest foobar string".split())
_MOST_WORDS = 6


class Value(NamedTuple):
    """What stands after the name of a secret."""

    text: str
    is_quoted: bool = False
    of_password: bool = False
    """The name says password and nothing more, so that digits alone may be one."""
    of_token: bool = False
    """The name says token, key or secret, which is never a word and a number."""
    goes_on: bool = False
    """A piece of code, as what follows shows."""
    is_given: bool = False
    """Nothing but a secret stands at its place: after `Bearer`, `sshpass -p`."""


def is_secret(value: Value) -> bool:
    """Whether this is to be redacted."""
    text = value.text
    if value.of_token and _COUNTED.fullmatch(text):
        return False
    return REDACTED not in text and not is_harmless(text) and _is_likely(value)


def is_mixed(text: str) -> bool:
    """Whether digits stand among letters, and it is no placeholder."""
    return _MIXED.search(text) is not None and not is_harmless(text)


def is_mixed_or_drawn(text: str) -> bool:
    """The same, or whether its letters look drawn by lot."""
    return is_mixed(text) or (_is_drawn(Value(text, is_given=True)) and not is_harmless(text))


def is_phrase(text: str) -> bool:
    """Whether words with blanks between them may be a password: few, and one of them no word."""
    words = text.split()
    return 1 < len(words) <= _MOST_WORDS and any(is_mixed(word) for word in words) and not _PLACEHOLDER.search(text)


def is_harmless(value: str) -> bool:
    """Whether this is an everyday word, a placeholder, a variable."""
    bare = value.strip("\"'`*.")
    if len(bare) < 6 or bare.lower() in _EVERYDAY or _PLACEHOLDER.search(bare[:24]):
        return True
    if (bare[0] in "$<{[%" and bare[-1:] in "}>])%") or _VARIABLE.match(bare) or bare.startswith(_PATTERN):
        return True
    return len(set(bare)) < 5 and not (bare.isdigit() and len(set(bare)) > 2)


def stands_for_another(value: str) -> bool:
    """Whether this is what an example has for a password in an address, of whatever length."""
    return value.lower() in _EVERYDAY or value[0] in "$<{[*" or _PLACEHOLDER.match(value) is not None


def _is_likely(value: Value) -> bool:
    text = value.text
    if _is_drawn(value):
        return True
    if not value.is_quoted and _REFERENCE.match(text):
        return value.of_password and not value.goes_on and _ODD.fullmatch(text) is not None and is_mixed(text)
    has_digit, has_letter = any(map(str.isdigit, text)), any(map(str.isalpha, text))
    if has_letter and (has_digit or any(char in "!@#$%^&*" for char in text)):
        return True
    if not value.of_password:
        return False
    if text.isdigit():
        return len(text) <= 20
    return len(text) >= 10 and text.isalpha() and text.islower() and _UNSPEAKABLE.search(text) is not None


def _is_drawn(value: Value) -> bool:
    """Whether letters look drawn by lot; the more certainly, the more a name of code may stand at their place."""
    text = value.text.strip(_EDGES)
    if value.is_quoted or value.is_given:
        return _TOKEN.fullmatch(text) is not None and is_drawn(text, LIKELY)
    least = VERY_SURE if value.goes_on or text.isupper() else SURE
    return _LETTERS.fullmatch(text) is not None and is_drawn(text, least)
