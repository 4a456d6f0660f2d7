import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.repo.reflog import Entry, parse

A, B = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        pytest.param(
            f"{A} {B} Ada L <ada@x> 1700000000 +0100\tcommit: one",
            Entry(A, B, "Ada L", "ada@x", 1700000000, "+0100", "commit: one"),
            id="usual",
        ),
        pytest.param(f"{A} {B} Ada <> 1 -0000", Entry(A, B, "Ada", "", 1, "-0000", ""), id="no message, no mail"),
        pytest.param(f"{A} {B}  <m> 1 +0000\t", Entry(A, B, "", "m", 1, "+0000", ""), id="no name"),
        pytest.param(
            f"{A} {B} A <m> 1 +0000\ta\tb <c> 2", Entry(A, B, "A", "m", 1, "+0000", "a\tb <c> 2"), id="tabs"
        ),
        pytest.param(
            f"{A * 2} {B * 2} A <m> 1 +0000\tx",
            None,  # 80 digits are no id
            id="too long",
        ),
        pytest.param(
            f"{'c' * 64} {'d' * 64} A <m> 1 +0000\tx",
            Entry("c" * 64, "d" * 64, "A", "m", 1, "+0000", "x"),
            id="sha256",
        ),
        pytest.param(f"{A} {B} A <m> time +0000\tx", None, id="no time"),
        pytest.param(f"{A} A <m> 1 +0000\tx", None, id="one id"),
        pytest.param("", None, id="empty"),
    ],
)
def test_one_line(line: str, entry: Entry | None) -> None:
    good = f"{B} {A} B <b> 2 +0000\tgood\n"
    expected = [entry] if entry else []
    neighbour = Entry(B, A, "B", "b", 2, "+0000", "good")
    assert parse(line.encode()) == expected
    assert parse(f"{good}{line}\n{good}".encode()) == [neighbour, *expected, neighbour]


def test_bytes_that_are_no_text_are_kept_readable() -> None:
    (entry,) = parse(f"{A} {B} ".encode() + b"\xff <m> 1 +0000\t\xfe\n")
    assert (entry.name, entry.message) == ("\ufffd", "\ufffd")


@given(st.binary(max_size=300) | st.text("ab01 <>+\t\n", max_size=300).map(str.encode))
def test_never_raises(data: bytes) -> None:
    assert all(isinstance(entry, Entry) for entry in parse(data))
