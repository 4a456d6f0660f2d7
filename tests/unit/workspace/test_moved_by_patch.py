"""A patch that moves a file: what it keeps of the old one keeps its owners, under the new name."""

from typing import Any

from byline.model import NONE_ID, Event
from byline.workspace.cache import Cache
from byline.workspace.contents import Contents
from byline.workspace.engine import Engine
from byline.workspace.journal import Journal
from property.test_engine import Texts


def owners(events: list[Event], texts: Texts, path: str) -> list[str | None]:
    journal = Journal(lambda one, other: frozenset())
    journal.add(events)
    cache = Cache(None)
    engine = Engine(journal, Contents(texts, None, None, cache), None, cache)  # type: ignore[arg-type]
    version = engine.fold(path).current["/w"].version
    assert version is not None
    return [mark.owner.session_id for mark in version.marks]


def test_kept_lines_keep_their_session_and_new_ones_are_the_calls() -> None:
    texts = Texts()
    empty, old, new = texts.keep(b""), texts.keep(b"one\ntwo\nthree\n"), texts.keep(b"one\nTWO\nthree\n")

    def event(number: int, session: str, **more: Any) -> Event:
        return Event(v=1, id=f"e{number}", at=number, worktree="/w", session_id=session, **more)

    events = [
        event(0, "A", event="write", path="a.txt", before_id=empty, after_id=old),
        event(1, "B", event="pre_write", path="a.txt", after_id=old, call_id="c"),
        event(2, "B", event="pre_write", path="b.txt", after_id=NONE_ID, call_id="c"),
        event(3, "B", event="write", path="b.txt", old_path="a.txt", before_id=old, after_id=new, call_id="c"),
        event(4, "B", event="write", path="a.txt", after_id=NONE_ID, call_id="c"),
    ]
    assert owners(events, texts, "b.txt") == ["A", "B", "A"]
    unproven = [
        one if one.id != "e3" else event(3, "B", event="write", path="b.txt", after_id=new, call_id="c")
        for one in events
    ]
    assert owners(unproven, texts, "b.txt") == ["B", "B", "B"], "without the old path nothing says that it was moved"
