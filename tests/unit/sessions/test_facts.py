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


def test_every_turn_adds_to_tokens_and_cost() -> None:
    told = (
        event(1, "turn_end", tokens={"input": 1, "cache_write": 4, "total": 9}, cost_usd=0.5),
        event(2, "write", path="a", cost_usd=7.0),
        event(3, "turn_end", tokens={"input_tokens": 2, "cache_creation_tokens": 1, "cache_read_input_tokens": 3}),
        event(4, "session_end", tokens={"output": True, "input": -1, "cache_read": 1.5}, cost_usd=0.25),
        event(5, "turn_end", tokens=55, cost_usd=float("nan")),
    )
    one = facts(growing(*told)["s"])
    assert (one.input_tokens, one.output_tokens, one.cache_read_tokens, one.cache_creation_tokens) == (3, None, 3, 5)
    assert one.cost_usd == 0.75
    assert one.sources["cost_usd"] == "hook"


def test_the_cost_of_a_session_started_elsewhere() -> None:
    here = growing(event(4, "write", path="x"))["s"]
    there = growing(event(2, "turn_end", cost_usd=0.5))["s"]
    assert facts(joined(here, there)).cost_usd == 0.5
    assert facts(joined(there, here)).cost_usd == 0.5


def test_a_call_of_which_only_the_second_event_names_the_tool() -> None:
    told = (
        event(1, "pre_write", path="a", call_id="c"),
        event(2, "write", path="a", call_id="c", tool="Edit"),
        event(3, "write", path="b", call_id="c", tool="Edit"),
        event(4, "write_failed", path="b", call_id="c", tool="Edit"),
        event(5, "write_failed", path="b", call_id="c", tool="Edit"),
    )
    one = facts(growing(*told)["s"])
    assert (one.tool_calls, one.tool_usage, one.tool_failures) == (1, {"Edit": 1}, 1)


def test_what_a_transcript_leaves_open_of_a_prompt_is_the_hooks() -> None:
    """Cursor's has neither times nor ids."""
    heard = (
        event(2, "prompt", prompt="go", turn_id="t1"),
        event(3, "prompt", prompt="on\n", turn_id="t2"),
        event(4, "prompt", prompt="go", turn_id="t3"),
    )
    told = Tally(
        records=4, prompts={str(n): Prompt(None, text, 0) for n, text in enumerate(("go", "on", "go", "new"))}
    )
    one = facts(growing(*heard)["s"], told)
    assert [(turn.id, turn.prompt, turn.at) for turn in one.turns] == [
        ("t1", "go", 2), ("t2", "on", 3), ("t3", "go", 4), (None, "new", 0),
    ]  # fmt: skip
    long = facts(
        growing(event(5, "prompt", prompt="x" * 50_000, turn_id="t"))["s"],
        Tally(records=1, prompts={"1": Prompt(None, "x" * 20_000, 0)}),
    )
    assert [turn.at for turn in long.turns] == [5]
