"""One thing is one, several are several."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

from byline.cli.terminal import counted

CLI = Path(__file__).resolve().parents[3] / "lsp" / "byline" / "cli"
NOUNS = "times|prompts|trees|commits|snapshots|files|lines|sessions|turns|days|repositories|anchors|records|notes"


@pytest.mark.parametrize(
    ("number", "words", "told"),
    [
        (0, ("line",), "0 lines"),
        (1, ("line",), "1 line"),
        (2, ("line",), "2 lines"),
        (1, ("repository", "repositories"), "1 repository"),
        (5, ("repository", "repositories"), "5 repositories"),
    ],
)
def test_counted(number: int, words: tuple[str, ...], told: str) -> None:
    assert counted(number, *words) == told


def test_no_command_writes_a_plural_of_its_own() -> None:
    """A number that may be one, with a plural after it in the same text."""
    found = []
    for path in sorted(CLI.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.JoinedStr):
                continue
            for one, after in pairwise(node.values):
                text = str(after.value) if isinstance(after, ast.Constant) else ""
                number = isinstance(one, ast.FormattedValue) and not isinstance(one.value, ast.Call)
                is_len = isinstance(one, ast.FormattedValue) and ast.unparse(one.value).startswith("len(")
                if (number or is_len) and re.match(rf" (?:{NOUNS})\b", text):
                    found.append(f"{path.relative_to(CLI)}:{node.lineno}: {ast.unparse(one)}{text}")
    assert found == []
