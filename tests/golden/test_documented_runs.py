"""Payloads as documentation and other tools' tests have them, of agents whose runs could not be captured.

Replayed through the real hook, and what is recorded compared with a page that a person can read. After a wanted
change: delete that page, run the test once, look at the difference.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitrepo import Repo
from replay import Page, compare, exchange, play, shell


def windsurf(payload: dict[str, Any], folder: Path) -> None:
    """An empty old text makes a new file."""
    told = payload["tool_info"]
    if payload["agent_action_name"] == "post_write_code":
        for edit in told["edits"]:
            path = Path(told["file_path"])
            if edit["old_string"]:
                exchange(path, edit["old_string"], edit["new_string"])
            else:
                path.write_text(edit["new_string"])
    elif payload["agent_action_name"] == "post_run_command":
        shell(told["command_line"], folder)


def kiro(payload: dict[str, Any], folder: Path) -> None:
    """The event after the exchange is not among the payloads; the exchange itself is not done."""
    given = payload.get("tool_input", {})
    if payload["hook_event_name"] == "postToolUse":
        Path(given["path"]).write_text(given["file_text"])


def vscode(payload: dict[str, Any], folder: Path) -> None:
    """Tools of the chat."""
    given = payload.get("tool_input", {})
    if payload["hook_event_name"] != "PostToolUse":
        return
    if "newString" in given:
        exchange(Path(given["filePath"]), given["oldString"], given["newString"])
    elif "content" in given:
        Path(given["filePath"]).write_text(given["content"])
    elif "input" in given:
        exchange(folder / "hello.py", "    return 'bye'", "    return 'ciao'")
    else:
        shell(given["command"].replace("date", "echo today"), folder)


def cline(payload: dict[str, Any], folder: Path) -> None:
    """The extension's paths are relative."""
    told = payload.get("postToolUse", {})
    if told:
        (folder / told["parameters"]["path"]).write_text(told["parameters"]["content"])


def amp(payload: dict[str, Any], folder: Path) -> None:
    """Delivered to Amp's own plugin runtime without a model: the patch is no real one, and its call failed."""
    told = payload["event"]
    given = told.get("input", {})
    if "status" not in told or "toolUseID" not in told:
        return
    if "content" in given:
        Path(given["path"]).write_text(given["content"])
    elif "old_str" in given:
        exchange(Path(given["path"]), given["old_str"], given["new_str"])
    elif "command" in given or "cmd" in given:
        shell(given.get("command") or given["cmd"], folder)


@pytest.mark.parametrize(
    ("argument", "folder", "act"),
    [
        ("windsurf", "windsurf", windsurf),
        ("kiro", "kiro", kiro),
        ("copilot", "vscode_copilot", vscode),
        ("claude", "vscode_copilot", vscode),
        ("cline", "cline_extension", cline),
        ("amp", "amp", amp),
        ("junie", "junie", lambda payload, folder: None),
    ],
)
def test_documented_payloads(
    repo: Callable[..., Repo], argument: str, folder: str, act: Callable[[dict[str, Any], Path], None]
) -> None:
    made = repo("project")
    play(argument, folder, made, act)
    told = Page(made).whole().replace('  via: "claude"\n', "")
    compare(told, Path(__file__).with_name(f"{folder.replace('_', '-')}-documented.txt"))
