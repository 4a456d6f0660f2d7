"""Transcripts that are one JSON object, written anew as the session grows: read as far as they are whole.

Such a file has a list of messages, each of which is decoded alone, so that a cut costs the last one only.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LARGEST = 32 * 1024 * 1024
"""Bytes; a larger file is not read."""
_BLANK = re.compile(r"[ \t\r\n]*")
_decode = json.JSONDecoder().raw_decode


def members(path: Path) -> Iterator[tuple[str, Any]]:
    """The members of the object in a file, lists of objects member by member, up to where it breaks off.

    OSError where it cannot be read. Nothing for what is no object, or is too large.
    """
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        return
    yield from pairs(data.decode("utf-8", "replace"))


def pairs(text: str) -> Iterator[tuple[str, Any]]:
    """The same of a text."""
    position = _after(text, 0)
    if text[position : position + 1] != "{":
        return
    try:
        position = _after(text, position + 1)
        while text[position : position + 1] == '"':
            name, position = _decode(text, position)
            position = _after(text, position)
            if text[position : position + 1] != ":":
                return
            position = _after(text, position + 1)
            if text[position : position + 1] == "[":
                position = _after(text, position + 1)
                while text[position : position + 1] not in ("]", ""):
                    value, position = _decode(text, position)
                    yield name, value
                    position = _comma(text, position)
                position = _comma(text, position + 1)
            else:
                value, position = _decode(text, position)
                yield name, value
                position = _comma(text, position)
    except (ValueError, RecursionError):
        return  # cut here, or no JSON from here on


def _after(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position


def _comma(text: str, position: int) -> int:
    position = _after(text, position)
    return _after(text, position + 1) if text[position : position + 1] == "," else position
