"""What the soak calls wrong, and lost."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from soak.agents import Agent
from soak.editors import wrong
from soak.run import lost


def test_a_line_may_be_unknown_but_never_somebody_elses() -> None:
    lines = ["agent1-0 000001 says\n", "human 000001 says\n", "nobody 000001 says\n"]
    assert not wrong(lines, ["agent1-0", "human", "unknown"])
    assert not wrong(lines, ["unknown"] * 3)
    assert len(wrong(lines, ["agent2-0", "human", "unknown"])) == 1
    assert len(wrong(lines, ["human", "agent1-0", "agent1-0"])) == 3
    assert len(wrong(lines, ["unknown"] * 2)) == 1


def test_an_event_that_is_missing_torn_or_there_twice_is_told(tmp_path: Path) -> None:
    spool = tmp_path / ".git" / "byline" / "spool"
    spool.mkdir(parents=True)

    def line(call: str) -> str:
        return json.dumps({"event": "write", "session_id": "a-0", "call_id": call}) + "\n"

    (spool / "2026-11-21.m.jsonl").write_text("\n" + line("one") + line("two") + line("two") + '{"event": "wri\n')
    world: Any = SimpleNamespace(root=tmp_path)
    agent = Agent(world, 1, 0)
    agent.expected = {("a-0", call, "write") for call in ("one", "two", "three")}
    found = " ".join(lost(world, [agent]))
    assert "torn" in found and "'three', 'write') is there 0 times" in found and "'two', 'write') is there 2" in found
    assert "'one'" not in found
