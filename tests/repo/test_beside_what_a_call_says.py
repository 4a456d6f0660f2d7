"""Agents that tell what they exchanged, not where: what else changed meanwhile is nobody's, or who had it before."""

import os
from collections.abc import Callable

import pytest

from byline.workspace.workspace import Workspace
from gitrepo import Repo
from hookrun import events, generic, hook

Maker = Callable[..., Repo]
BEFORE = "k = 'old'\nz='s0'\ny=4\n"


def owners(made: Repo) -> list[str]:
    """Session or kind of owner, and text, of each line on disk."""
    with Workspace.for_path(made.path, os.environ) as workspace:
        found = workspace.attribute(made.path / "a.py")
    texts = found.text.decode().splitlines()
    return [f"{line.session_id or line.owner}|{text}" for line, text in zip(found.lines, texts, strict=True)]


def cursor(made: Repo, disk: str, tool: str = "StrReplace", **given: str) -> None:
    """A whole call of Cursor's."""
    path = str(made.path / "a.py")
    call = {
        "conversation_id": "S1",
        "session_id": "S1",
        "cursor_version": "3.1.17",
        "cwd": str(made.path),
        "tool_name": tool,
        "tool_use_id": "c1",
    }
    call |= {"tool_input": {"path": path, **given}}  # type: ignore[dict-item]
    hook("cursor", {**call, "hook_event_name": "preToolUse"}, made.path)
    made.write("a.py", disk)
    hook("cursor", {**call, "hook_event_name": "postToolUse", "tool_output": "ok"}, made.path)


def opencode(made: Repo, disk: str, tool: str, patch: str = "", **given: str) -> None:
    """A whole call of OpenCode's; `patch` is what it says it changed."""
    path = str(made.path / "a.py")
    told = {"directory": str(made.path), "session": {"id": "S1"}}
    called = {"tool": tool, "sessionID": "S1", "callID": "c1"}
    args = {"filePath": path, **given}
    before = {**told, "hook": "tool.execute.before", "input": called, "output": {"args": args}}
    hook("opencode", before, made.path)
    made.write("a.py", disk)
    shown = {"filepath": path, "exists": True, **({"filediff": {"file": path, "patch": patch}} if patch else {})}
    after = {**told, "hook": "tool.execute.after", "input": {**called, "args": args}, "output": {"metadata": shown}}
    hook("opencode", after, made.path)


@pytest.fixture
def made(repo: Maker) -> Repo:
    """A file with a line of S0's."""
    found = repo()
    found.commit("zero", {"a.py": BEFORE.replace("'s0'", "3")})
    found.write("a.py", BEFORE)
    generic(found.path, "write", session_id="S0", path="a.py", before=BEFORE.replace("'s0'", "3"))
    return found


FORMATTED = 'k = "old"\nz = "s0"\ny = 5\n'


def test_somebody_formats_before_the_call_is_told_of(made: Repo) -> None:
    cursor(made, FORMATTED, old_string="y=4", new_string="y=5")
    assert owners(made) == ['unknown|k = "old"', 'unknown|z = "s0"', "S1|y = 5"]
    said = [event for event in events(made.path / ".git" / "byline") if event.get("said_id")]
    assert len(said) == 1


def test_opencode_formats_itself(made: Repo) -> None:
    patch = f"@@ -1,3 +1,3 @@\n-k = 'old'\n-z='s0'\n-y=4\n+{FORMATTED[:-1].replace(chr(10), chr(10) + '+')}\n"
    opencode(made, FORMATTED, "edit", patch, oldString="y=4", newString="y=5")
    assert owners(made) == ['unknown|k = "old"', 'S0|z = "s0"', "S1|y = 5"]


def test_opencode_writes_and_formats_a_whole_file(made: Repo) -> None:
    opencode(made, f'{FORMATTED}new("x")\n', "write", content=BEFORE.replace("4", "5") + "new('x')\n")
    assert owners(made) == ['unknown|k = "old"', 'S0|z = "s0"', "S1|y = 5", 'S1|new("x")']


