"""Which events concern which path, and in whose call a commit was made."""

from itertools import count
from typing import Any

import pytest

from byline.model import Event
from byline.workspace.journal import Journal

ROOT, OTHER = "/w", "/v"
HEAD, NEXT = "a" * 40, "b" * 40
_NUMBERS = count()


def event(name: str, who: str | None = "A", **more: Any) -> Event:
    number = next(_NUMBERS)
    fields: dict[str, Any] = {"worktree": ROOT, "head": HEAD, "session_id": who} | more
    return Event(v=1, id=f"e{number}", at=number, event=name, **fields)


def shell(who: str, call: str, *, before: str = "", after: str = "", moved: bool = False, **more: Any) -> list[Event]:
    """Pre and post event of a call; `before` and `after` name dirty files, a letter each."""
    return [
        event("pre_shell", who, call_id=call, paths=tuple(before), after_ids=tuple("1" for _ in before), **more),
        event(
            "shell",
            who,
            call_id=call,
            paths=tuple(after),
            after_ids=tuple("2" for _ in after),
            **({"head": NEXT} if moved else {}) | more,
        ),
    ]


def journal(*events: Event, changed: str = "") -> tuple[Journal, set[str]]:
    found = Journal(lambda one, other: frozenset(changed) if one != other else frozenset())
    return found, found.add(events)


def order(found: Journal, path: str) -> list[int]:
    return [seq for seq, _ in found.concerning(path)]


def test_a_path_knows_its_events_in_order() -> None:
    found, touched = journal(event("write", path="f"), event("write", path="g"), event("save", None, path="f"))
    assert touched == {"f", "g"}
    assert (order(found, "f"), order(found, "g"), order(found, "h")) == ([0, 2], [1], [])
    assert sorted(found.paths()) == ["f", "g"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("f", "f", [0, 1], id="dirty-on-both-sides"),
        pytest.param("", "f", [0, 1], id="dirty-after"),
        pytest.param("f", "", [0, 1], id="clean-after"),
        pytest.param("g", "g", [], id="another-file"),
    ],
)
def test_a_shell_call_concerns_what_is_dirty_on_either_side(before: str, after: str, expected: list[int]) -> None:
    found, _ = journal(*shell("A", "1", before=before, after=after))
    assert order(found, "f") == expected


def test_a_shell_call_that_moved_head_concerns_what_its_commits_changed() -> None:
    found, touched = journal(*shell("A", "1", moved=True), changed="f")
    assert order(found, "f") == [0, 1]
    assert "f" in touched


def test_a_pre_event_that_turns_out_to_matter_takes_its_place() -> None:
    pre, post = shell("A", "1", after="f")
    found, _ = journal(pre, event("save", None, path="f"), post)
    assert order(found, "f") == [0, 1, 2]


def test_in_portions_as_at_once() -> None:
    events = [
        *shell("A", "1", before="f", after="fg"),
        event("save", None, path="g"),
        *shell("B", "1", after="g"),
        event("turn_end", "A"),
    ]
    whole, _ = journal(*events)
    parts = Journal(lambda one, other: frozenset())
    for one in events:
        parts.add([one])
    for path in "fg":
        assert order(parts, path) == order(whole, path)
    assert parts.turn_ends == whole.turn_ends
    assert {name: list(ends) for name, ends in whole.turn_ends.items()} == {"A": [5]}


def test_a_turn_that_ends_touches_what_its_open_calls_named() -> None:
    found, _ = journal(event("pre_write", path="f", call_id="1"), event("pre_write", "B", path="g", call_id="1"))
    assert found.add([event("turn_end", "A")]) == {"f"}
    assert found.add([event("turn_end", "A")]) == set()


def test_the_first_head_is_that_of_the_first_event_in_a_worktree() -> None:
    found, _ = journal(event("prompt", worktree=None, head=None), event("read", path="f"), event("read", head=NEXT))
    assert found.first_head == HEAD
    assert found.heads == {HEAD, NEXT}


