"""`byline import --transcripts`: day one. Real shapes, a real repository, nothing that was not proved."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from . import story
from .conftest import Person

SESSION = "0a3e4fbb-5a0c-4f6e-9a64-52a61c3f4d01"
DAY = "2026-11-10T10:{:02}:00.000Z"


class Claude:
    """Writes a transcript as Claude Code does, line by line, beside what it does to the files."""

    def __init__(self, person: Person, session: str = SESSION, minute: int = 0) -> None:
        self.person, self.session, self.minute = person, session, minute
        self.lines: list[dict[str, Any]] = []
        self.say("user", "add a greeting")

    @property
    def path(self) -> Path:
        slug = re.sub(r"[^A-Za-z0-9]", "-", str(self.person.repository.resolve()))
        return self.person.home / ".claude" / "projects" / slug / f"{self.session}.jsonl"

    def say(self, kind: str, content: object, **more: object) -> None:
        self.minute += 1
        line: dict[str, Any] = {
            "type": kind, "uuid": f"u{len(self.lines)}-{self.session[:4]}", "sessionId": self.session,
            "timestamp": DAY.format(self.minute), "cwd": str(self.person.repository.resolve()), "version": "2.1.329",
            "gitBranch": "main", "promptId": "p1", **more,
        }  # fmt: skip
        line["message"] = {"role": kind, "content": content}
        if kind == "assistant":
            usage = {"input_tokens": 10, "output_tokens": 5}
            line["message"] |= {"id": f"m{len(self.lines)}", "model": "claude-sonnet-4-5", "usage": usage}
        self.lines.append(line)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("".join(json.dumps(one) + "\n" for one in self.lines))

    def write(self, name: str, text: str, *, on_disk: bool = True) -> None:
        """The Write tool."""
        file = self.person.repository / name
        before = file.read_text() if file.exists() else None
        call = f"toolu_{len(self.lines)}"
        given = {"file_path": str(file), "content": text}
        self.say("assistant", [{"type": "tool_use", "id": call, "name": "Write", "input": given}])
        kind = "update" if before is not None else "create"
        told: dict[str, Any] = {"type": kind, "filePath": str(file), "content": text,
                "originalFile": before, "structuredPatch": [], "userModified": False}  # fmt: skip
        self.say("user", [{"type": "tool_result", "tool_use_id": call, "content": "done"}], toolUseResult=told)
        if on_disk:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def edit(self, name: str, old: str, new: str) -> None:
        """The Edit tool."""
        file = self.person.repository / name
        before = file.read_text()
        call = f"toolu_{len(self.lines)}"
        given = {"file_path": str(file), "old_string": old, "new_string": new}
        self.say("assistant", [{"type": "tool_use", "id": call, "name": "Edit", "input": given}])
        told = {"filePath": str(file), "oldString": old, "newString": new, "originalFile": before,
                "replaceAll": False, "userModified": False, "structuredPatch": []}  # fmt: skip
        self.say("user", [{"type": "tool_result", "tool_use_id": call, "content": "done"}], toolUseResult=told)
        file.write_text(before.replace(old, new, 1))


def bring(person: Person, *words: str) -> dict[str, Any]:
    told = json.loads(person.byline("import", "--transcripts", *words, "--json").stdout)
    return {one["agent"]: one for one in told["agents"]}


def owners(person: Person, name: str, *words: str) -> list[tuple[str, str | None]]:
    told = json.loads(person.byline("blame", "--json", name, *words).stdout)
    return [(line["owner"], line["session_id"]) for line in told["lines"]]


def mine(person: Person) -> list[dict[str, Any]]:
    return list(json.loads(person.byline("sessions", "--json").stdout))


def test_a_file_that_a_session_wrote_before_byline(person: Person) -> None:
    claude = Claude(person)
    claude.write("a.py", "def one():\n    return 1\n")
    claude.edit("a.py", "return 1", "return 2")
    story.commit(person)
    before = claude.path.read_bytes()
    assert owners(person, "a.py") == [("unknown", None)] * 2
    (told,) = bring(person).values()
    assert (told["sessions"], told["prompts"], told["writes"], told["files"], told["unproved"]) == (1, 1, 2, 1, 0)
    assert owners(person, "a.py") == [("session", SESSION)] * 2
    assert claude.path.read_bytes() == before
    (row,) = mine(person)
    assert (row["prompt"], row["files_touched"], row["input_tokens"]) == ("add a greeting", ["a.py"], 20)
    assert (row["link_type"], row["status"], row["started_at"]) == ("explicit", "done", "2026-11-10T10:01:00.000Z")


def test_the_second_time_brings_nothing(person: Person) -> None:
    claude = Claude(person)
    claude.write("a.py", "x = 1\n")
    story.commit(person)
    bring(person)
    (spool,) = (person.store / "spool").iterdir()
    lines = spool.read_bytes()
    (again,) = bring(person).values()
    assert (again["sessions"], again["writes"], again["links"], again["known"]) == (0, 0, 0, 1)
    assert spool.read_bytes() == lines
    assert "nothing new" in person.byline("import", "--transcripts").stdout


def test_a_dry_run_writes_nothing(person: Person) -> None:
    claude = Claude(person)
    claude.write("a.py", "x = 1\n")
    (told,) = bring(person, "claude", "--dry-run").values()
    assert (told["sessions"], told["writes"]) == (1, 1)
    assert not person.store.exists()
    assert not person.data.exists()
    assert "dry run" in person.byline("import", "--transcripts", "--dry-run").stdout


def test_a_broken_chain_owns_nothing(person: Person) -> None:
    """The session's result was changed before anybody kept it: no line is its, but it is there, joined by a guess."""
    claude = Claude(person)
    claude.write("a.py", "x = 1\ny = 2\n")
    (person.repository / "a.py").write_text("x = 1\ny = 3\n")
    story.commit(person)
    (told,) = bring(person).values()
    assert (told["sessions"], told["writes"], told["unproved"]) == (1, 0, 1)
    assert owners(person, "a.py") == [("unknown", None)] * 2
    (row,) = mine(person)
    assert (row["link_type"], row["files_touched"]) == ("inferred", ["a.py"])


