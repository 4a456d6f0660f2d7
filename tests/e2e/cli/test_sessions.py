"""`byline sessions` and `byline session show`, by what agents told the hook and left in transcripts."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from byline.sessions import views

from . import story
from .conftest import ROOT, Person

TRANSCRIPTS = ROOT / "tests" / "data" / "transcripts"
LINK = {
    "session_id", "agent", "model", "link_type", "input_tokens", "output_tokens", "cache_read_tokens",
    "cache_creation_tokens", "duration_secs", "tool_calls", "files_touched", "tool_usage", "tool_failures",
    "subagent_count", "bash_commands", "thinking_duration_ms", "compact_count", "context_tokens",
    "context_window_size", "is_subagent", "parent_session_id", "subagent_type", "is_estimated", "peer_session_ids",
}  # fmt: skip


def sessions(person: Person, *words: str, cwd: Path | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(person.byline("sessions", "--json", *words, cwd=cwd).stdout)
    return found


def show(person: Person, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(person.byline("session", "show", *words, "--json").stdout)
    return found


def test_rows_are_links_and_more(person: Person) -> None:
    story.session(person, "s1", "add a greeting")
    story.session(person, "s2", "say goodbye")
    story.tell(person, "session_end", session_id="s1", reason="exit")
    first, second = sessions(person)
    assert {*LINK, "prompt", "status", "started_at", "revival_count"} <= set(first)
    assert [first["session_id"], second["session_id"]] == ["s1", "s2"]  # s1 ended last
    assert (first["prompt"], first["status"], first["state"]) == ("add a greeting", "done", "complete")
    assert (first["files_touched"], first["tool_usage"], first["tool_calls"]) == (["s1.py"], {"Edit": 1}, 1)
    assert (first["model"], first["agent"], first["link_type"], first["is_estimated"]) == (
        "m-1", "m", "explicit", False)  # fmt: skip
    assert (second["status"], second["ended_at"], second["input_tokens"]) == ("idle", None, None)
    assert [row["session_id"] for row in sessions(person, "--active")] == ["s2"]
    assert [row["session_id"] for row in sessions(person, "--file", "s2.py")] == ["s2"]
    assert [row["session_id"] for row in sessions(person, "-n", "1")] == ["s1"]
    assert sessions(person, "--agent", "codex") == []


def test_a_resume_and_a_subagent(person: Person) -> None:
    story.session(person)
    story.tell(person, "session_end", session_id="s1")
    story.tell(person, "session_start", session_id="s1")
    sub: dict[str, Any] = {"session_id": "s1/a1", "parent_session_id": "s1", "subagent_type": "explore"}
    story.tell(person, "subagent_start", **sub)
    story.write(person, "sub.txt", "x\n", **sub)
    rows = {row["session_id"]: row for row in sessions(person)}
    assert (rows["s1"]["revival_count"], rows["s1"]["status"], rows["s1"]["subagent_count"]) == (1, "idle", 1)
    child = rows["s1/a1"]
    assert (child["is_subagent"], child["parent_session_id"], child["subagent_type"]) == (True, "s1", "explore")
    assert show(person, "s1")["session_id"] == "s1"  # the parent's id begins its subagents'


def test_tokens_come_from_the_transcript(person: Person, tmp_path: Path) -> None:
    transcript = tmp_path / "t.jsonl"
    shutil.copy(TRANSCRIPTS / "claude.jsonl", transcript)
    (tmp_path / "t" / "subagents").mkdir(parents=True)
    shutil.copy(TRANSCRIPTS / "claude-subagent.jsonl", tmp_path / "t" / "subagents" / "agent-a1.jsonl")
    told: dict[str, Any] = {"agent": "claude", "session_id": "a29c84e7", "transcript_path": str(transcript)}
    story.tell(person, "session_start", **told)
    story.tell(person, "prompt", prompt="Please do the scripted work.", **told)
    story.tell(person, "subagent_start", **{**told, "session_id": "a29c84e7/a1", "parent_session_id": "a29c84e7"})
    for _ in range(2):  # worked out, and taken up from the index
        rows = {row["session_id"]: row for row in sessions(person)}
        one = rows["a29c84e7"]
        assert (one["input_tokens"], one["output_tokens"], one["cache_read_tokens"]) == (13_000, 338, 2_600)
        assert (one["model"], one["tool_calls"], one["tool_failures"]) == ("claude-sonnet-4-5", 15, 4)
        assert one["sources"]["input_tokens"] == "transcript"
        assert rows["a29c84e7/a1"]["input_tokens"] == 2_000
    with transcript.open("a") as file:
        file.write('{"type":"assistant","message":{"id":"new","usage":{"input_tokens":5,"output_tokens":1}}}\n')
    assert show(person, "a29")["input_tokens"] == 13_005
    (person.store / "index.db").unlink()
    assert show(person, "a29")["input_tokens"] == 13_005
    transcript.unlink()
    assert show(person, "a29")["prompt"] == "Please do the scripted work."


@pytest.mark.parametrize("shape", views.SHAPES)
def test_other_tools_shapes(person: Person, shape: str) -> None:
    story.session(person)
    done = person.byline("session", "show", "s1", "--json", "--as", shape)
    views.DECODERS[shape].decode(done.stdout)


def test_a_prompt_given_in_another_repository(person: Person) -> None:
    other = person.home / "other"
    other.mkdir()
    person.git("init", "-q", "--template=", str(other))
    story.tell(person, "session_start", model="m-1")
    story.tell(person, "prompt", prompt="change the other one")
    story.write(person, "../home/other/far.py", "x = 1\n")
    (row,) = sessions(person, cwd=other)
    assert (row["prompt"], row["files_touched"], row["model"]) == ("change the other one", ["far.py"], "m-1")
    story.tell(person, "prompt", prompt="and again")
    assert sessions(person, cwd=other)[0]["last_prompt"] == "and again"


def test_the_index_changes_no_answer(person: Person) -> None:
    story.session(person, "s1")
    assert len(sessions(person)) == 1
    story.session(person, "s2")
    story.tell(person, "session_end", session_id="s1")
    taken_up = sessions(person)
    for file in person.store.glob("index.db*"):
        file.unlink()
    assert sessions(person) == taken_up


def test_for_people(person: Person) -> None:
    assert "no sessions here" in person.byline("sessions").stdout
    story.session(person, prompt="bad \x1b[31m news")
    said = person.byline("sessions").stdout
    assert "bad \\x1b[31m news" in said
    assert "\x1b" not in said
    text = person.byline("session", "show", "s").stdout
    assert "\x1b" not in text
    assert all(word in text for word in ("s1", "m-1", "s1.py", "bad", "Edit 1"))


def test_the_page_has_whole_prompts_and_links(person: Person) -> None:
    """Also those of many lines; what steers a terminal is shown, and a file's name stays on its line."""
    prompt = "first \x1b[31mred\n\n" + "\tword" * 100 + "\n- the \u202eend"
    story.session(person, "s1", prompt)
    story.write(person, "odd\nname", "x\n")
    run: dict[str, Any] = {"call_id": "gh", "tool": "Bash", "command": "gh issue view 12 --repo acme/widget"}
    for event in ("pre_shell", "shell"):
        story.tell(person, event, session_id="s1", **run)
    page = person.byline("session", "show", "s1").stdout
    told = page.partition("\nprompts\n")[2].partition("\n\nwrote\n")[0].splitlines()
    assert [line[20:] for line in told] == [
        "first \\x1b[31mred",
        "",
        ("    word" * 100),
        "- the \\u202eend",
    ]
    assert all(line.startswith(" " * 20) for line in told[2:])
    assert "\n  odd\\nname\n" in page
    assert show(person, "s1")["links"]
    assert "\nlink        issue #12 https://github.com/acme/widget/issues/12\n" in page


