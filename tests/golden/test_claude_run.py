"""One whole captured run of Claude Code 2.1, replayed through the real hook.

Every payload fires in the captured order, in a repository whose files change underneath as the run changed them. What
is recorded is compared with `claude-run.txt`, which a person can read. After a wanted change: delete that file, run
this test once, look at the difference.
"""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gitrepo import Repo
from hookrun import events, hook, snapshot

PAYLOADS = sorted((Path(__file__).parents[1] / "data" / "payloads" / "claude").glob("*.json"))
EXPECTED = Path(__file__).with_name("claude-run.txt")
CAPTURED_AT = "/home/dev/project"
START = {
    "app.py": "import sys\n\nx = 1\n\ndef main():\n    print('hello')\n    return x\n\n# x = 1 again\n",
    "other.txt": "other\n",
}
SHOWN = (
    *("tool", "turn_id", "call_id", "parent_session_id", "subagent_type", "command", "prompt", "reason", "edits"),
    *("start_line", "end_line", "background", "user_modified", "incomplete", "cwd", "transcript_path"),
)


def act(payload: dict[str, Any], folder: Path) -> None:
    """What the tool did to the disk between the event before and the event after it."""
    given = payload["tool_input"]
    if payload["tool_name"] == "Write":
        Path(given["file_path"]).write_text(given["content"])
    elif payload["tool_name"] == "Edit":
        path = Path(given["file_path"])
        text = path.read_text()
        path.write_text(text.replace(given["old_string"], given["new_string"], -1 if given["replace_all"] else 1))
    elif payload["tool_name"] == "Bash":
        subprocess.run(["/bin/sh", "-c", given["command"]], cwd=folder, check=True)


class Page:
    """Events as lines to read: ids become the text they stand for, random names become their order."""

    def __init__(self, store: Path, folder: Path) -> None:
        self.store = store
        self.folder = str(folder)
        self.names: dict[str, str] = {}

    def name(self, kind: str, value: str) -> str:
        """`turn 1` for the first turn, and so on."""
        known = sum(name.startswith(kind) for name in self.names.values())
        return self.names.setdefault(value, f"{kind} {known + 1}")

    def text(self, blob: str) -> str:
        return blob if blob in ("none", "unread") else json.dumps(snapshot(self.store, blob).decode())

    def shown(self, field: str, value: Any) -> str:
        if field in ("turn_id", "call_id"):
            return self.name(field[:-3], value)
        return json.dumps(value).replace(self.folder, "REPO")

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


def test_a_run_of_claude_code(repo: Callable[..., Repo]) -> None:
    made = repo("project")
    made.commit("start", START)
    for path in PAYLOADS:
        data = path.read_text().replace(CAPTURED_AT, str(made.path)).replace("-home-dev-project", "-project")
        payload = json.loads(data)
        if payload["hook_event_name"] == "PostToolUse":
            act(payload, made.path)
        hook("claude", data.encode(), made.path)
    store = made.path / ".git" / "byline"
    page = Page(store, made.path)
    told = "\n\n".join(page.event(event) for event in events(store)) + "\n"
    if not EXPECTED.exists():
        EXPECTED.write_text(told)
        raise AssertionError(f"{EXPECTED.name} was written anew: read it, then run the test again")
    assert told == EXPECTED.read_text()
    assert not (store / "errors.log").exists()
