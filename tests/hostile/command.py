"""Run `byline` in this process: quick enough to ask every command the same question."""

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from byline.cli.main import main


class Screen(io.StringIO):
    """Standard output as a program or a person has it."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal
        self.nowhere = Path(os.devnull).open("wb")  # noqa: SIM115  (closed by `byline`)

    def isatty(self) -> bool:
        return self.is_terminal

    def fileno(self) -> int:
        """Of a file in its stead: what is written there is lost."""
        return self.nowhere.fileno()


def byline(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str, is_terminal: bool = False
) -> tuple[int, str, str]:
    """The exit code of `byline WORDS` in `folder`, what it printed and what it complained about."""
    out, err = Screen(is_terminal=is_terminal), Screen(is_terminal=is_terminal)
    with monkeypatch.context() as patched:
        patched.chdir(folder)
        patched.setattr(sys, "stdout", out)
        patched.setattr(sys, "stderr", err)
        if is_terminal:
            patched.setenv("TERM", "xterm-256color")
            patched.setenv("COLUMNS", "120")
        code = main(words)
    for screen in (out, err):
        screen.nowhere.close()
    return code, out.getvalue(), err.getvalue()


def crashes() -> list[Path]:
    """Reports of programs of ours that went wrong."""
    return sorted((Path(os.environ["BYLINE_DATA_DIR"]) / "crashes").glob("*.txt"))


Words = Sequence[str]
