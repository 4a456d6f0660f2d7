import re
from pathlib import Path

import pytest

from byline.attribution.commands import uses_git
from byline.attribution.formatters import FORMATTERS, is_formatter_run, names_formatter

ROOT = Path(__file__).parents[3]

RUNS = [
    "black .",
    "black -q src tests",
    "ruff format .",
    "ruff format",
    "npx prettier --write src/a.ts",
    "npx --no-install prettier -w .",
    "uv run black .",
    "poetry run isort .",
    "python -m black .",
    "python3 -m isort f.py",
    "/usr/local/bin/gofmt -w .",
    "go fmt ./...",
    "cargo fmt",
    "cargo fmt --all",
    "clang-format -i a.c",
    "npx eslint --fix src",
    "eslint src --fix",
    "terraform fmt",
    "cd web && npx prettier -w .",
    "isort . && black .",
    "isort .; black .",
    "black . || true",
    "black . | tail -3",
    "black . && git status",
    "black . && git diff --stat",
    "FORCE_COLOR=1 black .",
    "env FORCE_COLOR=1 black .",
    "sudo black .",
    "time black .",
    "black 'a b.py'",
    "black . 2>&1",
    "black . 2>&1 | tail -3",
    "black . >/dev/null",
    "black . > /dev/null 2>&1",
    "black . &>/dev/null",
    "black . 2>/dev/null",
    "(cd web && npx prettier -w .)",
    "timeout 60 black .",
    "git ls-files '*.py' | xargs black",
    "isort .\nblack .",
    "black . # lay it out",
    "black . 2>&1 | tee format.log",
    "black . && git commit -am x",
    "black . && git checkout main",
    "git fetch -q; black .",
    "ruff format . && ruff check . && pytest -q",
    "black . && npm test && python -m mypy .",
]

OTHERS = [
    None,
    "",
    "   ",
    "make",
    "make fmt",
    "npm run format",
    "python gen.py",
    "python black.py",
    "sed -i s/a/b/ f.py",
    "black . && python gen.py",
    "python gen.py && black .",
    "black .\npython gen.py",
    "black . # lay it out\npython gen.py",
    "black . & python gen.py",
    "echo x > f.py && black .",
    "echo x >> f.py; black .",
    "black - < a.py > b.py",
    "black $(python gen.py)",
    "black `python gen.py`",
    "black 'unclosed",
    "cat f.py",
    "git status",
    "echo black .",
    "ruff check --fix .",
    "black . && ruff check --fix .",
    "black . && git clone there",
    "black . && npm run build",
    "cp a.py b.py && black b.py",
    "FOO=1",
    "bash -c 'python gen.py'",
    "black . && eval python gen.py",
    "black <(python gen.py)",
]


@pytest.mark.parametrize("command", RUNS)
def test_a_formatter_run(command: str) -> None:
    assert is_formatter_run(command)


@pytest.mark.parametrize(
    "command", [*RUNS, "python gen.py && black .", "echo x > f.py && black .", "cp a b; black b"]
)
def test_a_formatter_is_named(command: str) -> None:
    assert names_formatter(command)


@pytest.mark.parametrize("command", [None, "", "make fmt", "git commit -m x", "ruff check --fix .", "echo x > f.py"])
def test_no_formatter_is_named(command: str | None) -> None:
    assert not names_formatter(command)


@pytest.mark.parametrize("command", OTHERS)
def test_no_formatter_run(command: str | None) -> None:
    assert not is_formatter_run(command)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("git pull", True),
        ("cd x && git pull", True),
        ("cd x;git pull", True),
        ("(git pull)", True),
        ("/usr/bin/git pull", True),
        ("make\ngit pull", True),
        ("gh pr checkout 3", True),
        ("jj rebase", True),
        ("make", False),
        ("legit pull", False),
        ("echo digit", False),
        ("", False),
        (None, False),
    ],
)
def test_uses_git(command: str | None, *, expected: bool) -> None:
    assert uses_git(command) is expected


def test_the_published_table_is_the_one_in_use() -> None:
    page = (ROOT / "docs" / "ownership.md").read_text("utf-8")
    table = page.split("## Formatters that are known in a shell", 1)[1].split("\n## ", 1)[0]
    assert set(re.findall(r"`([a-z0-9-]+)`", table.split("…", 1)[1])) == FORMATTERS
