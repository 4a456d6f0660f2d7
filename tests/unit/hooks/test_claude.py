"""Claude Code's payloads, as it sends them and as it might."""

import pytest

from byline_hooks.dialects import claude
from byline_hooks.observation import ABSENT, Observation, Rejected

COMMON: dict[str, object] = {
    "session_id": "s",
    "transcript_path": "/h/.claude/s.jsonl",
    "cwd": "/r",
    "prompt_id": "p",
}


def observe(event: str, env: dict[str, str] | None = None, /, **fields: object) -> list[Observation]:
    return claude.observe({**COMMON, "hook_event_name": event, **fields}, env or {})


def one(event: str, env: dict[str, str] | None = None, /, **fields: object) -> Observation:
    (seen,) = observe(event, env, **fields)
    return seen


def facts(seen: Observation) -> dict[str, object]:
    """The fields that say something, without those every event has."""
    common = ("agent", "session_id", "turn_id")
    return {name: value for name, value in seen.fields.items() if value not in (None, "") and name not in common}


@pytest.mark.parametrize(
    ("event", "fields", "name", "expected"),
    [
        ("SessionStart", {"source": "resume"}, "session_start", {"cwd": "/r", "reason": "resume"}),
        ("SessionEnd", {"reason": "clear"}, "session_end", {"reason": "clear"}),
        ("UserPromptSubmit", {"prompt": "go"}, "prompt", {"prompt": "go"}),
        ("Stop", {}, "turn_end", {}),
        ("PreCompact", {"trigger": "auto"}, "compact", {"reason": "auto"}),
        ("Notification", {"notification_type": "permission_prompt"}, "wait", {"wait_reason": "permission"}),
        ("Notification", {"notification_type": "idle_prompt"}, "wait", {"wait_reason": "idle"}),
        (
            "Notification",
            {"message": "Claude needs your permission to use Bash"},
            "wait",
            {"wait_reason": "permission"},
        ),
        ("Notification", {"message": "Claude is waiting for your input"}, "wait", {"wait_reason": "idle"}),
    ],
)
def test_lifecycle(event: str, fields: dict[str, object], name: str, expected: dict[str, object]) -> None:
    seen = one(event, **fields)
    got = facts(seen)
    got.pop("transcript_path", None)
    assert (seen.event, got) == (name, expected)
    assert (seen.fields["agent"], seen.fields["session_id"], seen.fields["turn_id"]) == ("claude", "s", "p")


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("UserPromptSubmit", {"prompt": "<task-notification>\n<task-id>x</task-id>"}),
        ("UserPromptSubmit", {"prompt": "do this", "agent_id": "a"}),
        ("Notification", {"notification_type": "auth_success"}),
        ("Notification", {"message": "hello"}),
        ("MessageDisplay", {}),
        ("PostToolBatch", {"tool_calls": []}),
        ("SomethingNew", {}),
        ("PreToolUse", {"tool_name": "Read", "tool_input": {"file_path": "/r/a"}}),
        ("PreToolUse", {"tool_name": "Agent", "tool_input": {}}),
        ("PostToolUse", {"tool_name": "mcp__x__y", "tool_input": {"file_path": "/r/a"}}),
        ("PostToolUseFailure", {"tool_name": "Read", "tool_input": {"file_path": "/r/a"}}),
    ],
)
def test_what_is_of_no_interest(event: str, fields: dict[str, object]) -> None:
    assert observe(event, **fields) == []


def test_a_session_start_knows_the_process() -> None:
    env = {"CLAUDE_PID": "4711", "AI_AGENT": "claude-code_2-1-329_harness"}
    got = facts(one("SessionStart", env, source="startup", model="claude-x"))
    assert (got["pid"], got["agent_version"], got["model"]) == (4711, "2.1.329", "claude-x")


@pytest.mark.parametrize("pid", ["", "-1", "x", "٣", "9" * 30])
def test_a_strange_process_id_is_left_out(pid: str) -> None:
    assert "pid" not in facts(one("SessionStart", {"CLAUDE_PID": pid}))


