import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.model import Event
from byline.store import tail as module
from byline.store.paths import Folders
from byline.store.spool import Problem, Spool


def line(at: int, name: str | None = None, **fields: Any) -> bytes:
    record = {"v": 1, "id": name or f"e{at}", "at": at, "event": "write", **fields}
    return b"\n" + json.dumps(record).encode() + b"\n"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    for name in ("store", "fallback"):
        (tmp_path / name / "spool").mkdir(parents=True)
    return Folders(tmp_path, tmp_path / "store", tmp_path / "fallback")


@pytest.fixture
def add(folders: Folders) -> Callable[..., Path]:
    def append(data: bytes, day: str = "2026-11-21", machine: str = "m1", folder: Path | None = None) -> Path:
        file = (folder or folders.store) / "spool" / f"{day}.{machine}.jsonl"
        with file.open("ab") as opened:
            opened.write(data)
        return file

    return append


def ids(events: list[Event]) -> list[str]:
    return [event.id for event in events]


def test_nothing_there(tmp_path: Path) -> None:
    spool = Spool(Folders(None, tmp_path / "nothing"))
    assert spool.read_new() == []
    assert not spool.changed()


def test_events_come_once_as_they_are_appended(folders: Folders, add: Callable[..., Path]) -> None:
    spool = Spool(folders)
    assert not spool.changed()
    add(line(1) + line(2))
    assert spool.changed()
    assert ids(spool.read_new()) == ["e1", "e2"]
    assert not spool.changed()
    assert spool.read_new() == []
    add(line(3))
    add(line(4), day="2026-11-22")
    add(line(5), folder=folders.fallback)
    assert spool.changed()
    assert ids(spool.read_new()) == ["e3", "e5", "e4"]


def test_incomplete_last_line_waits(folders: Folders, add: Callable[..., Path]) -> None:
    spool = Spool(folders)
    whole = line(2)
    add(line(1) + whole[:20])
    assert ids(spool.read_new()) == ["e1"]
    assert not spool.changed()
    add(whole[20:-1])
    assert spool.read_new() == []
    add(b"\n")
    assert ids(spool.read_new()) == ["e2"]
    assert spool.problems.torn == 0


def test_torn_line_never_eats_its_neighbour(folders: Folders, add: Callable[..., Path]) -> None:
    spool = Spool(folders)
    file = add(line(1) + line(2)[:20] + line(3) + b"not json\n" + line(4, v=2) + line(5, path=7) + line(6))
    assert ids(spool.read_new()) == ["e1", "e3", "e6"]
    problems = spool.problems
    assert (problems.torn, problems.invalid, problems.newer, problems.unreadable) == (2, 1, 1, 0)
    data = file.read_bytes()
    assert problems.first[0] == Problem(str(file), data.index(line(2)[1:20]), "torn")
    assert [data[problem.offset :][:8] for problem in problems.first[1:3]] == [b"not json", b'{"v": 2,']


def test_only_the_first_problems_are_kept(folders: Folders, add: Callable[..., Path]) -> None:
    spool = Spool(folders)
    add(b"x\n" * 50)
    spool.read_new()
    assert (spool.problems.torn, len(spool.problems.first)) == (50, 20)


def test_order_of_one_file_beats_its_clock_and_days_beat_clocks(folders: Folders, add: Callable[..., Path]) -> None:
    add(line(50) + line(10) + line(60), machine="a")
    add(line(5) + line(55), machine="b")
    add(line(1), day="2026-11-22", machine="a")
    add(line(99), day="2026-11-20", machine="b")
    assert ids(Spool(folders).read_new()) == ["e99", "e5", "e50", "e10", "e55", "e60", "e1"]


def test_one_event_in_two_files_comes_once(folders: Folders, add: Callable[..., Path]) -> None:
    add(line(1) + line(2))
    add(line(2) + line(3), folder=folders.fallback)
    assert ids(Spool(folders).read_new()) == ["e1", "e2", "e3"]


