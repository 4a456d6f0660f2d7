"""JSON on standard output, one document a command."""

import contextlib
import json
import sys
from typing import Any


def write(value: Any, *, indent: int | None = None) -> None:
    """Print it whole."""
    sys.stdout.write(text(value, indent=indent))


def text(value: Any, *, indent: int | None = None) -> str:
    """It with a newline, in ASCII, so that no terminal's encoding matters.

    By msgspec where it can: in a tenth of the time. It refuses the lone surrogates that paths and prompts may have,
    and leaves other letters than ASCII's as they are; `json.dumps` (not `dump`, which writes piece by piece) escapes
    both.
    """
    if indent is None:
        import msgspec

        with contextlib.suppress(UnicodeEncodeError, TypeError, ValueError):
            data = msgspec.json.encode(value)
            if data.isascii():
                return data.decode("ascii") + "\n"
    return json.dumps(value, indent=indent, separators=(",", ":") if indent is None else None) + "\n"
