"""A captured run of Cline's command line 3.0.65, replayed through the real hook.

What is recorded is compared with a page that a person can read. After a wanted change: delete that page, run the test
once, look at the difference.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gitrepo import Repo
from replay import Page, compare, exchange, play, shell


def act(payload: dict[str, Any], folder: Path) -> None:
    """The tools' work; the edit that failed changed nothing, though the payload calls it a success."""
    told = payload.get("tool_result", {})
    given = told.get("input", {})
    if told.get("name") == "editor" and told["output"]["success"]:
        if "old_text" in given:
            exchange(Path(given["path"]), given["old_text"], given["new_text"])
        else:
            Path(given["path"]).write_text(given["new_text"])
    for command in given.get("commands", ()):
        shell(command, folder)


def test_a_run_of_cline(repo: Callable[..., Repo]) -> None:
    made = repo("project")
    play("cline", "cline", made, act)
    compare(Page(made).whole(), Path(__file__).with_name("cline-run.txt"))