@pytest.mark.parametrize("same_size", [False, True])
def test_replaced_file_is_read_again(folders: Folders, add: Callable[..., Path], same_size: bool) -> None:
    spool = Spool(folders)
    file = add(line(1) + line(2) + line(3))
    spool.read_new()
    other = file.with_suffix(".new")
    other.write_bytes(line(1) + line(2) + line(9) + (b"" if same_size else line(10)))
    other.replace(file)
    assert ids(spool.read_new()) == (["e9"] if same_size else ["e9", "e10"])
    assert spool.restarts == 1


def test_truncated_and_overwritten_files_are_read_again(folders: Folders, add: Callable[..., Path]) -> None:
    spool = Spool(folders)
    file = add(line(1) + line(2))
    spool.read_new()
    file.write_bytes(line(3))
    assert spool.changed()
    assert ids(spool.read_new()) == ["e3"]
    file.write_bytes(line(4) + line(5) + line(6))  # longer than before, but another beginning
    assert ids(spool.read_new()) == ["e4", "e5", "e6"]
    file.unlink()
    assert spool.changed()
    assert spool.read_new() == []
    assert spool.restarts == 3


def test_what_is_no_spool_file_is_left_alone(folders: Folders, add: Callable[..., Path]) -> None:
    add(line(1))
    (folders.store / "spool" / "notes.txt").write_bytes(line(2))
    (folders.store / "spool" / "2026-11-21.dir.jsonl").mkdir()
    if sys.platform != "win32":
        os.mkfifo(folders.store / "spool" / "2026-11-21.pipe.jsonl")  # opening it would wait for ever
    assert ids(Spool(folders).read_new()) == ["e1"]


def test_unreadable_file_is_counted_once_and_tried_again(
    folders: Folders, add: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = add(line(1))
    add(line(2), machine="m2")
    real = Path.open

    def refuse(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self == file:
            raise PermissionError
        return real(self, *args, **kwargs)

    spool = Spool(folders)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        assert ids(spool.read_new()) == ["e2"]
        assert spool.read_new() == []
    assert spool.problems.unreadable == 1
    assert spool.problems.first == [Problem(str(file), 0, "unreadable")]
    assert ids(spool.read_new()) == ["e1"]


def test_lines_longer_than_a_chunk(
    folders: Folders, add: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 64)
    add(line(1, prompt="x" * 1000) + line(2) + line(3, prompt="y" * 100) + b'{"v":')
    spool = Spool(folders)
    assert ids(spool.read_new()) == ["e1", "e2", "e3"]
    add(line(4))
    assert ids(spool.read_new()) == ["e4"]
    assert spool.problems.torn == 1


def test_common_texts_are_kept_once(folders: Folders, add: Callable[..., Path]) -> None:
    add(line(1, session_id="a-session", path="a/file") + line(2, session_id="a-session", path="a/file"))
    first, second = Spool(folders).read_new()
    assert (first.session_id, first.path) == ("a-session", "a/file")
    assert first.session_id is second.session_id
    assert first.path is second.path


PIECES = st.lists(
    st.binary(max_size=30)
    | st.integers(0, 9).map(line)
    | st.tuples(st.integers(0, 9), st.integers(0, 60)).map(lambda cut: line(cut[0])[: cut[1]])
)


@given(PIECES, st.integers(1, 50))
def test_whole_records_after_a_newline_are_all_read(pieces: list[bytes], step: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "spool", "2026-11-21.m.jsonl")
        file.parent.mkdir()
        spool = Spool(Folders(None, Path(folder)))
        data = b"".join(pieces)
        found = []
        for start in range(0, len(data), step):
            with file.open("ab") as opened:
                opened.write(data[start : start + step])
            found += ids(spool.read_new())
        assert len(found) == len(set(found))
        assert {f"e{number}" for number in range(10) if line(number) in pieces} <= set(found)
        assert set(found) <= {f"e{number}" for number in range(10) if line(number).strip() in data}
        assert spool.restarts == 0
