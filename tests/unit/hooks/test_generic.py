"""Byline's own protocol."""

import pytest

from byline_hooks.dialects import generic
from byline_hooks.observation import ABSENT, Observation, Rejected

BASE: dict[str, object] = {"v": 1, "agent": "m", "session_id": "s1", "cwd": "/r"}


def one(**fields: object) -> Observation:
    (seen,) = generic.observe({**BASE, **fields}, {})
    return seen


def test_a_write_with_everything() -> None:
    edits = [{"old_start": 3, "old_lines": 1, "new_start": 3, "new_lines": 2}]
    seen = one(
        event="write", path="a.py", call_id="c", tool="Edit", model="x", turn_id="t", before="a\n", edits=edits
    )
    assert (seen.event, seen.path, seen.cwd, seen.before, seen.exact) == ("write", "a.py", "/r", "a\n", True)
    told = {"agent": "m", "session_id": "s1", "turn_id": "t", "call_id": "c", "tool": "Edit", "model": "x"}
    assert seen.fields == {**told, "edits": [[3, 1, 3, 2]]}


@pytest.mark.parametrize(
    ("told", "expected"),
    [({}, None), ({"before": None}, ABSENT), ({"before": ""}, ""), ({"before": 7}, None)],
    ids=["left out", "null: no file", "an empty file", "of a wrong type"],
)
def test_before(told: dict[str, object], expected: object) -> None:
    assert one(event="write", path="a", **told).before == expected


def test_several_paths_are_several_events_and_share_no_before() -> None:
    seen = generic.observe({**BASE, "event": "write", "path": "a", "paths": ["b", "a", 3, ""], "before": "x"}, {})
    assert [(item.path, item.before) for item in seen] == [("a", None), ("b", None)]


@pytest.mark.parametrize(
    "edits",
    [
        "x",
        [1],
        [{"old_start": 1}],
        [{"old_start": -1, "old_lines": 1, "new_start": 1, "new_lines": 1}],
        [{"old_start": "1", "old_lines": 1, "new_start": 1, "new_lines": 1}],
    ],
    ids=str,
)
def test_edits_that_are_not_whole_are_left_out(edits: object) -> None:
    assert one(event="write", path="a", edits=edits).fields["edits"] is None


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {**BASE},
        {**BASE, "event": "correct", "path": "a"},
        {**BASE, "event": ["write"]},
        {**BASE, "event": "write"},
        {**BASE, "event": "write", "path": 3},
        {**BASE, "event": "write", "path": "a", "v": 2},
        {**BASE, "event": "write", "path": "a", "session_id": 7},
        {**BASE, "event": "write", "path": "a", "agent": ""},
        {**BASE, "event": "prompt"},
        {"event": "save", "cwd": "/r"},
    ],
    ids=str,
)
def test_what_is_rejected(payload: dict[str, object]) -> None:
    with pytest.raises(Rejected):
        generic.observe(payload, {})


@pytest.mark.parametrize("event", ["save", "observe", "format"])
def test_what_needs_no_session(event: str) -> None:
    (seen,) = generic.observe({"event": event, "path": "/r/a"}, {})
    assert seen.fields.get("source") == ("editor" if event == "save" else None)


def test_optional_fields_of_a_wrong_type_count_as_left_out() -> None:
    told = {"pid": "12", "start_line": 1.5, "cost_usd": True, "model": 4, "background": "yes", "tokens": [1]}
    assert one(event="turn_end", **told).fields == {"agent": "m", "session_id": "s1"}
    right = {"pid": 12, "start_line": 2, "cost_usd": 1, "background": True, "tokens": {"in": 4}}
    assert one(event="turn_end", **right).fields == {"agent": "m", "session_id": "s1", **right}
