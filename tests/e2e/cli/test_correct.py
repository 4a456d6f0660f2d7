"""`byline correct`, told by what `byline blame` then says."""

import json
from typing import Any

import pytest

from . import story
from .conftest import Person


def lines(person: Person, file: str, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(person.byline("blame", "--json", *options, file).stdout)["lines"]
    return found


def test_a_persons_word_on_lines_and_back(person: Person) -> None:
    story.session(person)
    assert [line["owner"] for line in lines(person, "s1.py")] == ["session", "session"]
    said = person.byline("correct", "s1.py:2", "--owner", "human").stdout
    assert said == "s1.py line 2: human (corrected by a person)\n"
    first, second = lines(person, "s1.py")
    assert first["owner"] == "session"
    assert (second["owner"], second["reason"], second["link_type"], second["source"], second["session_id"]) == (
        "human",
        "corrected by a person",
        "explicit",
        "manual",
        None,
    )
    assert second["previous"][0]["session_id"] == "s1"
    assert "s1.py line 2: m s1 (write by Edit)" in person.byline("correct", "s1.py:2", "--undo").stdout
    assert [line["owner"] for line in lines(person, "s1.py")] == ["session", "session"]


def test_committed_lines_nobody_saw(person: Person) -> None:
    story.tell(person, "session_start", session_id="abc-1")
    (person.repository / "old.txt").write_text("a\nb\nc\n")
    commit = story.commit(person)
    assert {line["owner"] for line in lines(person, "old.txt")} == {"unknown"}
    person.byline("correct", "old.txt:1-2", "--owner", "abc")  # the beginning of an id that only one has
    told = lines(person, "old.txt")
    assert [line["session_id"] for line in told] == ["abc-1", "abc-1", None]
    assert told[0]["agent"] == "m"
    assert {line["state"] for line in told} == {"committed"}
    assert {line["origin_sha"] for line in told} == {commit}
    # The word goes with the lines into later commits.
    (person.repository / "old.txt").write_text("new\na\nb\nc\n")
    story.commit(person, "above")
    assert [line["session_id"] for line in lines(person, "old.txt", "--rev", "HEAD")] == [
        None,
        "abc-1",
        "abc-1",
        None,
    ]
    person.byline("correct", "old.txt:2-3", "--undo")
    assert {line["owner"] for line in lines(person, "old.txt")} == {"unknown"}


def test_one_word_after_another_is_taken_back_one_by_one(person: Person) -> None:
    story.session(person)
    person.byline("correct", "s1.py:1,+2", "--owner", "human")
    person.byline("correct", "s1.py:1", "--owner", "unknown")
    assert [line["owner"] for line in lines(person, "s1.py")] == ["unknown", "human"]
    person.byline("correct", "s1.py:1", "--undo")
    assert [line["owner"] for line in lines(person, "s1.py")] == ["human", "human"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("s1.py", "--owner", "human"), 2, "names no lines"),
        (("s1.py:1",), 2, "--owner --undo is required"),
        (("s1.py:9", "--owner", "human"), 1, "has 2 lines"),
        (("s1.py:0", "--owner", "human"), 1, "has 2 lines"),
        (("none.py:1", "--owner", "human"), 1, "there is no file"),
        (("s1.py:1", "--owner", "nobody"), 1, "no session 'nobody' is recorded here"),
    ],
)
def test_what_cannot_be_corrected(person: Person, words: tuple[str, ...], code: int, said: str) -> None:
    story.session(person)
    done = person.byline("correct", *words, code=code)
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_where_recording_is_off_it_says_so(person: Person) -> None:
    story.session(person)
    person.git("config", "byline.enabled", "false")
    assert "recording is off here" in person.byline("correct", "s1.py:1", "--owner", "human", code=1).stderr


def test_outside_a_repository(person: Person) -> None:
    notes = person.home / "notes.txt"
    notes.write_text("a\n")
    assert "notes.txt line 1: human" in person.byline("correct", f"{notes}:1", "--owner", "human").stdout
    (line,) = lines(person, str(notes))
    assert (line["owner"], line["source"]) == ("human", "manual")
