import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.repo.blame import Blame, Group, parse_incremental, unquoted

A, B, ZERO = "a" * 40, "b" * 40, "0" * 40
TEXT = f"""{B} 3 1 2
author Zo\u00eb
author-mail <zoe@x>
author-time 1700000000
author-tz +0100
committer Ada
committer-mail <ada@x>
committer-time 1700000060
committer-tz +0000
summary add things
previous {A} old name.py
filename new.py
{ZERO} 9 4 1
author Not Committed Yet
author-time 1
previous {B} new.py
filename new.py
{A} 1 3 1
author
author-mail <>
author-time x
summary one
boundary
filename "od\\"d\\t\\303\\244"
{B} 8 5 1
filename new.py
"""


def test_groups_in_order_of_their_lines() -> None:
    found = parse_incremental(TEXT.encode())
    assert found.groups == (
        Group(0, 2, B, 2, "new.py"),
        Group(2, 1, A, 0, 'od"d\t\u00e4'),
        Group(3, 1, None, 8, "new.py"),
        Group(4, 1, B, 7, "new.py"),
    )
    assert found.boundaries == {A}
    assert found.previous == {B: (A, "old name.py"), ZERO: (B, "new.py")}
    assert found.commits.keys() == {A, B}
    commit = found.commits[B]
    assert (commit.author, commit.author_mail, commit.author_time) == ("Zo\u00eb", "zoe@x", 1700000000)
    assert (commit.committer_time, commit.summary) == (1700000060, "add things")
    assert (found.commits[A].author, found.commits[A].author_time) == ("", 0)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("fatal: no such path\n", id="no answer"),
        pytest.param(f"{A} 1 1\nfilename a\n", id="short header"),
        pytest.param(f"{A} 0 1 1\nfilename a\n", id="line 0"),
        pytest.param(f"{A} 1 1 0\nfilename a\n", id="no lines"),
        pytest.param(f"{A[:39]} 1 1 1\nfilename a\n", id="short id"),
        pytest.param(f"{A} 1 1 1\nauthor x\n", id="cut off"),
        pytest.param("filename a\n", id="no header"),
    ],
)
def test_what_is_no_group_is_skipped(text: str) -> None:
    assert parse_incremental(text.encode()).groups == ()
    after = parse_incremental(f"{text}{B} 1 7 1\nsummary s\nfilename b\n".encode())
    assert after.groups == (Group(6, 1, B, 0, "b"),)


@pytest.mark.parametrize(
    ("printed", "path"),
    [
        (b"a b", b"a b"),
        (b'"a\\nb"', b"a\nb"),
        (b'"\\\\\\"\\a\\b\\t\\v\\f\\r"', b'\\"\a\b\t\v\f\r'),
        (b'"\\377\\001"', b"\xff\x01"),
        (b'"', b'"'),
        (b'""', b""),
        (b'"\\777"', b"\xff"),
        (b'"\\q"', b"\\q"),
    ],
)
def test_unquoted(printed: bytes, path: bytes) -> None:
    assert unquoted(printed) == path


ODD = st.lists(st.sampled_from([*TEXT.splitlines(), "", "boundary", f"{A} 1 2 3", '"', "previous", "\udcff"]))


@given(st.binary(max_size=300) | ODD.map(lambda lines: "\n".join(lines).encode("utf-8", "surrogateescape")))
def test_never_raises(data: bytes) -> None:
    found = parse_incremental(data)
    assert isinstance(found, Blame)
    assert all(group.commit in found.commits for group in found.groups if group.commit)
