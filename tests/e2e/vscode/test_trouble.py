"""What the extension does when its server is killed or taken away, and with two windows on one project."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from e2e.server.conftest import PROMPT, Project
from e2e.vscode.conftest import AGENT, AI, lens, marked, wait
from e2e.vscode.window import Window

pytestmark = pytest.mark.vscode
Vscode = Callable[..., Window]


def servers(project: Project) -> list[int]:
    """The processes that are byline's server with this test's home: every window has its own."""
    home, found = os.environ["HOME"].encode(), []
    for process in Path("/proc").iterdir():
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
            if b"lsp" in command and b"HOME=" + home in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except (OSError, ValueError):
            continue
    return found


def test_a_killed_server_comes_back_without_a_word(vscode: Vscode, project: Project) -> None:
    window = vscode(project.path)
    window.do("open", name="client.py")
    window.until(lens, "the lens")
    window.do("command", title="Byline: Show or Hide AI Lines")
    window.until(lambda seen: marked(seen, "stripe") == AI, "stripes")
    (old,) = servers(project)
    os.kill(old, signal.SIGKILL)
    wait(lambda: servers(project) not in ([], [old]), "another server")
    assert marked(window.look(), "stripe") == AI, "what was shown stays"
    project.agent_writes("client.py", AGENT + "last = 1\n", prompt="add last", turn_id="t2")
    window.until(lambda seen: marked(seen, "stripe") == AI | {8}, "stripes by the new server")
    seen = window.until(lambda seen: "Hide AI lines (3 of 8" in lens(seen), "the lens by the new server")
    assert seen["messages"] == []


def test_a_program_taken_away_is_one_sentence_and_comes_back(vscode: Vscode, project: Project, home: Path) -> None:
    window = vscode(project.path)
    window.do("open", name="client.py")
    window.until(lens, "the lens")
    program = home / "bin" / "byline"
    away = program.with_name("away")
    program.rename(away)
    (old,) = servers(project)
    os.kill(old, signal.SIGKILL)
    seen = window.until(lambda seen: seen["messages"], "the sentence")
    time.sleep(5)
    seen = window.look()
    (said,) = seen["messages"]
    assert said == "byline's language server was not found. To install it, in a clone of byline: pipx install ."
    assert "Look Again" in seen["buttons"]
    assert seen["writerLabel"] == "byline: byline's language server was not found"
    window.shot("taken-away")
    away.rename(program)
    window.until(lens, "the lens again")
    window.do("hover", line=5)
    assert PROMPT in window.look()["hover"]


def test_a_program_whose_python_is_gone_is_one_sentence(vscode: Vscode, project: Project, home: Path) -> None:
    window = vscode(project.path)
    window.do("open", name="client.py")
    window.until(lens, "the lens")
    program = home / "bin" / "byline"
    kept = program.read_text()
    program.write_text(f"#!{home}/venv/bin/python\nimport byline\n")
    (old,) = servers(project)
    os.kill(old, signal.SIGKILL)
    window.until(lambda seen: seen["messages"], "the sentence")
    time.sleep(5)
    seen = window.look()
    assert seen["messages"] == [f"byline's language server does not run: {program}"]
    program.write_text(kept)
    window.until(lens, "the lens again")


def test_two_windows_on_one_project(vscode: Vscode, project: Project) -> None:
    windows = [vscode(project.path, {"byline.gutter": "always"}) for _ in range(2)]
    for window in windows:
        window.do("open", name="client.py")
    for window in windows:
        window.until(lambda seen: marked(seen, "stripe") == AI, "stripes")
    assert len(servers(project)) == 2
    one, two = windows
    one.do("cursor", line=1)
    one.do("type", text="# mine\n")
    one.do("keys", keys=["Control+S"])
    two.until(lambda seen: marked(seen, "stripe") == {6, 7}, "what the other window has saved")
    for window in windows:
        window.do("cursor", line=1)
        window.until(lambda seen: "human" in seen["writer"], "a person's line")
    project.agent_writes("client.py", "# mine\n" + AGENT + "last = 1\n", prompt="add last", turn_id="t2")
    for window in windows:
        window.until(lambda seen: marked(seen, "stripe") == {6, 7, 9}, "the agent's line in both")
    assert [window.look()["messages"] for window in windows] == [[], []]


def test_the_lens_never_disappears(vscode: Vscode, project: Project) -> None:
    window = vscode(project.path, {"files.autoSave": "off"})
    window.do("open", name="client.py")
    window.until(lens, "the lens")
    window.do("watch", selector=".codelens-decoration")
    window.do("cursor", line=7, end=True)
    window.do("type", text="\n" + "x = 1\n" * 10)
    window.do("keys", keys=["Control+S"])
    project.agent_writes("client.py", AGENT + "last = 1\n", prompt="add last", turn_id="t2")
    time.sleep(3)
    counted: dict[str, Any] = window.do("watched")
    assert counted["all"] > 50
    assert counted["without"] == 0, counted
