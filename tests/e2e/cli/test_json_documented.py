"""Every field that `--json` prints is in docs/json.md, and every field documented there is printed."""

import json
import re
from typing import Any

import pytest

from . import story
from .conftest import ROOT, Person

JSON = (ROOT / "docs" / "json.md").read_text("utf-8")
SESSIONS = (ROOT / "docs" / "sessions.md").read_text("utf-8")
MAPS = {
    "tool_usage",
    "sources",
    "by_agent",
    "by_model",
    "by_author",
    "by_folder",
    "by_session",
    "effective",
    "sessions",
}
"""Objects whose keys are names of other things."""


def section(title: str) -> str:
    return JSON.partition(f"## {title}")[2].partition("\n")[2].partition("\n## ")[0]


def named(text: str) -> set[str]:
    found = set()
    for code in re.findall(r"`([^`]+)`", text):
        found |= set(re.findall(r"[a-z_]+", code))
    return found


def keys(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(keys, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    found = set(value)
    for name, inner in value.items():
        found |= set().union(*map(keys, inner.values())) if name in MAPS and isinstance(inner, dict) else keys(inner)
    return found


@pytest.fixture
def told(person: Person) -> Person:
    story.session(person, "s1", "add a greeting")
    story.commit(person)
    story.write(person, "s1.py", "def hello():\n    return 'hi'\n")
    return person


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("`byline projects", ("--json",)),
        ("`byline projects", ("projects", "--json")),
        ("`byline search", ("search", "greeting", "--json")),
        ("`byline stats", ("stats", "HEAD", "--json")),
        ("`byline diff", ("diff", "--json")),
        ("`byline settings", ("settings", "--json")),
        ("`byline settings", ("settings", "get", "enabled", "--json")),
        ("`byline gc", ("gc", "--json")),
        ("`byline blame", ("blame", "s1.py", "--json")),
        ("`byline sync", ("sync", "--json")),
        ("`byline status", ("status", "--json")),
        ("`byline forget", ("forget", "s1", "--dry-run", "--json")),
        ("`byline reindex", ("reindex", "--json")),
        ("`byline install", ("install", "claude", "--dry-run", "--json")),
        ("`byline install", ("uninstall", "--json")),
    ],
)
def test_fields_are_documented(told: Person, title: str, words: tuple[str, ...]) -> None:
    text = section(title)
    assert text
    assert sorted(keys(json.loads(told.byline(*words).stdout)) - named(text)) == []


def test_a_report_is_documented(told: Person) -> None:
    story.commit(told)
    report = json.loads(told.byline("report", "HEAD~1", "--json").stdout)
    assert report["files"]
    assert report["sessions"]
    files = [{name: value for name, value in file.items() if name != "sessions"} for file in report["files"]]
    assert sorted(keys({**report, "files": files}) - named(section("`byline report"))) == []


def test_anchors_are_documented(told: Person) -> None:
    told.byline("sync")
    (row,) = json.loads(told.byline("anchors", "--json").stdout)
    assert sorted(keys(row) - named(section("`byline anchors"))) == []
    shown = json.loads(told.byline("anchor", "show", "HEAD", "--json").stdout)
    rest = {name: value for name, value in shown.items() if name not in ("anchor", "sessions")}
    assert sorted({*keys(rest), *shown} - named(section("`byline anchor show"))) == []


def test_sessions_have_the_documented_fields_and_no_other(told: Person) -> None:
    (row,) = json.loads(told.byline("sessions", "--json").stdout)
    page = json.loads(told.byline("session", "show", "s1", "--json").stdout)
    lines = [line for line in section("`byline sessions").splitlines() if line.startswith("| ")]
    link, more, besides = (set(re.findall(r"`(\w+)`", line.split("|")[2])) for line in lines[2:])
    assert set(row) == link | more
    assert set(page) == link | more | besides
    table = "".join(line.split("|")[1] for line in SESSIONS.splitlines() if line.startswith("| `"))
    assert sorted(set(page) - set(re.findall(r"`(\w+)`", table))) == []
