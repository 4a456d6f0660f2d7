from collections.abc import Callable
from random import Random

import pytest

from byline.attribution.marks import Mark, Text, Version
from byline.attribution.step import Edits, Kept, Rule, changed, compare, latest, replay, step
from byline.model import UNKNOWN, Owner

NEW = Owner("session", "write by Edit", "N", seq=100)


def lines(text: str) -> list[bytes]:
    """`a|b` is the two lines `a` and `b`."""
    return [part.encode() + b"\n" for part in text.split("|")] if text else []


def version(text: str) -> Version:
    """A text whose lines belong to sessions `0`, `1`, `2`, … in this order."""
    found = lines(text)
    return Version(Text.of(text, found), [Mark(Owner("session", "w", str(k), seq=k)) for k in range(len(found))])


def owners(found: Version) -> str:
    return "".join(mark.owner.session_id or "-" for mark in found.marks)


def stepped(old: str, new: str, rule: Rule, edits: Edits | None = None) -> str:
    return owners(step(version(old), Text.of(new, lines(new)), rule, NEW, edits))


@pytest.mark.parametrize(
    ("old", "new", "edit", "other", "form"),
    [
        pytest.param("a|b", "a|b", "01", "01", "01", id="nothing"),
        pytest.param("", "a|b", "NN", "NN", "NN", id="new-file"),
        pytest.param("a|b", "", "", "", "", id="emptied"),
        pytest.param("a|b", "a|x|b", "0N1", "0N1", "0N1", id="inserted"),
        pytest.param("a|b|c", "a|c", "02", "02", "02", id="removed"),
        pytest.param("a|b|c", "a|x|c", "0N2", "0N2", "0N2", id="replaced"),
        pytest.param("a|f(x, y)|c", "a|f(x)|c", "0N2", "0N2", "0N2", id="token-removed"),
        pytest.param("a|b|c", "a|  b|c", "0N2", "012", "012", id="indented"),
        pytest.param("a\r|b\r", "a|b", "NN", "01", "01", id="line-ends"),
        pytest.param("a|[x]|c", "a|[|x|]|c", "0NNN2", "01112", "01112", id="wrapped"),
        pytest.param("a|x|y|c", "a|x y|c", "0N3", "023", "023", id="joined-the-later-writer-has-it"),
        pytest.param("a|x|c", "a|x,|c", "0N2", "0N2", "012", id="separator"),
        pytest.param(
            "t|1|2|3|m|n|o|p|e", "t|m|n|o|p|1|2|3|e", "04567NNN8", "045671238", "045671238", id="moved-block"
        ),
        pytest.param("t|1|2|m|n|o|e", "t|m|n|o|1|2|e", "0345NN6", "0345NN6", "0345126", id="moved-two"),
        pytest.param("t|1|2|3|e", "t|1|2|3|e|1|2|3", "01234NNN", "01234NNN", "01234NNN", id="copied"),
        pytest.param("a|b", "a|", "0N", "0N", "0N", id="replaced-by-an-empty-line"),
    ],
)
def test_rules(old: str, new: str, edit: str, other: str, form: str) -> None:
    assert stepped(old, new, Rule.EDIT) == edit
    assert stepped(old, new, Rule.OTHER) == other
    assert stepped(old, new, Rule.FORMAT) == form


@pytest.mark.parametrize(
    ("old", "new", "edits", "expected"),
    [
        pytest.param("a|}", "a|}|b|}", [(3, 0, 3, 2)], "01NN", id="beats-sliding"),
        pytest.param("a|}", "a|}|b|}", [(2, 0, 2, 2)], "0NN1", id="beats-sliding-upwards"),
        pytest.param("a|b|c", "a|b|x|c", [(1, 3, 1, 4)], "01N2", id="names-more-than-it-changes"),
        pytest.param("x|x|x", "x|x|x|x", [(2, 0, 2, 1)], "0N12", id="between-equal-lines"),
        pytest.param("a|b", "a|x|b", [(2, 0, 2, 1), (9, 0, 9, 1)], "0N1", id="beyond-the-end"),
        pytest.param("a|b", "a|x|b", [(1, 0, 1, 1)], "0-1", id="does-not-fit"),
        pytest.param("a|b", "a|x|b", [(2, 0, 2, 2)], "0N1", id="too-long"),
        pytest.param("a|b", "a|x|b", [(2, -1, 2, -1)], "0N1", id="negative-lengths"),
        pytest.param("a|b", "a|x|b", [(0, 0, 0, 0), (-4, 0, -4, 9)], "0N1", id="negative-starts"),
        pytest.param("a|b", "a|x|b", [(10**18, 1, 1, 10**18)], "0N1", id="huge"),
        pytest.param("a|b|c", "x|a|b|y|c", [(3, 0, 4, 1), (1, 0, 1, 1)], "N01N2", id="not-ascending"),
        pytest.param("a|b", "a|b", [(1, 2, 1, 2)], "01", id="nothing-changed"),
    ],
)
def test_positions(old: str, new: str, edits: Edits, expected: str) -> None:
    assert stepped(old, new, Rule.EDIT, edits) == expected


