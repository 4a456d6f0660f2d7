"""Contents by id: where they come from, what makes two of them equal, and what is left of one that is lost."""

from pathlib import Path

import pytest

from byline.model import NONE_ID
from byline.store.index import Index
from byline.store.paths import Folders
from byline.workspace.cache import Cache
from byline.workspace.contents import Contents, blob_id, is_binary


class Shelf:
    """Snapshots in memory."""

    def __init__(self, *contents: bytes) -> None:
        self.by_id = {blob_id(data): data for data in contents}
        self.asked = 0

    def get(self, content_id: str) -> bytes | None:
        self.asked += 1
        return self.by_id.get(content_id)


def contents(shelf: Shelf, cache: Cache | None = None) -> Contents:
    return Contents(shelf, None, None, cache)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("like", "expected"),
    [
        pytest.param(None, "45b983be36b73c0788dc9cbcb76cbb80fc7bb057", id="sha1"),
        pytest.param("0" * 40, "45b983be36b73c0788dc9cbcb76cbb80fc7bb057", id="like-sha1"),
        pytest.param("0" * 64, "96c18f0297e38d01f4b2dacddea4259aea6b2961eb0822bd2c0c3f6029030045", id="like-sha256"),
    ],
)
def test_ids_are_gits(like: str | None, expected: str) -> None:
    assert blob_id(b"hi\n", like) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", False, id="empty"),
        pytest.param(b"\xff\xfe text", False, id="no-utf-8"),
        pytest.param(b"a\0b", True, id="nul"),
        pytest.param(b"a" * 8000 + b"\0", False, id="nul-beyond-what-git-looks-at"),
        pytest.param(b"a" * 7999 + b"\0", True, id="nul-just-within"),
    ],
)
def test_binary_as_git_sees_it(data: bytes, *, expected: bool) -> None:
    assert is_binary(data) is expected


def test_no_file_and_lost_contents_are_none() -> None:
    found = contents(Shelf())
    lost = "1" * 40
    assert found.data(NONE_ID) is None
    assert found.text(lost, "f") is None
    assert found.missing == {lost}


def test_a_binary_content_has_no_lines() -> None:
    shelf = Shelf(b"a\0b")
    found = contents(shelf)
    assert found.text(blob_id(b"a\0b"), "f") is None
    asked = shelf.asked
    assert found.text(blob_id(b"a\0b"), "f") is None
    assert shelf.asked == asked


def test_a_known_content_is_read_only_when_somebody_looks(tmp_path: Path) -> None:
    data = b"one\ntwo\n"
    place = Folders(None, tmp_path)
    first = Cache(Index(place))
    assert contents(Shelf(data), first).text(blob_id(data), "f") is not None
    first.flush()
    shelf = Shelf(data)
    text = contents(shelf, Cache(Index(place))).text(blob_id(data), "f")
    assert text is not None
    assert (text.count, shelf.asked) == (2, 0)
    assert text.lines == [b"one\n", b"two\n"]
    assert shelf.asked == 1


def test_a_content_lost_since_has_lines_like_no_other(tmp_path: Path) -> None:
    data = b"one\ntwo\n"
    place = Folders(None, tmp_path)
    first = Cache(Index(place))
    contents(Shelf(data), first).text(blob_id(data), "f")
    first.flush()
    text = contents(Shelf(), Cache(Index(place))).text(blob_id(data), "f")
    if text is not None:
        assert text.count == len(text.lines) == 2
        assert len(set(text.lines)) == 2
        assert not set(text.lines) & {b"one\n", b"two\n"}
