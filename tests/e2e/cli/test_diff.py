"""`byline diff`: every changed line with its owner."""

import json
from typing import Any

from . import story
from .conftest import Person


def diff(person: Person, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(person.byline("diff", *words, "--json").stdout)
    return found


def changed(file: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    rows = [row for hunk in file["hunks"] for row in hunk["lines"] if row["change"] != "context"]
    return [(row["change"], row["content"], row["session_id"]) for row in rows]


def prepare(person: Person) -> str:
    story.tell(person, "session_start")
    (person.repository / "a.txt").write_text("".join(f"{n}\n" for n in range(20)))
    first = story.commit(person)
    text = (person.repository / "a.txt").read_text()
    story.write(person, "a.txt", text.replace("3\n4\n", "three\n4\n").replace("15\n", ""))
    return first


def test_the_working_files(person: Person) -> None:
    first = prepare(person)
    told = diff(person)
    assert (told["from"], told["to"]) == (first, None)
    (file,) = told["files"]
    assert changed(file) == [("deleted", "3", None), ("added", "three", "s1"), ("deleted", "15", None)]
    assert file["added"] == {"session": 1, "human": 0, "unknown": 0}
    assert file["deleted"] == {"session": 0, "human": 0, "unknown": 2}


def test_the_numbers_are_those_of_git(person: Person) -> None:
    prepare(person)
    heads = [line.split("@@")[1].strip() for line in person.git("diff").splitlines() if line.startswith("@@")]
    told = [
        f"-{hunk['old_start']},{hunk['old_lines']} +{hunk['new_start']},{hunk['new_lines']}"
        for hunk in diff(person)["files"][0]["hunks"]
    ]
    assert told == heads


def test_a_range_with_a_rename_a_new_and_a_deleted_file(person: Person) -> None:
    first = prepare(person)
    second = story.commit(person)
    person.git("mv", "a.txt", "b.txt")
    story.write(person, "new.py", "x = 1\n", session_id="s2")
    story.commit(person)
    told = diff(person, f"{second}..HEAD")
    assert [(file["status"], file["path"], file["old_path"]) for file in told["files"]] == [
        ("R", "b.txt", "a.txt"),
        ("A", "new.py", None),
    ]
    assert changed(told["files"][1]) == [("added", "x = 1", "s2")]
    assert [file["path"] for file in diff(person, f"{first}...HEAD", "new.py")["files"]] == ["new.py"]
    (person.repository / "new.py").unlink()
    assert changed(diff(person)["files"][0]) == [("deleted", "x = 1", "s2")]
    text = person.byline("diff", f"{second}..HEAD").stdout
    assert "m s2 + x = 1" in text
    assert "R b.txt (from a.txt)" in text
    assert person.byline("diff", "--stat", f"{second}..HEAD").stdout.splitlines()[0].startswith("file")


def test_a_file_without_a_range(person: Person) -> None:
    prepare(person)
    assert [file["path"] for file in diff(person, "a.txt")["files"]] == ["a.txt"]
    assert diff(person, "HEAD", "none")["files"] == []
    assert "no revision" in person.byline("diff", "nonsense", code=1).stderr


def test_before_the_first_commit_and_binaries(person: Person) -> None:
    story.write(person, "a.txt", "a\n")
    (person.repository / "b.bin").write_bytes(b"\0\1")
    person.git("add", "-A")
    told = diff(person)
    assert told["from"] is None
    assert [(file["path"], file["binary"]) for file in told["files"]] == [("a.txt", False), ("b.bin", True)]
    assert changed(told["files"][0]) == [("added", "a", "s1")]
