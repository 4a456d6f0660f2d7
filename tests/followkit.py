"""The records of agents without hooks, put where those agents keep them, around a repository of a test's own."""

import json
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from byline.workspace.following import follow
from byline.workspace.place import place_of
from byline.workspace.workspace import Workspace
from gitrepo import Repo
from hookrun import events

DATA = Path(__file__).parent / "data" / "followed"
CAPTURED_AT = "/home/dev/project"
TRAILER = "\n\nCo-authored-by: aider (openai/mock-model) <aider@aider.chat>"
REST = 60
"""Seconds since a record was written to: it has come to rest."""


def at_rest(path: Path) -> Path:
    """The file as if nothing had been written to it for a while."""
    moment = time.time() - REST
    os.utime(path, (moment, moment))
    return path


def look(made: Repo) -> bool:
    """One look of byline's at what was left."""
    return follow(place_of(made.path), os.environ)


def owners(made: Repo, name: str, rev: str | None = None) -> list[tuple[str | None, str | None]]:
    """Agent and session of each line."""
    with Workspace.for_path(made.path, os.environ) as workspace:
        return [(line.agent, line.session_id) for line in workspace.attribute(made.path / name, rev=rev).lines]


def agents(made: Repo, name: str) -> list[str | None]:
    """The agent of each line."""
    return [agent for agent, _ in owners(made, name)]


def told(made: Repo) -> list[tuple[str, str | None]]:
    """Every event that was recorded, with its path."""
    return [(event["event"], event.get("path")) for event in events(made.path / ".git" / "byline")]


def aider_history(made: Repo, text: str) -> Path:
    """Aider's own record, at rest."""
    return at_rest(made.write(".aider.chat.history.md", text))


def continue_session(made: Repo, session: dict[str, Any]) -> Path:
    """A session of Continue's."""
    folder = Path(os.environ["HOME"], ".continue", "sessions")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{session['sessionId']}.json"
    path.write_text(json.dumps(session).replace(CAPTURED_AT, str(made.path)))
    return at_rest(path)


def zed_threads(made: Repo, threads: Iterable[tuple[str, dict[str, Any]]], *, packed: bool = True) -> Path:
    """Zed's database with these threads, which worked in the repository."""
    path = Path(os.environ["XDG_DATA_HOME"], "zed", "threads", "threads.db")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE threads (id TEXT, folder_paths TEXT, updated_at TEXT, data_type TEXT, data BLOB)")
    for number, (name, thread) in enumerate(threads):
        data = json.dumps(thread).encode()
        if packed:
            data = subprocess.run(["zstd", "-cq"], input=data, capture_output=True, check=True).stdout
        row = (name, str(made.path), f"2026-11-21T02:09:{number:02}Z", "zstd" if packed else "json", data)
        database.execute("INSERT INTO threads VALUES (?, ?, ?, ?, ?)", row)
    database.commit()
    database.close()
    return at_rest(path)


def trae_state(made: Repo, value: dict[str, Any]) -> Path:
    """The state of the workspace that Trae has for the repository."""
    folder = Path(os.environ["XDG_CONFIG_HOME"], "Trae", "User", "workspaceStorage", "abc")
    folder.mkdir(parents=True)
    (folder / "workspace.json").write_text(json.dumps({"folder": made.path.as_uri()}))
    database = sqlite3.connect(folder / "state.vscdb")
    database.execute("CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB)")
    database.execute("INSERT INTO ItemTable VALUES (?, ?)", ("memento/icube-ai-agent-storage", json.dumps(value)))
    database.commit()
    database.close()
    return folder / "state.vscdb"
