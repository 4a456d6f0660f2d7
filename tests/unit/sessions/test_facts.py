"""Which source a field comes from, and what sessions say of each other."""

from typing import Any

from byline.model import Event
from byline.sessions.facts import facts, related
from byline.sessions.growing import Growing, grow
from byline.sessions.joined import joined
from byline.sessions.tally import Prompt, Tally, Usage


def event(at: int, kind: str, session_id: str = "s", **fields: Any) -> Event:
    return Event(v=1, id=f"e{at}", at=at, event=kind, agent="m", session_id=session_id, **fields)


def growing(*events: Event) -> dict[str, Growing]:
    found: dict[str, Growing] = {}
    grow(found, events)
    return found


ONE = (
    event(1, "session_start", model="m1", pid=5, cwd="/a"),
    event(2, "prompt", prompt="go", turn_id="t"),
    event(3, "pre_write", path="a.py", call_id="c", tool="Edit"),
    event(4, "write", path="a.py", call_id="c", tool="Edit"),
    event(5, "turn_end", tokens={"input": 7, "output": 3}),
)


def test_hooks_alone() -> None:
    one = facts(growing(*ONE)["s"])
    assert (one.input_tokens, one.output_tokens, one.cache_read_tokens) == (7, 3, None)
    assert (one.tool_calls, one.tool_usage, one.files_written) == (1, {"Edit": 1}, ("a.py",))
    assert (one.sources["input_tokens"], one.sources["model"]) == ("hook", "hook")
    assert one.transcript_available is False


def test_a_transcript_stands_above_field_by_field() -> None:
    told = Tally(records=5, usage={"1": Usage(100, 10, 0, 0)}, model="m2", prompts={"a": Prompt("p", "go!", 2)})
    one = facts(growing(*ONE)["s"], told)
    assert (one.input_tokens, one.output_tokens, one.cache_read_tokens) == (100, 10, 0)
    assert (one.model, one.prompt) == ("m2", "go!")
    assert one.tool_usage == {"Edit": 1}  # of calls the transcript says nothing
    assert (one.sources["model"], one.sources["tool_usage"], one.sources["turns"]) == (
        "transcript",
        "hook",
        "transcript",
    )


def test_a_transcript_that_is_behind_takes_no_prompt_away() -> None:
    one = facts(growing(*ONE)["s"], Tally(records=1))
    assert (one.prompt, one.sources["turns"]) == ("go", "hook")


def test_subagents_and_peers() -> None:
    found = growing(
        *ONE, event(6, "write", "s/a", path="b.py", parent_session_id="s"), event(7, "read", "t", path="a.py")
    )
    all_of = {name: facts(one) for name, one in found.items()}
    related(all_of)
    assert (all_of["s"].subagent_session_ids, all_of["s"].subagent_count) == (("s/a",), 1)
    assert (all_of["s"].peer_session_ids, all_of["t"].peer_session_ids) == (("t",), ("s",))
    assert all_of["s/a"].is_subagent


def test_joined_takes_prompts_and_life_from_where_the_session_runs() -> None:
    here = growing(event(4, "write", path="x", cwd="/b"))["s"]
    there = growing(ONE[0], ONE[1], event(9, "session_end", reason="exit"))["s"]
    one = facts(joined(here, there))
    assert (one.prompt, one.files_written, one.first_started_at, one.last_activity) == ("go", ("x",), 1, 9)
    assert (one.status, one.last_ended_at, one.end_reason) == ("done", 9, "exit")
    assert here.turns == []  # neither part is changed
