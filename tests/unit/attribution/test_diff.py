import pytest

from byline.attribution import diff, myers


def lines(text: str) -> list[bytes]:
    """`a|b` is the two lines `a` and `b`; an empty text has none."""
    return [part.encode() + b"\n" for part in text.split("|")] if text else []


@pytest.mark.parametrize(
    ("old", "new", "origins"),
    [
        pytest.param("", "", [], id="both-empty"),
        pytest.param("", "a", [-1], id="into-nothing"),
        pytest.param("a", "", [], id="all-removed"),
        pytest.param("a|b", "a|b", [0, 1], id="same"),
        pytest.param("a|b", "c|d", [-1, -1], id="all-replaced"),
        pytest.param("a|b|c", "a|x|c", [0, -1, 2], id="one-replaced"),
        pytest.param("a|b|c", "x|a|b|c|y", [-1, 0, 1, 2, -1], id="both-ends-grown"),
        pytest.param("a|b|c|d", "a|d", [0, 3], id="middle-removed"),
        pytest.param("a|b|c", "c|a|b", [-1, 0, 1], id="the-shorter-move"),
        pytest.param("a|b|a|b", "b|a|b|a", [1, 2, 3, -1], id="rotated"),
    ],
)
def test_mapping(old: str, new: str, origins: list[int]) -> None:
    assert diff.mapping(lines(old), lines(new)) == origins


@pytest.mark.parametrize(
    ("old", "new", "origins"),
    [
        pytest.param("a {|  1|}", "a {|  1|}|b {|  2|}", [0, 1, 2, -1, -1, -1], id="function-appended"),
        pytest.param(
            "a {|  1|}|c {|  3|}", "a {|  1|}|b {|  2|}|c {|  3|}", [0, 1, 2, -1, -1, -1, 3, 4, 5], id="between"
        ),
        pytest.param("a|b|c", "a|b|c|a|b|c", [0, 1, 2, -1, -1, -1], id="copy-at-the-end"),
        pytest.param("x|a|b|y", "x|a|b|a|b|y", [0, 1, 2, -1, -1, 3], id="copy-inside"),
        pytest.param("|a|b|y", "|a|b|a|b|y", [0, 1, 2, -1, -1, 3], id="copy-after-a-blank"),
        pytest.param("a|a|a", "a|a|a|a", [0, 1, 2, -1], id="one-more-of-the-same"),
        pytest.param(
            "def a():|    x||def c():|    z",
            "def a():|    x||def b():|    y||def c():|    z",
            [0, 1, 2, -1, -1, -1, 3, 4],
            id="blank-line-goes-with-what-it-ends",
        ),
        pytest.param(
            "for x:|    if y:|        a|    end|end",
            "for x:|    if y:|        a|    end|    if z:|        b|    end|end",
            [0, 1, 2, 3, -1, -1, -1, 4],
            id="nested-block",
        ),
    ],
)
def test_inserted_lines_sit_where_git_puts_them(old: str, new: str, origins: list[int]) -> None:
    assert diff.mapping(lines(old), lines(new)) == origins


def test_deleted_lines_slide_as_inserted_ones_do() -> None:
    old, new = lines("a {|  1|}|b {|  2|}"), lines("a {|  1|}")
    assert diff.hunks(diff.blocks(old, new), len(old), len(new)) == [(3, 6, 3, 3)]


def test_a_deletion_stays_opposite_an_insertion_it_can_meet() -> None:
    old, new = lines("k|a|a|a|z"), lines("k|n|a|a|z")
    assert diff.hunks(diff.blocks(old, new), 5, 5) == [(1, 2, 1, 2)]


def test_runs_that_meet_become_one() -> None:
    old, new = lines("b|a|z"), lines("b|a|b|a|b|a|z")
    found = diff.hunks(diff.blocks(old, new), 3, 7)
    assert found == [(2, 2, 2, 6)]


def test_items_need_not_be_bytes() -> None:
    assert diff.mapping("kitten", "sitting") == [-1, 1, 2, 3, -1, 5, -1]
    assert diff.mapping([(1, 2), None], [None, 3]) == [1, -1]


def test_text_without_indentation_to_judge_slides_down() -> None:
    assert diff.blocks("xabay", "xababay") == [(0, 0, 4), (4, 6, 1)]


