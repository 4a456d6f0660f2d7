from typing import Any

import pytest

from byline.model import Event, Read, Turn
from byline.sessions.fromevents import Sessions, build, read_of


def event(at: int, kind: str, session_id: str | None = "s", **fields: Any) -> Event:
    return Event(v=1, id=f"e{at}", at=at, event=kind, agent="claude", session_id=session_id, **fields)


def test_one_session_from_start_to_end() -> None:
    session = build(
        [
            event(1, "session_start", cwd="/r", pid=7, transcript_path="/t.jsonl", model="m1", agent_version="2"),
            event(2, "prompt", prompt="do it", turn_id="t1"),
            event(3, "read", path="b", call_id="c1"),
            event(4, "pre_write", path="a", call_id="c2"),
            event(5, "write", path="a", call_id="c2", model="m2"),
            event(6, "write", path="a", call_id="c3"),
            event(7, "write_failed", path="z", call_id="c4"),
            event(8, "pre_shell", call_id="c5", command="ls"),
            event(9, "shell", call_id="c5", paths=("other",), after_ids=("none",)),
            event(10, "turn_end"),
            event(11, "session_end", reason="exit"),
        ]
    )["s"]
    assert session.turns == (Turn("t1", "do it", 2),)
    assert (session.agent, session.agent_version, session.model) == ("claude", "2", "m2")
    assert (session.first_started_at, session.last_activity, session.ended_at) == (1, 11, 11)
    assert (session.files_written, session.files_read, session.tool_calls) == (("a",), ("b",), 5)
    assert (session.status, session.revival_count) == ("done", 0)
    assert (session.transcript_path, session.cwd) == ("/t.jsonl", "/r")


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ("session_start", "idle"),
        ("session_start prompt", "busy"),
        ("session_start prompt pre_write write", "busy"),
        ("session_start prompt wait", "wait"),
        ("session_start prompt wait shell", "busy"),
        ("session_start prompt turn_end", "idle"),
        ("session_start prompt session_end", "done"),
        ("session_start session_end shell", "done"),
        ("session_start session_end turn_end", "done"),
        ("session_start session_end session_start", "idle"),
        ("session_start session_end prompt", "busy"),
        ("subagent_start", "busy"),
        ("subagent_start write subagent_end", "done"),
        ("something_new", None),
    ],
)
def test_status(kinds: str, status: str | None) -> None:
    assert build(event(at, kind) for at, kind in enumerate(kinds.split()))["s"].status == status


@pytest.mark.parametrize(
    ("reason", "pid", "revivals"), [("resume", 1, 1), ("resume", None, 1), ("compact", None, 0), ("clear", 1, 0)]
)
def test_a_second_start_says_what_it_is(reason: str, pid: int | None, revivals: int) -> None:
    starts = [event(1, "session_start", pid=pid, reason="startup"), event(2, "session_start", pid=pid, reason=reason)]
    assert build(starts)["s"].revival_count == revivals


def test_stale_updates_do_not_change_the_status() -> None:
    assert build([event(5, "prompt", prompt="p"), event(9, "turn_end"), event(7, "shell")])["s"].status == "idle"


@pytest.mark.parametrize(
    ("events", "revivals"),
    [
        ([("session_start", 1), ("session_start", 1)], 0),  # compacted
        ([("session_start", 1), ("session_end", None), ("session_start", 1)], 1),
        ([("session_start", 1), ("session_end", None), ("session_end", None), ("session_start", None)], 1),
        ([("session_start", 1), ("session_start", 2)], 1),  # the first process never said that it ended
        ([("session_start", 1), ("session_end", None), ("prompt", None), ("session_start", 1)], 1),
        ([("session_start", None), ("session_start", None)], 1),  # nothing says that it is the same process
    ],
)
def test_revivals(events: list[tuple[str, int | None]], revivals: int) -> None:
    session = build(event(at, kind, pid=pid, prompt="p") for at, (kind, pid) in enumerate(events))["s"]
    assert session.revival_count == revivals
    assert session.ended_at is None


def test_subagent_has_a_parent_and_its_own_end() -> None:
    sessions = build(
        [
            event(1, "prompt", prompt="p"),
            event(2, "subagent_start", "s/a", parent_session_id="s", subagent_type="Explore"),
            event(3, "write", "s/a", path="x"),
            event(4, "subagent_end", "s/a"),
        ]
    )
    assert (sessions["s/a"].parent_session_id, sessions["s/a"].subagent_type) == ("s", "Explore")
    assert (sessions["s/a"].status, sessions["s"].status) == ("done", "busy")
    assert (sessions["s/a"].files_written, sessions["s"].files_written) == (("x",), ())


def test_people_are_no_sessions() -> None:
    assert (
        build([event(1, "save", None, path="a"), event(2, "observe", path="a"), event(3, "format", path="a")]) == {}
    )


def test_one_prompt_told_twice_is_one_turn() -> None:
    twice = [event(at, "prompt", prompt="p", turn_id="t") for at in (1, 2)]
    assert len(build(twice)["s"].turns) == 1
    again = [event(at, "prompt", prompt="go on") for at in (1, 2)]
    assert len(build(again)["s"].turns) == 2


def test_calls_without_an_id_count_once() -> None:
    assert build([event(1, "pre_write", path="a"), event(2, "write", path="a")])["s"].tool_calls == 1


def test_growing_is_building() -> None:
    events = [
        event(1, "session_start"),
        event(2, "prompt", prompt="p"),
        event(3, "write", "other", path="a"),
        event(4, "session_end"),
        event(5, "session_start"),
    ]
    growing = Sessions()
    for position, one in enumerate(events):
        assert growing.add([one]) == {one.session_id}
        assert growing.all() == build(events[: position + 1])
    assert growing.get("nobody") is None


def test_read_of() -> None:
    assert read_of(event(4, "read", path="a", start_line=2, end_line=3)) == Read("s", 4, 2, 3)
    assert read_of(event(4, "write", path="a")) is None
    assert read_of(event(4, "read", None, path="a")) is None


def test_a_call_that_works_in_another_worktree_as_well_is_one_call() -> None:
    def around(call: str) -> list[Event]:
        more: dict[str, Any] = {"call_id": call, "tool": "Bash", "command": "cd ../w && make", "after_ids": ()}
        there: dict[str, Any] = {**more, "worktree": "/w", "head": "b" * 40, "beside": True}
        here: dict[str, Any] = {**more, "worktree": "/r", "head": "a" * 40}
        return [
            event(1, "pre_shell", paths=(), **here),
            event(2, "pre_shell", paths=(), **there),
            event(3, "shell", paths=(), **here),
            event(4, "shell", **{**there, "paths": ("made",), "after_ids": ("c" * 40,)}),
        ]

    for calls in (["c1", "c2"], ["input:1", "input:1"]):
        growing = Sessions()
        for call in calls:
            for one in around(call):
                growing.take(one)
        session = growing.get("s")
        assert session is not None
        assert (session.tool_calls, session.files_written) == (2, ("made",))
