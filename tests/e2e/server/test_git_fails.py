"""The server while git is not there, refuses or dies: it answers nothing wrong, lives, and recovers by itself."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from .conftest import Connect, Project

WAYS = {"refuses": "exit 128", "dies": "kill -9 $$", "missing": "exit 127"}


@pytest.mark.asyncio
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_git_fails_for_a_while(
    project: Project, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    real, folder, flag = shutil.which("git"), tmp_path / "fake", tmp_path / "broken"
    folder.mkdir()
    (folder / "git").write_text(f'#!/bin/sh\n[ -e "{flag}" ] && {way}\nexec {real} "$@"\n')
    (folder / "git").chmod(0o755)
    file = project.agent_writes("client.py", "import time\nretry = 1\n")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    flag.touch()
    editor = await connect("vscode")
    uri = editor.open(file)
    said = await asyncio.wait_for(editor.hover(uri, 1), 30)
    assert said is None or "claude" in said or "nknown" in said
    flag.unlink()
    file = project.agent_writes("client.py", "import time\nretry = 1\nagain = 2\n")
    editor.change(uri, (2, 0), (2, 0), "again = 2\n")
    for _ in range(60):
        said = await asyncio.wait_for(editor.hover(uri, 1), 30)
        if said is not None and "claude" in said:
            break
        await asyncio.sleep(0.25)
    assert said is not None
    assert "claude" in said
