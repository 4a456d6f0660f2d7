"""The argument parser of one command: argparse with one-line errors and examples below the options."""

import argparse
import contextlib
import os
from collections.abc import Sequence
from typing import NoReturn

_MOST = 1 << 31
"""More than there ever is of anything, and a number that SQLite takes."""


def at_most(text: str) -> int:
    """How many to show at most; 0 for all."""
    number = _number(text)
    if number is None or number < 0:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number from 1, or 0 for all")
    return min(number, _MOST)


def port(text: str) -> int:
    """A TCP port; 0 for any that is free."""
    number = _number(text)
    if number is None or not 0 <= number < 1 << 16:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no port; they go to 65535")
    return number


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """As argparse's own, which loads archivers and compressors to learn how wide the terminal is."""

    def __init__(self, prog: str) -> None:
        told = os.environ.get("COLUMNS", "")
        width = int(told) if told.isdecimal() else 0
        if not width:
            with contextlib.suppress(OSError, ValueError):
                width = os.get_terminal_size(1).columns
        super().__init__(prog, width=(width or 80) - 2)


class Parser(argparse.ArgumentParser):
    """What a command's `arguments` function fills."""

    def __init__(self, name: str, summary: str, examples: Sequence[tuple[str, str]]) -> None:
        width = max((len(line) for line, _ in examples), default=0)
        shown = "\n".join(f"  {line:<{width}}  # {does}" for line, does in examples)
        super().__init__(
            prog=f"byline {name}",
            description=f"{summary[:1].upper()}{summary[1:]}.",
            epilog=f"examples:\n{shown}" if examples else None,
            formatter_class=_Formatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """One line and the command to type next, instead of the whole usage; exit code 2."""
        from byline.cli.terminal import clean

        self.exit(2, f"{self.prog}: {clean(message)}; see `{self.prog} --help`\n")
