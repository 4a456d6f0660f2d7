"""Captured runs of GitHub Copilot CLI 1.0.102, in both spellings of its payloads, replayed through the real hook.

What is recorded is compared with a page that a person can read. After a wanted change: delete that page, run the test
once, look at the difference.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitrepo import Repo
from replay import Page, compare, exchange, play, shell

ENV = {"COPILOT_CLI": "1", "COPILOT_CLI_BINARY_VERSION": "1.0.102", "COPILOT_MODEL": "mock-model"}


def act(payload: dict[str, Any], folder: Path) -> None:
    """The tools' work; parallel calls all work before the first of them tells of it."""
    given = payload.get("toolArgs", payload.get("tool_input"))
    if not ("toolResult" in payload or "tool_result" in payload) or not isinstance(given, dict):
        return
    if "file_text" in given:
        Path(given["path"]).write_text(given["file_text"])
    elif "old_str" in given:
        exchange(Path(given["path"]), given["old_str"], given["new_str"])
    elif "command" in given:
        shell(given["command"], folder)


@pytest.mark.parametrize("folder", ["copilot", "copilot_pascal"])
@pytest.mark.parametrize("argument", ["copilot", "claude"])
def test_a_run_of_copilot(repo: Callable[..., Repo], folder: str, argument: str) -> None:
    """Also where it runs the hook that is registered with Claude Code in the repository."""
    made = repo("project")
    play(argument, folder, made, act, ENV)
    told = Page(made).whole().replace('  via: "claude"\n', "")
    compare(told, Path(__file__).with_name(f"{folder.replace('_', '-')}-run.txt"))
