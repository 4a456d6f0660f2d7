"""Commits made while an editor is open get their anchors without anybody asking."""

import asyncio
import subprocess

import pytest

from e2e.server.conftest import Connect, Project

pytestmark = pytest.mark.asyncio
BRANCH = "refs/heads/byline/anchors/v1"


def has_anchors(project: Project) -> bool:
    return (
        subprocess.run(
            ["git", "rev-parse", "-q", "--verify", BRANCH], cwd=project.path, capture_output=True
        ).returncode
        == 0
    )


async def test_a_new_commit_is_anchored(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", "def get():\n    return retry(1)\n")
    editor = await connect("vscode")
    uri = editor.open(file)
    assert await editor.title(uri)

    async def watched() -> bool:
        return await editor.hover(uri, 1) is not None

    await editor.until(watched)
    await asyncio.sleep(0.6)  # the server has seen where HEAD is
    assert not has_anchors(project)
    head = project.repo.commit("by the agent", {})

    async def anchored() -> bool:
        return has_anchors(project)

    await editor.until(anchored, 25)
    shown = project.repo.run("show", f"{BRANCH}:{head[:2]}/{head[2:]}/metadata.json")
    assert '"ai_added": 1' in shown
