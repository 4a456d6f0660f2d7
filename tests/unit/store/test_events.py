"""Events that are read again when they are looked at, while others come in."""

import threading
from pathlib import Path

import msgspec
import pytest

from byline.model import Event
from byline.store.events import Events, SpoolChanged
from byline.store.spool import Placed


def written(file: Path, count: int) -> list[Placed]:
    """A spool file of so many shell events, and what there is to know of each."""
    placed, offset = [], 0
    with file.open("wb") as spool:
        for number in range(count):
            event = Event(
                v=1, id=f"e{number}", at=number, event="shell" if number % 3 else "prompt", paths=("a", "b")
            )
            line = msgspec.json.encode(event)
            placed.append(Placed(event, file, offset, len(line)))
            spool.write(line + b"\n")
            offset += len(line) + 1
    return placed


def test_many_threads_look_while_one_adds(tmp_path: Path) -> None:
    placed = written(tmp_path / "spool.jsonl", 6000)
    events, troubles = Events(), []
    done = threading.Event()

    def look() -> None:
        try:
            while not done.is_set():
                found = events.of_kinds(["prompt"])
                assert found == list(range(0, found[-1] + 1, 3)) if found else True
                if found:
                    assert events[found[len(found) // 2]].id == f"e{found[len(found) // 2]}"
                    assert events.number(f"e{found[0]}") == found[0]
        except Exception as problem:
            troubles.append(problem)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for one in placed:
            assert events.add(one.event, one) is not None
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert troubles == []
    assert [event.id for event in events] == [one.event.id for one in placed]


def test_adding_that_was_cut_short_is_no_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = written(tmp_path / "spool.jsonl", 3)
    events = Events()
    events.add(first.event, first)
    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr(events, "_hold", lambda number, event: (_ for _ in ()).throw(MemoryError))
        events.add(second.event, second)
    with pytest.raises(SpoolChanged):
        events.add(third.event, third)
    assert events.is_lost and len(events) == 1


def test_events_read_again_share_their_texts(tmp_path: Path) -> None:
    placed = written(tmp_path / "spool.jsonl", 2000)
    events = Events()
    for one in placed:
        events.add(one.event, one)
    first, second = events[1], events[4]
    assert first.paths == ("a", "b")
    assert first.paths is second.paths and first.event is second.event
