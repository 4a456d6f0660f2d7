"""Owners that another tool has recorded, in a hover."""

import json

import pytest

from e2e.server.conftest import Connect, Project

pytestmark = pytest.mark.asyncio
NOTE = {
    "schema_version": "authorship/3.0.0",
    "base_commit_sha": "0" * 40,
    "prompts": {},
    "sessions": {"s_0123456789abcd": {"agent_id": {"tool": "cursor", "id": "sess", "model": "gpt-5"}}},
    "humans": {"h_00000000000000": {"author": "Bob <bob@example.org>"}},
}


async def test_a_hover_names_the_note_it_is_known_from(project: Project, connect: Connect) -> None:
    file = project.repo.write("noted.py", "one\ntwo\nthree\n")
    head = project.repo.commit("noted")
    attested = "noted.py\n  s_0123456789abcd::t_00000000000001 1\n  h_00000000000000 2\n---\n"
    project.repo.run("notes", "--ref=ai", "add", "-F", "-", "HEAD", input=(attested + json.dumps(NOTE)).encode())
    editor = await connect("vscode")
    uri = editor.open(file)
    first, second = await editor.hover(uri, 0), await editor.hover(uri, 1)
    assert first is not None and second is not None
    assert first.startswith("cursor · gpt-5")
    assert f"git-ai note of {head[:7]}" in first and "published in git-ai" in first
    assert second.startswith("human") and f"git-ai note of {head[:7]}" in second
    assert await editor.hover(uri, 2) is None
