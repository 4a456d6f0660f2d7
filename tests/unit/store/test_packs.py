"""Packs: whatever comes in is there until it is dropped, whole or not at all."""

import hashlib
import os
import random
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byline.store import packs
from byline.store.blobs import Snapshots
from byline.store.packs import Packs
from byline.store.paths import Folders
from byline_hooks import snapshots


def id_of(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def holds(data: bytes, id: str) -> bool:
    return id_of(data) == id


def texts(count: int, path: str = "a.py", size: int = 100) -> list[tuple[str, str, bytes]]:
    chance = random.Random(count)
    lines = [b"%f\n" % chance.random() for _ in range(size)]
    found = []
    for _ in range(count):
        lines[chance.randrange(size)] = b"%f new\n" % chance.random()
        data = b"".join(lines)
        found.append((path, id_of(data), data))
    return found


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.tuples(st.sampled_from(["a", "b/é", "\udc80"]), st.binary(max_size=60)))), st.data())
def test_all_is_there_until_it_is_dropped(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[str, bytes]]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("packs") / "packs"
    made, known = Packs(folder, holds), dict[str, bytes]()
    for batch in batches:
        told = [(path, id_of(text), text) for path, text in batch]
        assert made.add(told) == {id for _, id, _ in told}
        known.update((id, text) for _, id, text in told)
        drops: bool = data.draw(st.booleans())
        if known and drops:
            gone = data.draw(st.sets(st.sampled_from(sorted(known))))
            assert made.drop(gone) == len(gone)
            known = {id: text for id, text in known.items() if id not in gone}
        for each in (made, Packs(folder, holds)):
            assert {id: each.get(id) for id in each.places()} == known
    assert made.get("0" * 40) is None


def test_texts_of_one_path_take_little_together(tmp_path: Path) -> None:
    made = Packs(tmp_path / "packs", holds)
    told = texts(200, size=1000)
    for start in range(0, 200, 9):  # as they come, week by week
        made.add(told[start : start + 9])
    assert all(made.get(id) == data for _, id, data in told)
    assert len([*(tmp_path / "packs").glob("*.pack")]) == 1
    assert size(tmp_path / "packs") < 0.02 * sum(len(data) for _, _, data in told)


def test_a_large_pack_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "LARGEST", 3000)
    made = Packs(tmp_path / "packs", holds)
    told = texts(40)
    for start in range(0, 40, 5):
        made.add(told[start : start + 5])
    assert all(made.get(id) == data for _, id, data in told)
    assert len([*(tmp_path / "packs").glob("*.pack")]) > 1


def test_what_is_damaged_is_not_taken(tmp_path: Path) -> None:
    """A flipped byte anywhere, a cut, garbage: the right text or none, and the others can still be packed."""
    made = Packs(tmp_path / "packs", holds)
    told = [*texts(6, "a", 20), *texts(7, "b", 20)]
    made.add(told)
    (file,) = (tmp_path / "packs").glob("*.pack")
    whole = file.read_bytes()
    broken = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
    broken += [whole[:at] for at in range(0, len(whole), 7)] + [b"", b"x" * 500, packs.MAGIC + b"\xff" * 40]
    for data in broken:
        file.write_bytes(data)
        found = Packs(tmp_path / "packs", holds)
        assert all(found.get(id) in (text, None) for _, id, text in told)
    late = texts(3, "a", 30)
    file.write_bytes(broken[len(whole) // 2])
    found = Packs(tmp_path / "packs", holds)
    there = {id for _, id, _ in told if found.get(id) is not None}
    assert found.add(late) == {id for _, id, _ in late}
    assert there <= {id for _, id, _ in told if found.get(id) is not None}
    found.drop([late[0][1]])
    assert there <= {id for _, id, _ in told if found.get(id) is not None}
    assert found.get(late[0][1]) is None


def test_a_pack_that_unpacks_to_more_than_it_says(tmp_path: Path) -> None:
    made = Packs(tmp_path / "packs", holds)
    made.add([("a", id_of(bytes(5 << 20)), bytes(5 << 20)), ("a", id_of(bytes(2 << 20)), bytes(2 << 20))])
    (file,) = (tmp_path / "packs").glob("*.pack")
    assert file.stat().st_size < 5000
    file.write_bytes(file.read_bytes().replace(b"5242880", b"0000008"))
    assert Packs(tmp_path / "packs", holds).get(id_of(bytes(5 << 20))) is None
    file.write_bytes(file.read_bytes().replace(b"0000008", b"9999999"))
    assert Packs(tmp_path / "packs", holds).get(id_of(bytes(5 << 20))) is None


def test_without_the_library_nothing_is_packed_or_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, told = Packs(tmp_path / "packs", holds), texts(3)
    made.add(told)
    monkeypatch.setitem(sys.modules, "lzma", None)
    poor = Packs(tmp_path / "packs", holds)
    assert poor.add(texts(5, "b")) == frozenset()
    assert poor.drop([told[0][1]]) == 0
    assert poor.get(told[0][1]) is None
    monkeypatch.undo()
    assert all(Packs(tmp_path / "packs", holds).get(id) == data for _, id, data in told)


def test_snapshots_are_the_same_packed(tmp_path: Path) -> None:
    store = Snapshots(Folders(None, tmp_path))
    told = texts(5)
    for _, id, data in told:
        snapshots.keep(str(tmp_path), id, data)
    names = [("a.py", id) for _, id, _ in told]
    before = {id: store.get(id) for _, id, _ in told}
    assert before == {id: data for _, id, data in told}
    other = Snapshots(Folders(None, tmp_path))  # a server that runs all the while
    assert store.pack(names) == 5
    assert store.pack(names) == 0
    for each in (store, other):
        assert {id: each.get(id) for id in before} == before
        assert all(each.has(id) for id in before)
        assert {id for id, _ in each.all()} == set(before)
        each.hidden = frozenset([told[0][1]])
        assert each.get(told[0][1]) is None
        each.hidden = frozenset()
    assert not [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert store.drop([told[1][1]]) == 1
    assert told[1][1] in store.dropped()
    for each in (store, other):
        assert each.get(told[1][1]) is None
        assert not each.has(told[1][1])
        assert each.get(told[2][1]) == told[2][2]
    if os.name == "posix":
        modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "packs").iterdir()}
        assert modes == {0}
