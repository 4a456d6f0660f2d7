import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.attribution.marks import Mark, Text, Version, bare, exact_keys, split
from byline.attribution.node import Node, newest, recent
from byline.attribution.palette import Palette
from byline.model import NONE_ID, UNKNOWN, Owner


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", [], id="empty"),
        pytest.param(b"a\n", [b"a\n"], id="one"),
        pytest.param(b"a", [b"a"], id="no-newline"),
        pytest.param(b"a\nb", [b"a\n", b"b"], id="last-without"),
        pytest.param(b"\n\n", [b"\n", b"\n"], id="empty-lines"),
        pytest.param(b"a\rb\x0cc\xe2\x80\xa8d\n", [b"a\rb\x0cc\xe2\x80\xa8d\n"], id="other-breaks-are-no-breaks"),
        pytest.param(b"a\r\nb\r\n", [b"a\r\n", b"b\r\n"], id="crlf"),
    ],
)
def test_split(data: bytes, expected: list[bytes]) -> None:
    assert split(data) == expected
    assert b"".join(split(data)) == data


def test_a_missing_newline_at_the_end_makes_no_other_line() -> None:
    assert exact_keys([b"a\n", b"b"]) == [b"a\n", b"b\n"]
    assert exact_keys([]) == []
    assert exact_keys([b"a\n"]) == [b"a\n"]


@pytest.mark.parametrize("line", [b" a\tb\r\n", b"ab", b"\x0ba\x0c b"], ids=repr)
def test_bare(line: bytes) -> None:
    assert bare(line) == b"ab"


def _chain(*names: str) -> Mark:
    mark: Mark | None = None
    for name in names:
        mark = Mark(Owner("session", "write", name), mark)
    assert mark is not None
    return mark


@pytest.mark.parametrize(
    ("names", "limit", "expected"),
    [
        pytest.param("A", 8, "", id="none"),
        pytest.param("AB", 8, "A", id="one"),
        pytest.param("AAAB", 8, "A", id="equal-ones-once"),
        pytest.param("ABB", 8, "A", id="not-itself"),
        pytest.param("ABABAB", 3, "ABA", id="limit"),
    ],
)
def test_history(names: str, limit: int, expected: str) -> None:
    assert "".join(owner.session_id or "" for owner in _chain(*names).history(limit)) == expected


@pytest.mark.parametrize("owners", ["", "A", "AAAA", "ABAB", "AABBBA", "ABCDEF"])
def test_a_packed_node_gives_back_the_same_marks(owners: str) -> None:
    kinds = {name: Mark(Owner("session", "write", name)) for name in set(owners)}
    marks = [kinds[name] for name in owners]
    text = Text.of("id", [b"%d\n" % k for k in range(len(owners))])
    node = Node(1, 1, "/w", None, "id", Version(text, list(marks)))
    node.pack(Palette())
    node.pack(Palette())
    assert node.known
    version = node.version
    assert version is not None
    assert len(version.marks) == len(marks)
    assert all(one is other for one, other in zip(version.marks, marks, strict=True))
    assert version.text is text


@given(st.lists(st.lists(st.integers(0, 5), max_size=12), max_size=60))
def test_packed_versions_give_back_their_marks_whatever_was_packed_between(stories: list[list[int]]) -> None:
    kinds = [Mark(Owner("session", "write", str(k))) for k in range(6)]
    palette = Palette()
    versions = [
        Version(Text.of(str(k), [b"x\n"] * len(story)), [kinds[k] for k in story]) for k, story in enumerate(stories)
    ]
    packed = []
    for version in versions:
        packed.append(palette.packed(version))
        if not len(version.marks) % 5:
            palette.rest()
    for one, version in zip(packed, versions, strict=True):
        assert palette.version(one).text is version.text
        assert list(map(id, palette.version(one).marks)) == list(map(id, version.marks))


def test_a_palette_has_room_for_many_marks_and_for_long_runs() -> None:
    palette, one = Palette(), Mark(Owner("session", "write", "A"))
    many = [Mark(Owner("session", "write", str(k))) for k in range(70_000)]
    texts = [[one] * 1000, many, [*many[:3], *[one] * 255, *many[-3:]], [*many[:-1], one]]
    packed = [palette.packed(Version(Text.of(str(k), [b"x\n"] * len(marks)), marks)) for k, marks in enumerate(texts)]
    for number, marks in zip(packed, texts, strict=True):
        assert list(map(id, palette.version(number).marks)) == list(map(id, marks))


def test_a_node_without_lines_stays_without() -> None:
    node = Node(1, 1, "/w", None, "id", None)
    node.pack(Palette())
    assert not node.known
    assert node.version is None


def _node(content: str, worktree: str = "/w", *, known: bool = True) -> Node:
    if content == "-":
        return Node(0, 0, worktree, None, NONE_ID, Version([], []))
    return Node(
        0, 0, worktree, None, content, Version(Text.of(content, [b"x\n"]), [Mark(UNKNOWN)]) if known else None
    )


@pytest.mark.parametrize(
    ("contents", "wanted", "index"),
    [
        pytest.param("", "a", None, id="nothing"),
        pytest.param("ab", "a", 0, id="an-older-one"),
        pytest.param("aba", "a", 2, id="the-newest"),
        pytest.param("a-", "a", None, id="deleted-since"),
        pytest.param("-a", "a", 1, id="deleted-before"),
        pytest.param("a-ba", "a", 3, id="written-again"),
    ],
)
def test_newest(contents: str, wanted: str, index: int | None) -> None:
    nodes = [_node(content) for content in contents]
    found = newest(nodes, wanted, "/w")
    assert found is (nodes[index].version if index is not None else None)


def test_the_own_worktree_comes_first() -> None:
    mine, other = _node("a", "/w"), _node("a", "/other")
    assert newest([mine, other], "a", "/w") is mine.version
    assert newest([mine, other], "a", "/third") is other.version


def test_a_deletion_counts_in_its_worktree_only() -> None:
    nodes = [_node("a", "/w"), _node("-", "/other")]
    assert newest(nodes, "a", "/w") is nodes[0].version
    assert newest(nodes, "a", "/other") is nodes[0].version


def test_recent_gives_each_content_once_newest_first() -> None:
    nodes = [_node("a"), _node("b"), _node("c", known=False), _node("-"), _node("b"), _node("d")]
    assert [node.id for node in recent(nodes, 2)] == ["d", "b"]
    assert next(iter(recent(nodes, 9))) is nodes[5]
    assert [node.id for node in recent(nodes, 9)] == ["d", "b", "a"]
