"""What an editor shows of bytes, and the bytes behind what it shows."""

import pytest

from byline.server.disktext import encode, same_text
from byline.server.lines import split_lines

LATIN = "na\xefve\ncaf\xe9\n".encode("latin-1")


@pytest.mark.parametrize(
    ("disk", "shown", "same"),
    [
        (b"a\nb\n", "a\nb\n", True),
        (b"a\nb\n", "a\nc\n", False),
        (b"a\nb", "a\nb\n", True),
        (b"a\n\nb\n", "a\nb\n", False),
        (b"a\r\nb\r\n", "a\nb\n", True),
        (b"a\nb\r\n", "a\r\nb\r\n", True),
        ("\ufeffa\n".encode(), "a\n", True),
        (LATIN, "naïve\ncafé\n", True),
        (LATIN, LATIN.decode("utf-8", "replace"), True),
        (None, "", False),
        (b"", "", True),
        (b"", "\n", True),
    ],
)
def test_loading_is_not_editing(disk: bytes | None, shown: str, same: bool) -> None:
    assert same_text(disk, split_lines(shown)) is same


@pytest.mark.parametrize(
    ("disk", "shown", "bytes_"),
    [
        (b"a\nb\n", "a\nnew\nb\n", b"a\nnew\nb\n"),
        (None, "é\n", "é\n".encode()),
        (b"a\r\nb\r\n", "a\nnew\nb\n", b"a\r\nnew\nb\r\n"),
        ("\ufeffa\nb\n".encode(), "a\nnew\nb\n", "\ufeffa\nnew\nb\n".encode()),
        (LATIN, "naïve\nnew\ncafé\n", b"na\xefve\nnew\ncaf\xe9\n"),
        (LATIN, LATIN.decode("utf-8", "replace") + "new", LATIN + b"new"),
        (b"a\r\nb", "a\nx\nb", b"a\r\nx\nb"),
    ],
)
def test_lines_that_were_not_touched_keep_their_bytes(disk: bytes | None, shown: str, bytes_: bytes) -> None:
    assert encode(disk, split_lines(shown)) == bytes_