def test_a_subagent_is_a_session_with_a_parent() -> None:
    inner = {"agent_id": "a1", "agent_type": "Explore"}
    seen = one("PostToolUse", tool_name="Read", tool_input={"file_path": "/r/a"}, tool_response={}, **inner)
    told = seen.fields
    assert (told["session_id"], told["parent_session_id"], told["subagent_type"]) == ("s/a1", "s", "Explore")
    assert one("SubagentStart", **inner).event == "subagent_start"
    ended = one("SubagentStop", agent_transcript_path="/t/agent-a1.jsonl", **inner)
    assert (ended.event, ended.fields["transcript_path"]) == ("subagent_end", "/t/agent-a1.jsonl")


def edit(original: str, old: str, new: str, patch: list[dict[str, object]], **response: object) -> Observation:
    answer = {"originalFile": original, "oldString": old, "newString": new, "structuredPatch": patch, **response}
    given = {"file_path": "/r/a", "old_string": "what the model wrote", "new_string": "what the model wrote"}
    return one("PostToolUse", tool_name="Edit", tool_input=given, tool_response=answer, tool_use_id="c")


def hunk(old: list[int], new: list[int], *lines: str) -> dict[str, object]:
    (first, count), (start, many) = old, new
    return {"oldStart": first, "oldLines": count, "newStart": start, "newLines": many, "lines": list(lines)}


def test_an_edit() -> None:
    seen = edit("a\nb\n", "b", "c\nd", [hunk([1, 2], [1, 3], " a", "-b", "+c", "+d")])
    assert (seen.event, seen.path, seen.before, seen.after) == ("write", "/r/a", "a\nb\n", "a\nc\nd\n")
    assert seen.fields["edits"] == [[2, 1, 2, 2]]
    assert not seen.exact


def test_an_edit_is_where_its_own_words_are_not_where_the_patch_slid_to() -> None:
    old = "app\n\n@c\ndef old\n"
    patch = [hunk([1, 4], [1, 7], " app", " ", " @c", "+def new", "+", "+@c", " def old")]
    assert edit(old, "app\n\n", "app\n\n@c\ndef new\n\n", patch).fields["edits"] == [[3, 0, 3, 3]]


def test_an_edit_of_a_line_with_tabs_is_understood_though_the_patch_expands_them() -> None:
    seen = edit("\tb\n", "\tb", "\tc", [hunk([1, 1], [1, 1], "-  b", "+  c")])
    assert seen.after == "\tc\n"


def test_replace_all() -> None:
    patch = [hunk([1, 3], [1, 3], "-x", "+y", " m", "-x", "+y")]
    assert edit("x\nm\nx\n", "x", "y", patch, replaceAll=True).after == "y\nm\ny\n"
    assert edit("x\nm\nx\n", "x", "y", patch).after is None


def test_quotes_that_were_adjusted_leave_the_text_to_the_disk() -> None:
    """The patch holds what was written; the answer's own strings do not say it."""
    patch = [hunk([1, 1], [1, 1], "-say “hi”", "+say “ho”")]
    seen = edit("say “hi”\n", "say “hi”", 'say "ho"', patch)
    assert seen.after is None
    assert seen.fields["edits"] == [[1, 1, 1, 1]]


@pytest.mark.parametrize(
    ("response", "before", "after"),
    [
        ({"type": "create", "originalFile": None, "content": "x\n", "structuredPatch": []}, ABSENT, "x\n"),
        ({"type": "update", "originalFile": "o\n", "content": "x\n", "structuredPatch": []}, "o\n", "x\n"),
        ({"type": "update", "originalFile": "", "content": "x\n"}, "", "x\n"),
        ({"type": "update", "originalFile": None, "content": "x\n"}, None, "x\n"),
        ({}, None, "given\n"),
        ("The file was written.", None, "given\n"),
    ],
    ids=["create", "update", "of an empty file", "no original told", "nothing told", "a text for an answer"],
)
def test_a_whole_write(response: object, before: object, after: str) -> None:
    given = {"file_path": "/r/a", "content": "given\n"}
    seen = one("PostToolUse", tool_name="Write", tool_input=given, tool_response=response)
    assert (seen.before, seen.after) == (before, after)


def test_an_edit_that_creates_has_an_empty_original() -> None:
    seen = edit("", "", "new\n", [])
    assert (seen.before, seen.after, seen.fields["edits"]) == (ABSENT, "new\n", None)


def test_a_person_who_changed_the_proposal_is_remembered() -> None:
    assert edit("a\n", "a", "b", [], userModified=True).fields["user_modified"] is True
    assert "user_modified" not in edit("a\n", "a", "b", [], userModified=False).fields


