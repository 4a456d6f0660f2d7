"""Writes `commands.md` from the program's own help: `python docs/commands.py`."""

import argparse
import importlib
import sys
from pathlib import Path

from byline.cli.commands import COMMANDS, Command
from byline.cli.parser import Parser

PAGE = Path(__file__).with_name("commands.md")
HEAD = """\
# Commands

Every command with all it takes, as `byline COMMAND --help` has it (written by `python docs/commands.py`). What
`--json` prints is in [json.md](json.md). Exit codes: 0 done, 1 a problem, told in one line on standard error, 2 wrong
usage, 130 interrupted, 141 the reader of the output went away. On a terminal there are tables and colour; elsewhere
plain columns, and no colour with `NO_COLOR`.

Without a command it lists the projects of this machine, with `--json` alone for a program; `--help` lists the
commands, `--version` names the version. The program `byline-lsp` is `byline lsp`, for editors that take one word.
"""
NOTES = {
    "enable": """\
Where `core.hooksPath` names a folder for all your repositories (`git config --global core.hooksPath ~/hooks`), git
runs those hooks in each of them, and `byline enable` says so. Byline acts only in repositories in which `byline
enable` was run: no other's anchors are pushed, nothing is recorded there. `byline disable` leaves the hooks to the
others that were enabled; the last one gives the folder back byte for byte.

Beside a `git push --dry-run` nothing is pushed: git does not tell its hooks, so byline looks at the command lines of
the processes above it (Linux, macOS; on Windows they are not read, and the anchors go). Nor beside a push of a branch
that cannot be next to byline's on a remote, as `byline` is, or of byline's own: that is then git's to push.
""",
}
"""What a command's help has no room for, below its section."""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(f"\n{section(row)}" for row in sorted(COMMANDS))


def section(row: Command) -> str:
    """What one command takes."""
    parser = Parser(row.name, row.summary, row.examples)
    importlib.import_module(row.module).arguments(parser)
    lines = [f"## `byline {row.name}`", "", f"{row.summary[:1].upper()}{row.summary[1:]}.", ""]
    rows = [
        f"| {_names(action)} | {_text(action.help or '')} |"
        for action in parser._actions
        if action.help is not argparse.SUPPRESS and "--help" not in action.option_strings
    ]
    if rows:
        lines += ["| | |", "| --- | --- |", *rows, ""]
    lines += ["```console", *(f"$ {line:<44} # {does}".rstrip() for line, does in row.examples), "```", ""]
    if row.name in NOTES:
        lines.append(NOTES[row.name])
    return "\n".join(lines)


def _names(action: argparse.Action) -> str:
    takes = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
    if isinstance(takes, tuple):
        takes = " ".join(takes)
    if action.choices is not None:
        takes = "|".join(str(choice) for choice in action.choices)
    if action.nargs == 0:
        takes = ""
    names = [f"{name} {takes}".rstrip() for name in action.option_strings] or [takes]
    return ", ".join(f"`{_text(name)}`" for name in names)


def _text(words: str) -> str:
    return " ".join(words.split()).replace("%%", "%").replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(0 if PAGE.write_text(page(), encoding="utf-8") else 1)
