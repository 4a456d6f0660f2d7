"""What the real server records of a person's work, and what it leaves alone."""

import json
from typing import Any

import pytest

from byline.workspace.contents import blob_id
from e2e.server.conftest import Connect, Editor, Project

pytestmark = pytest.mark.asyncio
AGENT = "import time\n\ndef get():\n    return 1\n"


def events(project: Project) -> list[dict[str, Any]]:
    spools = sorted((project.path / ".git/byline/spool").glob("*.jsonl"))
    whole = [spool.read_text().rpartition("\n")[0] for spool in spools]  # the server may be at its next line
    return [json.loads(line) for text in whole for line in text.split("\n") if line.strip()]


async def test_ignored_files_and_secrets_are_not_recorded(project: Project, connect: Connect) -> None:
    project.repo.commit("rules", {".gitignore": "*.log\nout/\n", "kept.log": "x\n"})
    project.repo.run("add", "-f", "kept.log")
    project.repo.run("commit", "-qm", "tracked all the same")
    editor = await connect("vscode")
    for name in ("a.log", "out/b.txt", "secrets.yml", "kept.log", "plain.txt"):
        file = project.repo.write(name, "one\n")
        uri = editor.open(file)
        await editor.lens(uri)
        editor.change(uri, (1, 0), (1, 0), "typed\n")
        file.write_text("one\ntyped\n")
        editor.save(uri)
        await editor.lens(uri)
    await editor.until(lambda: _saved(project, "plain.txt"))
    await editor.until(lambda: _saved(project, "kept.log"))
    assert {event["path"] for event in events(project)} == {"kept.log", "plain.txt"}
    blobs = list((project.path / ".git/byline/blobs").glob("??/*"))
    assert len(blobs) <= 4
    ignored = await editor.attribution((project.path / "a.log").as_uri())
    assert {each.owner for each in ignored.ranges} <= {"unknown"}


async def test_loaded_typed_and_saved_before_anybody_looked(project: Project, connect: Connect) -> None:
    editor = await connect("vscode")
    file = project.path / "client.py"
    uri = editor.open(file)
    await editor.lens(uri)
    project.agent_writes("client.py", AGENT)
    file.write_text(AGENT + "typed\n")  # the editor's save is there before its messages are read
    editor.replace(uri, AGENT)
    editor.change(uri, (4, 0), (4, 0), "typed\n")
    editor.save(uri)
    await editor.until(lambda: _owned(editor, uri, ["session", "unknown", "human"]))


async def test_a_person_who_saves_over_an_agent_gets_nothing_of_the_agents(
    project: Project, connect: Connect
) -> None:
    editor = await connect("vscode")
    file = project.path / "client.py"
    before = file.read_text()
    uri = editor.open(file)
    await editor.lens(uri)
    editor.change(uri, (2, 0), (2, 0), "typed\n")
    project.agent_writes("client.py", AGENT)
    file.write_text(before + "typed\n")
    editor.save(uri)
    await editor.until(lambda: _owned(editor, uri, ["unknown", "human"]))


async def test_a_restored_buffer_counts_what_it_shows(project: Project, connect: Connect) -> None:
    """An editor that starts again with text nobody saved opens it as it was, not as the file is."""
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    uri = editor.open(file, "# restored\n" * 4 + AGENT)
    assert await editor.title(uri) == "Show AI lines (2 of 8 · 25% · claude)"
    file.write_text("# restored\n" * 4 + AGENT)
    editor.save(uri)
    await editor.lens(uri)
    answer = await editor.attribution(uri)
    assert answer.ranges[0].owner == "unknown", "who typed it, and when, nobody saw"


async def test_undo_and_redo_enter_nothing(project: Project, connect: Connect) -> None:
    """The file held those bytes before: whose lines they were then, they are again."""
    editor = await connect("vscode")
    before = (project.path / "client.py").read_text()
    file = project.agent_writes("client.py", AGENT)
    uri = editor.open(file)
    await editor.until(lambda: _owned(editor, uri, ["session", "unknown"]))
    for text, owners in (
        (before, ["unknown"]),
        (AGENT, ["session", "unknown"]),
        ("", []),
        (AGENT, ["session", "unknown"]),
    ):
        editor.replace(uri, text)
        file.write_text(text)
        editor.save(uri)
        # What is shown at once looks the same: the next change may only come when this save has been read from disk.
        await editor.until(lambda text=text: _is_last(project, text))  # type: ignore[misc]
        await editor.until(lambda owners=owners: _owned(editor, uri, owners))  # type: ignore[misc]
    editor.replace(uri, AGENT + "typed\n")
    file.write_text(AGENT + "typed\n")
    editor.save(uri)
    await editor.until(lambda: _owned(editor, uri, ["session", "unknown", "human"]))


async def test_what_the_buffer_never_showed_is_typed_and_not_undone(project: Project, connect: Connect) -> None:
    """An agent's text was thrown away before the editor came: who types the same is its writer."""
    before = (project.path / "client.py").read_text()
    file = project.agent_writes("client.py", before + "retry(3)\n")
    file.write_text(before)
    editor = await connect("vscode")
    uri = editor.open(file)
    await editor.lens(uri)
    for text in (before + "retry(3)\nlog()\n", before + "retry(3)\n"):
        editor.replace(uri, text)
        file.write_text(text)
        editor.save(uri)
        await editor.until(lambda text=text: _is_last(project, text))  # type: ignore[misc]
        await editor.until(lambda: _owned(editor, uri, ["unknown", "human"]))


async def test_what_the_buffer_has_left_behind_is_no_news(project: Project, connect: Connect) -> None:
    """The editor showed what an agent wrote, and then the file without it: a line alike is typed."""
    before = (project.path / "client.py").read_text()
    editor = await connect("vscode")
    file = project.path / "client.py"
    uri = editor.open(file)
    await editor.lens(uri)
    for text, owners in ((before + "foo()\nend\n", ["unknown", "session"]), (before, ["unknown"])):
        if text != before:
            project.agent_writes("client.py", text)
        file.write_text(text)
        editor.replace(uri, text)
        await editor.until(lambda owners=owners: _owned(editor, uri, owners))  # type: ignore[misc]
        await editor.until(lambda text=text: _is_last(project, text))  # type: ignore[misc]
    text = before + "bar()\nend\n"
    editor.replace(uri, text)
    file.write_text(text)
    editor.save(uri)
    await editor.until(lambda: _owned(editor, uri, ["unknown", "human"]))


async def _saved(project: Project, name: str) -> bool:
    return any(event["event"] == "save" and event.get("path") == name for event in events(project))


async def _is_last(project: Project, text: str) -> bool:
    """Whether the newest event about the file names this text."""
    told = [event for event in events(project) if event.get("path") == "client.py"]
    return bool(told[-1]["after_id"] == blob_id(text.encode()))


async def _owned(editor: Editor, uri: str, owners: list[str]) -> bool:
    answer = await editor.attribution(uri)
    found = [each.owner for each in answer.ranges if each.state != "unsaved"]
    return [owner for k, owner in enumerate(found) if k == 0 or owner != found[k - 1]] == owners
