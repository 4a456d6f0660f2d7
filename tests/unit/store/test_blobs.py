import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.repo.worktree import blob_id
from byline.store.blobs import LARGEST, Snapshots, unpack
from byline.store.paths import Folders


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path, tmp_path / "store", tmp_path / "fallback")


def keep(folder: Path, name: str, packed: bytes) -> None:
    file = folder / "blobs" / name[:2] / name[2:]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(packed)


@pytest.mark.parametrize("form", ["sha1", "sha256"])
@pytest.mark.parametrize("data", [b"", b"text\n", b"\0\xff\r\n" * 1000])
def test_bytes_by_their_id(folders: Folders, data: bytes, form: str) -> None:
    name = blob_id(data, form)
    snapshots = Snapshots(folders)
    assert snapshots.get(name) is None
    assert not snapshots.has(name)
    keep(folders.store, name, zlib.compress(data, 1))
    assert snapshots.get(name) == data
    assert snapshots.has(name)
    assert snapshots.damaged == set()


def test_the_other_folder_is_looked_at_too(folders: Folders) -> None:
    assert folders.fallback is not None
    name = blob_id(b"x")
    keep(folders.store, name, zlib.compress(b"y"))
    keep(folders.fallback, name, zlib.compress(b"x"))
    snapshots = Snapshots(folders)
    assert snapshots.get(name) == b"x"
    assert snapshots.damaged == set()


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(zlib.compress(b"other bytes"), id="other bytes"),
        pytest.param(b"", id="empty"),
        pytest.param(b"plain text", id="not compressed"),
        pytest.param(zlib.compress(b"x" * 1000)[:-3], id="cut off"),
        pytest.param(zlib.compress(b"\0" * (64 << 20), 9), id="bomb"),
    ],
)
def test_damaged_snapshot_is_no_text(folders: Folders, packed: bytes) -> None:
    name = blob_id(b"x" * 1000)
    keep(folders.store, name, packed)
    snapshots = Snapshots(folders)
    assert snapshots.get(name) is None
    assert snapshots.damaged == {name}
    keep(folders.store, name, zlib.compress(b"x" * 1000))  # written anew
    assert snapshots.get(name) == b"x" * 1000
    assert snapshots.damaged == set()


def test_bomb_of_the_right_name_is_refused(folders: Folders) -> None:
    data = b"\0" * (LARGEST + 1)
    keep(folders.store, blob_id(data), zlib.compress(data))
    assert Snapshots(folders).get(blob_id(data)) is None
    keep(folders.store, blob_id(data[1:]), zlib.compress(data[1:]))
    assert Snapshots(folders).get(blob_id(data[1:])) == data[1:]


@pytest.mark.parametrize(
    "name", ["none", "", "../../etc/passwd", "g" * 40, "A" * 40, "a" * 41, "a" * 40 + "\n", "ab/" * 13 + "a"]
)
def test_what_is_no_id_is_never_a_path(folders: Folders, name: str) -> None:
    snapshots = Snapshots(folders)
    assert snapshots.get(name) is None
    assert not snapshots.has(name)
    assert snapshots.damaged == set()


@given(st.binary(max_size=200))
def test_unpacking_never_raises(packed: bytes) -> None:
    assert unpack(packed) is None or isinstance(unpack(packed), bytes)
    assert unpack(zlib.compress(packed)) == packed
