import ctypes
from typing import Any

import pytest

from byline.server import heap


def test_it_is_due_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("byline.server.heap.time.monotonic", lambda: now[0])
    one = heap.Heap()
    assert not one.is_due()
    now[0] += heap.EVERY
    assert one.is_due()
    assert not one.is_due()


@pytest.mark.parametrize("problem", [OSError, TypeError, AttributeError])
def test_a_library_that_cannot_be_told_is_no_trouble(
    problem: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def library(name: object) -> object:
        asked.append(name)
        raise problem

    monkeypatch.setattr(ctypes, "CDLL", library)
    heap.Heap().give_back()
    assert asked == [None, None]
