import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.moment import LAST_SECOND, nanoseconds
from byline.repo.commits import parse
from byline.repo.objects import parse_header

A, B = "a" * 40, "b" * 40
COMMIT = f"""tree {A}
parent {B}
parent {A}
author Ada <ada@x> 5 +0100
committer Zo\u00eb L <zoe@x> 6 -0730
gpgsig -----BEGIN
 author Mallory <m@x> 1 +0000
 -----END
encoding utf-8

one
two

tree body
"""


def test_fields_of_a_commit() -> None:
    commit = parse(B, COMMIT.encode())
    assert commit is not None
    assert (commit.tree, commit.parents, commit.message) == (A, (B, A), "one\ntwo\n\ntree body\n")
    assert (commit.author.name, commit.author.time, commit.author.tz) == ("Ada", 5, "+0100")
    assert (commit.committer.name, commit.committer.mail, commit.committer.tz) == ("Zo\u00eb L", "zoe@x", "-0730")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(f"tree {A}\n\n", id="nobody"),
        pytest.param(f"tree {A}\nauthor x\ncommitter <\n", id="broken persons"),
        pytest.param(f"tree {A}\nencoding nonsense\nauthor A <a> 1 +0000\n\nm", id="unknown encoding"),
        pytest.param(f"tree {A}\nencoding utf-16\nauthor A <a> 1 +0000\n\nm", id="odd encoding"),
        pytest.param(f"tree {A}\nauthor A <a> {'9' * 400} +0000\n\nm", id="time without end"),
    ],
)
def test_broken_commits_are_read_as_far_as_they_go(data: str) -> None:
    commit = parse(B, data.encode())
    assert commit is not None and commit.tree == A


@pytest.mark.parametrize(("time", "known"), [("99999999999", 99999999999), ("9" * 17, LAST_SECOND), ("-5", 0)])
def test_dates_beyond_the_calendar_are_its_last(time: str, known: int) -> None:
    commit = parse(B, f"tree {A}\ncommitter A <a> {time} +0000\n\nm".encode())
    assert commit is not None and commit.committer.time == known
    assert 0 <= nanoseconds(known) < 2**63


def test_what_is_no_commit() -> None:
    assert parse(B, b"") is None
    assert parse(B, b"\n\ntree x") is None


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda more: COMMIT.encode()[:90] + more))
def test_never_raises(data: bytes) -> None:
    parse(A, data)
    parse_header(data)
