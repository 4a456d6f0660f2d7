"""A session in every shape, decoded strictly; the shapes' own examples go round."""

import json
from typing import Any

import msgspec
import pytest

from byline.model import Turn
from byline.sessions import views
from byline.sessions.facts import Facts
from byline.sessions.github import Link

SECOND = 1_000_000_000
LINK = {
    "session_id": "sess-abc",
    "agent": "cursor",
    "model": "claude-sonnet-4-20250514",
    "link_type": "explicit",
    "input_tokens": 15000,
    "output_tokens": 8000,
    "cache_read_tokens": 5000,
    "cache_creation_tokens": 2000,
    "duration_secs": 120,
    "tool_calls": 14,
    "files_touched": ["src/widget.rs", "src/lib.rs"],
    "tool_usage": {"Edit": 8, "Bash": 3, "Read": 2, "Grep": 1},
    "tool_failures": 1,
    "subagent_count": 2,
    "bash_commands": ["cargo build", "cargo test"],
    "thinking_duration_ms": 45000,
    "compact_count": 1,
    "context_tokens": 128000,
    "context_window_size": 200000,
    "is_subagent": False,
    "parent_session_id": None,
    "subagent_type": None,
    "is_estimated": False,
    "peer_session_ids": ["sess-def"],
}


def full() -> Facts:
    return Facts(
        session_id="7d444840-9dc0-11d1-b245-5ffdce74fad2",
        agent="claude",
        agent_version="2.1",
        model="m",
        machine_id="abc",
        first_started_at=1_700_000_000 * SECOND,
        last_started_at=1_700_000_000 * SECOND,
        last_activity=1_700_000_060 * SECOND,
        status="idle",
        cwd="/r",
        turns=(Turn("t", "do it", 1_700_000_001 * SECOND), Turn("u", "more", 1_700_000_002 * SECOND)),
        summary="Done.",
        input_tokens=1,
        tool_calls=2,
        links=(Link("pr", 17, "octo/cat"), Link("issue", 4)),
    )


def plain(value: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(value))
    return found


def bare(agent: str = "nobody") -> Facts:
    """No more than every shape needs."""
    return Facts(session_id="x", agent=agent, machine_id="abc", first_started_at=1, worktree="/r")


@pytest.mark.parametrize("one", [full(), bare()], ids=["full", "bare"])
def test_each_view_is_of_its_own_shape(one: Facts) -> None:
    for name, view in (
        ("oobo", views.oobo(one)),
        ("mi6", views.mi6(one)),
        ("lore", views.lore(one)),
        ("linear", views.linear(one, 0, is_running=None)),
    ):
        data = msgspec.json.encode(view)
        assert views.DECODERS[name].decode(data) == view
        with pytest.raises(msgspec.ValidationError):
            views.DECODERS[name].decode(msgspec.json.encode({**json.loads(data), "more": 1}))


def test_what_a_shape_requires_is_not_made_up() -> None:
    """A session that only an anchor names: no start, no machine, no folder."""
    one = Facts(session_id="x", agent="nobody", last_activity=SECOND)
    for view in (views.mi6, views.lore):
        with pytest.raises(views.Untold, match="when it started"):
            view(one)
    one.first_started_at = SECOND
    with pytest.raises(views.Untold, match="on which machine"):
        views.mi6(one)
    with pytest.raises(views.Untold, match="folder"):
        views.lore(one)


def test_a_link_goes_round() -> None:
    decoded = views.DECODERS["oobo"].decode(msgspec.json.encode(LINK))
    assert plain(decoded) == {name: value for name, value in LINK.items() if value is not None}