def _owner(found: Journal, before: int, worktree: str = ROOT) -> str | None:
    caller = found.shell_at(worktree, before, "f", lambda commit, path: None)
    return caller.owner.session_id if caller else None


def test_a_commit_inside_one_call_is_its_sessions() -> None:
    found, _ = journal(event("read", path="f"), *shell("A", "1"), event("read", path="f"))
    assert [_owner(found, before) for before in range(4)] == [None, None, "A", None]
    assert _owner(found, 2, OTHER) is None


def test_a_commit_inside_calls_of_two_sessions_is_nobodys() -> None:
    one, two = shell("A", "1"), shell("B", "1")
    found, _ = journal(one[0], two[0], event("read", path="f"), two[1], one[1])
    assert [_owner(found, before) for before in range(5)] == [None, "A", None, None, "A"]


def test_a_commit_inside_a_formatters_run_is_nobodys() -> None:
    found, _ = journal(*shell("A", "1", command="black ."))
    assert _owner(found, 1) is None


def test_what_was_dirty_before_the_call_may_have_been_staged_by_anybody() -> None:
    found, _ = journal(*shell("A", "1", before="f"))
    assert _owner(found, 1) is None


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param({"paths": None, "after_ids": None, "incomplete": True}, id="nothing"),
        pytest.param({"paths": ("g",), "after_ids": ("1",), "incomplete": True}, id="the-first-ones"),
    ],
)
def test_a_call_that_could_not_list_all_dirty_files_proves_nothing(listed: dict[str, Any]) -> None:
    pre, post = event("pre_shell", call_id="1", **listed), event("shell", call_id="1")
    found, _ = journal(pre, post)
    assert _owner(found, 1) is None


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"paths": ("f", "g"), "after_ids": ()}, id="no-ids"),
        pytest.param({"paths": ("f",), "after_ids": ("1", "2", "3")}, id="more-ids-than-paths"),
        pytest.param({"paths": None, "after_ids": None, "incomplete": True}, id="nothing-listed"),
        pytest.param({"paths": ("f",) * 1000, "after_ids": ("1",) * 1000}, id="one-path-often"),
    ],
)
def test_odd_lists_are_taken_in(more: dict[str, Any]) -> None:
    found, _ = journal(event("pre_shell", call_id="1", **more), event("shell", call_id="1", **more))
    assert order(found, "f") in ([], [0, 1])


def test_how_heads_of_linked_worktrees_moved_is_kept() -> None:
    told = ((100, HEAD, NEXT, 7, "commit"),)
    found, _ = journal(event("shell", call_id="c", paths=(), after_ids=(), moves=told))
    again = Journal(lambda one, other: frozenset(), found.parts())
    for one in (found, again):
        assert [tuple(each) for each in one.moves.joined({})[0][ROOT]] == [told[0]]


def test_whose_calls_run_beside_one_that_comes_from_elsewhere() -> None:
    found, _ = journal(*shell("A", "c1", beside=True), *shell("B", "c2"))
    begin, end = found.events[0], found.events[1]
    assert not found.overlaps.others(end, 0, 1)
    found, _ = journal(event("pre_shell", "B", call_id="x", paths=()), begin, end)
    assert found.overlaps.others(end, 1, 2)
    late = [event("pre_shell", "B", call_id="x", paths=()), event("turn_end", "B")]
    assert not journal(*late, begin, end)[0].overlaps.others(end, 2, 3)
    of_its_own = event("pre_shell", "A/1", call_id="x", paths=(), parent_session_id="A")
    assert not journal(of_its_own, begin, end)[0].overlaps.others(end, 1, 2)
    there = event("pre_shell", "B", call_id="x", paths=(), worktree=OTHER)
    assert not journal(there, begin, end)[0].overlaps.others(end, 1, 2)
