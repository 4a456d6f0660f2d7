"""Two edit tools at once, as subagents run them: whose event comes first does not say whose line it is."""

import os
from collections.abc import Callable

import pytest

from byline.workspace.workspace import Workspace
from gitrepo import Repo
from hookrun import hook

Maker = Callable[..., Repo]
BEFORE = "a\nb\nc\nd\ne\nf\n"


def call(made: Repo, event: str, who: str, old: str, original: str) -> None:
    """One hook of an Edit that puts a line after `old`."""
    path, new = str(made.path / "a.txt"), f"{old}{who}1\n"
    given = {"file_path": path, "old_string": old, "new_string": new}
    at = original[: original.index(old)].count("\n") + 1
    hunk = {"oldStart": at, "oldLines": 1, "newStart": at, "newLines": 2, "lines": [f" {old[:-1]}", f"+{who}1"]}
    strings = {"filePath": path, "oldString": old, "newString": new, "replaceAll": False, "userModified": False}
    more = {"tool_response": {**strings, "originalFile": original, "structuredPatch": [hunk]}}
    common = {"session_id": who, "cwd": str(made.path), "tool_name": "Edit", "tool_use_id": f"toolu_{who}"}
    told = {**common, "tool_input": given, "hook_event_name": event, **(more if event == "PostToolUse" else {})}
    hook("claude", told, made.path)


@pytest.mark.parametrize("order", ["AB", "BA"])
@pytest.mark.parametrize("unseen", [False, True])
def test_crossed_edits(repo: Maker, order: str, unseen: bool) -> None:
    made = repo()
    made.commit("start", {"a.txt": BEFORE})
    for who in "AB":
        call(made, "PreToolUse", who, {"A": "b\n", "B": "e\n"}[who], BEFORE)
    first = BEFORE.replace("b\n", "b\nA1\n" + ("x\n" if unseen else ""))  # an `x` that A does not tell of
    made.write("a.txt", first.replace("e\n", "e\nB1\n"))
    for who in order:
        old, original = {"A": ("b\n", BEFORE), "B": ("e\n", first)}[who]
        call(made, "PostToolUse", who, old, original)
    with Workspace.for_path(made.path, os.environ) as workspace:
        answer = workspace.attribute(made.path / "a.txt")
    owners = {text: line.session_id for text, line in zip(answer.text.decode().split(), answer.lines, strict=True)}
    assert (owners["A1"], owners["B1"], owners.get("x")) == ("A", "B", None)
    assert [owners[line] for line in "abcdef"] == [None] * 6
