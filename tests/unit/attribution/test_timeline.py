"""Which event came after which movement of HEAD, when logs are whole, cut, rewritten or not there at all."""

import pytest

from byline.attribution.timeline import FOREVER, Movement, Timeline
from byline.model import Event

SECOND = 1_000_000_000


def log(*words: str, first: int = 100) -> list[Movement]:
    """`commit c1`: HEAD went to `c1`; each entry is 100 bytes long and a minute after the one before."""
    found, old = [], "0"
    for place, word in enumerate(words):
        action, _, new = word.rpartition(" ")
        found.append(Movement(first + 100 * place, old, new, 60 * (place + 1), f"{action}: message"))
        old = new
    return found


def at(seq: int, head: str, length: int | None, seconds: int = 10_000) -> tuple[int, Event, int | None]:
    return seq, Event(v=1, id=str(seq), at=seconds * SECOND, event="read", head=head), length


def births(movements: list[Movement], *told: tuple[int, Event, int | None]) -> dict[str, int]:
    return {commit: birth.before for commit, birth in Timeline({"/w": movements}, {"/w": told}).births.items()}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param([], {"c1": FOREVER, "c2": FOREVER}, id="no-events"),
        pytest.param([at(0, "c0", 0)], {"c1": FOREVER, "c2": FOREVER}, id="before-all"),
        pytest.param([at(0, "c1", 100)], {"c1": 0, "c2": FOREVER}, id="between"),
        pytest.param([at(0, "c2", 200)], {"c1": 0, "c2": 0}, id="after-both"),
        pytest.param(
            [at(0, "c0", 0), at(1, "c1", 100), at(2, "c1", 100), at(3, "c2", 200)], {"c1": 1, "c2": 3}, id="each"
        ),
        pytest.param([at(0, "c1", None, 90), at(1, "c2", None, 130)], {"c1": 0, "c2": 1}, id="no-length-known"),
        pytest.param([at(0, "c1", None, 10)], {"c1": FOREVER, "c2": FOREVER}, id="the-clock-says-earlier"),
        pytest.param([at(0, "c1", 150, 90)], {"c1": 0, "c2": FOREVER}, id="a-length-within-an-entry"),
        pytest.param([at(0, "c1", 5000, 90)], {"c1": 0, "c2": FOREVER}, id="a-length-beyond-a-log-that-was-cut"),
        pytest.param([at(0, "c1", 200, 90)], {"c1": 0, "c2": FOREVER}, id="a-length-of-a-log-that-was-rewritten"),
        pytest.param([at(0, "gone", 200)], {"c1": FOREVER, "c2": FOREVER}, id="a-head-the-log-does-not-know"),
        pytest.param([at(0, "c2", 200), at(1, "c1", 100)], {"c1": 0, "c2": 0}, id="lengths-going-back"),
        pytest.param([at(5, "c2", 200, 0)], {"c1": 5, "c2": 5}, id="the-length-beats-the-clock"),
    ],
)
def test_first_event_after(told: list[tuple[int, Event, int | None]], expected: dict[str, int]) -> None:
    assert births(log("commit c1", "commit c2"), *told) == expected


def test_no_log_no_births() -> None:
    assert Timeline({"/w": []}, {"/w": [at(0, "c1", 0)]}).births == {}


def test_each_worktree_has_its_own_order() -> None:
    timeline = Timeline(
        {"/w": log("commit c1"), "/v": log("commit c2")}, {"/w": [at(3, "c1", 100)], "/v": [at(7, "c2", 100)]}
    )
    assert (timeline.births["c1"].before, timeline.births["c1"].worktree) == (3, "/w")
    assert (timeline.births["c2"].before, timeline.births["c2"].worktree) == (7, "/v")


@pytest.mark.parametrize(
    ("message", "makes"),
    [
        ("commit: x", True),
        ("commit (initial): x", True),
        ("commit (amend): x", True),
        ("commit (merge): x", True),
        ("rebase (pick): x", True),
        ("rebase (squash): x", True),
        ("rebase (start): checkout main", False),
        ("rebase (finish): returning to refs/heads/main", False),
        ("rebase (abort): updating HEAD", False),
        ("cherry-pick: x", True),
        ("revert: x", True),
        ("merge feat: Merge made by the 'ort' strategy.", True),
        ("merge feat: Fast-forward", False),
        ("pull: Fast-forward", False),
        ("pull: Merge made by the 'ort' strategy.", True),
        ("checkout: moving from main to feat", False),
        ("reset: moving to HEAD~1", False),
        ("clone: from /x", False),
        ("", False),
    ],
)
def test_movements_that_make_a_commit(message: str, *, makes: bool) -> None:
    assert Movement(0, "a", "b", 0, message).makes is makes


@pytest.mark.parametrize("order", [("commit c1", "checkout c1"), ("checkout c1", "commit c1")], ids=" then ".join)
def test_of_two_births_the_one_that_made_the_commit(order: tuple[str, str]) -> None:
    birth = Timeline({"/w": log(*order)}, {}).births["c1"]
    assert birth.made_here
    assert birth.action == "commit"


def test_the_predecessor_and_the_number_come_from_the_log() -> None:
    found = Timeline({"/w": log("commit c1", "commit (amend) c2")}, {}).births["c2"]
    assert (found.predecessor, found.number, found.action) == ("c1", (120, 1), "commit (amend)")


@pytest.mark.parametrize("cut", range(6))
def test_what_comes_later_is_dated_as_if_it_had_been_there(cut: int) -> None:
    logs = {"/w": log("commit c1", "commit c2", "rebase c1", "commit c3"), "/v": log("checkout c3", "commit c4")}
    told = [at(0, "c0", 0), at(1, "c1", 100), at(2, "c1", None, 90), at(3, "c2", 200), at(4, "c3", 400)]
    other = [at(5, "c3", 100), at(6, "c4", 200)]
    whole = Timeline(logs, {"/w": told, "/v": other})
    grown = Timeline(logs, {"/w": told[:cut]})
    grown.extend({"/w": told, "/v": other[:1]})
    grown.extend({"/w": told, "/v": other})
    assert grown.births == whole.births
