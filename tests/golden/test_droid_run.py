"""A captured run of Factory Droid 0.215.0, then what its documentation adds, replayed through the real hook.

What is recorded is compared with a page that a person can read. After a wanted change: delete that page, run the test
once, look at the difference.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gitrepo import Repo
from replay import Page, compare, exchange, play, shell

ENV = {"FACTORY_PROJECT_DIR": "/home/dev/project"}


def act(payload: dict[str, Any], folder: Path) -> None:
    """The tools' work."""
    if payload["hook_event_name"] != "PostToolUse":
        return
    given = payload["tool_input"]
    if "content" in given:
        Path(given["file_path"]).write_text(given["content"])
    elif "old_str" in given:
        exchange(Path(given["file_path"]), given["old_str"], given["new_str"])
    elif "command" in given:
        shell(given["command"], folder)


def test_a_run_of_droid(repo: Callable[..., Repo]) -> None:
    made = repo("project")
    play("droid", "droid", made, act, ENV)
    compare(Page(made).whole(), Path(__file__).with_name("droid-run.txt"))
