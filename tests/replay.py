"""Captured runs of agents played through the real hook, and what was recorded as a page to read."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from byline.workspace.workspace import Workspace
from gitrepo import Repo
from hookrun import events, hook, snapshot

PAYLOADS = Path(__file__).parent / "data" / "payloads"
CAPTURED_AT = "/home/dev/project"
HELLO = "def hello():\n    return 'hello'\n\n\ndef bye():\n    return 'bye'\n"
START = {"hello.py": HELLO, "notes.md": "# notes\n"}
SHOWN = (
    *("agent_version", "model", "tool", "turn_id", "call_id", "parent_session_id", "subagent_type", "command"),
    *("prompt", "reason", "edits", "start_line", "end_line", "background", "user_modified", "incomplete", "cwd"),
    *("transcript_path", "via"),
)
Act = Callable[[dict[str, Any], Path], None]
"""What the tool of a payload did to the disk, just before the event after it."""


def play(
    agent: str,
    folder: str,
    made: Repo,
    act: Act,
    env: Mapping[str, str] | None = None,
    start: Mapping[str, str] = START,
) -> None:
    """Every payload of `tests/data/payloads/FOLDER` in the captured order, in a repository that `act` changes."""
    made.commit("start", dict(start))
    for path in sorted((PAYLOADS / folder).glob("*.json")):
        payload = here(json.loads(path.read_text()), made.path)
        act(payload, made.path)
        hook(agent, payload, made.path, env)
    assert not (made.path / ".git" / "byline" / "errors.log").exists()


def here(payload: Any, folder: Path) -> Any:
    """The payload as if it had been captured in `folder`."""
    return json.loads(json.dumps(payload).replace(CAPTURED_AT, str(folder)).replace("-home-dev-project", "-project"))


def exchange(path: Path, old: str, new: str) -> None:
    """An edit tool's work: the one place that reads `old` reads `new`."""
    found = path.read_text()
    assert found.count(old) == 1
    path.write_text(found.replace(old, new))


def shell(command: str, folder: Path) -> None:
    subprocess.run(["/bin/sh", "-c", command], cwd=folder, check=True)


class Page:
    """Events as lines to read: ids become the text they stand for, random names become their order."""

    def __init__(self, made: Repo) -> None:
        self.store = made.path / ".git" / "byline"
        self.folder = made.path
        self.names: dict[str, str] = {}

    def whole(self) -> str:
        """The events, then who owns which line."""
        told = [self.event(event) for event in events(self.store)]
        return "\n\n".join([*told, *self.owners()]) + "\n"

    def name(self, kind: str, value: str) -> str:
        """`turn 1` for the first turn, and so on."""
        known = sum(name.startswith(kind) for name in self.names.values())
        return self.names.setdefault(value, f"{kind} {known + 1}")

    def text(self, blob: str) -> str:
        return blob if blob in ("none", "unread") else json.dumps(snapshot(self.store, blob).decode())

    def shown(self, field: str, value: Any) -> str:
        if field in ("turn_id", "call_id"):
            return self.name(field[:-3], value)
        if field == "parent_session_id":
            return self.name("session", value)
        return json.dumps(value).replace(str(self.folder), "REPO")

    def event(self, event: dict[str, Any]) -> str:
        session = self.name("session", event["session_id"])
        lines = [f"{event['event']} {event.get('path', '')}".rstrip(), f"  {event['agent']} {session}"]
        lines += [f"  {field}: {self.shown(field, event[field])}" for field in SHOWN if field in event]
        lines += [
            f"  {name}: {self.text(event[name])}" for name in ("before_id", "after_id", "disk_id") if name in event
        ]
        pairs = zip(event.get("paths", []), event.get("after_ids", []), strict=True)
        lines += [f"  dirty {path}: {self.text(blob)}" for path, blob in pairs]
        return "\n".join(lines)

    def owners(self) -> list[str]:
        """For each file that is not as it was committed: every line with its owner."""
        workspace = Workspace.for_path(self.folder, dict(_environment()))
        try:
            return [self.owned(workspace, name) for name in self.changed()]
        finally:
            workspace.close()

    def owned_by(self, name: str) -> str:
        """The same for one file, committed or not."""
        with Workspace.for_path(self.folder, dict(_environment())) as workspace:
            return self.owned(workspace, name)

    def changed(self) -> list[str]:
        done = subprocess.run(
            ["git", "ls-files", "-m", "-o", "--exclude-standard"], cwd=self.folder, capture_output=True, check=True
        )
        return sorted(name for name in done.stdout.decode().splitlines() if (self.folder / name).exists())

    def owned(self, workspace: Workspace, name: str) -> str:
        found = workspace.attribute(self.folder / name)
        texts = found.text.decode().removesuffix("\n").split("\n")
        rows = [
            f"  {(self.name('session', line.session_id) if line.session_id else line.owner):10} {text}".rstrip()
            for line, text in zip(found.lines, texts, strict=True)
        ]
        return "\n".join([f"owners of {name}", *rows])


def _environment() -> Mapping[str, str]:
    import os

    return os.environ


def compare(told: str, expected: Path) -> None:
    """The page is the one on file; a page that is not there is written, for somebody to read and keep."""
    if not expected.exists():
        expected.write_text(told)
        raise AssertionError(f"{expected.name} was written anew: read it, then run the test again")
    assert told == expected.read_text()
