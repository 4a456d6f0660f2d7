"""The extension in a real VS Code: what a person sees and does."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from e2e.server.conftest import PROMPT, SESSION, Project
from e2e.vscode.conftest import AGENT, AI, kinds, lens, marked, wait
from e2e.vscode.window import EXTENSION, Window

pytestmark = pytest.mark.vscode

Vscode = Callable[..., Window]


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


def test_pages_lead_to_each_other(vscode: Vscode, project: Project) -> None:
    project.hook("subagent_start", session_id=f"{SESSION}/worker", parent_session_id=SESSION, subagent_type="helper")
    window = vscode(project.path)
    window.do("open", name="client.py")
    window.until(lens, "the lens")
    window.do("command", title="Byline: Show This File's Sessions")
    wait(lambda: "Time line" in window.do("webview"), "the page of the file")
    window.do("clickPage", text=SESSION[:8])
    wait(lambda: "Subagents" in window.do("webview"), "the session's page")
    window.do("clickPage", text="worker")
    wait(lambda: "started by" in window.do("webview"), "the subagent's page")
    window.do("clickPage", text=SESSION)
    wait(lambda: "Subagents" in window.do("webview"), "the session's page again")


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
    wait(lambda: "format" in kinds(project, "conf.json"), "the formatter's event")
    window.do("cursor", line=2)
    window.until(lambda seen: "claude" in seen["writer"], "the agent as the writer of what was only moved")
    assert marked(window.look(), "stripe") >= {2, 3, 4, 5}


def test_what_format_document_makes_is_no_persons(vscode: Vscode, project: Project) -> None:
    project.agent_writes("conf.json", '{"retries": 3,"waits": [1, 2]}\n')
    window = vscode(project.path, {"files.autoSave": "off", "byline.gutter": "always"})
    window.do("open", name="conf.json")
    window.until(lambda seen: marked(seen, "stripe") == {1}, "a stripe")
    window.do("cursor", line=2)
    window.do("command", title="Format Document")
    window.until(lambda seen: len(seen["lines"]) > 4, "a formatted file")
    time.sleep(0.5)
    window.do("cursor", line=2, end=True)
    window.do("type", text='\n"mine": 1,')
    window.do("keys", keys=["Control+S"])
    window.until(lambda seen: not seen["dirty"], "a saved file")
    wait(lambda: {"format", "save"} <= kinds(project, "conf.json"), "both events")
    window.do("cursor", line=3)
    window.until(lambda seen: "human" in seen["writer"], "a person, who typed after the formatter ran")
    window.do("cursor", line=2)
    window.until(lambda seen: "claude" in seen["writer"], "the agent as the writer of what was only moved")
    window.shot("formatted-by-hand")


def test_beside_another_language_server(vscode: Vscode, project: Project) -> None:
    project.agent_writes("style.css", "a {\n  color: red;\n}\n", prompt="make links red", turn_id="t2")
    window = vscode(project.path)
    window.do("open", name="style.css")
    window.until(lens, "the lens")
    window.do("hover", line=2, dx=30)
    seen = window.until(lambda seen: "make links red" in seen["hover"] and "Sets the color" in seen["hover"], "both")
    assert seen["hover"].count("make links red") == 1
    window.shot("both-servers")


def test_settings_change_while_the_window_is_open(vscode: Vscode, project: Project) -> None:
    window = vscode(project.path)
    window.do("open", name="client.py")
    window.until(lens, "the lens")
    assert not marked(window.look(), "stripe")
    window.change({"byline.gutter": "always"})
    window.until(lambda seen: marked(seen, "stripe") == AI, "stripes")
    assert not marked(window.look(), "tint")
    window.change({"byline.gutter": "never", "byline.codeLens.enabled": False, "byline.hover.enabled": False})
    window.until(lambda seen: not marked(seen, "stripe") and not lens(seen), "neither stripes nor lens")
    window.do("hover", line=5)
    assert PROMPT not in window.look()["hover"]
    window.do("away")
    window.do("cursor", line=5)
    window.until(lambda seen: "claude" in seen["writer"], "the status bar")
    window.change({"byline.statusBar.enabled": False, "byline.codeLens.enabled": True})
    window.until(lambda seen: not seen["writer"] and lens(seen), "no status bar, the lens again")


def test_function_lenses_and_marks_of_review(vscode: Vscode, project: Project) -> None:
    window = vscode(project.path, {"byline.codeLens.functions": True, "byline.gutter": "always"})
    window.do("open", name="client.py")
    window.until(lambda seen: "AI lines: 2 of 4 · claude" in lens(seen), "the lens on the function")
    window.do("cursor", line=5)
    window.do("keys", keys=["Control+K", "Alt+R"])
    seen = window.until(lambda seen: "1 unreviewed" in lens(seen), "the count in the lens")
    assert [("<path" in line["stripe"]) for line in seen["lines"] if line["stripe"]] == [True, False]
    assert seen["writerLabel"].endswith("not committed, reviewed")
    window.shot("reviewed")
    window.do("keys", keys=["Control+K", "Alt+R"])
    window.until(lambda seen: "2 unreviewed" in lens(seen), "the mark taken back")
    window.do("clickLens", text="AI lines: 2 of 4")
    wait(lambda: PROMPT in window.do("webview"), "the session's page")


def test_the_change_behind_a_line_and_the_tree(vscode: Vscode, project: Project) -> None:
    window = vscode(project.path)
    window.do("open", name="client.py")
    window.until(lens, "the lens")
    window.do("command", title="Explorer: Focus on AI Sessions View")
    window.until(lambda seen: any("claude, 2 lines" in row for row in seen["tree"]), "the session in the tree")
    window.do("click", selector=".monaco-list-row[aria-label^='claude'] .monaco-tl-twistie", text="")
    window.until(lambda seen: any("lines 5–6" in row for row in seen["tree"]), "its lines")
    window.do("click", selector=".pane-body .monaco-list-row", text="lines 5–6")
    window.until(lambda seen: "claude" in seen["writer"], "the cursor on them")
    window.shot("tree-lines")
    window.do("command", title="Byline: Show the Change That Wrote This Line")
    seen = window.until(lambda seen: any("+    for wait" in line["text"] for line in seen["lines"]), "the diff")
    assert not any(line["text"].startswith("-    for") for line in seen["lines"])
    window.shot("change")


THEMES = {
    "Default Dark Modern": "dark",
    "Default Light Modern": "light",
    "Default High Contrast": "highContrast",
    "Default High Contrast Light": "highContrastLight",
}


def test_every_theme_has_its_colours_and_letters(vscode: Vscode, project: Project) -> None:
    package = json.loads((EXTENSION / "package.json").read_text())
    ours = [color for color in package["contributes"]["colors"] if color["id"].startswith("byline.session")]
    window = vscode(project.path, {"byline.gutter": "always", "window.autoDetectHighContrast": False})
    window.do("open", name="client.py")
    window.do("command", title="Byline: Show or Hide AI Lines")
    for theme, kind in THEMES.items():
        window.change({"workbench.colorTheme": theme})
        wanted = {color["defaults"][kind] for color in ours}

        def painted(seen: dict[str, Any], wanted: set[str] = wanted, kind: str = kind) -> bool:
            stripes = [line["stripe"] for line in seen["lines"] if line["stripe"]]
            coloured = len(stripes) == 2 and all(any(color in stripe for color in wanted) for stripe in stripes)
            return coloured and bool(marked(seen, "tint")) == (kind in ("dark", "light"))

        seen = window.until(painted, f"stripes of {theme}")
        first, second = (line["stripe"] for line in seen["lines"] if line["stripe"])
        assert ">cl</text>" in first and "</text>" not in second, "the agent's first letters, once a run"
        window.shot(kind)


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
    seen = window.until(lambda seen: any("pipx install ." in text for text in seen["messages"]), "the offer")
    assert "Copy It" in seen["buttons"]
    assert not seen["terminal"]
    assert seen["writerLabel"] == "byline: byline's language server was not found"
    window.shot("missing-server")
    window.do("clickButton", text="Type It in a Terminal")
    wait(lambda: "pipx install ." in window.do("terminal").replace("\xa0", " "), "the command in a terminal")
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
