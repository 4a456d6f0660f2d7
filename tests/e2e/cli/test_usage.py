"""Words that make no sense end with 2 and a line that says why; numbers mean the same in every command."""

import json

import pytest

from . import story
from .conftest import Person


@pytest.mark.parametrize(
    "words",
    [
        "session show s1 --as mi6",
        "session show s1 --undo",
        "otel --port 99999",
        "otel --port -1",
        "import --transcripts foo",
        "import --transcripts aider",
        "sessions -n -1",
        "search x -n -1",
        "anchors -n -1",
    ],
)
def test_wrong_usage(person: Person, words: str) -> None:
    story.session(person, "s1")
    done = person.byline(*words.split(), code=2)
    assert done.stdout == ""
    assert done.stderr.startswith(f"byline {words.split()[0]}: ")
    assert done.stderr.endswith("--help`\n")
    assert done.stderr.count("\n") == 1


def test_none_at_most_is_all(person: Person) -> None:
    (person.repository / "other").write_text("text\n")
    story.commit(person)
    for number in range(25):
        story.tell(person, "prompt", session_id=f"s{number}", prompt="the same words")
    assert len(json.loads(person.byline("sessions", "--json", "-n", "0").stdout)) == 25
    for most, shown in (("0", 25), ("7", 7)):
        found = json.loads(person.byline("search", "same", "--json", "-n", most).stdout)
        assert (found["total_hits"], len(found["hits"])) == (25, shown)
    person.byline("sync")
    person.byline("anchors", "-n", "0")


def test_a_filter_that_fits_nothing_is_named(person: Person) -> None:
    story.session(person, "s1")
    for words, said in (
        (("--agent", "nope"), "no sessions of nope; "),
        (("--file", "nope.py"), "no sessions that wrote or read nope.py; "),
        (("--agent", "nope", "--active", "--file", "x"), "no sessions of nope that still run and wrote or read x; "),
    ):
        assert said in person.byline("sessions", *words).stdout
