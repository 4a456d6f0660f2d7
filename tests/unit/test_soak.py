"""What the soak calls wrong, and lost."""

import json
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from soak.agents import Agent
from soak.editors import wrong
from soak.memory import Memory, medians, per_event
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


class Held:
    """An editor whose server holds what it is told to."""

    def __init__(self, held: Iterator[float]) -> None:
        self._held = held

    def look_at(self, path: str) -> None: ...

    def memory(self) -> float:
        return next(self._held)


def measured(working: list[float], still: list[float], anew: float, events: int) -> list[str]:
    """What is wrong with a server that held 50 MiB at first; one that begins at the end holds `anew`."""
    world: Any = SimpleNamespace(paths=["a.txt"], done={"events": 0})
    editor: Any = Held(chain([50.0], working, [working[-1]], still))
    memory = Memory(world, [editor])
    for number in range(len(working)):
        world.done["events"] = events * number // (len(working) - 1)
        memory.sample()
    memory.compare(Held(repeat(anew)))  # type: ignore[arg-type]
    for _ in still:
        memory.sample_still()
    return memory.tell()


def test_memory_may_grow_with_the_record_and_otherwise_not() -> None:
    fine = [60 + number / 10 for number in range(100)]
    assert measured(fine, [70.0] * 9, 69.0, 12_000) == []
    assert "grew from 70.0 to 73.0" in measured(fine, [70, 70, 71, 71, 72, 72, 73, 73, 73], 69.0, 12_000)[0]
    assert "one that begins now 64.0" in measured(fine, [70.0] * 9, 64.0, 12_000)[0]
    steep = [60 + number / 2 for number in range(100)]
    assert "an event costs" in measured(steep, [110.0] * 9, 109.0, 12_000)[0]
    assert measured(steep, [110.0] * 9, 109.0, 500) == [], "caches fill at first"


def test_what_an_event_costs_is_the_slope_of_the_last_two_thirds() -> None:
    events = list(range(0, 3000, 100))
    values = [50.0 + (10 if number >= 10 else number) + events[number] / 1024 for number in range(30)]
    assert per_event(events, values) == pytest.approx(1.0)
    assert per_event([], []) == 0.0
    assert medians([1.0, 2, 3, 4, 5, 6, 7]) == [1.5, 3.5, 6.0]
