import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from byline.store.index import Index
from byline.store.paths import Folders


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    (tmp_path / "store").mkdir()
    return Folders(tmp_path, tmp_path / "store", tmp_path / "fallback")


def test_values_by_kind_and_key(folders: Folders) -> None:
    index = Index(folders)
    assert index.get("owners", "a") is None
    index.put("owners", "a", b"1\0")
    index.put("blame", "a", b"2")
    index.put("owners", "a", b"3")
    index.put_many("owners", [("b", b"4"), ("c", b"")])
    assert [index.get("owners", key) for key in "abcd"] == [b"3", b"4", b"", None]
    assert index.get("blame", "a") == b"2"
    index.close()
    assert Index(folders).get("owners", "a") == b"3"


def test_another_engine_starts_empty(folders: Folders) -> None:
    first = Index(folders, engine="1")
    first.put("k", "a", b"1")
    first.close()
    second = Index(folders, engine="2")
    assert second.get("k", "a") is None
    second.put("k", "a", b"2")
    second.close()
    assert Index(folders, engine="2").get("k", "a") == b"2"


def test_only_its_owner_reads_it(folders: Folders) -> None:
    index = Index(folders)
    index.put("k", "a", b"1")
    files = list(folders.store.glob("index.db*"))
    assert files
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.parametrize("damage", [b"garbage" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_broken_file_is_made_anew(folders: Folders, damage: bytes) -> None:
    (folders.store / "index.db").write_bytes(damage)
    index = Index(folders)
    index.put("k", "a", b"1")
    assert index.get("k", "a") == b"1"


def test_file_that_breaks_while_in_use(folders: Folders) -> None:
    index = Index(folders)
    index.put_many("k", [(str(number), b"x" * 5000) for number in range(200)])
    with sqlite3.connect(folders.store / "index.db") as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = folders.store / "index.db"
    file.write_bytes(b"\xff" * file.stat().st_size)
    for number in range(200):
        assert index.get("k", str(number)) in (None, b"x" * 5000)
    index.put("k", "again", b"1")
    index.put("k", "again", b"1")
    assert index.get("k", "again") == b"1"


def test_deleted_file_is_no_error(folders: Folders) -> None:
    index = Index(folders)
    index.put("k", "a", b"1")
    for file in folders.store.glob("index.db*"):
        file.unlink()
    index.put("k", "b", b"2")
    assert index.get("k", "b") in (None, b"2")


def test_no_folder_or_one_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    index = Index(Folders(None, tmp_path / "nothing"))
    assert not index.works
    index.put("k", "a", b"1")
    assert index.get("k", "a") is None
    assert not (tmp_path / "nothing").exists()
    (tmp_path / "store" / "index.db").mkdir(parents=True)
    assert not Index(Folders(None, tmp_path / "store")).works


def test_the_fallback_folder_serves_when_the_first_cannot(tmp_path: Path) -> None:
    (tmp_path / "fallback").mkdir()
    index = Index(Folders(tmp_path, tmp_path / "nothing", tmp_path / "fallback"))
    index.put("k", "a", b"1")
    assert index.get("k", "a") == b"1"


def test_the_file_is_no_way_to_elsewhere(folders: Folders, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("kept")
    (folders.store / "index.db").symlink_to(target)
    assert not Index(folders).works
    assert target.read_text() == "kept"


def test_the_oldest_fall_out(folders: Folders) -> None:
    index = Index(folders, largest=10_000)
    for number in range(20):
        index.put("k", str(number), b"x" * 1000)
    kept = [number for number in range(20) if index.get("k", str(number))]
    assert kept == list(range(kept[0], 20))
    assert 5 <= len(kept) <= 10
    index.put("k", "big", b"x" * 20_000)
    assert index.get("k", "big") is None


def test_two_processes_worth_of_connections_and_threads(folders: Folders) -> None:
    indexes = [Index(folders), Index(folders)]

    def fill(index: Index, start: int) -> None:
        for number in range(start, start + 50):
            index.put("k", str(number), str(number).encode())

    threads = [threading.Thread(target=fill, args=(indexes[n % 2], n * 50)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [indexes[0].get("k", str(number)) for number in range(200)] == [str(n).encode() for n in range(200)]


def test_keys_that_are_no_text_are_not_kept(folders: Folders) -> None:
    index = Index(folders)
    index.put("k", "\udcff", b"1")
    assert index.get("k", "\udcff") is None
    index.put("k", "a", b"1")
    assert index.get("k", "a") == b"1"
