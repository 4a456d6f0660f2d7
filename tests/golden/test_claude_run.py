"""One whole captured run of Claude Code 2.1, replayed through the real hook.

What is recorded is compared with a page that a person can read. After a wanted change: delete that page, run the test
once, look at the difference.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gitrepo import Repo
from replay import Page, compare, play, shell

START = {
    "app.py": "import sys\n\nx = 1\n\ndef main():\n    print('hello')\n    return x\n\n# x = 1 again\n",
    "other.txt": "other\n",
}


def act(payload: dict[str, Any], folder: Path) -> None:
    """What the tool did to the disk between the event before and the event after it."""
    if payload["hook_event_name"] != "PostToolUse":
        return
    given = payload["tool_input"]
    if payload["tool_name"] == "Write":
        Path(given["file_path"]).write_text(given["content"])
    elif payload["tool_name"] == "Edit":
        path = Path(given["file_path"])
        count = -1 if given["replace_all"] else 1
        path.write_text(path.read_text().replace(given["old_string"], given["new_string"], count))
    elif payload["tool_name"] == "Bash":
        shell(given["command"], folder)


def test_a_run_of_claude_code(repo: Callable[..., Repo]) -> None:
    made = repo("project")
    play("claude", "claude", made, act, start=START)
    compare(Page(made).whole(), Path(__file__).with_name("claude-run.txt"))
