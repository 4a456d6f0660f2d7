"""Pre events, post events, failures, turn ends and saves in every order that two sessions can make of them."""

from collections.abc import Sequence
from itertools import permutations

import pytest

from byline.attribution.windows import Moment, Numbered, Past, Windows, is_persons_save
from byline.model import Event


def events(*words: str) -> list[Numbered]:
    """`A.pre`, `A.write`, `A.failed`, `A.shell-pre`, `A.shell`; a third part is the call's id: `A.pre.c1`."""
    names = {"pre": "pre_write", "failed": "write_failed", "shell-pre": "pre_shell"}
    found = []
    for seq, word in enumerate(words):
        who, name, *call = word.split(".")
        event = Event(
            v=1,
            id=f"e{seq}",
            at=seq,
            event=names.get(name, name),
            session_id=who,
            call_id=call[0] if call else None,
            after_id=call[1] if len(call) > 1 else None,
            before_id=call[2] if len(call) > 2 else None,
        )
        found.append((seq, event))
    return found


def ends(numbered: Sequence[Numbered]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for seq, event in numbered:
        if event.event == "turn_end":
            found.setdefault(event.session_id or "", []).append(seq)
    return found


def pairs(*words: str) -> list[tuple[int, int | None]]:
    numbered = events(*words)
    return [(one.pre[0], one.post[0] if one.post else None) for one in Windows(numbered, ends(numbered)).all]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(["A.pre", "A.write"], [(0, 1)], id="one-call"),
        pytest.param(["A.write"], [], id="no-pre"),
        pytest.param(["A.pre"], [(0, None)], id="no-post"),
        pytest.param(["A.pre", "A.failed"], [(0, 1)], id="failed"),
        pytest.param(["A.pre", "B.write"], [(0, None)], id="another-session"),
        pytest.param(["A.pre", "A.shell"], [(0, None)], id="another-kind"),
        pytest.param(["A.shell-pre", "A.shell"], [(0, 1)], id="shell"),
        pytest.param(["A.pre.1", "A.pre.2", "A.write.1", "A.write.2"], [(0, 2), (1, 3)], id="crossing-by-id"),
        pytest.param(["A.pre.1", "A.pre.2", "A.write.2", "A.write.1"], [(1, 2), (0, 3)], id="nested-by-id"),
        pytest.param(["A.pre.1", "A.write.2"], [(0, None)], id="another-call"),
        pytest.param(["A.pre", "A.write.2"], [(0, 1)], id="pre-without-id"),
        pytest.param(["A.pre", "A.pre", "A.write"], [(1, 2), (0, None)], id="last-open-without-ids"),
        pytest.param(["A.pre.1", "A.write.1", "A.write.1"], [(0, 1)], id="told-twice"),
    ],
)
def test_which_event_closes_which(words: list[str], expected: list[tuple[int, int | None]]) -> None:
    assert pairs(*words) == expected


def test_calls_of_two_sessions_close_their_own_in_every_order() -> None:
    calls = ["A.pre.1", "A.write.1", "B.pre.1", "B.failed.1", "A.shell-pre.2", "A.shell.2"]
    orders = 0
    for order in permutations(range(6)):
        at = {word: order.index(k) for k, word in enumerate(calls)}
        if any(at[calls[k]] > at[calls[k + 1]] for k in (0, 2, 4)):
            continue
        orders += 1
        words = sorted(calls, key=lambda word: at[word])
        wanted = sorted((at[calls[k]], at[calls[k + 1]]) for k in (0, 2, 4))
        assert sorted(pairs(*words)) == wanted, words
    assert orders == 90


