"""An agent without hooks beside an open editor: what it leaves reaches the open file."""

import asyncio
from pathlib import Path

import pytest

from e2e.server.conftest import Connect, Project

ANSWER = Path(__file__).parents[2] / "data" / "followed" / "aider.chat.history.md"
MARK = "Co-authored-by: aider (openai/mock-model) <aider@aider.chat>"


@pytest.mark.asyncio
async def test_what_aider_commits_reaches_the_open_file(project: Project, connect: Connect) -> None:
    editor = await connect("vscode")
    file = project.path / "client.py"
    uri = editor.open(file)
    assert await editor.lens(uri) is None
    await asyncio.sleep(1)
    text = "def get():\n    return 'hello, world'\n"
    commit = project.repo.commit(f"greet\n\n{MARK}", {"client.py": text})
    history = ANSWER.read_text().replace("38cb519", commit[:7]).replace("to hello.py", "to client.py")
    (project.path / ".aider.chat.history.md").write_text(history)
    editor.replace(uri, text)

    async def told() -> bool:
        return "aider" in (await editor.hover(uri, 1) or "")

    await editor.until(told, seconds=8)
    assert await editor.hover(uri, 0) is None or "aider" not in (await editor.hover(uri, 0) or "")