def test_unknown_and_ambiguous_ids(person: Person) -> None:
    story.session(person, "ab1")
    story.session(person, "ab2")
    assert "`byline sessions` lists them" in person.byline("session", "show", "zz", code=1).stderr
    assert "2 sessions begin with 'ab'" in person.byline("session", "show", "ab", code=1).stderr
    assert person.byline("session", "show", "ab1", "--as", "mi6", code=2).stderr.startswith("byline session: --as")


def test_names_that_are_no_text(person: Person) -> None:
    """Lone surrogates, as file names that are no UTF-8 have them, come through everywhere."""
    story.session(person, "s1")
    (spool,) = (person.store / "spool").glob("*.jsonl")
    line = {
        "v": 1,
        "id": "x1",
        "at": 5,
        "event": "prompt",
        "agent": "m",
        "session_id": "odd\udcff",
        "prompt": "a\udcffb",
    }
    with spool.open("a") as file:
        file.write("\n" + json.dumps(line) + "\n")
    assert {row["session_id"] for row in sessions(person)} == {"s1", "odd\udcff"}
    assert show(person, "odd")["prompt"] == "a\udcffb"
    for words in (("sessions",), ("session", "show", "odd"), ("search", "a"), ("forget", "odd")):
        person.byline(*words)
    assert show(person, "odd")["prompt"] is None
