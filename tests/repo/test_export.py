"""Anchors in the formats of other tools, and git-ai's notes as owners of lines."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from anchorkit import anchor, links, put
from byline.cli.main import dispatch
from byline.repo.anchors import agenttrace, gitai
from byline.repo.anchors.format import Anchor
from byline.repo.anchors.record import NotReadable
from gitrepo import Repo
from story import ForkedHook, story

Run = Callable[..., tuple[int, str, str]]
NOTE = """\
f.txt
  s_0123456789abcd::t_00000000000001 2,4-5
  h_0123456789abcd 1
"sp ace.txt"
  0123456789abcdef 1-2
---
{"schema_version": "authorship/3.0.0", "base_commit_sha": "x",
 "prompts": {"0123456789abcdef": {"agent_id": {"tool": "cursor", "id": "old", "model": "m"}}},
 "sessions": {"s_0123456789abcd": {"agent_id": {"tool": "claude", "id": "sess", "model": "m"}}}}
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(where: Path, *words: str) -> tuple[int, str, str]:
        monkeypatch.chdir(where)
        code = dispatch(list(words), os.environ)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_note_is_read() -> None:
    found, _ = gitai.parse("a" * 40, NOTE.encode())
    told = {
        change.path: [
            (part.session_id, part.agent, [(r.start, r.end) for r in part.ranges])
            for part in change.line_attributions
        ]
        for change in found.file_changes
    }
    assert told == {
        "f.txt": [("sess", "claude", [(2, 2), (4, 5)])],
        "sp ace.txt": [("old", "cursor", [(1, 2)])],
    }


@pytest.mark.parametrize(
    "data", [b"", b"x", b"\xff\n---\n{}", b"f\n---\n{", b"f\n---\n[]", b'f\n---\n{"schema_version": "9"}']
)
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(NotReadable):
        gitai.parse("a" * 40, data)


def test_odd_entries_of_a_note_cost_only_themselves() -> None:
    odd = NOTE.replace("2,4-5", "0,9-3,x,2,99999999999").replace('"id": "old"', '"id": 7')
    found, _ = gitai.parse("a" * 40, odd.encode())
    (change,) = found.file_changes
    assert [(r.start, r.end) for r in change.line_attributions[0].ranges] == [(2, 2)]


def test_a_note_that_was_written_says_the_same() -> None:
    given = anchor("ab.ha", "..")
    found, _ = gitai.parse(given.commit_hash, gitai.render(given, links("a", "b")))

    def said(anchor: Anchor) -> dict[str, set[tuple[str | None, str]]]:
        return {
            change.path: {(part.session_id, str(part.ranges)) for part in change.line_attributions}
            for change in anchor.file_changes
            if change.line_attributions
        }

    assert said(found) == said(given)
    assert gitai.render(given, links("a", "b")) == gitai.render(given, links("a", "b"))


def test_notes_own_lines_where_nothing_of_ours_does(repo: Callable[..., Repo], run: Run) -> None:
    made = repo()
    made.commit("first", {"f.txt": "1\n2\n3\n4\n5\n", "sp ace.txt": "a\nb\nc\n"})
    made.run("notes", "--ref=ai", "add", "-F", "-", "HEAD", input=NOTE.encode())
    lines = json.loads(run(made.path, "blame", "--json", "f.txt")[1])["lines"]
    assert [line.get("session_id") for line in lines] == [None, "sess", None, "sess", "sess"]
    assert lines[1]["agent"] == "claude" and "git-ai" in lines[1]["reason"]
    lines = json.loads(run(made.path, "blame", "--json", "sp ace.txt")[1])["lines"]
    assert [line.get("session_id") for line in lines] == ["old", "old", None]
    made.run("notes", "--ref=ai", "add", "-f", "-m", "nonsense", "HEAD")
    lines = json.loads(run(made.path, "blame", "--json", "f.txt")[1])["lines"]
    assert [line["owner"] for line in lines] == ["unknown"] * 5


def check(record: object, schema: str = "") -> None:
    """What the schema of Agent Trace asks for."""
    assert isinstance(record, dict)
    assert record.keys() == {"version", "id", "timestamp", "vcs", "tool", "files", "metadata"}
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", record["version"])
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", record["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["timestamp"])
    assert record["vcs"].keys() == {"type", "revision"} and record["vcs"]["type"] == "git"
    assert re.fullmatch("[0-9a-f]{40}", record["vcs"]["revision"])
    assert record["tool"].keys() == {"name", "version"}
    for file in record["files"]:
        assert file.keys() == {"path", "conversations"}
        for conversation in file["conversations"]:
            assert conversation.keys() <= {"url", "contributor", "ranges", "related"} and conversation["ranges"]
            assert conversation["contributor"].keys() <= {"type", "model_id"}
            assert conversation["contributor"]["type"] in ("human", "ai", "mixed", "unknown")
            for part in conversation["ranges"]:
                assert part.keys() == {"start_line", "end_line"} and 1 <= part["start_line"] <= part["end_line"]


