"""Marks of a person on lines follow the lines by content, and never lie on what came later."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byline.errors import BylineError
from byline.workspace.contents import blob_id
from byline.workspace.reviewed import Review, Reviews, mark, review
from byline.workspace.workspace import Workspace
from byline_hooks import entry
from gitrepo import Repo

FIRST = "def get():\n    one\n    two\n"


class Work:
    """A repository in which an agent writes `a.py`, and a person marks its lines."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.name = "a.py"
        self.calls = 0

    def agent(self, text: str, session: str = "s1", name: str | None = None) -> None:
        file = self.repo.path / (name or self.name)
        self.calls += 1
        fields: dict[str, Any] = {"v": 1, "agent": "claude", "session_id": session, "cwd": str(self.repo.path)}
        fields |= {"path": file.name, "call_id": f"c{self.calls}"}
        before = file.read_text() if file.exists() else None
        assert entry.run("generic", json.dumps({**fields, "event": "pre_write"}).encode(), dict(os.environ))
        file.write_text(text)
        written = {**fields, "event": "write", "tool": "Edit", "before": before}
        assert entry.run("generic", json.dumps(written).encode(), dict(os.environ))

    def mark(self, *lines: tuple[int, int], reviewed: bool = True) -> None:
        file = self.repo.path / self.name
        mark(file, file.read_bytes(), lines, os.environ, reviewed=reviewed, editor="test")

    def asked(self, text: str | None = None) -> Review | None:
        with Workspace.for_path(self.repo.path / self.name, os.environ) as workspace:
            answer = workspace.attribute(self.repo.path / self.name, text.encode() if text is not None else None)
            return review(workspace, answer)

    def seen(self, text: str | None = None) -> str:
        """`r` for a line with a mark, `.` for one without; then how many lines of sessions have none."""
        found = self.asked(text)
        assert found is not None
        return "".join("." if at is None else "r" for at in found.at) + f" {found.unreviewed}"


@pytest.fixture
def work(repo: Callable[..., Repo]) -> Work:
    made = repo()
    made.commit("start", {"readme": "x\n"})
    return Work(made)


def test_nobody_marked_anything(work: Work) -> None:
    work.agent(FIRST)
    assert work.asked() is None


def test_lines_and_all_of_them_and_back(work: Work) -> None:
    work.agent(FIRST)
    work.mark((1, 2))
    assert work.seen() == "rr. 1"
    work.mark((1, 3))
    assert work.seen() == "rrr 0"
    work.mark((2, 2), reviewed=False)
    assert work.seen() == "r.r 1"


def test_a_mark_moves_with_its_line_and_goes_with_its_text(work: Work) -> None:
    work.agent(FIRST)
    work.mark((1, 3))
    work.agent("import x\n\ndef get():\n    one\n    three\n", "s2")
    assert work.seen() == "..rr. 3"
    assert work.seen("# typed\nimport x\n\ndef get():\n    one changed\n    three\n") == "...r.. 3"


def test_a_commit_and_a_move_keep_the_marks(work: Work) -> None:
    work.agent(FIRST)
    work.mark((1, 3))
    work.repo.commit("the agent's")
    work.repo.run("mv", "a.py", "b.py")
    work.repo.commit("moved")
    work.name = "b.py"
    assert work.seen() == "rrr 0"


def test_the_same_text_written_again_is_not_what_was_looked_at(work: Work) -> None:
    work.agent(FIRST)
    work.mark((1, 3))
    work.agent("def get():\n    two\n")
    work.agent(FIRST)
    assert work.seen() == "r.r 1"


def test_line_ends_are_no_change(work: Work) -> None:
    work.agent(FIRST)
    work.mark((1, 3))
    assert work.seen(FIRST.replace("\n", "\r\n").rstrip()) == "rrr 0"