def test_only_the_edits_lines_are_the_sessions(person: Person) -> None:
    (person.repository / "a.py").write_text("one\ntwo\nthree\n")
    story.commit(person, "a person's")
    claude = Claude(person)
    claude.edit("a.py", "two", "TWO")
    story.commit(person, "the session's")
    (person.repository / "a.py").write_text("one\nTWO\nthree\nfour\n")
    story.commit(person, "a person's again")
    bring(person)
    assert owners(person, "a.py", "--rev", "HEAD~1") == [("unknown", None), ("session", SESSION), ("unknown", None)]
    assert owners(person, "a.py") == [("unknown", None), ("session", SESSION), ("unknown", None), ("unknown", None)]
    assert owners(person, "a.py", "--rev", "HEAD~2") == [("unknown", None)] * 3


def test_what_lies_elsewhere_is_left_alone(person: Person) -> None:
    claude = Claude(person)
    outside = person.home / "secret.txt"
    claude.write("../home/secret.txt", "mine\n")
    claude.write(".env", "TOKEN=1\n")
    nested = person.repository / "nested"
    nested.mkdir()
    person.git("init", "-q", "--template=", str(nested))
    claude.write("nested/b.py", "b = 1\n")
    bring(person)
    assert outside.exists()
    spool = b"".join(file.read_bytes() for file in (person.store / "spool").iterdir())
    assert b"secret.txt" not in spool
    assert b"nested" not in spool
    assert not any(b'"write"' in line for line in spool.splitlines())
    assert not [file for file in (person.store / "blobs").rglob("*") if file.is_file()]


def test_hostile_transcripts_do_no_harm(person: Person) -> None:
    claude = Claude(person)
    claude.write("a.py", "x = 1\n")
    good = claude.path.read_bytes()
    claude.path.write_bytes(
        b'{"type":"user","message":7}\n[1]\n\xff\xfe\n' + b"[" * 100_000 + b"\n" + good
        + b'{"type":"user","timestamp":"9-9","message":{"content":[{"type":"tool_result","tool_use_id":{}}]}}\n'
        + b'{"type":"assistant","message":{"content":[{"type":"tool_use","id":"q","name":"Write","input":'
        b'{"file_path":"a\\u0000b"}}]}}\n{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"q"'
        b'}]},"toolUseResult":{"type":"create","content":"x"}}\n{"type":"us'
    )  # fmt: skip
    (claude.path.parent / "link.jsonl").symlink_to("/dev/zero")
    (claude.path.parent / "folder.jsonl").mkdir()
    (told,) = bring(person).values()
    assert (told["sessions"], told["writes"]) == (1, 1)
    assert owners(person, "a.py") == [("session", SESSION)]


