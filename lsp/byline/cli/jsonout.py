"""JSON on standard output, one document a command."""

import json
import sys
from typing import Any


def write(value: Any, *, indent: int | None = None) -> None:
    """Print it whole."""
    sys.stdout.write(text(value, indent=indent))


def text(value: Any, *, indent: int | None = None) -> str:
    """It with a newline, in ASCII, so that no terminal's encoding matters.

    `json.dumps`, as `json.dump` writes piece by piece and takes ten times as long; not msgspec's own, which refuses
    the lone surrogates that paths and prompts may have.
    """
    return json.dumps(value, indent=indent) + "\n"
