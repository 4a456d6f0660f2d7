"""Agents without hooks, as a person meets them: commands that answer look first at what was left."""

import json
import os
import time
from pathlib import Path

import pytest

from .conftest import Person

HISTORY = Path(__file__).parents[2] / "data" / "followed" / "aider.chat.history.md"
OLD = "def hello():\n    return 'hello'\n"
NEW = OLD.replace("'hello'", "'hello, world'")
MARK = "Co-authored-by: aider (openai/mock-model) <aider@aider.chat>"


@pytest.fixture
def aided(person: Person) -> Person:
    """A repository in which aider has made one commit."""
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    file = person.repository / "hello.py"
    for text, message in ((OLD, "start"), (NEW, f"greet\n\n{MARK}")):
        file.write_text(text)
        person.git("add", "hello.py")
        person.git(*identity, "commit", "-q", "-m", message)
    history = person.repository / ".aider.chat.history.md"
    history.write_text(HISTORY.read_text().replace("38cb519", person.git("rev-parse", "--short", "HEAD").strip()))
    os.utime(history, (time.time() - 60,) * 2)
    return person


def test_blame_names_aider_without_anybody_having_installed_anything(aided: Person) -> None:
    lines = json.loads(aided.byline("blame", "--json", "hello.py").stdout)["lines"]
    assert [line["agent"] for line in lines] == [None, "aider"]
    assert lines[1]["model"] == "openai/mock-model"


def test_sessions_know_its_prompt(aided: Person) -> None:
    (session,) = json.loads(aided.byline("sessions", "--json").stdout)
    assert session["agent"] == "aider"
    assert session["prompt"] == "please work"


def test_status_and_doctor_tell_of_it(aided: Person) -> None:
    agents = {row["agent"]: row for row in json.loads(aided.byline("status", "--json").stdout)["agents"]}
    assert agents["aider"]["events"] == 5
    told = json.loads(aided.byline("doctor", "--json", code=None).stdout)["agents"]
    (row,) = [row for row in told if row["agent"] == "aider"]
    assert (row["how"], row["version"]) == ("followed", "0.86.2")
    assert row["last_event_at"].endswith("Z")


def test_a_store_nobody_may_write_is_no_reason_to_fail(aided: Person) -> None:
    Path(aided.repository, ".git", "byline").write_text("in the way")
    aided.env["BYLINE_DATA_DIR"] = "/dev/null/data"
    aided.byline("blame", "hello.py")
