"""Agents without hooks that work: followed through what they leave, nothing of theirs is ever written to."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from byline.cli.folders import home_folder
from byline.workspace.following import stores


class Row(NamedTuple):
    """One such agent."""

    title: str
    programs: tuple[str, ...]
    reads: str
    """What of it is read, as a sentence goes on after `followed through`."""


ROWS = {
    "aider": Row("Aider", ("aider",), ".aider.chat.history.md in each repository and the commits it names"),
    "continue": Row("Continue", ("cn",), "its sessions in ~/.continue/sessions"),
    "zed": Row("Zed's own agent", ("zed", "zeditor"), "its database of threads"),
    "trae": Row("Trae (sessions and prompts only)", ("trae", "trae-cn"), "the state of its workspaces"),
}


def traces(name: str, env: Mapping[str, str]) -> list[Path]:
    """The files and folders that tell that the agent is used."""
    if name == "aider":
        return [home_folder(env) / ".aider", home_folder(env) / ".aider.conf.yml"]
    if name == "continue":
        return [stores.continue_folder(env)]
    return [stores.zed_database(env)] if name == "zed" else stores.trae_folders(env)
