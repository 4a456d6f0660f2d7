"""Cursor's payloads as its documentation and other tools' tests have them, replayed through the real hook.

No run of Cursor was captured. What is recorded is compared with a page that a person can read. After a wanted change:
delete that page, run the test once, look at the difference.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitrepo import Repo
from replay import Page, compare, exchange, play, shell


def act(payload: dict[str, Any], folder: Path) -> None:
    """The tools' work: done before the first event after it, of which an edit has two."""
    event, given = payload["hook_event_name"], payload.get("tool_input", {})
    if event == "afterFileEdit":
        for edit in payload["edits"]:
            exchange(Path(payload["file_path"]), edit["old_string"], edit["new_string"])
    elif event == "postToolUse" and "content" in given:
        Path(given["file_path"]).write_text(given["content"])
    elif event == "postToolUse" and "patch" in given:
        exchange(folder / "hello.py", "    return 'bye'", "    return 'ciao'")
    elif event == "postToolUse" and "command" in given:
        shell(given["command"].replace("date", "echo today"), folder)


@pytest.mark.parametrize("argument", ["cursor", "claude"])
def test_payloads_of_cursor(repo: Callable[..., Repo], argument: str) -> None:
    """Also where it runs the hook that is registered with Claude Code."""
    made = repo("project")
    play(argument, "cursor", made, act)
    compare(Page(made).whole().replace('  via: "claude"\n', ""), Path(__file__).with_name("cursor-run.txt"))
