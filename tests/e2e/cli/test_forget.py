"""`byline forget` leaves no word of a session, and loses nobody else's."""

import contextlib
import errno
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from byline.errors import BylineError
from byline.store import forgetting, index
from byline.store.index import Index
from byline.store.paths import Folders
from hookrun import hook

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


def expect_patch(person: Person, session: str, text: str) -> None:
    """A patch inside a shell call of Codex, which is then killed."""
    (person.repository / "f.txt").write_text("old\n")
    patch = f"*** Begin Patch\n*** Update File: f.txt\n@@\n-old\n+{text}\n*** End Patch\n"
    command = f"apply_patch <<'EOF'\n{patch}EOF\n"
    payload = {
        "hook_event_name": "PreToolUse",
        "session_id": session,
        "turn_id": "t1",
        "tool_use_id": "c1",
        "cwd": str(person.repository),
        "tool_name": "Bash",
        "tool_input": {"command": command},
    }
    hook("codex", payload, person.repository, person.env)


@pytest.mark.parametrize("ending", ["", ".1f3"])
def test_patches_that_still_wait_go(person: Person, ending: str) -> None:
    """Also where a hook has died that was looking at them."""
    expect_patch(person, "killed", SECRET)
    expect_patch(person, "other", "another text")
    (file,) = (person.store / "pending").glob("killed*")
    assert SECRET.encode() in file.read_bytes()
    file = file.rename(file.with_name(file.name + ending))
    forget(person, "killed", "--dry-run")
    assert SECRET.encode() in file.read_bytes()
    forget(person, "killed")
    assert SECRET.encode() not in everything(person) and not file.exists()
    assert b"another text" in (person.store / "pending" / "other.jsonl").read_bytes()


def test_a_patch_of_another_session_in_the_same_file_stays(person: Person) -> None:
    """Whose id differs only where a name of a file cannot."""
    for session in ("a.b", "a:b"):
        expect_patch(person, session, f"{SECRET} {session}")
    (file,) = (person.store / "pending").iterdir()
    assert file.read_bytes().count(SECRET.encode()) == 2
    forget(person, "a.b")
    kept = file.read_bytes()
    assert f"{SECRET} a.b".encode() not in kept and f"{SECRET} a:b".encode() in kept


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
    whose = f"1 commit of {person.repository} names it"
    said = person.byline("forget", "s1").stdout
    assert "published:" not in said
    assert f"in this clone's anchors, and at no remote it has: {whose} (anchor); no prompt is in it\n" in said
    person.git("init", "-q", "--bare", str(person.home / "remote.git"))
    person.git("remote", "add", "origin", str(person.home / "remote.git"))
    person.byline("push")
    said = person.byline("forget", "s1").stdout
    assert f"published: {whose} (anchor, anchor:origin); no prompt is in it\n" in said
    story.write(person, "s1.py", "one\n")
    story.commit(person)
    person.byline("sync")
    said = person.byline("forget", "s1").stdout
    assert f"published: 1 commit of 2 of {person.repository} name it (anchor, anchor:origin)" in said


def test_what_is_gone_is_not_counted_again(person: Person) -> None:
    story.session(person, "s1", SECRET)
    story.write(person, "a.py", "one\n")
    story.write(person, "a.py", "one\ntwo\n", session_id="s2")
    (would,), (gone,) = (forget(person, "s1", *dry)["repositories"] for dry in (["--dry-run"], []))
    assert would == gone and gone["snapshots"] == gone["shared"] == 1
    for dry in (["--dry-run"], []):
        (again,) = forget(person, "s1", *dry)["repositories"]
        assert (again["prompts"], again["snapshots"], again["shared"]) == (0, 0, 1)
    assert "would go: 0 prompts and 0 snapshots" in person.byline("forget", "s1", "--dry-run").stdout


def test_one_that_fails_does_not_keep_the_others(person: Person) -> None:
    """A folder stands where ids of deleted snapshots are noted: the others are done, and that one is named."""
    other = person.home / "other"
    other.mkdir()
    person.git("init", "-q", "--template=", str(other))
    story.session(person, "s1", SECRET)
    story.tell(person, "prompt", cwd=other, prompt=SECRET)
    dropped = person.store / "dropped"
    dropped.mkdir()
    done = person.byline("forget", "s1", code=1)
    (said,) = done.stderr.splitlines()
    assert said == (
        f"byline: not forgotten in {person.repository}: {dropped} is a folder, and byline keeps a file of that name: "
        "move it away and try again"
    )
    assert f"gone: 1 prompt and 0 snapshots ({other})" in done.stdout
    spool = b"".join(file.read_bytes() for file in (other / ".git" / "byline" / "spool").glob("*"))
    assert SECRET.encode() not in spool
    told = json.loads(person.byline("forget", "--json", "s1", code=1).stdout)
    assert [one["path"] for one in told["failed"]] == [str(person.repository)]
    dropped.rmdir()
    assert forget(person, "s1")["failed"] == []
    assert SECRET.encode() not in everything(person)


def test_what_cannot_be_read_is_not_called_forgotten(person: Person) -> None:
    story.session(person, "s1", SECRET)
    (spool,) = (person.store / "spool").glob("*.jsonl")
    with pytest.raises(BylineError, match=r"cannot read .*see that you may"), unreadable(spool):
        forgetting.forget(Folders(None, person.store), "s1", dry_run=False)


@contextlib.contextmanager
def unreadable(path: Path) -> Iterator[None]:
    """Also for root, whom no mode keeps out."""
    opened = Path.open

    def refuse(self: Path, *given: Any, **named: Any) -> Any:
        if self == path:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return opened(self, *given, **named)

    with mock.patch.object(Path, "open", refuse):
        yield


def test_an_index_that_another_program_has_open(person: Person) -> None:
    """Where files that are open cannot be deleted, what they hold is taken out of them."""
    story.session(person, "s1", SECRET)
    person.byline("sessions")
    person.byline("search", "plan")
    path = person.store / "index.db"
    assert b"plan" in path.read_bytes()
    reader = Index(Folders(None, person.store))
    unlink = Path.unlink

    def refuse(self: Path, missing_ok: bool = False) -> None:
        if self.name.startswith("index.db") and self.exists():
            raise PermissionError(errno.EACCES, "in use by another process", str(self))
        unlink(self, missing_ok)

    with mock.patch.object(Path, "unlink", refuse):
        assert index.delete(Folders(None, person.store)) > 0
        assert not [file for file in person.store.glob("index.db*") if b"plan" in file.read_bytes()]
        assert reader.all("sessions") == {}
        reader.put("sessions", "all", b"new")
        assert reader.get("sessions", "all") == b"new"
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(BylineError, match="is in use and keeps its words: close the editors"):
            index.delete(Folders(None, person.store))
        holder.close()
    reader.close()
    assert "1 session" in person.byline("reindex").stdout
    assert "plan" in person.byline("sessions").stdout


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