def test_a_line_that_somebody_changed_is_nobodys(made: Repo) -> None:
    cursor(made, "unseen\nz='s0'\n", old_string="y=4\n", new_string="")
    assert owners(made) == ["unknown|unseen", "S0|z='s0'"]


@pytest.mark.parametrize(
    ("old", "new", "disk", "expected"),
    [
        ("z='s0'\ny=4", "y=4\ny=4", "k = 'old'\ny=4\ny=4\n", ["unknown|k = 'old'", "S1|y=4", "unknown|y=4"]),
        ("k = ", "", "'old'\nz='s0'\ny=4\n", ["S1|'old'", "S0|z='s0'", "unknown|y=4"]),
        ("y=4", "y=4\ny=4", f"{BEFORE}y=4\n", ["unknown|k = 'old'", "S0|z='s0'", "unknown|y=4", "S1|y=4"]),
        ("4", "3", BEFORE.replace("4", "3"), ["unknown|k = 'old'", "S0|z='s0'", "S1|y=3"]),
    ],
    ids=["twice there", "a part goes", "the line itself again", "a letter"],
)
def test_what_explains_the_change_leaves_no_doubt(
    made: Repo, old: str, new: str, disk: str, expected: list[str]
) -> None:
    cursor(made, disk, old_string=old, new_string=new)
    assert sorted(owners(made)) == sorted(expected)


def test_what_the_call_said_is_forgotten_with_its_session(made: Repo) -> None:
    cursor(made, "unseen\nz='s0'\n", old_string="y=4\n", new_string="")
    store = made.path / ".git" / "byline"
    said = next(event["said_id"] for event in events(store) if event.get("said_id"))
    assert (store / "blobs" / said[:2] / said[2:]).exists()
    from byline.cli.main import main

    os.chdir(made.path)
    assert main(["forget", "S1"]) == 0
    assert not (store / "blobs" / said[:2] / said[2:]).exists()


def test_a_brace_proves_nothing(made: Repo) -> None:
    braced = BEFORE.replace("z='s0'", "z={1:2}")
    made.write("a.py", braced)
    generic(made.path, "write", session_id="B", call_id="b1", path="a.py", before=BEFORE)
    disk = "k = 'old'\nz = { 1: 2 }\nf() {\n  go();\n}\ny=4\n"
    patch = "@@ -2,2 +2,5 @@\n-z={1:2}\n+z = { 1: 2 }\n+f() {\n+  go();\n+}\n y=4\n"
    opencode(made, disk, "edit", patch, oldString="y=4", newString="f() {\n  go();\n}\ny=4")
    assert owners(made)[1] == "B|z = { 1: 2 }"
    assert owners(made)[2:5] == ["S1|f() {", "S1|  go();", "S1|}"]


@pytest.mark.parametrize("lost", ["the snapshot", "half a character"])
def test_what_the_call_said_is_not_known(made: Repo, lost: str) -> None:
    word = "\ud83d" if lost == "half a character" else ""
    cursor(made, f"unseen\nz='s0'\ny = 5{word and '?'}\n", old_string="y=4", new_string=f"y=5{word}")
    store = made.path / ".git" / "byline"
    said = next(event["said_id"] for event in events(store) if event.get("said_id"))
    if not word:
        (store / "blobs" / said[:2] / said[2:]).unlink()
    assert owners(made)[0] == "unknown|unseen"
    assert owners(made)[2].startswith("S1|" if word else "unknown|")


def test_a_short_part_of_a_line_names_no_other(made: Repo) -> None:
    disk = "k = 'old'\nz = 's0' # y=5\ny=5\n"
    cursor(made, disk, old_string="4", new_string="5")
    assert owners(made) == ["unknown|k = 'old'", "unknown|z = 's0' # y=5", "S1|y=5"]