def test_a_notebook() -> None:
    answer = {"original_file": "{}", "updated_file": '{"cells": []}'}
    given = {"notebook_path": "/r/n.ipynb", "new_source": "x"}
    seen = one("PostToolUse", tool_name="NotebookEdit", tool_input=given, tool_response=answer)
    assert (seen.path, seen.before, seen.after) == ("/r/n.ipynb", "{}", '{"cells": []}')


def test_before_and_failure_of_a_write() -> None:
    given = {"file_path": "/r/a", "content": "x"}
    assert one("PreToolUse", tool_name="Write", tool_input=given).event == "pre_write"
    failed = one("PostToolUseFailure", tool_name="Write", tool_input=given, error="no space\nand more")
    assert (failed.event, failed.fields["reason"]) == ("write_failed", "no space")


def test_a_shell_call_that_failed_has_still_run() -> None:
    given = {"command": "make"}
    assert one("PreToolUse", tool_name="Bash", tool_input=given).event == "pre_shell"
    failed = one("PostToolUseFailure", tool_name="Bash", tool_input=given, error="Exit code 3", is_interrupt=True)
    assert (failed.event, failed.fields["command"], failed.fields["reason"]) == ("shell", "make", "interrupted")


@pytest.mark.parametrize(
    ("given", "response"),
    [({"run_in_background": True}, {}), ({}, {"backgroundTaskId": "b1"})],
    ids=["asked", "told"],
)
def test_a_shell_call_in_the_background(given: dict[str, object], response: dict[str, object]) -> None:
    seen = one("PostToolUse", tool_name="Bash", tool_input={"command": "serve", **given}, tool_response=response)
    assert seen.fields["background"] is True
    assert "background" not in one("PreToolUse", tool_name="Bash", tool_input={"command": "serve", **given}).fields


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ({"content": "a\nb\n", "numLines": 3, "startLine": 1}, (1, 2)),
        ({"content": "\nx = 2", "numLines": 2, "startLine": 2}, (2, 3)),
        ({"numLines": 4, "startLine": 5}, (5, 8)),
        ({"content": "a", "startLine": "1"}, (None, None)),
        (None, (None, None)),
    ],
)
def test_a_read_knows_the_lines_that_were_shown(file: object, expected: tuple[object, object]) -> None:
    answer = {"type": "text", "file": file}
    seen = one("PostToolUse", tool_name="Read", tool_input={"file_path": "/r/a"}, tool_response=answer)
    assert (seen.event, seen.fields.get("start_line"), seen.fields.get("end_line")) == ("read", *expected)


def grep(content: str, **given: object) -> list[tuple[object, ...]]:
    answer = {"mode": "content", "content": content, "filenames": [], "numFiles": 0}
    seen = observe("PostToolUse", tool_name="Grep", tool_input={"pattern": "x", **given}, tool_response=answer)
    return [(item.path, item.fields["start_line"], item.fields["end_line"]) for item in seen]


def test_a_search_that_prints_lines_has_read_them() -> None:
    assert grep("a.py:3:x = 1\na.py-4-y\na.py:5:x\n--\nb.py:1:x") == [("a.py", 3, 5), ("b.py", 1, 1)]
    assert grep("7:x = 1\n8-y", path="/r/a.py") == [("/r/a.py", 7, 8)]
    assert grep("a.py:x without numbers\nplain") == []


def test_a_search_that_only_names_files_has_read_nothing() -> None:
    answer = {"mode": "files_with_matches", "filenames": ["/r/a"], "numFiles": 1}
    assert observe("PostToolUse", tool_name="Grep", tool_input={"pattern": "x"}, tool_response=answer) == []


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"session_id": "s"},
        {"session_id": 3, "hook_event_name": "Stop"},
        {**COMMON, "hook_event_name": "PostToolUse", "tool_name": "Write"},
        {**COMMON, "hook_event_name": "PostToolUse", "tool_name": "Write", "tool_input": []},
        {**COMMON, "hook_event_name": "PostToolUse", "tool_name": "Write", "tool_input": {"file_path": None}},
        {**COMMON, "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": "ls"},
    ],
    ids=str,
)
def test_what_is_rejected(payload: dict[str, object]) -> None:
    with pytest.raises(Rejected):
        claude.observe(payload, {})