@pytest.mark.parametrize(
    ("words", "around"),
    [
        pytest.param(["A.pre.1", "H.save", "A.write.1"], [0], id="inside"),
        pytest.param(["H.save", "A.pre.1", "A.write.1"], [], id="before"),
        pytest.param(["A.pre.1", "A.write.1", "H.save"], [], id="after"),
        pytest.param(["A.pre.1", "H.save"], [0], id="still-open"),
        pytest.param(["A.pre.1", "A.turn_end", "H.save"], [], id="turn-ended-before"),
        pytest.param(["A.pre.1", "H.save", "A.turn_end"], [0], id="turn-ended-after"),
        pytest.param(["A.pre.1", "B.turn_end", "H.save"], [0], id="another-session's-turn"),
        pytest.param(["A.shell-pre.1", "H.save", "A.shell.1"], [], id="a-shell-is-no-edit"),
        pytest.param(["A.pre.1", "B.pre.1", "H.save", "A.write.1", "B.write.1"], [0, 1], id="two-sessions"),
    ],
)
def test_edit_calls_around_a_save(words: list[str], around: list[int]) -> None:
    numbered = events(*words)
    save = next(seq for seq, event in numbered if event.event == "save")
    found = Windows(numbered, ends(numbered)).around(save)
    assert sorted(window.pre[0] for window in found) == around


@pytest.mark.parametrize(
    ("words", "persons"),
    [
        pytest.param(["H.save.-.new.old"], True, id="nobody-else"),
        pytest.param(["A.pre.1", "H.save.-.new", "A.write.1.new"], False, id="what-the-call-wrote"),
        pytest.param(["A.pre.1", "H.save.-.typed.old", "A.write.1.new.typed"], True, id="the-call-started-from-it"),
        pytest.param(["A.pre.1", "H.save.-.typed.old", "A.write.1.new.old"], False, id="neither"),
        pytest.param(["A.pre.1", "H.save.-.new", "A.failed.1"], True, id="the-call-failed"),
        pytest.param(["A.pre.1", "H.save.-.new"], False, id="the-call-is-open"),
        pytest.param(["A.pre.1", "H.save.-.new", "A.turn_end"], True, id="the-call-was-given-up"),
        pytest.param(["A.pre.1", "H.save.-.new.old"], False, id="open-whatever-the-editor-knows"),
        pytest.param(["A.pre.1", "H.save.-.new.old", "A.turn_end"], True, id="given-up-and-the-editor-knows"),
        pytest.param(["H.save.-.new.old", "A.write.1.new.old"], False, id="the-editor-was-quicker"),
        pytest.param(["H.save.-.new.other", "A.write.1.new.old"], True, id="from-another-text"),
        pytest.param(["H.save.-.new.old", "A.write.1.newer.new"], True, id="the-call-came-later"),
        pytest.param(["H.save.-.new.old", "H.save.-.x.new", "A.write.1.new.x"], True, id="other-saves-between"),
    ],
)
def test_what_a_save_proves(words: list[str], *, persons: bool) -> None:
    numbered = events(*words)
    index = next(k for k, (_, event) in enumerate(numbered) if event.event == "save")
    assert is_persons_save(Windows(numbered, ends(numbered)), numbered, index) is persons


@pytest.mark.parametrize("last", ["failed", "write", ""])
def test_a_call_is_abandoned_when_it_failed_or_its_turn_ended(last: str) -> None:
    words = ["A.pre.1", *([f"A.{last}.1"] if last else ["A.turn_end"])]
    numbered = events(*words)
    windows = Windows(numbered, ends(numbered))
    assert windows.abandoned(windows.all[0]) is (last != "write")


def test_of_calls_that_are_over_moments_tell_as_much() -> None:
    numbered = events("A.pre.c1", "A.write.c1", "B.pre.c2", "B.failed.c2", "A.save", "A.pre.c3")
    past: list[Past] = [*((seq, Moment.of(event)) for seq, event in numbered[:-1]), numbered[-1]]
    whole, part = Windows(numbered, ends(numbered)), Windows(past, ends(numbered))
    assert [(one.pre[0], one.post and one.post[0]) for one in whole.all] == [(0, 1), (2, 3), (5, None)]
    assert [(one.pre[0], one.post and one.post[0]) for one in part.all] == [(0, 1), (2, 3), (5, None)]
    assert [one.pre[0] for one in part.around(6)] == [one.pre[0] for one in whole.around(6)] == [5]
    assert [part.abandoned(one) for one in part.all] == [whole.abandoned(one) for one in whole.all]
    assert is_persons_save(part, past, 4) is is_persons_save(whole, numbered, 4)