def test_one_reader_sees_later_marks_and_reads_no_event_twice(work: Work) -> None:
    work.agent(FIRST)
    with Workspace.for_path(work.repo.path / "a.py", os.environ) as workspace:
        reviews = Reviews(workspace)
        assert reviews.of(workspace.attribute(work.repo.path / "a.py")) is None
        work.mark((1, 1))
        found = reviews.of(workspace.attribute(work.repo.path / "a.py"))
        assert found is not None and found.unreviewed == 2
        work.agent("more\n" + FIRST)
        found = reviews.of(workspace.attribute(work.repo.path / "a.py"))
        assert found is not None and found.unreviewed == 3


def test_a_lost_snapshot_costs_marks_and_makes_none(work: Work) -> None:
    work.agent(FIRST)
    work.mark((1, 3))
    work.mark((2, 2), reviewed=False)
    for blob in (work.repo.path / ".git/byline/blobs").glob("??/*"):
        blob.unlink()
    assert work.asked() is not None
    assert work.seen().startswith("...")


def test_what_cannot_be_marked(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    work.agent(FIRST)
    for lines in ((0, 1), (1, 4), (3, 2)):
        with pytest.raises(BylineError, match="has 3 lines"):
            work.mark(lines)
    for name, data in ((".env", b"a=b\n"), ("a.bin", b"\0\n")):
        with pytest.raises(BylineError, match="no copies are kept"):
            mark(work.repo.path / name, data, [(1, 1)], os.environ)
    monkeypatch.setenv("BYLINE_DISABLE", "1")
    with pytest.raises(BylineError, match="recording is off"):
        work.mark((1, 1))


def test_a_mark_owns_nothing(work: Work) -> None:
    work.repo.commit("a person's", {"a.py": FIRST})
    work.mark((1, 3))
    with Workspace.for_path(work.repo.path / "a.py", os.environ) as workspace:
        answer = workspace.attribute(work.repo.path / "a.py")
    assert {line.owner for line in answer.lines} == {"unknown"}
    assert work.seen() == "rrr 0"


def test_records_that_make_no_sense_do_no_harm(work: Work) -> None:
    work.agent(FIRST)
    work.mark((1, 1))
    (spool,) = (work.repo.path / ".git/byline/spool").glob("*.jsonl")
    last = json.loads(spool.read_text().splitlines()[-1])
    assert (last["event"], last["lines"], last["source"], last["agent"]) == ("reviewed", [[1, 1]], "manual", "test")
    worse: list[dict[str, Any]] = [
        {"lines": [[-5, 0], [2, 99]]},
        {"lines": None},
        {"after_id": None},
        {"after_id": "none"},
        {"path": None},
        {"lines": [["a", 2]]},
        {"v": 99, "lines": [[1, 3]]},
    ]
    with spool.open("a") as file:
        for number, fields in enumerate(worse):
            file.write("\n" + json.dumps({**last, "id": f"x{number}", **fields}) + "\n")
    assert work.seen() == "rrr 0", "lines beyond the end are the end; the rest says nothing"


def test_forgetting_a_session_is_not_held_up_by_a_mark(work: Work) -> None:
    from byline.store.forgetting import forget
    from byline.store.paths import folders_for
    from byline.workspace.place import place_of

    work.agent(FIRST)
    work.mark((1, 3))
    found = forget(folders_for(place_of(Path(work.repo.path)), os.environ), "s1", dry_run=True)
    assert len(found.snapshots) == 1 and not found.shared


def test_tidying_keeps_the_texts_of_marks(work: Work) -> None:
    from byline.workspace.place import place_of
    from byline.workspace.tidying import plan

    work.agent(FIRST)
    marked = blob_id(FIRST.encode())
    place = place_of(work.repo.path / "a.py")
    (work.repo.path / "a.py").write_text("all else\n")
    assert marked in plan(place, os.environ, 1, time.time() + 9 * 86400).drop
    (work.repo.path / "a.py").write_text(FIRST)
    work.mark((1, 3))
    (work.repo.path / "a.py").write_text("all else\n")
    assert marked not in plan(place, os.environ, 1, time.time() + 9 * 86400).drop
