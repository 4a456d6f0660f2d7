"""Reading a spool on from where another reader stopped."""

import json
from pathlib import Path

from byline.store.paths import Folders
from byline.store.spool import Spool


def append(folder: Path, name: str, *ids: str) -> None:
    (folder / "spool").mkdir(parents=True, exist_ok=True)
    with (folder / "spool" / name).open("a") as file:
        for one in ids:
            file.write("\n" + json.dumps({"v": 1, "id": one, "at": 1, "event": "read"}) + "\n")


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    append(tmp_path, "2026-01-01.a.jsonl", "1", "2")
    folders = Folders(None, tmp_path)
    first = Spool(folders)
    assert [event.id for event in first.read_new()] == ["1", "2"]
    append(tmp_path, "2026-01-01.a.jsonl", "3")
    append(tmp_path, "2026-01-02.a.jsonl", "4")
    second = Spool(folders)
    second.resume(first.progress())
    assert [event.id for event in second.read_new()] == ["3", "4"]
    third = Spool(folders)
    third.resume(second.progress())
    assert (third.read_new(), third.restarts) == ([], 0)
    assert third.progress() == second.progress()


def test_another_file_is_noticed(tmp_path: Path) -> None:
    append(tmp_path, "2026-01-01.a.jsonl", "1", "2")
    folders = Folders(None, tmp_path)
    first = Spool(folders)
    first.read_new()
    (tmp_path / "spool" / "2026-01-01.a.jsonl").unlink()
    append(tmp_path, "2026-01-01.a.jsonl", "5")
    second = Spool(folders)
    second.resume(first.progress())
    assert [event.id for event in second.read_new()] == ["5"]
    assert second.restarts == 1
