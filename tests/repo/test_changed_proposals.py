"""A person changes what an agent proposes before it is written: each has the lines that are theirs."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byline.workspace.workspace import Workspace
from gitrepo import Repo
from hookrun import hook

Maker = Callable[..., Repo]
BEFORE = "one\ntwo\nthree\n"
PROPOSED = "one\ntwo\nsaid the agent\nmore of it\nthree\n"
WRITTEN = "one\ntwo\nsaid the agent\nmore, said I\nthree\n"


def owners(made: Repo, path: str = "a.txt") -> list[str]:
    """`session`, `human` or `unknown` for each line of the file on disk."""
    with Workspace.for_path(made.path, os.environ) as workspace:
        return [line.owner for line in workspace.attribute(made.path / path).lines]


def claude(
    made: Repo, tool: str, given: dict[str, Any], answer: dict[str, Any], transcript: Path | str, **more: str
) -> None:
    """A whole call, changed by the person who let it pass: the payload has the changed input."""
    path = str(made.path / "a.txt")
    common = {
        "session_id": "s1",
        "cwd": str(made.path),
        "transcript_path": str(transcript),
        "tool_use_id": "toolu_1",
        **more,
    }
    call = {**common, "tool_name": tool, "tool_input": {"file_path": path, **given}}
    hook("claude", {**call, "hook_event_name": "PreToolUse"}, made.path)
    made.write("a.txt", answer.pop("disk", WRITTEN))
    response = {"filePath": path, "userModified": True, **answer}
    hook("claude", {**call, "hook_event_name": "PostToolUse", "tool_response": response}, made.path)


def transcript(folder: Path, *inputs: dict[str, Any], call: str = "toolu_1") -> Path:
    """What Claude Code keeps of a session, with one call for each input."""
    lines = ["not JSON", json.dumps({"type": "user", "message": {"role": "user", "content": f"say {call} tool_use"}})]
    for given in inputs:
        parts = [{"type": "text", "text": "x"}, {"type": "tool_use", "id": call, "name": "Edit", "input": given}]
        lines.append(json.dumps({"type": "assistant", "message": {"content": parts}}))
    result = {"type": "tool_result", "tool_use_id": call, "content": "done"}
    lines.append(json.dumps({"type": "user", "message": {"content": [result]}}))
    file = folder / "t.jsonl"
    file.write_text("\n".join(lines) + "\n")
    return file


EDIT = {"old_string": "two\n", "new_string": "two\nsaid the agent\nmore of it\n"}
CHANGED = {"old_string": "two\n", "new_string": "two\nsaid the agent\nmore, said I\n"}


def answer(changed: dict[str, Any]) -> dict[str, Any]:
    hunk = {"oldStart": 2, "oldLines": 1, "newStart": 2, "newLines": 3}
    patch = [{**hunk, "lines": [" two", "+said the agent", "+more, said I"]}]
    strings = {"oldString": changed["old_string"], "newString": changed["new_string"], "replaceAll": False}
    return {**strings, "originalFile": BEFORE, "structuredPatch": patch}


BOTH = ["unknown", "unknown", "session", "human", "unknown"]
NOBODY = ["unknown"] * 5


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ([EDIT], BOTH),
        ([{"edits": [EDIT, {"old_string": "absent", "new_string": "x"}]}], NOBODY),
        ([{"edits": [EDIT]}], BOTH),
        ([{"content": PROPOSED}], BOTH),
        ([{**EDIT, "old_string": "not there"}], NOBODY),
        ([{"new_string": 3}], NOBODY),
        ([{"edits": {"a": 1}}], NOBODY),
        ([], NOBODY),
    ],
    ids=["edit", "one of two", "edits", "content", "another text", "no text", "no list", "no call"],
)
def test_an_edit(repo: Maker, tmp_path: Path, inputs: list[dict[str, Any]], expected: list[str]) -> None:
    made = repo()
    made.commit("one", {"a.txt": BEFORE})
    claude(made, "Edit", CHANGED, answer(CHANGED), transcript(tmp_path, *inputs))
    assert owners(made) == expected
    made.commit("two")
    assert owners(made) == expected


def test_a_new_file(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    made.commit("one", {"b.txt": "b\n"})
    told: dict[str, Any] = {"type": "create", "content": WRITTEN, "structuredPatch": [], "originalFile": None}
    claude(made, "Write", {"content": WRITTEN}, told, transcript(tmp_path, {"content": PROPOSED}))
    assert owners(made) == ["session", "session", "session", "human", "session"]


@pytest.mark.parametrize("name", ["gone.jsonl", ".", "pipe", ""])
def test_without_a_transcript_nobody_is_named(repo: Maker, tmp_path: Path, name: str) -> None:
    made = repo()
    made.commit("one", {"a.txt": BEFORE})
    if name == "pipe" and hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / name)
    claude(made, "Edit", CHANGED, answer(CHANGED), tmp_path / name if name else "")
    assert owners(made) == NOBODY


def test_lines_that_the_person_keeps_are_still_their_writers(repo: Maker, tmp_path: Path) -> None:
    """The agent would have taken them out; on disk they never changed."""
    made = repo()
    made.commit("one", {"a.txt": BEFORE})
    proposal = transcript(tmp_path, {"old_string": "two\nthree\n", "new_string": "said the agent\n"})
    claude(made, "Edit", CHANGED, answer(CHANGED), proposal)
    assert owners(made) == ["unknown", "unknown", "session", "human", "unknown"]


def test_what_was_proposed_is_no_text_that_the_file_had(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    made.commit("one", {"a.txt": BEFORE})
    claude(made, "Edit", CHANGED, answer(CHANGED), transcript(tmp_path, EDIT))
    made.write("a.txt", PROPOSED)
    assert owners(made) == ["unknown", "unknown", "session", "unknown", "unknown"]


def test_what_came_after_the_write_is_not_the_persons(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    made.commit("one", {"a.txt": BEFORE})
    later = {**answer(CHANGED), "disk": WRITTEN + "whose?\n"}
    claude(made, "Edit", CHANGED, later, transcript(tmp_path, EDIT))
    assert owners(made) == [*BOTH, "unknown"]


@pytest.mark.parametrize("more", [{}, {"agent_id": "../a1"}], ids=["no transcript", "no name for a file"])
def test_what_was_written_is_never_taken_for_the_proposal(repo: Maker, tmp_path: Path, more: dict[str, str]) -> None:
    """Not even where the disk has another text by then."""
    made = repo()
    made.commit("one", {"a.txt": BEFORE})
    later = {**answer(CHANGED), "disk": WRITTEN + "whose?\n"}
    claude(made, "Edit", CHANGED, later, transcript(tmp_path, EDIT) if more else "", **more)
    assert owners(made) == [*NOBODY, "unknown"]


def test_a_subagents_proposal_is_in_a_transcript_of_its_own(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    made.commit("one", {"a.txt": BEFORE})
    folder = tmp_path / "t" / "subagents"
    folder.mkdir(parents=True)
    transcript(folder, EDIT).rename(folder / "agent-a1.jsonl")
    claude(made, "Edit", CHANGED, answer(CHANGED), transcript(tmp_path), agent_id="a1")
    assert owners(made) == BOTH


def test_what_is_edited_on_top_is_its_writers(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    made.commit("one", {"a.txt": BEFORE})
    claude(made, "Edit", CHANGED, answer(CHANGED), transcript(tmp_path, EDIT))
    made.write("a.txt", WRITTEN + "four\n")
    later = {"v": 1, "agent": "m", "session_id": "s2", "event": "write", "cwd": str(made.path), "path": "a.txt"}
    hook("generic", {**later, "before": WRITTEN}, made.path)
    assert owners(made) == [*BOTH, "session"]


def test_a_write_that_is_held_for_a_review_has_written_nothing(repo: Maker, tmp_path: Path) -> None:
    made = repo()
    made.commit("one", {"a.txt": WRITTEN})
    claude(made, "Edit", CHANGED, {**answer(CHANGED), "staged": True, "userModified": False}, tmp_path)
    assert owners(made) == NOBODY


@pytest.mark.parametrize(
    ("tool", "given", "expected"),
    [
        ("write_file", {"content": WRITTEN, "ai_proposed_content": PROPOSED, "modified_by_user": True}, BOTH),
        ("replace", {"new_string": WRITTEN, "ai_proposed_content": "a piece", "modified_by_user": True}, NOBODY),
    ],
)
def test_gemini(repo: Maker, tool: str, given: dict[str, Any], expected: list[str]) -> None:
    made = repo()
    made.commit("one", {"a.txt": BEFORE})
    common = {"session_id": "s1", "cwd": str(made.path), "tool_name": tool, "timestamp": "2026-11-21T00:00:00Z"}
    call = {**common, "tool_input": {"file_path": str(made.path / "a.txt"), **given}}
    hook("gemini", {**call, "hook_event_name": "BeforeTool"}, made.path)
    made.write("a.txt", WRITTEN)
    shown = {"filePath": str(made.path / "a.txt"), "originalContent": BEFORE, "newContent": WRITTEN}
    told = {"llmContent": "User modified it", "returnDisplay": {**shown, "diffStat": {"user_added_lines": 1}}}
    hook("gemini", {**call, "hook_event_name": "AfterTool", "tool_response": told}, made.path)
    assert owners(made) == expected
