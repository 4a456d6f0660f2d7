"""Secrets in JSON, whose keys tell what their values are: a password, a header, the word after an option. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from byline.repo.anchors.assigned import WORDS, by_place, cookies
from byline.repo.anchors.likely import REDACTED, Value, is_phrase, is_secret

_KEY = re.compile(WORDS, re.IGNORECASE)
_PASSWORD = re.compile(r"(?:.*[a-z0-9_.-])?(?:pass(?:[ _-]?(?:word|phrase)|wd|code)?|pwd)$", re.IGNORECASE)
_NAMES = frozenset("name key element field header variable selector label id placeholder parameterkey k".split())
_VALUES = frozenset("value text parametervalue v".split())
_LONGEST_COMMAND = 4000
_PAIRS = ("auth", "basic_auth", "basicauth", "credentials")


def redact_under(key: str, text: str) -> str:
    """A text whose meaning its key tells, or the option before it: a password, a token. The rest unchanged."""
    lower = key.lower()
    if lower in ("cookie", "set-cookie"):
        return cookies(text)
    is_header = lower in ("authorization", "proxy-authorization")
    if not is_header and _KEY.search(key) is None:
        return text
    words = text.split()
    if len(words) == 2 and is_header:
        return f"{words[0]} {REDACTED}" if is_secret(Value(words[1], is_quoted=True)) else text
    is_password = _PASSWORD.match(key) is not None
    if len(words) != 1:
        return REDACTED if is_password and len(text) <= 80 and is_phrase(text) else text
    return REDACTED if is_secret(Value(text, is_quoted=True, of_password=is_password)) else text


def number_under(key: str, number: int) -> int | str:
    """The same of a number."""
    is_one = not isinstance(number, bool) and number >= 100_000 and _PASSWORD.match(key)
    return REDACTED if is_one else number


def key_of(value: Mapping[str, Any], name: str, outer: str = "") -> str:
    """What tells the meaning of a part of a JSON object: its key; of a `value` beside a `name` what is named, or what
    the object is the value of (`outer`).
    """
    if not isinstance(name, str) or name.lower() not in _VALUES:
        return name
    told = [part for one, part in value.items() if isinstance(part, str) and str(one).lower() in _NAMES]
    if outer.lower() == "cookies" and told:
        return "cookie secret"
    return next((one for one in told if _KEY.search(one)), told[0] if told else outer or name)


def keys_in(value: Sequence[Any], key: str) -> list[str]:
    """The same for the parts of a list: words of a command, each after its option, or a name and its password."""
    if len(value) == 2 and key.lower() in _PAIRS and all(isinstance(one, str) for one in value):
        return ["", "password"]
    options = [one if isinstance(one, str) and one.startswith("-") else "" for one in value]
    return [option or key for option in ("", *options[:-1])] if value else []


def words_freed(value: list[Any]) -> list[Any]:
    """The words of a command, without those that are a secret by their place in it."""
    if len(value) < 2 or not all(isinstance(one, str) for one in value):
        return value
    if not any(one.startswith("-") for one in value) or sum(map(len, value)) > _LONGEST_COMMAND:
        return value
    before = " ".join(("", *value))
    after = by_place(before)
    if after == before:
        return value
    left = frozenset(after.split())
    return [REDACTED if len(one) >= 6 and " " not in one and one not in left else one for one in value]