def test_history_says_whose_line_stood_there() -> None:
    found = step(version("a|b|c"), Text.of("", lines("a|x|y|c")), Rule.EDIT, NEW)
    assert [[owner.session_id for owner in mark.history()] for mark in found.marks] == [[], ["1"], [], []]


def test_a_missing_newline_changes_no_owner() -> None:
    old = Version(Text.of("", [b"a\n", b"b"]), [Mark(UNKNOWN), Mark(Owner("session", "w", "A"))])
    found = step(old, Text.of("", [b"a\n", b"b\n", b"c\n"]), Rule.EDIT, NEW)
    assert owners(found) == "-AN"


@pytest.mark.parametrize(
    ("seqs", "index"), [([3], 0), ([1, 2], 1), ([2, 1], 0), ([-1, -1], 0), ([5, 5], 0), ([1, 9, 3], 1)], ids=str
)
def test_of_joined_lines_the_last_writer(seqs: list[int], index: int) -> None:
    marks = [Mark(Owner("session", "w", str(seq), seq=seq)) for seq in seqs]
    assert latest(marks) is marks[index]


class CountingMemo:
    """Keeps comparisons, and counts how many were made."""

    def __init__(self) -> None:
        self.kept_by_key: dict[str, Kept] = {}
        self.made = 0

    def kept(self, key: str, compute: Callable[[], Kept]) -> Kept:
        if key not in self.kept_by_key:
            self.made += 1
            self.kept_by_key[key] = compute()
        return self.kept_by_key[key]


def test_a_comparison_is_made_once_whoever_steps() -> None:
    memo = CountingMemo()
    for who in "AB":
        old = Version(Text.of("id1", lines("a|b")), [Mark(UNKNOWN)] * 2)
        found = step(old, Text.of("id2", lines("a|x")), Rule.EDIT, Owner("session", "w", who), memo=memo)
        assert owners(found) == f"-{who}"
    assert memo.made == 1


def test_rules_and_positions_have_comparisons_of_their_own() -> None:
    memo = CountingMemo()
    old = Version(Text.of("id1", lines("a")), [Mark(UNKNOWN)])
    new = Text.of("id2", lines("  a|a"))
    seen = {
        owners(step(old, new, rule, NEW, edits, memo))
        for rule in Rule
        for edits in (None, [(1, 0, 1, 1)], [(2, 0, 2, 1)])
    }
    assert seen == {"N-", "--"}  # edits that name only the other line leave this one to nobody
    assert memo.made == 9


def _random_text(rng: Random) -> list[bytes]:
    return [rng.choice((b"a", b"b", b"  a", b"{", b"}", b"", b"f(x,", b"y)", b"f(x, y)")) + b"\n" for _ in range(12)]


@pytest.mark.parametrize("rule", list(Rule), ids=lambda rule: rule.value)
def test_replaying_a_comparison_fits_the_new_text(rule: Rule) -> None:
    rng = Random(rule.value)
    for _ in range(300):
        old, new = _random_text(rng)[: rng.randrange(13)], _random_text(rng)[: rng.randrange(13)]
        marks = [Mark(Owner("session", "w", str(k))) for k in range(len(old))]
        kept = compare(old, new, rule)
        direct = step(Version(Text.of("", old), marks), Text.of("", new), rule, NEW).marks
        again = replay(marks, kept, NEW)
        assert kept.size == len(new) == len(again)
        assert [mark.owner for mark in again] == [mark.owner for mark in direct]
        kept_lines = {id(mark) for mark in again} & {id(mark) for mark in marks}
        for k, mark in enumerate(again):
            if rule is Rule.EDIT and id(mark) in kept_lines:
                assert old[int(mark.owner.session_id or "-1")] == new[k]


def test_changed_ranges_cover_every_difference() -> None:
    rng = Random(3)
    for _ in range(200):
        old, new = _random_text(rng), _random_text(rng)
        at = built = 0
        for gap in changed(old, new):
            assert old[at : gap.old_start] == new[built : gap.new_start]
            at, built = gap.old_stop, gap.new_stop
        assert old[at:] == new[built:]
