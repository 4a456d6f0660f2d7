"""Keeps a developer's real home out of the tests' reach."""

import os
import sys

REAL_HOME = os.path.expanduser("~")  # noqa: PTH111  (before any test moves it)
_FORBIDDEN = tuple(
    os.path.join(REAL_HOME, *parts)  # noqa: PTH118  (runs at every open)
    for parts in (
        (".local", "share", "byline"),
        ("Library", "Application Support", "byline"),
        ("AppData", "Local", "byline"),
        *((f".{agent}",) for agent in ("claude", "claude.json", "codex", "cursor", "gemini", "qwen", "copilot")),
        *((f".{agent}",) for agent in ("opencode", "factory", "augment", "continue", "junie")),
        *((".config", name) for name in ("opencode", "amp", "zed", "git", "byline", "nvim")),
        (".gitconfig",),
    )
)
_WATCHED = frozenset(
    ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.listdir", "os.scandir", "os.chmod")
)


class TestTouchedTheRealHome(Exception):
    """A test forgot to say where home is: set HOME and BYLINE_DATA_DIR for what it runs."""

    __test__ = False


def _guard(event: str, args: tuple[object, ...]) -> None:
    if event in _WATCHED and args and isinstance(args[0], str | bytes):
        path = os.fsdecode(args[0])
        if path.startswith(REAL_HOME) and path.startswith(_FORBIDDEN):
            raise TestTouchedTheRealHome(path)


def forbid() -> None:
    """From now on opening what byline or an agent has there is an error. It cannot be taken back."""
    sys.addaudithook(_guard)
