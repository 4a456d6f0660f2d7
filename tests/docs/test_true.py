"""What the documents say of commands, events and pictures is so."""

import importlib.util
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from byline.cli.commands import COMMANDS
from byline.cli.main import main
from byline.model import Event

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
EVENT_FORMAT = (ROOT / "docs" / "event-format.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]


def shell_lines() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.strip() and not line.startswith("#")]


def test_every_command_is_in_the_readme() -> None:
    table = README.partition("## Commands")[2].partition("\n## ")[0]
    assert [row.name for row in COMMANDS if not re.search(rf"`byline {row.name}\b", table)] == []


def test_the_readme_names_no_command_that_is_not_there() -> None:
    names = {row.name for row in COMMANDS} | {"COMMAND"}
    for document in DOCUMENTS:
        told = re.findall(r"(?:`|^)byline ([a-zA-Z-]+)", document.read_text("utf-8"), re.MULTILINE)
        assert [name for name in told if name not in names] == [], document


@pytest.mark.parametrize("line", [line for row in COMMANDS for line, _ in row.examples])
def test_examples_parse(line: str) -> None:
    """The command's own parser takes its examples; nothing is run."""
    from byline.cli.parser import Parser

    program, name, *words = shlex.split(line)
    row = next(row for row in COMMANDS if row.name == name)
    parser = Parser(row.name, row.summary, row.examples)
    importlib.import_module(row.module).arguments(parser)
    assert program == "byline"
    parser.parse_args(words)


@pytest.mark.parametrize("name", [row.name for row in COMMANDS])
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert f"usage: byline {name}" in capsys.readouterr().out


def test_every_field_of_an_event_is_documented() -> None:
    table = EVENT_FORMAT.partition("## A record")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines() if "|" in line)))
    named |= set(re.findall(r"`(\w+)`", EVENT_FORMAT.partition("| `correct` |")[2].partition("\n")[0]))
    assert [field.name for field in msgspec.structs.fields(Event) if field.name not in named] == []


def test_every_kind_of_event_is_documented() -> None:
    from byline_hooks.observation import EVENTS

    table = EVENT_FORMAT.partition("## Events")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines() if "|" in line)))
    assert set(EVENTS) <= named


def test_first_commands_are_the_main_job_and_the_tests() -> None:
    job, tests = shell_lines()[:2]
    assert job.startswith("python3 -m venv .venv && ")
    assert job.endswith("&& .venv/bin/byline demo")
    assert tests.startswith("python3 -m venv .venv && ")
    assert tests.endswith("&& .venv/bin/pytest -n auto --maxprocesses 8")
    group = re.search(r"--group (\w+)", tests)
    assert group is not None
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert any(need.startswith("pytest>") for need in settings["dependency-groups"][group[1]])


def test_continuous_integration_runs_the_same_commands() -> None:
    steps = (ROOT / ".ci" / "run").read_text("utf-8")
    for line in shell_lines()[:2]:
        assert line.rpartition("&& ")[2] in steps


def picture() -> ModuleType:
    spec = importlib.util.spec_from_file_location("picture", ROOT / "docs" / "pictures" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_picture_shows_what_the_server_answers() -> None:
    make = picture()
    shown = make.texts((ROOT / "docs" / "pictures" / "hover.svg").read_text("utf-8"))
    now = make.texts(make.draw(make.answers()))
    assert shown == now, "`python docs/pictures/make.py` draws it anew"
    assert any("claude · sonnet-4.5" in text for text in shown)


def test_version_is_the_changelogs() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert settings["project"]["version"] in (ROOT / "docs" / "changelog.md").read_text("utf-8")


def test_python_dash_m_is_the_program(capfd: pytest.CaptureFixture[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "byline", "--help"], capture_output=True, text=True, check=True)
    assert main(["--help"]) == 0
    assert done.stdout == capfd.readouterr().out


def test_words_are_explained() -> None:
    """What a hover can call a line's owner, and how it is linked, is in the glossary."""
    from byline.model import OwnerKind

    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    rows = {line.split("|")[1].strip() for line in glossary.splitlines() if line.startswith("| ")}
    assert {*OwnerKind.__args__, "explicit", "inferred", "anchor", "snapshot", "event"} <= rows  # type: ignore[attr-defined]


def test_formatters_are_those_of_the_code() -> None:
    from byline.attribution.formatters import FORMATTERS

    table = (ROOT / "docs" / "ownership.md").read_text("utf-8").partition("## Formatters")[2].partition("\n\n`")[2]
    assert set(re.findall(r"`([\w-]+)`", "`" + table)) == FORMATTERS
