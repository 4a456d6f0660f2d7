"""The extension in a real VS Code: what a person sees and does."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byline.workspace.workspace import Workspace
from e2e.server.conftest import PROMPT, SESSION, Project
from e2e.vscode.window import Window
from gitrepo import Repo

pytestmark = pytest.mark.vscode

START = "import time\n\n\ndef get(url):\n    return url\n"
AGENT = "import time\n\n\ndef get(url):\n    for wait in (1, 2):\n        time.sleep(wait)\n    return url\n"
AI = {5, 6}
"""The lines that the agent has added, from 1."""

Vscode = Callable[..., Window]


@pytest.fixture
def project(repo: Callable[..., Repo]) -> Project:
    """A file of a person's with an agent's lines in it."""
    made = repo("shop")
    made.commit("start", {"client.py": START})
    project = Project(made)
    project.agent_writes("client.py", AGENT)
    return project


def lens(seen: dict[str, Any]) -> str:
    return " | ".join(seen["lenses"])


def marked(seen: dict[str, Any], what: str) -> set[int]:
    return {line["number"] for line in seen["lines"] if line[what]}


def kinds(project: Project) -> set[str]:
    """The kinds of events that are recorded."""
    workspace = Workspace.for_path(project.path / "client.py", dict(os.environ))
    try:
        return {event.event for event in workspace.events()}
    finally:
        workspace.close()


def wait(holds: Callable[[], Any], what: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.2)


def test_hover_lens_lines(vscode: Vscode, project: Project) -> None:
    window = vscode(project.path)
    window.do("open", name="client.py")
    seen = window.until(lens, "the lens")
    assert lens(seen) == "Show AI lines (2 of 7 · 29% · claude)"
    assert not marked(seen, "stripe") and not marked(seen, "tint") and not marked(seen, "note")

    window.do("hover", line=5)
    hover = window.look()
    for word in ("claude", "sonnet-4.5", PROMPT, SESSION[:8], "Edit"):
        assert word in hover["hover"], word
    window.shot("hover")
    window.do("hover", line=4)
    assert PROMPT not in window.look()["hover"]
    window.do("away")

    window.do("clickLens", text="Show AI lines")
    seen = window.until(lambda seen: marked(seen, "stripe"), "stripes")
    assert marked(seen, "stripe") == AI
    assert marked(seen, "tint") == AI
    assert [line["note"] for line in seen["lines"] if line["note"]] == [f'"claude · \\"{PROMPT}\\""']
    seen = window.until(lambda seen: "Hide AI lines" in lens(seen), "the other lens")
    assert any("2 of 7 lines are an agent's: claude" in text for text in seen["status"])
    window.shot("shown")

    window.do("clickLens", text="Hide AI lines")
    window.until(lambda seen: not marked(seen, "stripe") and not marked(seen, "tint"), "plain lines")


def test_link_in_the_hover_opens_the_session(vscode: Vscode, project: Project) -> None:
    window = vscode(project.path)
    window.do("open", name="client.py")
    window.until(lens, "the lens")
    window.do("hover", line=6)
    assert any(text == "Show session" for text, _ in window.look()["links"])
    window.do("clickHover", text="Show session")
    wait(lambda: PROMPT in window.do("webview"), "the session's page")
    window.shot("session")
    page = window.do("webview")
    assert SESSION in page and "claude" in page


def test_an_agents_write_appears_without_a_touch(vscode: Vscode, project: Project) -> None:
    window = vscode(project.path)
    window.do("open", name="client.py")
    window.until(lens, "the lens")
    window.do("command", title="Byline: Show or Hide AI Lines")
    window.until(lambda seen: marked(seen, "stripe") == AI, "stripes")
    before = time.monotonic()
    project.agent_writes("client.py", AGENT + "\n\ndef post(url):\n    return url\n", prompt="add post", turn_id="t2")
    seen = window.until(lambda seen: "6 of 11" in lens(seen) or "5 of 11" in lens(seen), "the new count")
    seen = window.until(lambda seen: len(marked(seen, "stripe")) > 4, "stripes on the new lines")
    assert time.monotonic() - before < 5
    assert marked(seen, "stripe") >= AI | {10, 11}
    assert any("add post" in line["note"] for line in seen["lines"])
    window.do("hover", line=10)
    assert "add post" in window.look()["hover"]
    window.shot("written")


def test_typing_shifts_and_is_nobody_elses(vscode: Vscode, project: Project) -> None:
    window = vscode(project.path, {"files.autoSave": "off"})
    window.do("open", name="client.py")
    window.until(lens, "the lens")
    window.do("keys", keys=["Control+K", "Alt+B"])
    window.until(lambda seen: marked(seen, "stripe") == AI, "stripes")
    window.do("cursor", line=1)
    window.do("type", text="# mine\n# mine too\n")
    seen = window.until(lambda seen: marked(seen, "stripe") == {7, 8}, "shifted stripes")
    assert seen["dirty"]
    assert marked(seen, "tint") == {7, 8}
    window.do("cursor", line=7, end=True)
    window.do("type", text="\nbetween = 1")
    seen = window.until(lambda seen: marked(seen, "stripe") == {7, 9}, "my line in the middle")
    window.do("hover", line=9)
    assert PROMPT in window.look()["hover"]
    window.shot("typed")
    window.do("away")
    window.do("cursor", line=8)
    seen = window.until(lambda seen: "claude" not in seen["writer"], "my line in the status bar")
    window.do("cursor", line=9)
    window.until(lambda seen: "claude" in seen["writer"], "claude in the status bar")
    window.do("keys", keys=["Control+S"])
    window.until(lambda seen: not seen["dirty"], "a saved file")
    window.do("cursor", line=8)
    window.until(lambda seen: "human" in seen["writer"], "the saved line as a person's")


def test_what_format_on_save_makes_is_no_persons(vscode: Vscode, project: Project) -> None:
    project.agent_writes("conf.json", '{"retries": 3,"waits": [1, 2]}\n')
    window = vscode(project.path, {"editor.formatOnSave": True, "byline.gutter": "always"})
    window.do("open", name="conf.json")
    window.until(lambda seen: marked(seen, "stripe") == {1}, "a stripe")
    window.do("cursor", line=1)
    window.do("type", text="\n")
    window.do("keys", keys=["Control+S"])
    window.until(lambda seen: not seen["dirty"] and len(seen["lines"]) > 4, "a formatted file")
    window.shot("formatted")
    wait(lambda: "format" in kinds(project), "the formatter's event")
    window.do("cursor", line=2)
    window.until(lambda seen: "claude" in seen["writer"], "the agent as the writer of what was only moved")
    assert marked(window.look(), "stripe") >= {2, 3, 4, 5}


def test_status_bar_note_and_tree(vscode: Vscode, project: Project) -> None:
    window = vscode(project.path, {"byline.currentLine.enabled": True, "byline.currentLine.delay": 1500})
    window.do("open", name="client.py")
    window.until(lens, "the lens")
    window.do("cursor", line=6)
    seen = window.until(lambda seen: marked(seen, "note") == {6}, "the note behind the line")
    assert PROMPT in seen["lines"][5]["note"]
    assert PROMPT[:20] in seen["writer"]
    assert seen["writerLabel"].startswith(f"Line 6: written by claude, prompt: {PROMPT}, not committed")
    window.do("type", text="xyz")
    window.until(lambda seen: not marked(seen, "note"), "a line without a note", seconds=1)
    window.do("keys", keys=["Control+Z"])
    window.until(lambda seen: marked(seen, "note") == {6}, "the note again")
    window.do("command", title="Explorer: Focus on AI Sessions View")
    seen = window.until(lambda seen: any("claude, 2 lines" in row for row in seen["tree"]), "the session in the tree")
    window.shot("tree")


def test_without_a_server_it_says_so_and_runs_nothing(vscode: Vscode, project: Project, home: Path) -> None:
    (home / ".bashrc").write_text(f"pipx() {{ touch '{home}/ran'; }}\n")
    window = vscode(project.path, on_path=False, settings={"byline.path": ""})
    seen = window.until(lambda seen: any("pipx install byline" in text for text in seen["messages"]), "the offer")
    assert "Copy It" in seen["buttons"]
    assert not seen["terminal"]
    assert seen["writerLabel"] == "byline: byline's language server was not found"
    window.shot("missing-server")
    window.do("clickButton", text="Type It in a Terminal")
    wait(lambda: "pipx install byline" in window.do("terminal").replace("\xa0", " "), "the command in a terminal")
    time.sleep(1)
    assert not (home / "ran").exists()
    window.shot("typed-command")
    window.do("keys", keys=["Enter"])
    wait((home / "ran").exists, "what the user runs")


def test_an_untrusted_workspace_names_no_server(vscode: Vscode, project: Project, tmp_path: Path) -> None:
    trap, sprung = tmp_path / "trap", tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch '{sprung}'\n")
    trap.chmod(0o755)
    project.repo.write(".vscode/settings.json", f'{{"byline.path": "{trap}"}}')
    window = vscode(project.path, trust=True)
    window.do("open", name="client.py")
    window.until(lambda seen: any("Restricted" in text for text in seen["status"]), "restricted mode")
    time.sleep(5)
    seen = window.look()
    assert not sprung.exists()
    assert not seen["lenses"]
    window.do("hover", line=5)
    assert PROMPT not in window.look()["hover"]
    window.shot("untrusted")
    window.do("command", title="Workspaces: Manage Workspace Trust")
    window.do("click", selector=".workspace-trust-editor .monaco-button", text="Trust")
    wait(sprung.exists, "the server of a trusted workspace")
