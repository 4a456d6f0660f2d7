"""The diff holds for any two texts, and is shortest wherever it says so."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from byline.attribution import diff, slide

few = st.lists(st.integers(0, 3), max_size=40)
many = st.lists(st.integers(0, 60), max_size=200)
drawn = st.sampled_from([b"\n", b"a\n", b"  a\n", b"  b\n", b"    b\n", b"\tc\n", b"}\n", b"  }\n", b" \r\n"])
texts = st.lists(drawn, max_size=25)


def longest(a: Sequence[object], b: Sequence[object]) -> int:
    """How many lines can be matched in order, by the table everybody knows."""
    row = [0] * (len(b) + 1)
    for one in a:
        above, row = row, [0]
        for at, other in enumerate(b):
            row.append(above[at] + 1 if one == other else max(above[at + 1], row[at]))
    return row[-1]


def assert_valid(old: Sequence[object], new: Sequence[object], blocks: list[diff.Block]) -> None:
    """Equal lines, lengths of at least one, strictly increasing on both sides and apart on at least one."""
    i = j = -1
    for at, to, length in blocks:
        assert length > 0
        assert at >= max(i, 0)
        assert to >= max(j, 0)
        assert (at, to) != (i, j)
        assert list(old[at : at + length]) == list(new[to : to + length])
        i, j = at + length, to + length
    assert i <= len(old)
    assert j <= len(new)


@given(st.one_of(st.tuples(few, few), st.tuples(many, many)))
def test_blocks_are_valid_and_hunks_turn_old_into_new(pair: tuple[list[int], list[int]]) -> None:
    old, new = pair
    blocks = diff.blocks(old, new)
    assert_valid(old, new, blocks)
    built: list[int] = []
    i = 0
    for old_start, old_stop, new_start, new_stop in diff.hunks(blocks, len(old), len(new)):
        built += old[i:old_start]
        assert len(built) == new_start
        built += new[new_start:new_stop]
        i = old_stop
    assert built + old[i:] == new


@given(few, few)
def test_texts_up_to_64_lines_match_as_many_lines_as_can_be(old: list[int], new: list[int]) -> None:
    assert sum(length for _, _, length in diff.blocks(old, new)) == longest(old, new)


@given(many, many)
def test_bigger_texts_never_match_more_than_can_be(old: list[int], new: list[int]) -> None:
    assert sum(length for _, _, length in diff.blocks(old, new)) <= longest(old, new)


@given(st.lists(st.integers(0, 2), min_size=65, max_size=150), st.lists(st.integers(0, 2), min_size=65, max_size=150))
def test_bigger_texts_without_unique_lines_match_as_many_lines_as_can_be(old: list[int], new: list[int]) -> None:
    """Every line made common: a text and itself once more."""
    old, new = old + old, new + new
    assert sum(length for _, _, length in diff.blocks(old, new)) == longest(old, new)


@given(st.permutations(range(90)))
def test_unique_lines_are_pinned_in_as_long_an_order_as_there_is(order: list[int]) -> None:
    old = list(range(90))
    assert sum(length for _, _, length in diff.blocks(old, order)) == longest(old, order)


@given(few, few)
def test_mapping_names_equal_lines_in_rising_order(old: list[int], new: list[int]) -> None:
    origins = diff.mapping(old, new)
    kept = [origin for origin in origins if origin >= 0]
    assert len(origins) == len(new)
    assert kept == sorted(set(kept))
    assert all(old[origin] == line for origin, line in zip(origins, new, strict=True) if origin >= 0)


@given(texts, texts)
def test_sliding_keeps_every_count_and_settles_at_once(old: list[bytes], new: list[bytes]) -> None:
    blocks = diff.blocks(old, new)
    changed = diff.hunks(blocks, len(old), len(new))
    assert_valid(old, new, blocks)
    assert sum(length for _, _, length in blocks) == longest(old, new)
    again = slide.settle(old, new, changed)
    assert sum(length for _, _, length in again) == longest(old, new)


@given(texts, st.integers(0, 25), st.lists(drawn, min_size=1, max_size=6))
def test_lines_added_in_one_place_are_one_run(text: list[bytes], at: int, added: list[bytes]) -> None:
    new = text[:at] + added + text[at:]
    found = diff.hunks(diff.blocks(text, new), len(text), len(new))
    assert sum(stop - start for _, _, start, stop in found) == len(added)
    assert all(start == stop for start, stop, _, _ in found)
