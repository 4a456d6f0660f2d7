"""Every option and argument of every command stands in docs/commands.md."""

import argparse
import importlib
import runpy
from pathlib import Path

import pytest

from byline.cli.commands import COMMANDS, Command
from byline.cli.parser import Parser

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "commands.md").read_text("utf-8")


def section(name: str) -> str:
    return PAGE.partition(f"\n## `byline {name}`\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
def test_all_it_takes_is_told(row: Command) -> None:
    parser = Parser(row.name, row.summary, row.examples)
    importlib.import_module(row.module).arguments(parser)
    text = section(row.name)
    missing = [
        name
        for action in parser._actions
        if action.help is not argparse.SUPPRESS
        for name in action.option_strings
        if name not in ("-h", "--help") and f"`{name}`" not in text and f"`{name} " not in text
    ]
    assert text, "`python docs/commands.py` writes it anew"
    assert missing == [], "`python docs/commands.py` writes it anew"
    assert [line for line, _ in row.examples if f"$ {line}" not in text] == []
    silent = [action.dest for action in parser._actions if not action.help]
    assert silent == [], "says nothing of itself"


def test_no_other_is_told() -> None:
    told = [line.split("`")[1].removeprefix("byline ") for line in PAGE.splitlines() if line.startswith("## `")]
    assert sorted(told) == sorted(row.name for row in COMMANDS)


def test_it_is_what_the_program_writes() -> None:
    """Else what somebody added to it by hand is gone the next time."""
    written: str = runpy.run_path(str(DOCS / "commands.py"))["page"]()
    assert written == PAGE, "`python docs/commands.py` writes it anew; what it can't know belongs into its NOTES"
