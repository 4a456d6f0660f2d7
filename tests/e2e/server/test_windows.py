"""Two servers on one repository, one of them killed; several repositories in one server."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from e2e.server.conftest import SERVER, Connect, Editor, Project
from e2e.server.test_process import Wire, hover
from gitrepo import Repo

AGENT = "import time\n\ndef get():\n    return 1\n"


def said(wire: Wire, uri: str) -> str | None:
    result = wire.answer(wire.send("textDocument/hover", hover(uri), request=True))["result"]
    return result["contents"]["value"] if result else None


def told(wire: Wire, uri: str) -> dict[str, Any]:
    answer: dict[str, Any] = wire.answer(wire.send("byline/attribution", {"uri": uri}, request=True))["result"]
    return answer


def test_two_windows_and_one_is_killed(project: Project) -> None:
    file = project.agent_writes("client.py", AGENT)
    first, second = Wire(SERVER), Wire(SERVER)
    try:
        for wire in (first, second):
            wire.start()
            assert (said(wire, wire.open(file)) or "").startswith("claude")
        uri = file.as_uri()
        edit = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": AGENT + "typed\n"}]}
        first.send("textDocument/didChange", edit)
        file.write_text(AGENT + "typed\n")
        first.send("textDocument/didSave", {"textDocument": {"uri": uri}})
        assert told(first, uri)["ranges"][-1]["owner"] in ("human", "unknown")
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
        second.send("textDocument/didChange", edit)  # the other window loads what was saved
        second.send("textDocument/didSave", {"textDocument": {"uri": uri}})
        owners = [each["owner"] for each in told(second, uri)["ranges"]]
        assert owners[0] == "session"
        project.agent_writes("client.py", AGENT + "typed\n" + "agents = 1\n")
        third = Wire(SERVER)
        try:
            third.start()
            third.open(file)
            ranges = told(third, uri)["ranges"]
            assert [(each["owner"], each["start"], each["end"]) for each in ranges][-1] == ("session", 5, 6)
            typed = next(each for each in ranges if each["start"] <= 4 < each["end"])
            assert typed["owner"] in ("human", "unknown"), "never an agent's"
        finally:
            third.close()
    finally:
        first.close()
        second.close()


@pytest.mark.asyncio
async def test_many_repositories_in_one_server(project: Project, connect: Connect, tmp_path: Path) -> None:
    project.agent_writes("client.py", AGENT)
    project.repo.commit("both")
    project.repo.run("worktree", "add", "-q", str(tmp_path / "linked"))
    project.repo.run("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(project.path), "sub")
    other = Repo(project.path / "nested")
    other.path.mkdir()
    other.run("init", "-q", "--initial-branch=main")
    other.commit("start", {"a.py": "x = 1\n"})
    inner = Project(other)
    inner.agent_writes("a.py", "x = 1\ny = 2\n")
    outside = tmp_path / "loose.txt"
    outside.write_text("nobody's\n")
    editor = await connect("vscode")
    expected = {
        project.path / "client.py": "Show AI lines (2 of 4 · 50% · claude)",
        tmp_path / "linked" / "client.py": "Show AI lines (2 of 4 · 50% · claude)",
        other.path / "a.py": "Show AI lines (1 of 2 · 50% · claude)",
        outside: None,
    }
    for file, title in expected.items():
        assert await editor.title(editor.open(file)) == title, file
    assert await _quiet(editor, project.path / "sub" / "client.py")
    inner.agent_writes("a.py", "x = 1\ny = 2\nz = 3\n", prompt="more")
    editor.replace((other.path / "a.py").as_uri(), (other.path / "a.py").read_text())
    await editor.until(lambda: _says(editor, other.path / "a.py", "Show AI lines (2 of 3 · 67% · claude)"))
    assert editor.client.messages == []


async def _quiet(editor: Editor, file: Path) -> bool:
    """A submodule has its own events: nothing is known of it, and nothing goes wrong."""
    return await editor.title(editor.open(file)) is None


async def _says(editor: Editor, file: Path, title: str) -> bool:
    return await editor.title(file.as_uri()) == title