def test_an_older_link_goes_round() -> None:
    older = {
        "session_id": "sess-1",
        "agent": "cursor",
        "model": "claude-sonnet-4-20250514",
        "link_type": "explicit",
        "input_tokens": 15420,
        "output_tokens": 3821,
        "cache_read_tokens": 48392,
        "cache_creation_tokens": 15420,
        "duration_secs": 145,
        "tool_calls": 23,
        "files_touched": ["src/main.rs", "src/lib.rs", "tests/integration_test.rs"],
        "is_subagent": False,
    }
    assert plain(views.DECODERS["oobo"].decode(msgspec.json.encode(older))) == older
    for wrong in ({"is_subagent": "no"}, {"link_type": "maybe"}, {"tool_calls": -1}, {"duration_secs": 1.5}):
        with pytest.raises(msgspec.ValidationError):
            views.DECODERS["oobo"].decode(msgspec.json.encode({**older, **wrong}))


def test_oobo_leaves_out_what_is_unknown() -> None:
    told = plain(views.oobo(full()))
    assert "output_tokens" not in told
    assert (told["input_tokens"], told["duration_secs"]) == (1, 60)
    assert (told["is_subagent"], told["is_estimated"], told["link_type"]) == (False, False, "explicit")


def test_mi6_has_every_field() -> None:
    told = plain(views.mi6(full(), "/r/.git"))
    assert len(told) == 40
    assert (told["framework"], told["status"], told["last_ended_at"]) == ("claude_code", "idle", None)
    assert (told["first_user_message"], told["last_user_message"]) == ("do it", "more")
    assert (told["github_pr"], told["github_issue"], told["tokens_output"]) == (17, 4, 0)
    assert told["github_repo"] == "octo/cat"
    assert told["first_started_at"] == "2023-11-14T22:13:20Z"


def test_lore_ids() -> None:
    assert str(views.lore(full()).id) == full().session_id
    named = bare("cursor")
    assert views.lore(named).id == views.lore(named).id
    assert views.lore(named).id.version == 5
    assert views.lore(named).id != views.lore(bare("amp")).id
    assert len(plain(views.lore(full()))) == 11


def test_linear() -> None:
    told = plain(views.linear(full(), 1_700_000_061 * SECOND, is_running=True))
    assert len(told) == 26
    assert (told["status"], told["summary"], told["dismissedAt"]) == ("awaitingInput", "Done.", None)
    assert [one["type"] for one in told["activities"]["nodes"]] == ["prompt", "prompt", "response"]


def test_a_subagent_has_started() -> None:
    one = Facts(session_id="p/s", agent="m", parent_session_id="p", first_started_at=SECOND, status="busy")
    told = plain(views.linear(one, SECOND, is_running=None))
    assert (told["status"], told["startedAt"]) == ("active", "1970-01-01T00:00:01Z")
    main = Facts(session_id="p", agent="m", first_started_at=SECOND, status="idle")
    assert plain(views.linear(main, SECOND, is_running=None))["startedAt"] is None


@pytest.mark.parametrize(
    ("fields", "is_running", "later", "state"),
    [
        ({"status": "busy"}, None, 1, "active"),
        ({"status": "busy"}, None, 3600, "stale"),
        ({"status": "busy"}, True, 3600, "active"),
        ({"status": "busy"}, False, 1, "stale"),
        ({"status": "wait"}, None, 1, "awaitingInput"),
        ({"status": "done"}, False, 9999, "complete"),
        ({"status": "done", "end_reason": "error"}, None, 1, "error"),
        ({"status": "idle", "turns": (), "tool_calls": 0}, None, 1, "pending"),
        ({"status": "busy", "turns": (), "tool_calls": 0, "parent_session_id": "p"}, None, 1, "active"),
        ({"status": "busy", "turns": (), "tool_calls": 0, "parent_session_id": "p"}, None, 3600, "stale"),
    ],
)
def test_states(fields: dict[str, Any], is_running: bool | None, later: int, state: str) -> None:
    one = full()
    for name, value in fields.items():
        setattr(one, name, value)
    assert one.state((one.last_activity or 0) + later * SECOND, is_running=is_running) == state
