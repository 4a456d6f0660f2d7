"""Files that a shell call made are the session's."""

from typing import Any

import pytest

from byline.model import NONE_ID, UNREAD, Event
from byline.sessions import shellmade
from byline.sessions.growing import grow

A, B, C = "a" * 40, "b" * 40, "c" * 40


def shell(kind: str, files: dict[str, str] | None, **fields: Any) -> Event:
    paths = None if files is None else tuple(files)
    ids = None if files is None else tuple(files.values())
    return Event(v=1, id=kind + str(id(fields)), at=1, event=kind, agent="m", session_id="s", call_id="c",
                 paths=paths, after_ids=ids, **fields)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "fields", "written"),
    [
        ({}, {"new.py": A}, {}, ["new.py"]),
        ({"kept.py": A}, {"kept.py": A}, {}, []),
        ({"kept.py": A}, {"kept.py": B, "x": C}, {}, ["kept.py", "x"]),
        ({}, {"gone.py": NONE_ID}, {}, ["gone.py"]),
        ({"big": UNREAD}, {"big": UNREAD}, {}, []),
        ({"big": UNREAD}, {"big": A}, {}, []),
        ({"back.py": A}, {}, {}, []),
        ({}, {"x": A}, {"head": B}, []),
        ({}, {"x": A}, {"stash": B}, []),
        ({}, {"x": A}, {"merging": {"MERGE_HEAD": B}}, []),
        ({}, {"x": A}, {"incomplete": True}, []),
        ({}, None, {}, []),
        (None, {"x": A}, {}, []),
    ],
)
def test_what_became_dirty_in_the_call(
    before: dict[str, str] | None, after: dict[str, str] | None, fields: dict[str, Any], written: list[str]
) -> None:
    sessions: dict[str, Any] = {}
    grow(sessions, [shell("pre_shell", before), shell("shell", after, **fields)])
    assert list(sessions["s"].written) == written
    assert sessions["s"].dirty == {}


def test_a_call_whose_beginning_nobody_saw_made_nothing() -> None:
    sessions: dict[str, Any] = {}
    grow(sessions, [shell("shell", {"x": A})])
    assert list(sessions["s"].written) == []


def test_calls_that_never_end_are_not_kept_for_ever() -> None:
    sessions: dict[str, Any] = {}
    for number in range(50):
        event = Event(v=1, id=str(number), at=number, event="pre_shell", agent="m", session_id="s",
                      call_id=str(number), paths=(), after_ids=())  # fmt: skip
        grow(sessions, [event])
    assert len(sessions["s"].dirty) <= 8


def test_of_files_that_a_call_does_not_name_in_another_worktree_it_made_none() -> None:
    def event(kind: str, named: tuple[str, ...] | None) -> Event:
        after = kind == "shell"
        return Event(v=1, id=kind, at=1, event=kind, call_id="c", paths=("a", "d/b") if after else (), beside=True,
                     after_ids=("1" * 40, "2" * 40) if after else (), named=named)  # fmt: skip

    for named, made in ((None, ("a", "d/b")), (("d",), ("d/b",)), ((), ()), (("",), ("a", "d/b"))):
        assert shellmade.made(shellmade.before(event("pre_shell", named)), event("shell", named)) == made
