"""When a turn ends while an editor is open, its tree is made without anybody asking."""

import asyncio

import pytest

from e2e.server.conftest import Connect, Project
from hookrun import generic

pytestmark = pytest.mark.asyncio


async def test_a_turn_that_ends_gets_its_tree(project: Project, connect: Connect) -> None:
    generic(project.path, "prompt", prompt="retry", turn_id="t1")
    file = project.agent_writes("client.py", "def get():\n    return retry(1)\n")
    editor = await connect("vscode")
    uri = editor.open(file)
    assert await editor.title(uri)

    async def watched() -> bool:
        return await editor.hover(uri, 1) is not None

    await editor.until(watched)
    await asyncio.sleep(0.6)  # the server has seen the events so far
    assert project.repo.run("for-each-ref", "refs/byline/turns") == ""
    generic(project.path, "turn_end", turn_id="t1")

    async def held() -> bool:
        return project.repo.run("for-each-ref", "refs/byline/turns") != ""

    await editor.until(held, 25)
    tree = project.repo.run("for-each-ref", "--format=%(objectname)", "refs/byline/turns")
    assert project.repo.run("show", f"{tree}:client.py") == "def get():\n    return retry(1)"
