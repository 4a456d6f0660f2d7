"""Where the values of a JSON text lie: a tree of spans, so that a text can be changed without writing it anew.

The standard library decides what is valid JSON; this module only finds places in text that is known to be valid.
Comments (`//` and `/* */`, which several agents allow in their settings) count as white space.
"""

import json
import re
from dataclasses import dataclass, field

_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n]*")
_COMMENT_OR_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"?|//[^\r\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)


@dataclass(frozen=True)
class Span:
    """One value: `text[start:end]` are its characters, 0-based and half open."""

    start: int
    end: int
    value: object
    """As `json.loads` gives it."""
    members: dict[str, "Span"] = field(default_factory=dict)
    """Of an object; where a key occurs twice the last one counts, as it does for every JSON parser."""
    items: tuple["Span", ...] = ()
    """Of an array its elements; of an object, in order, its members from the key's quote to the value's end."""


def without_comments(text: str) -> str:
    """`text` with every character of a comment turned into a blank; offsets stay what they are."""

    def blank(match: re.Match[str]) -> str:
        found = match.group()
        return found if found[0] == '"' else re.sub(r"[^\r\n]", " ", found)

    return _COMMENT_OR_STRING.sub(blank, text)


def parse(text: str) -> Span:
    """The tree of a whole document. Raises json.JSONDecodeError (a ValueError) when it is not JSON."""
    bare = without_comments(text)
    json.loads(bare)
    return _value(bare, _skip(bare, 0))


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int) -> Span:
    if text[at] == "{":
        return _object(text, at)
    if text[at] == "[":
        return _array(text, at)
    value, end = _DECODER.raw_decode(text, at)
    return Span(at, end, value)


def _object(text: str, start: int) -> Span:
    members: dict[str, Span] = {}
    items: list[Span] = []
    at = _skip(text, start + 1)
    while text[at] != "}":
        key, end = _DECODER.raw_decode(text, at)
        value = _value(text, _skip(text, _skip(text, end) + 1))  # over the colon
        members[key] = value
        items.append(Span(at, value.end, value.value))
        at = _next(text, value.end)
    return Span(start, at + 1, {key: span.value for key, span in members.items()}, members, tuple(items))


def _array(text: str, start: int) -> Span:
    items: list[Span] = []
    at = _skip(text, start + 1)
    while text[at] != "]":
        items.append(_value(text, at))
        at = _next(text, items[-1].end)
    return Span(start, at + 1, [item.value for item in items], items=tuple(items))


def _next(text: str, end: int) -> int:
    """The next element after a value that ends at `end`, or the closing bracket."""
    at = _skip(text, end)
    return _skip(text, at + 1) if text[at] == "," else at
