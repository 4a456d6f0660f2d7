"""Whatever lies in the cache on disk, answers stay the same."""

from pathlib import Path

import msgspec
import pytest

from byline.attribution.reflow import Range
from byline.attribution.step import Kept
from byline.store.index import Index
from byline.store.paths import Folders
from byline.workspace.cache import Cache

KEPT = Kept(5, (Range(0, 1, 0, 2), Range(3, 3, 4, 5)), {0: (0,), 1: (0, 0)})


def refuse() -> Kept:
    raise AssertionError("compared again")


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(None, tmp_path)


def test_nothing_is_known_at_first(folders: Folders) -> None:
    for cache in (Cache(None), Cache(Index(folders))):
        assert cache.facts("id", False) is None
        assert cache.kept("key", lambda: KEPT) == KEPT


def test_a_comparison_is_made_once(folders: Folders) -> None:
    cache = Cache(Index(folders))
    assert cache.kept("key", lambda: KEPT) == KEPT
    assert cache.kept("key", refuse) == KEPT
    cache.flush()
    again = Cache(Index(folders)).kept("key", refuse)
    assert again == KEPT
    assert again.gaps[0].old_stop == 1


def test_keys_are_apart(folders: Folders) -> None:
    other = Kept(1, (), {})
    cache = Cache(Index(folders))
    cache.kept("one", lambda: KEPT)
    assert cache.kept("two", lambda: other) == other
    cache.flush()
    fresh = Cache(Index(folders))
    assert (fresh.kept("two", refuse), fresh.kept("one", refuse)) == (other, KEPT)


def test_facts_of_one_content_by_kind_of_line_ends(folders: Folders) -> None:
    cache = Cache(Index(folders))
    cache.learn("id", False, ("id", 3))
    cache.learn("id", True, ("other", 3))
    cache.learn("binary", False, ("", -1))
    for one in (cache, _reopened(cache, folders)):
        assert one.facts("id", False) == ("id", 3)
        assert one.facts("id", True) == ("other", 3)
        assert one.facts("binary", False) == ("", -1)
        assert one.facts("binary", True) is None


def _reopened(cache: Cache, folders: Folders) -> Cache:
    cache.flush()
    return Cache(Index(folders))


DAMAGED = [
    pytest.param(b"", id="empty"),
    pytest.param(b"\xc1\xff\x00", id="no-msgpack"),
    pytest.param(b"\x93\x05", id="cut-short"),
    pytest.param(msgspec.msgpack.encode(None), id="null"),
    pytest.param(msgspec.msgpack.encode("text"), id="text"),
    pytest.param(msgspec.msgpack.encode([1, 2]), id="too-short"),
    pytest.param(msgspec.msgpack.encode([5, [[0, 1, 0]], {}]), id="a-gap-of-three"),
    pytest.param(msgspec.msgpack.encode({"size": 5, "gaps": [], "sources": {}}), id="a-map"),
    pytest.param(msgspec.msgpack.encode(["x", [], {}]), id="a-size-in-words"),
]


@pytest.mark.parametrize("value", DAMAGED)
def test_a_damaged_comparison_is_made_again(folders: Folders, value: bytes) -> None:
    Index(folders).put_many("step", [("key", value)])
    assert Cache(Index(folders)).kept("key", lambda: KEPT) == KEPT


@pytest.mark.parametrize("value", DAMAGED)
def test_damaged_facts_are_none(folders: Folders, value: bytes) -> None:
    Index(folders).put_many("text", [("id 0", value)])
    assert Cache(Index(folders)).facts("id", False) is None


def test_a_file_that_is_no_database_costs_nothing_but_time(folders: Folders) -> None:
    (folders.store / "index.db").write_bytes(b"this is no database" * 1000)
    cache = Cache(Index(folders))
    assert cache.kept("key", lambda: KEPT) == KEPT
    cache.flush()
    assert cache.kept("key", refuse) == KEPT
