"""`byline settings` is `git config byline.KEY` with words."""

import json
from typing import Any

import pytest

from .conftest import Person


def effective(person: Person, *scope: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(person.byline("settings", *scope, "--json").stdout)["effective"]
    return found


@pytest.fixture
def chooser(person: Person) -> Person:
    """A person whose git settings can be written."""
    del person.env["GIT_CONFIG_GLOBAL"]
    return person


def test_scopes(chooser: Person) -> None:
    assert effective(chooser)["keepDays"] == {"value": 30, "source": "default", "is_set": False}
    chooser.byline("settings", "default", "set", "keepDays", "60")
    assert effective(chooser)["keepDays"] == {"value": 60, "source": "default", "is_set": True}
    chooser.byline("settings", "project", "set", "keepdays", "7")
    assert effective(chooser)["keepDays"] == {"value": 7, "source": "project", "is_set": True}
    assert effective(chooser, "default")["keepDays"]["value"] == 60
    assert chooser.byline("settings", "get", "byline.keepDays").stdout == "7\n"
    assert chooser.git("config", "--local", "byline.keepDays") == "7\n"
    chooser.byline("settings", "unset", "keepDays")
    assert chooser.byline("settings", "keepDays").stdout == "60\n"
    assert "keepDays" in chooser.byline("settings").stdout


def test_git_config_is_the_same(person: Person) -> None:
    person.git("config", "byline.enabled", "off")
    assert effective(person)["enabled"] == {"value": False, "source": "project", "is_set": True}
    person.byline("settings", "set", "enabled", "yes")
    assert person.git("config", "byline.enabled") == "true\n"
    told = json.loads(person.byline("settings", "get", "enabled", "--json").stdout)
    assert told == {"key": "enabled", "value": True, "source": "project", "is_set": True}


@pytest.mark.parametrize(
    "words",
    [("get", "nonsense"), ("set", "nonsense", "1"), ("set", "keepDays", "soon"), ("set", "keepDays"), ("unset",),
     ("set", "enabled", "maybe"), ("get", "enabled", "true")],
)  # fmt: skip
def test_wrong_usage_is_2_and_changes_nothing(person: Person, words: tuple[str, ...]) -> None:
    before = (person.repository / ".git" / "config").read_bytes()
    done = person.byline("settings", *words, code=2)
    assert (done.stdout, len(done.stderr.splitlines())) == ("", 1)
    assert (person.repository / ".git" / "config").read_bytes() == before


def test_outside_a_repository(chooser: Person) -> None:
    assert "no git repository" in chooser.byline("settings", "project", cwd=chooser.home, code=1).stderr
    for words in (("set", "transparency", "true"), ("unset", "transparency")):
        said = chooser.byline("settings", *words, cwd=chooser.home, code=1).stderr
        assert f"`byline settings default {' '.join(words)}`" in said
    assert not (chooser.home / ".gitconfig").exists()
    assert effective(chooser)["transparency"]["value"] is False
    chooser.byline("settings", "default", "set", "keepDays", "9", cwd=chooser.home)
    assert effective(chooser)["keepDays"] == {"value": 9, "source": "default", "is_set": True}
