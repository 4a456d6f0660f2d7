"""The rules of a kept library (Kingfisher) for texts that may hold a credential; loaded when the first one turns up.

Its rules take a third of a second to load, and a few when they are compiled for the first time. So texts without
anything that looks drawn by lot are not shown to it: most commits have none.
"""

import functools
import os
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from byline_hooks.place import data_dir

SECONDS = 5.0
_hurry: list[bool] = []
_RUN = re.compile(r"[A-Za-z0-9+/=_~.-]{16,2000}")
_KNOWN = re.compile(
    r"[0-9a-f]{7,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:toolu|msg|call|req|chatcmpl|turn|ses|thread)[_-]\w+",
    re.IGNORECASE,
)


def secrets(text: str) -> list[str]:
    """What the library takes for a secret in `text`, the longest first; nothing where there is no library here."""
    if not any(_is_candidate(found[0]) for found in _RUN.finditer(text)):
        return []
    scan = _scan()
    return sorted({one for one in scan(text) if len(one) >= 8}, key=lambda one: (-len(one), one)) if scan else []


def hurry() -> None:
    """In this process somebody waits: where the rules are not compiled yet, do without them."""
    _hurry.append(True)


def _is_candidate(run: str) -> bool:
    """Letters and digits in turn at least three times, and no hash or id of a kind that is known."""
    if _KNOWN.fullmatch(run):
        return False
    plain = [char.isdigit() for char in run if char.isalnum()]
    return sum(a != b for a, b in pairwise(plain)) >= 3


@functools.cache
def _scan() -> Callable[[str], list[str]] | None:
    try:
        import kingfisher_sdk
    except ImportError:
        return None
    folder = Path(data_dir(os.environ)) / "secret-rules"
    if _hurry and not folder.is_dir():
        return None
    scanner = kingfisher_sdk.Scanner(
        kingfisher_sdk.Rules(confidence="low", cache_dir=str(folder)), base64=False, dedup=False, redact=False
    )

    def scan(text: str) -> list[str]:
        try:
            found = scanner.scan(text.encode("utf-8", "replace"), timeout=SECONDS)
        except (TimeoutError, RuntimeError, ValueError):
            return []
        return [str(one.secret) for one in found]

    return scan
