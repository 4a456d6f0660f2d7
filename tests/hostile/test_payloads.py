"""Payloads of every agent, mutated and made up: the hook never fails, and what it writes every reader takes."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.model import Event
from byline.store.lines import decode
from byline_hooks import entry, fastjson
from byline_hooks.observation import EVENTS, SETTLE, Observation, Rejected
from gitrepo import Repo
from hookrun import events, hook
from hostile.values import JSON, few, mutated, nested

PAYLOADS = Path(__file__).parents[1] / "data" / "payloads"
DIALECTS = sorted(path.stem for path in Path(entry.__file__).with_name("dialects").glob("*.py"))
DIALECTS = [name for name in DIALECTS if name not in ("__init__", "git", "vscode_copilot")]
FOLDERS = {"cline_extension": "cline", "copilot_pascal": "copilot", "vscode_copilot": "copilot"}
CAPTURED = [
    (FOLDERS.get(path.parent.name, path.parent.name), json.loads(path.read_text()))
    for path in sorted(PAYLOADS.glob("*/*.json"))
]
GENERIC = {
    "v": 1,
    "agent": "m",
    "session_id": "s",
    "event": "write",
    "cwd": "/r",
    "path": "a.py",
    "call_id": "c",
    "before": "x\n",
    "edits": [{"old_start": 1, "old_lines": 1, "new_start": 1, "new_lines": 1}],
    "tokens": {},
    "paths": ["b"],
    "pid": 3,
    "start_line": 1,
    "cost_usd": 0.1,
    "prompt": "p",
    "command": "ls",
}


def understood(agent: str, payload: Any, env: dict[str, str]) -> list[Observation]:
    """What the hook makes of a payload as it comes from standard input; Rejected counts as nothing."""
    try:
        told = fastjson.loads(json.dumps(payload), strict=False)
        assert isinstance(told, dict)
        _, seen = entry.understand(agent, told, env)
    except Rejected as reason:
        assert "SECRET" not in str(reason)
        return []
    for one in seen:
        assert one.event in EVENTS or one.event == SETTLE
        assert one.path is None or isinstance(one.path, str)
        assert isinstance(one.cwd, str)
        fastjson.dumps(one.fields)
    return seen


@few(150)
@given(st.data())
def test_captured_payloads_with_something_changed(data: st.DataObject) -> None:
    agent, payload = data.draw(st.sampled_from([*CAPTURED, ("generic", GENERIC)]))
    changed = data.draw(mutated(payload))
    if isinstance(changed, dict):
        understood(agent, changed, {})


@few(60)
@given(st.sampled_from(DIALECTS), st.dictionaries(st.text(max_size=12), JSON, max_size=8))
def test_payloads_made_up(agent: str, payload: dict[str, Any]) -> None:
    understood(agent, payload, {})


@few(60)
@given(st.data())
def test_one_agents_payloads_under_anothers_name(data: st.DataObject) -> None:
    _, payload = data.draw(st.sampled_from(CAPTURED))
    env = data.draw(st.dictionaries(st.sampled_from(["COPILOT_CLI", "CURSOR_VERSION", "CLAUDECODE"]), st.just("1")))
    understood(data.draw(st.sampled_from(DIALECTS)), payload, env)


@few(40)
@given(data=st.data())
def test_whatever_is_recorded_can_be_read(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    made = Repo(tmp_path_factory.mktemp("fuzzed"))
    made.run("init", "-q", "--template=")
    (made.path / "hello.py").write_text("def hello():\n    return 'hello'\n")
    agent, payload = data.draw(st.sampled_from([*CAPTURED, ("generic", GENERIC)]))
    here = json.loads(
        json.dumps(payload).replace("/home/dev/project", str(made.path)).replace('"/r"', f'"{made.path}"')
    )
    changed = data.draw(mutated(here))
    entry.run(agent, json.dumps(changed).encode(), dict(os.environ))
    for spool in (*made.path.glob(".git/byline/spool/*"), *Path(os.environ["BYLINE_DATA_DIR"]).glob("**/spool/*")):
        lines = [line for line in spool.read_bytes().split(b"\n") if line]
        assert all(isinstance(decode(line), Event) for line in lines), lines
        spool.unlink()
    log = made.path / ".git" / "byline" / "errors.log"
    assert not log.exists() or not [line for line in log.read_text().splitlines() if " at " in line], log.read_text()


@pytest.mark.parametrize("agent", ["claude", "codex", "generic"])
@pytest.mark.parametrize("depth", [900, 100_000])
def test_deep_json_ends_quietly(agent: str, depth: int, repo: Callable[..., Repo]) -> None:
    made = repo()
    whole = f'{{"session_id":"s","hook_event_name":"PreToolUse","cwd":"{made.path}","tool_input":{nested(depth)}}}'
    hook(agent, whole.encode(), made.path)


def test_a_huge_payload_ends_in_time(repo: Callable[..., Repo]) -> None:
    made = repo()
    (made.path / "a.py").write_text("x = 1\n" * 200_000)
    change = {"old_string": "a\n" * 200_000, "new_string": "b\n" * 400_000, "file_path": "a.py"}
    payload = {
        "session_id": "s",
        "cwd": str(made.path),
        "hook_event_name": "PostToolUse",
        "tool_use_id": "t",
        "transcript_path": "/x/.claude/projects/p/s.jsonl",
        "tool_name": "Edit",
        "tool_input": change,
    }
    before = time.monotonic()
    hook("claude", payload, made.path)
    assert time.monotonic() - before < 4
    assert events(made.path / ".git" / "byline")


def patch(lines: int) -> str:
    same = "".join(f" same\n+new {number}\n" for number in range(lines))
    return f"*** Begin Patch\n*** Update File: a.py\n@@\n{same}*** End Patch\n"


def test_a_patch_that_fits_everywhere_ends_in_time(repo: Callable[..., Repo]) -> None:
    made = repo()
    (made.path / "a.py").write_text("same\n" * 100_000)
    payload = {
        "session_id": "s",
        "cwd": str(made.path),
        "hook_event_name": "PostToolUse",
        "tool_use_id": "t",
        "tool_name": "apply_patch",
        "tool_input": {"command": patch(2000)},
        "turn_id": "1",
    }
    before = time.monotonic()
    hook("codex", payload, made.path)
    assert time.monotonic() - before < 4