def test_last_line_without_a_newline_is_another_line() -> None:
    assert diff.mapping([b"a\n", b"b"], [b"a\n", b"b\n"]) == [0, -1]


def test_blocks_do_not_touch() -> None:
    assert diff.blocks(range(3000), range(3000)) == [(0, 0, 3000)]
    assert diff.blocks(range(3000), [*range(1000), -1, *range(1000, 3000)]) == [(0, 0, 1000), (1000, 1001, 2000)]


@pytest.mark.parametrize(
    ("blocks", "old_len", "new_len", "expected"),
    [
        pytest.param([], 0, 0, [], id="nothing"),
        pytest.param([], 2, 3, [(0, 2, 0, 3)], id="no-block"),
        pytest.param([(0, 0, 2)], 2, 2, [], id="all"),
        pytest.param([(1, 0, 1), (2, 3, 1)], 4, 4, [(0, 1, 0, 0), (2, 2, 1, 3), (3, 4, 4, 4)], id="each-kind"),
    ],
)
def test_hunks(
    blocks: list[diff.Block], old_len: int, new_len: int, expected: list[tuple[int, int, int, int]]
) -> None:
    assert diff.hunks(blocks, old_len, new_len) == expected


def nested(depth: int, apart: bytes) -> list[bytes]:
    """A text in which one line is unique, and another one only in the part above that one, and so on."""
    text = [b"core\n"]
    for level in range(depth, 0, -1):
        text += [apart, b"%d\n" % level, apart, b"%d\n" % (level + 1), apart]
    return text


@pytest.mark.parametrize("depth", [50, 1500])
def test_pins_may_nest_deep(depth: int) -> None:
    found = diff.mapping(nested(depth, b"-\n"), nested(depth, b"+\n"))
    assert found == [at if at == 0 or at % 5 in (2, 4) else -1 for at in range(5 * depth + 1)]


def longest(a: list[int], b: list[int]) -> int:
    """How many lines can be matched in order, by the table everybody knows."""
    row = [0] * (len(b) + 1)
    for one in a:
        above, row = row, [0]
        for at, other in enumerate(b):
            row.append(above[at] + 1 if one == other else max(above[at + 1], row[at]))
    return row[-1]


def test_a_search_that_may_go_on_is_shortest() -> None:
    old, new = [0, 0, 1, 1] * 40, [1, 2, 2, 0, 3, 3] * 50
    found, i, j, steps = myers.shortest(old, new, 0, 0, 10**9)
    assert (i, j) == (len(old), len(new))
    assert steps > 1000
    assert sum(length for _, _, length in found) == longest(old, new)


def test_a_search_cut_short_goes_on_from_where_it_came_furthest() -> None:
    old, new = [0, 0, 1, 1] * 40, [1, 2, 2, 0, 3, 3] * 50
    found, i, j, steps = myers.shortest(old, new, 0, 0, 100)
    assert 0 < i < len(old)
    assert 0 < j < len(new)
    assert 100 < steps < 130
    assert all(x + length <= i and y + length <= j for x, y, length in found)
    rest, i, j, _ = myers.shortest(old, new, i, j, 10**9)
    assert (i, j) == (len(old), len(new))
    assert found[-1] < rest[0]


def test_heavy_edits_without_a_unique_line_keep_the_rest() -> None:
    """2,000 of 10,000 lines edited, far beyond what one search may cost."""
    text = [b"%d\n" % (at % 700 // 3) for at in range(10_000)]
    truth = [at for at in range(10_000) if at % 5]
    found = diff.mapping(text, [text[at] if at % 5 else b"edit\n" for at in range(10_000)])
    assert sum(1 for at in truth if found[at] == at) >= 0.99 * len(truth)


def test_a_short_list_is_found_in_a_long_one() -> None:
    """Many edits, but each round of the search visits few diagonals."""
    old, new = [1, 2, 1, 2, 1], [2, 2, 1] * 900
    assert sum(length for _, _, length in diff.blocks(old, new)) == 5


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param([3, 5, 9], [0, 1, 2], id="in-order"),
        pytest.param([9, 5, 3], [2], id="reversed"),
        pytest.param([4, 0, 1, 9, 2, 3], [1, 2, 4, 5], id="one-moved-away"),
    ],
)
def test_increasing(values: list[int], expected: list[int]) -> None:
    assert myers.increasing(values) == expected
