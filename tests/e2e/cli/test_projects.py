"""`byline projects` and `byline` alone."""

import json
import shutil
from typing import Any

from . import story
from .conftest import Person

FIELDS = {"id", "name", "path", "remote", "enabled", "last_activity", "anchors", "tokens", "ai_pct"}


def rows(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(person.byline("projects", "--json", cwd=person.home).stdout)
    return found


def test_projects(person: Person) -> None:
    person.git("remote", "add", "origin", "https://ada:secret@example.org/x/y.git")
    story.session(person)
    story.tell(person, "turn_end", tokens={"input": 40, "output": 2})
    story.commit(person)
    person.byline("sync")
    (row,) = rows(person)
    assert set(row) >= FIELDS
    assert (row["name"], row["path"], row["enabled"], row["exists"]) == ("repo", str(person.repository), True, True)
    assert row["remote"] == "https://example.org/x/y.git"
    assert (row["sessions"], row["tokens"], row["anchors"], row["ai_pct"]) == (1, 42, 1, 100.0)
    assert row["last_activity"].endswith("Z")
    whole = json.loads(person.byline("--json", cwd=person.home).stdout)
    assert whole["projects"] == [row]
    assert whole["stats"] == {"projects": 1, "sessions": 1, "anchors": 1, "tokens": 42, "ai_pct": 100.0}
    said = person.byline(cwd=person.home).stdout
    assert "repo" in said
    assert "100 %" in said


def test_gone_and_switched_off(person: Person) -> None:
    story.session(person)
    person.git("config", "byline.enabled", "false")
    assert rows(person)[0]["enabled"] is False
    shutil.rmtree(person.repository / ".git")
    (row,) = rows(person)
    assert (row["exists"], row["enabled"], row["anchors"]) == (False, False, 0)
    assert "gone" in person.byline("projects", cwd=person.home).stdout


def test_nothing_yet(person: Person) -> None:
    assert rows(person) == []
    assert json.loads(person.byline("--json").stdout)["projects"] == []
    assert person.byline().stdout == person.byline("--help").stdout
