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
        "anchors -n x",
        "search x -n x",
        "otel --port x",
        "lsp --tcp 99999",
        "lsp --tcp -1",
        "lsp --tcp x",
        "blame -L 0,3 f.txt",
        "blame -L nonsense f.txt",
        "blame -L 3,+0 f.txt",
        f"blame -L {'9' * 5000} f.txt",
        "blame --rev HEAD --contents - f.txt",
        "install nobody",
        "uninstall nobody",
        "editor-config helix",
    ],
)
def test_wrong_usage(person: Person, words: str) -> None:
    (person.repository / "f.txt").write_text("text\n")
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


def test_a_number_beyond_all_is_all(person: Person) -> None:
    story.session(person, prompt="news")
    assert json.loads(person.byline("search", "news", "-n", "9" * 20, "--json").stdout)["total_hits"] == 1


DELETED = "byline: the folder you stand in was deleted; `cd` to one that is there\n"


@pytest.mark.parametrize(
    "words",
    [
        *("", "anchor show HEAD", "anchors", "back", "blame --rev HEAD f.txt", "correct f.txt:1 --owner human"),
        *(
            "disable",
            "doctor",
            "enable",
            "export --format ndjson",
            "fetch",
            "forget s1",
            "gc",
            "goto",
            "import",
            "mcp",
        ),
        *("import --transcripts", "install claude --project -y", "projects", "push", "reindex", "report", "search x"),
        *(
            "session dismiss s1",
            "session show s1",
            "sessions",
            "settings",
            "settings default set keepDays 3",
            "stats",
        ),
        *("diff", "mcp", "stats", "status", "sync"),
    ],
)
def test_a_working_directory_that_was_deleted(person: Person, words: str) -> None:
    folder = person.repository / "gone"
    folder.mkdir()
    done = person.byline(*words.split(), cwd=folder, start=folder.rmdir, code=None)
    assert not (person.data / "crashes").exists()
    assert done.stderr == DELETED if done.returncode else done.stderr == ""
    assert done.returncode == (0 if words in ("", "projects") else 1)


def test_what_needs_no_folder_works_in_one_that_was_deleted(person: Person) -> None:
    folder = person.repository / "gone"
    folder.mkdir()
    person.byline("install", "claude", "-y", cwd=folder, start=folder.rmdir)
    assert person.settings.exists()


def test_a_filter_that_fits_nothing_is_named(person: Person) -> None:
    story.session(person, "s1")
    for words, said in (
        (("--agent", "nope"), "no sessions of nope; "),
        (("--file", "nope.py"), "no sessions that wrote or read nope.py; "),
        (("--agent", "nope", "--active", "--file", "x"), "no sessions of nope that still run and wrote or read x; "),
    ):
        assert said in person.byline("sessions", *words).stdout