def test_what_hooks_saw_is_not_told_again(person: Person) -> None:
    claude = Claude(person)
    claude.write("a.py", "x = 1\n")
    told: dict[str, Any] = {"agent": "claude", "session_id": SESSION}
    story.tell(person, "session_start", **told)
    story.tell(person, "prompt", prompt="more", **told)
    story.write(person, "a.py", "x = 1\ny = 2\n", **told)
    (count,) = bring(person).values()
    assert count["writes"] == 1
    assert owners(person, "a.py") == [("session", SESSION)] * 2
    (row,) = mine(person)
    assert (row["status"], row["link_type"]) == ("busy", "explicit")


def test_two_sessions_in_turn(person: Person) -> None:
    first = Claude(person)
    first.write("a.py", "one\ntwo\n")
    other = "1b3e4fbb-5a0c-4f6e-9a64-52a61c3f4d02"
    second = Claude(person, other, minute=30)
    second.edit("a.py", "two", "TWO")
    story.commit(person)
    bring(person)
    assert owners(person, "a.py") == [("session", SESSION), ("session", other)]
    assert {row["session_id"]: row["peer_session_ids"] for row in mine(person)} == {
        SESSION: [other],
        other: [SESSION],
    }


@pytest.mark.parametrize("words", [("nobody",), ("--format", "oobo")])
def test_wrong_words(person: Person, words: tuple[str, ...]) -> None:
    done = person.byline("import", "--transcripts", *words, code=None)
    assert done.returncode in (1, 2)
    assert len(done.stderr.strip().splitlines()) == 1


def test_history_before_it_gets_no_anchors(person: Person) -> None:
    (person.repository / "old.py").write_text("old\n")
    old = story.commit(person, "long ago")
    claude = Claude(person)
    claude.write("a.py", "x = 1\n")
    new = story.commit(person, "the session's")
    bring(person)
    person.byline("sync")
    shown = {one["sha"] for one in json.loads(person.byline("anchors", "--json").stdout)}
    assert old not in shown
    assert shown <= {new}


