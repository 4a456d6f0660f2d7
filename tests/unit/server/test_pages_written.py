"""Pages in the cache folder: written by several at once, tidied by several at once."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from byline.server.page import page_path, session_uri
from byline.server.show import KEPT, write_page


def together(work: Callable[[], object]) -> list[BaseException]:
    """What went wrong when several threads did it at once."""
    wrong: list[BaseException] = []

    def tried() -> None:
        try:
            work()
        except Exception as problem:
            wrong.append(problem)

    threads = [threading.Thread(target=tried) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_one_page_written_by_several_at_once() -> None:
    uri, texts = session_uri("s1"), ("a" * 9000, "b" * 9000)

    def write() -> None:
        for text in texts * 100:
            write_page(uri, text, os.environ)

    assert together(write) == []
    path = page_path(uri, os.environ)
    assert path.read_text("utf-8") in texts
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_old_pages_go_whoever_takes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = page_path(session_uri("s1"), os.environ).parent
    folder.mkdir(parents=True)
    for number in range(300):
        old = folder / f"{number}.md"
        old.touch()
        os.utime(old, (0, time.time() - KEPT - 60))
    young = folder / "young.md"
    young.touch()
    assert together(lambda: write_page(session_uri("s1"), "text", os.environ)) == []
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        (young.name, Path(page_path(session_uri("s1"), os.environ)).name)
    )


def test_half_a_character_is_no_obstacle() -> None:
    assert write_page(session_uri("s1"), "x\udcff", os.environ).read_text("utf-8") == "x?"