def test_a_note_that_git_copied_names_nobody(repo: Callable[..., Repo], run: Run) -> None:
    """At an amend: its lines are those of the commit before."""
    made = repo()
    made.run("config", "notes.rewriteRef", "refs/notes/*")
    commit = made.commit("first", {"f.txt": "ai\nai\nmine\n"})
    note = "f.txt\n  s_0123456789abcd 1-2\n---" + NOTE.partition("---")[2]
    made.run("notes", "--ref=ai", "add", "-F", "-", input=note.replace('"x"', f'"{commit}"').encode())

    def owners() -> list[str | None]:
        return [one.get("session_id") for one in json.loads(run(made.path, "blame", "--json", "f.txt")[1])["lines"]]

    assert owners() == ["sess", "sess", None]
    made.write("f.txt", "new\nnew\nai\nai\nmine\n")
    made.run("commit", "-qa", "--amend", "-m", "again")
    assert made.run("notes", "--ref=ai", "show").startswith("f.txt")
    assert owners() == [None] * 5
    said = "a note of git-ai speaks of another commit than the one it hangs on"
    assert json.loads(run(made.path, "import", "--format", "git-ai", "--json")[1])["skipped"] == {said: 1}
    found = json.loads(run(made.path, "doctor", "--json")[1])["problems"]
    assert [one["problem"] for one in found if said in one["problem"]]


def test_records_of_agent_trace_are_valid() -> None:
    given = anchor("ab.h", "..")
    record = agenttrace.record(given, links("a", "b"))
    check(record)
    assert [file["path"] for file in record["files"]] == ["f0"]
    assert [c["contributor"]["type"] for c in record["files"][0]["conversations"]] == ["ai", "ai", "human"]
    named = record["metadata"]["dev.byline"]["files"][0]["conversations"]
    assert [one.get("session_id") for one in named] == ["a", "b", None]
    assert record == agenttrace.record(given, links("a", "b"))


def test_export_of_a_real_history(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    tale = story(tmp_path, hook=ForkedHook())
    tale.init(f="a b").edit("A", f="a s1 b").commit("one").edit("B", f="a s1 b t").commit("two")
    for name, value in tale.world.environment().items():
        monkeypatch.setenv(name, value)
    here = tale.world.root
    assert run(here, "export") == (0, "", "")
    run(here, "sync")
    rows = [json.loads(line) for line in run(here, "export")[1].splitlines()]
    assert [row["anchor"]["message"] for row in rows] == ["one", "two"]
    assert rows[0]["sessions"][0]["session_id"] == rows[0]["anchor"]["session_ids"][0]
    for line in run(here, "export", "--format", "agent-trace")[1].splitlines():
        check(json.loads(line))
    (only,) = run(here, "export", "--format", "oobo", "HEAD")[1].splitlines()
    told = json.loads(only)["anchor"]
    assert told["message"] == "two" and "coverage" not in told and "unknown_added" not in told
    assert told["file_changes"][0]["line_attributions"] == [
        {"author": "ai", "ranges": [{"start": 4, "end": 4}], "agent": "robot"}
    ]
    assert len(run(here, "export", "HEAD~1..HEAD")[1].splitlines()) == 1
    assert run(here, "export", "nowhere")[0] == 1
    assert run(here, "export", "--format", "git-ai", "--write") == (0, "2 notes written to refs/notes/ai\n", "")
    assert run(here, "export", "--format", "git-ai", "--write") == (0, "0 notes written to refs/notes/ai\n", "")
    note = tale.world.git("notes", "--ref=ai", "show", "HEAD")
    head = tale.world.git("rev-parse", "HEAD").decode().strip()
    assert gitai.parse(head, note)[0].file_changes[0].path == "f.txt"
    tale.world.git("fsck", "--strict", "--no-dangling")
    assert run(here, "export", "--write")[0] == 1


def test_export_keeps_to_what_is_ours(repo: Callable[..., Repo], run: Run) -> None:
    made = repo()
    made.commit("first", {"f.txt": "1\n"})
    made.run("notes", "--ref=ai", "add", "-F", "-", "HEAD", input=NOTE.encode())
    put(made, 1)
    assert len(run(made.path, "export")[1].splitlines()) == 1


@pytest.mark.parametrize("given", ["nope", "nope..HEAD", "HEAD..nope"])
def test_a_range_that_git_does_not_know_is_told(repo: Callable[..., Repo], run: Run, given: str) -> None:
    made = repo()
    made.commit("start", {"f.txt": "a\n"})
    assert run(made.path, "export", "HEAD")[0] == 0
    code, said, problem = run(made.path, "export", given)
    assert (code, said) == (1, "") and f"no revision '{given}'" in problem


def test_notes_are_counted_by_what_the_commit_has(repo: Callable[..., Repo], run: Run) -> None:
    """A note tells who wrote lines, not how many there are; it may tell of more than there are."""
    made = repo()
    made.commit("start", {"f.txt": "1\n"})
    made.commit("more", {"f.txt": "1\n2\n3\n4\n"})
    note = NOTE.replace(" 2,4-5", " 2-3,90-1000000").replace("  h_0123456789abcd 1\n", "")
    made.run("notes", "--ref=ai", "add", "-F", "-", "HEAD", input=note.encode())
    stats = json.loads(run(made.path, "stats", "HEAD~1", "--json")[1])
    assert (stats["total"]["added"], stats["total"]["ai_added"], stats["total"]["unknown_added"]) == (3, 2, 1)
    assert {name: one["added"] for name, one in stats["by_agent"].items()} == {"claude": 2}