def test_what_stood_there_before_has_to_be_told(person: Person) -> None:
    """A subagent's transcript does not say what it replaced: of a new file it owns all, of another nothing."""
    (person.repository / "old.py").write_text("a person's\nline\n")
    story.commit(person)
    claude = Claude(person)
    folder = claude.path.with_suffix("") / "subagents"
    folder.mkdir(parents=True)
    lines = []
    for name, said in (("old.py", "The file has been updated"), ("new.py", "File created successfully at: new.py")):
        given = {"file_path": str(person.repository / name), "content": "a person's\nline\nmore\n"}
        common = {"isSidechain": True, "agentId": "a1", "timestamp": "2027-01-01T10:00:00.000Z",
                  "cwd": str(person.repository)}  # fmt: skip
        call = {"type": "tool_use", "id": name, "name": "Write", "input": given}
        result = {"type": "tool_result", "tool_use_id": name, "content": said}
        lines += [
            {"type": "assistant", "message": {"id": f"m{name}", "content": [call]}, **common},
            {"type": "user", "message": {"content": [result]}, **common},
        ]
        (person.repository / name).write_text(given["content"])
    (folder / "agent-a1.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (told,) = bring(person).values()
    assert (told["sessions"], told["writes"], told["unproved"]) == (2, 1, 1)
    assert owners(person, "old.py") == [("unknown", None)] * 3
    assert owners(person, "new.py") == [("session", f"{SESSION}/a1")] * 3


def test_a_commit_made_while_it_ran_is_joined_by_a_guess(person: Person) -> None:
    claude = Claude(person)
    claude.write("a.py", "x = 1\n")
    (person.repository / "a.py").write_text("x = 2\n")
    person.env["GIT_COMMITTER_DATE"] = "2026-11-10T10:20:00Z"
    near = story.commit(person)
    person.env["GIT_COMMITTER_DATE"] = "2026-11-10T19:20:00Z"
    (person.repository / "a.py").write_text("x = 3\n")
    story.commit(person, "much later")
    (told,) = bring(person).values()
    assert (told["writes"], told["links"]) == (0, 1)
    page = json.loads(person.byline("session", "show", SESSION, "--json").stdout)
    assert (page["commits"], page["link_type"]) == ([near], "inferred")
    link = json.loads(person.byline("session", "show", SESSION, "--json", "--as", "oobo").stdout)
    assert link["link_type"] == "inferred"


def test_what_was_recorded_since_stays_whose_it_was(person: Person) -> None:
    """A later session's lines, seen by hooks, on top of what an imported one wrote; and another file's order."""
    claude = Claude(person)
    claude.write("a.py", "one\ntwo\nthree\n")
    claude.write("b.py", "x\n")
    story.commit(person)
    story.session(person, "live")
    story.write(person, "a.py", "one\nTWO\nthree\nfour\n", session_id="live")
    (person.repository / "b.py").write_text("x\ny\n")
    before = owners(person, "a.py")
    assert before == [("unknown", None), ("session", "live"), ("unknown", None), ("session", "live")]
    bring(person)
    assert owners(person, "a.py") == [
        ("session", SESSION), ("session", "live"), ("session", SESSION), ("session", "live")]  # fmt: skip
    assert owners(person, "b.py") == [("session", SESSION), ("unknown", None)]
    story.commit(person, "both")
    assert owners(person, "a.py") == [
        ("session", SESSION), ("session", "live"), ("session", SESSION), ("session", "live")]  # fmt: skip


def test_a_person_who_wrote_it_again_is_not_named_the_session(person: Person) -> None:
    """The session's file was thrown away in a commit; what a person writes later in other words is nobody's."""
    claude = Claude(person)
    claude.write("a.py", "one\ntwo\n")
    story.commit(person)
    person.git("rm", "-q", "a.py")
    story.commit(person, "away with it")
    (person.repository / "a.py").write_text("two\nnine\n")
    story.commit(person, "a person's own")
    bring(person)
    assert owners(person, "a.py") == [("unknown", None)] * 2
    assert owners(person, "a.py", "--rev", "HEAD~2") == [("session", SESSION)] * 2


def test_what_a_patch_of_codex_moved_or_deleted_is_named_and_no_secret(person: Person) -> None:
    root = person.repository.resolve()
    folder = person.home / ".codex" / "sessions" / "2026" / "11" / "10"
    folder.mkdir(parents=True)
    diff = "@@ -1 +1 @@\n-old\n+new\n"
    changes = {
        "app.py": {"type": "update", "unified_diff": diff, "move_path": None},
        "old.txt": {"type": "update", "unified_diff": diff, "move_path": str(root / "new.txt")},
        "gone.ipynb": {"type": "delete", "content": "{}"},
        ".env": {"type": "add", "content": "KEY=1\n"},
    }
    item = {"type": "FileChange", "id": "c1", "status": "completed",
            "changes": {str(root / name): change for name, change in changes.items()}}  # fmt: skip
    lines = [
        {"type": "session_meta", "payload": {"id": SESSION, "cwd": str(root)}},
        {"type": "event_msg", "payload": {"type": "user_message", "message": "tidy"}},
        {"type": "event_msg", "payload": {"type": "item_completed", "turn_id": "t", "item": item}},
    ]
    told = [json.dumps({"timestamp": DAY.format(minute), **line}) + "\n" for minute, line in enumerate(lines)]
    (folder / f"rollout-2026-11-10T10-00-00-{SESSION}.jsonl").write_text("".join(told))
    (person.repository / "app.py").write_text("new\n")
    story.commit(person)
    bring(person)
    (row,) = mine(person)
    assert sorted(row["files_touched"]) == ["app.py", "gone.ipynb", "new.txt", "old.txt"]
    assert (row["agent"], row["prompt"]) == ("codex", "tidy")
    stored = "".join(file.read_text() for file in (person.repository / ".git" / "byline" / "spool").iterdir())
    assert ".env" not in stored
    assert bring(person)["codex"]["known"] == 1
