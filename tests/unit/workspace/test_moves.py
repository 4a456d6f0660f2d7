"""What is known of HEADs whose worktree is gone."""

import json

from byline.attribution.timeline import Movement, Seen, Stay, Timeline
from byline.workspace.moves import Moves, Told, shifted

W = "/w"
A, B, C, D = (letter * 40 for letter in "abcd")


def told(end: int, old: str, new: str, time: int, action: str = "commit") -> Told:
    return end, old, new, time, action


def at(seq: int, head: str, length: int) -> Seen:
    return seq, Stay(head, seq * 1_000_000_000, tuple), length


FIRST = [told(100, "0" * 40, A, 1, ""), told(200, A, B, 2)]
SECOND = [told(100, "0" * 40, A, 5, ""), told(200, A, C, 6), told(300, C, D, 7)]


def test_each_movement_once_however_often_it_is_told() -> None:
    moves = Moves()
    moves.add(3, W, FIRST[:1])
    moves.add(4, W, FIRST)
    moves.add(5, W, FIRST)
    assert moves.joined({}) == ({W: [Movement(*one) for one in FIRST]}, {})
    assert Moves(json.loads(json.dumps(moves.kept))).joined({}) == moves.joined({})


def test_a_log_that_is_there_is_taken_as_it_is() -> None:
    moves = Moves()
    moves.add(3, W, FIRST)
    log = [Movement(*one)._replace(message="commit: x") for one in [*FIRST, told(300, B, C, 3)]]
    assert moves.joined({W: log, "/main": []}) == ({W: log, "/main": []}, {})


def test_one_life_after_the_other() -> None:
    moves = Moves()
    moves.add(1, W, FIRST)
    moves.add(5, W, SECOND)
    for kept in (moves, Moves(json.loads(json.dumps(moves.kept)))):
        logs, shifts = kept.joined({})
        assert [one.end for one in logs[W]] == [100, 200, 300, 400, 500]
        assert [one.new for one in logs[W]] == [A, B, A, C, D]
        seen = {W: [at(0, A, 100), at(1, B, 200), at(5, C, 200), at(6, D, 300)]}
        births = Timeline(logs, shifted(seen, shifts)).births
        assert [births[one].before for one in (B, C, D)] == [1, 5, 6]
        assert births[D].follows(births[B])


def test_another_worktree_that_no_event_told_of_yet() -> None:
    moves = Moves()
    moves.add(1, W, FIRST)
    live = [Movement(*one) for one in SECOND]
    logs, shifts = moves.joined({W: live})
    assert [one.new for one in logs[W]] == [A, B, A, C, D]
    seen = {W: [at(1, B, 200), at(2, C, 200)]}
    assert Timeline(logs, shifted(seen, shifts)).births[C].before == 2
