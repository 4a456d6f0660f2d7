"""Records of agents without hooks: what they say, and which whole texts follow from it."""

import json
from typing import Any

import pytest

from byline.sessions.followed import aider, chain, continued, trae, zed
from byline.sessions.followed.steps import Step


def write(key: str, **told: Any) -> Step:
    return Step(event="write", key=key, path="f", **told)


def nothing(path: str) -> list[str]:
    return []


def test_texts_follow_forwards_from_what_was_read() -> None:
    steps = [
        Step(event="read", key="r", path="f", whole="a\nb\n"),
        write("1", swaps=(("a", "x"),)),
        write("2", swaps=(("b", "y"),)),
        write("3", after="new\n"),
        write("4", swaps=(("new", "newer"),)),
    ]
    found = chain.texts(steps, nothing)
    assert found[1:] == [("a\nb\n", "x\nb\n"), ("x\nb\n", "x\ny\n"), ("x\ny\n", "new\n"), ("new\n", "newer\n")]


def test_texts_follow_backwards_from_the_file_as_it_is() -> None:
    steps = [write("1", swaps=(("a", "x"),)), write("2", swaps=(("b", "y"),))]
    assert chain.texts(steps, lambda _: ["x\ny\nmine\n"]) == [
        ("a\nb\nmine\n", "x\nb\nmine\n"),
        ("x\nb\nmine\n", "x\ny\nmine\n"),
    ]


@pytest.mark.parametrize("disk", ["x\nx\n", "other\n", "", "a\nx\n"])
def test_what_does_not_stand_there_exactly_once_stays_open(disk: str) -> None:
    assert chain.texts([write("1", swaps=(("a", "x"),))], lambda _: [disk]) == [(None, None)]


def test_an_edit_that_does_not_fit_what_was_read_ends_the_chain() -> None:
    steps = [Step(event="read", key="r", path="f", whole="a\n"), write("1", swaps=(("b", "y"),))]
    assert chain.texts(steps, nothing)[1] == (None, None)


def test_texts_that_may_be_parts_are_whole_where_one_of_them_was_seen_whole() -> None:
    steps = [
        write("1", before="a\nb\n", after="x\nb\n", is_part=True),
        write("2", before="x\nb\n", after="x\ny\n", is_part=True),
    ]
    assert chain.texts(steps, lambda _: ["a\nb\n"]) == [("a\nb\n", "x\nb\n"), ("x\nb\n", "x\ny\n")]
    parts = [write("1", before="a", after="x", is_part=True)]
    assert chain.texts(parts, lambda _: ["x\nb\n"]) == [("a\nb\n", "x\nb\n")]


def test_other_files_are_other_chains() -> None:
    steps = [Step(event="read", key="r", path="g", whole="a\n"), write("1", swaps=(("a", "x"),))]
    assert chain.texts(steps, nothing)[1] == (None, None)


def test_aider_s_blocks() -> None:
    reply = (
        "Sure:\n\nsrc/a.py\n```python\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n```\n"
        "```\nb.txt\n<<<<<<< SEARCH\n=======\nnew\n>>>>>>> REPLACE\n"
        "<<<<<<< SEARCH\nx\n=======\n>>>>>>> REPLACE\n```\n"
    )
    assert aider.blocks(reply) == {"src/a.py": [("a\n", "b\n")], "b.txt": [("", "new\n"), ("x\n", "")]}
    assert aider.blocks("<<<<<<< SEARCH\nno end\n") == {}


def test_aider_s_sessions_are_told_apart() -> None:
    text = "\n# aider chat started at 2026-01-01 00:00:00\n\n#### one  \n" * 2
    first, second = aider.sessions(text.replace("00:00:00", "11:22:33", 1), "/r", is_settled=True)
    assert first.session.startswith("aider-20260101-112233-")
    assert second.session.startswith("aider-20260101-000000-")
    assert [step.prompt for step in first.steps] == ["one"]
    assert aider.sessions(text, "/other", is_settled=True)[0].session != second.session


def test_a_prompt_of_several_lines_is_one() -> None:
    text = "# aider chat started at 2026-01-01 00:00:00\n#### one  \n#### two  \n\nanswer\n"
    (told,) = aider.sessions(text, "/r", is_settled=True)
    assert [step.prompt for step in told.steps] == ["one\ntwo"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [("1.2k sent, 34 received.", (1200, 34)), ("950 sent, 1.5k cache hit, 2.0k received.", (950, 2000))],
)
def test_aider_s_tokens(sent: str, expected: tuple[int, int]) -> None:
    text = f"# aider chat started at 2026-01-01 00:00:00\n#### one  \n\nok\n\n> Tokens: {sent}  \n"
    (told,) = aider.sessions(text, "/r", is_settled=True)
    assert told.steps[-1].tokens == {"input": expected[0], "output": expected[1]}


def call(tool: str, status: str = "done", **given: Any) -> dict[str, Any]:
    return {"toolCall": {"id": "c", "function": {"name": tool}}, "status": status, "parsedArgs": given, "output": []}


@pytest.mark.parametrize(
    ("state", "swaps"),
    [
        (call("Edit", file_path="/r/f", old_string="a", new_string="b"), (("a", "b"),)),
        (call("single_find_and_replace", filepath="f", old_string="a", new_string="b"), (("a", "b"),)),
        (call("multi_edit", filepath="f", edits=[{"old_string": "a", "new_string": "b"}]), (("a", "b"),)),
        (call("Edit", file_path="/r/f", old_string="a", new_string="b", replace_all=True), None),
        (call("Edit", "errored", file_path="/r/f", old_string="a", new_string="b"), None),
        (call("Bash", command="rm f"), None),
    ],
)
def test_continue_s_edits(state: dict[str, Any], swaps: Any) -> None:
    history = [{"message": {"role": "assistant"}, "toolCallStates": [state]}]
    told = continued.session(json.dumps({"sessionId": "s", "workspaceDirectory": "file:///r", "history": history}))
    assert told is not None
    assert told.folder == "/r"
    assert [step.swaps for step in told.steps] == ([swaps] if swaps else [])


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"history": 1}', '{"sessionId": "s", "history": []}'])
def test_what_is_no_record_is_none(text: str) -> None:
    assert continued.session(text) is None
    assert zed.session("t", text, ["/r"], "/r") is None
    assert trae.sessions(text, "/r") == []
    assert aider.sessions(text, "/r", is_settled=True) == []


@pytest.mark.parametrize(
    ("path", "folders", "expected"),
    [
        ("r/f", ["/x/r"], "/x/r/f"),
        ("r/f", ["/x/r", "/y/r"], None),
        ("other/f", ["/x/r"], None),
        ("r/../../etc/passwd", ["/x/r"], None),
        ("/x/r/f", ["/x/r"], "/x/r/f"),
    ],
)
def test_zed_names_files_by_their_folder(path: str, folders: list[str], expected: str | None) -> None:
    use = {"id": "c", "name": "edit_file", "input": {"path": path}}
    result = {"c": {"is_error": False, "output": {"old_text": "a", "new_text": "b"}}}
    thread = {"messages": [{"Agent": {"content": [{"ToolUse": use}], "tool_results": result}}]}
    told = zed.session("t", json.dumps(thread), folders, "/x/r")
    assert told is not None
    assert [step.path for step in told.steps] == ([expected] if expected else [])
