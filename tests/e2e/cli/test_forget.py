"""`byline forget` leaves no word of a session, and loses nobody else's."""

import json
import zlib
from typing import Any

import pytest

from . import story
from .conftest import Person

SECRET = "the plan nobody should read"


def forget(person: Person, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(person.byline("forget", "--json", *words).stdout)
    return found


def everything(person: Person) -> bytes:
    """All bytes byline keeps, snapshots unpacked."""
    found = b""
    for root in (person.store, person.data):
        for file in root.rglob("*"):
            if file.is_file():
                data = file.read_bytes()
                found += zlib.decompress(data) if file.parent.parent.name == "blobs" else data
    return found


def test_no_word_stays(person: Person) -> None:
    story.session(person, "s1", SECRET)
    story.write(person, "s1.py", f"# {SECRET}\n")
    story.tell(person, "pre_shell", command=f"echo {SECRET}", call_id="x")
    story.tell(person, "shell", command=f"echo {SECRET}", call_id="x")
    story.session(person, "s2", "another prompt")
    person.byline("sessions")
    person.byline("search", "plan")
    assert SECRET.encode() in everything(person)
    (person.repository / "s1.py").write_text("")
    would = forget(person, "s1", "--dry-run")
    assert SECRET.encode() in everything(person)
    told = forget(person, "s1")
    assert SECRET.encode() not in everything(person)
    (one,) = told["repositories"]
    assert (one["prompts"], one["path"]) == (1, str(person.repository))
    assert one["snapshots"] > 0
    assert would["repositories"][0]["prompts"] == 1
    assert told["published"] == []
    rows = {row["session_id"]: row for row in json.loads(person.byline("sessions", "--json").stdout)}
    assert (rows["s1"]["prompt"], rows["s1"]["files_touched"]) == (None, ["s1.py"])  # the tombstones
    assert rows["s1"]["forgotten_at"] is not None
    assert (rows["s2"]["prompt"], rows["s2"]["forgotten_at"]) == ("another prompt", None)
    assert forget(person, "s1")["repositories"][0]["prompts"] == 0  # again: nothing more to take


def test_others_keep_what_they_stand_on(person: Person) -> None:
    story.write(person, "a.py", "one\n")
    story.write(person, "a.py", "one\ntwo\n", session_id="s2")
    told = forget(person, "s1")
    assert told["repositories"][0]["shared"] == 1
    lines = json.loads(person.byline("blame", "--json", "a.py").stdout)["lines"]
    assert lines[1]["session_id"] == "s2"
    told = json.loads(person.byline("doctor", "--json", code=None).stdout)["problems"]
    assert [one for one in told if one["check"] in ("snapshots", "lines")] == []


def test_subagents_and_other_repositories(person: Person) -> None:
    other = person.home / "other"
    other.mkdir()
    person.git("init", "-q", "--template=", str(other))
    story.session(person, "s1", "here")
    story.tell(person, "prompt", cwd=other, prompt=SECRET)
    story.write(person, "b.py", f"{SECRET}\n", cwd=other, session_id="s1/sub", parent_session_id="s1")
    told = forget(person, "s1")
    assert {one["path"] for one in told["repositories"]} == {str(person.repository), str(other)}
    spool = b"".join(file.read_bytes() for file in (other / ".git" / "byline" / "spool").glob("*"))
    assert SECRET.encode() not in spool


def test_it_says_what_is_published(person: Person) -> None:
    story.session(person, "s1", SECRET)
    commit = story.commit(person)
    person.byline("sync")
    told = forget(person, "s1")
    assert told["published"] == [
        {"path": str(person.repository), "commits": [commit], "where": ["anchor"], "words": []}
    ]
    said = person.byline("forget", "s1").stdout
    assert f"published: 1 commit of {person.repository} names it (anchor); no prompt is in it\n" in said


@pytest.mark.parametrize("setting", ["transparency", "sharePrompts"])
def test_it_says_which_words_are_published(person: Person, setting: str) -> None:
    person.byline("settings", "set", setting, "true")
    lines = [json.dumps({"type": "user", "message": {"role": "user", "content": SECRET}})]
    transcript = person.home / "transcript.jsonl"
    transcript.write_text("".join(f"{line}\n" for line in lines))
    story.tell(person, "prompt", prompt=SECRET, turn_id="q1", transcript_path=str(transcript))
    story.write(person, "s1.py", "one\n", turn_id="q1")
    told_of = story.commit(person)
    person.byline("sync")
    person.byline("settings", "set", setting, "false")
    story.write(person, "s1.py", "one\ntwo\n", turn_id="q1")
    story.commit(person)
    person.byline("sync")
    before = forget(person, "s1", "--dry-run")["published"]
    (one,) = forget(person, "s1")["published"]
    assert before == [one] and len(one["commits"]) == 2
    (words,) = one["words"]
    assert (words["commit"], words["where"]) == (told_of, "anchor")
    expected = {"intent", "turns[].prompt", "1/transcript.json"} if setting == "transparency" else {"turns[].prompt"}
    assert expected <= set(words["fields"])
    said = person.byline("forget", "s1").stdout
    assert "no prompt is in" not in said
    assert "its words are in the anchors of 1 of them: " in said and "turns[].prompt" in said


def test_a_hook_may_write_meanwhile(person: Person) -> None:
    """What is appended to the file after it was forgotten is read as ever."""
    story.session(person, "s1", SECRET)
    (spool,) = (person.store / "spool").glob("*.jsonl")
    inode = spool.stat().st_ino
    forget(person, "s1")
    story.tell(person, "prompt", prompt="new", session_id="s3")
    assert spool.stat().st_ino == inode
    status = json.loads(person.byline("status", "--json").stdout)
    assert status["skipped_lines"] == 0


def test_unknown(person: Person) -> None:
    assert "no session" in person.byline("forget", "zz", code=1).stderr


def test_reindex(person: Person) -> None:
    story.session(person)
    before = json.loads(person.byline("sessions", "--json").stdout)
    told = json.loads(person.byline("reindex", "--json").stdout)
    assert (told["sessions"], told["dropped_bytes"] > 0) == (1, True)
    assert json.loads(person.byline("sessions", "--json").stdout) == before
    (person.store / "index.db").write_bytes(b"rubbish" * 1000)
    assert "1 session" in person.byline("reindex").stdout
