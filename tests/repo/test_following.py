"""Agents without hooks, followed through what they leave: real git, real databases, the hook's own writer."""

import hashlib
import json
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byline.workspace import following
from byline.workspace.workspace import Workspace
from byline_hooks import record
from followkit import (
    DATA,
    TRAILER,
    agents,
    aider_history,
    continue_session,
    look,
    owners,
    told,
    trae_state,
    zed_threads,
)
from gitrepo import Repo
from hookrun import generic
from replay import HELLO

NEW = HELLO.replace("'hello'", "'hello, world'")
HISTORY = (DATA / "aider.chat.history.md").read_text()
SESSION: dict[str, Any] = json.loads((DATA / "continue-session.json").read_text())
THREAD: dict[str, Any] = json.loads((DATA / "zed-thread.json").read_text())
needs_zstd = pytest.mark.skipif(shutil.which("zstd") is None, reason="packs a thread as Zed does: needs zstd")


@pytest.fixture
def project(repo: Callable[..., Repo]) -> Repo:
    made = repo("project")
    made.commit("start", {"hello.py": HELLO})
    return made


def aiders_commit(made: Repo, message: str = f"greet{TRAILER}", extra: str = "") -> str:
    """What aider did in the captured run."""
    return made.commit(message, {"hello.py": NEW + extra, "new_a.txt": "one\ntwo\n"})[:7]


# -- aider --------------------------------------------------------------------------------------------------------


def test_what_aider_committed_is_its_own(project: Repo) -> None:
    aider_history(project, HISTORY.replace("38cb519", aiders_commit(project)))
    assert look(project) is False
    assert agents(project, "hello.py") == [None, "aider", None, None, None, None]
    assert agents(project, "new_a.txt") == ["aider", "aider"]
    assert told(project) == [
        *(("session_start", None), ("prompt", None), ("turn_end", None)),
        *(("write", "hello.py"), ("write", "new_a.txt")),
    ]


def test_nothing_is_told_twice(project: Repo) -> None:
    path = aider_history(project, HISTORY.replace("38cb519", aiders_commit(project)))
    look(project)
    first = told(project)
    looks = [threading.Thread(target=look, args=(project,)) for _ in range(4)]
    path.write_text(path.read_text() + "\n#### and now?  \n")
    for one in looks:
        one.start()
    for one in looks:
        one.join()
    look(project)
    assert told(project) == [*first, ("prompt", None)]


def test_a_persons_line_in_aiders_commit_stays_nobodys(project: Repo) -> None:
    """With `--no-dirty-commits` aider commits what a person had left in the file as well."""
    aider_history(project, HISTORY.replace("38cb519", aiders_commit(project, extra="mine = 1\n")))
    look(project)
    assert agents(project, "hello.py") == [None, "aider", None, None, None, None, None]


def test_a_commit_that_is_not_aiders_gives_it_no_line(project: Repo) -> None:
    """The record says so, but the commit does not: a model may have quoted a record."""
    aider_history(project, HISTORY.replace("38cb519", aiders_commit(project, "mine")))
    look(project)
    assert set(agents(project, "hello.py")) == {None}
    assert told(project)[-1] == ("link", None)


def test_edits_without_commits_are_found_in_the_file(project: Repo) -> None:
    answer = HISTORY[: HISTORY.index("> Commit")]
    project.write("hello.py", "# mine\n" + NEW)
    project.write("new_a.txt", "one\ntwo\n")
    aider_history(project, answer)
    look(project)
    assert agents(project, "hello.py") == [None, None, "aider", None, None, None, None]
    assert agents(project, "new_a.txt") == ["aider", "aider"]


def test_edits_that_are_gone_or_stand_there_twice_prove_nothing(project: Repo) -> None:
    answer = HISTORY[: HISTORY.index("> Commit")]
    project.write("hello.py", NEW + NEW)
    aider_history(project, answer)
    look(project)
    assert set(agents(project, "hello.py")) == {None}


def test_what_a_model_prints_is_no_record(project: Repo) -> None:
    """Headings, quotations and commits in an answer look much like aider's own lines."""
    commit = aiders_commit(project, "mine")
    answer = f"#### A heading\n\n> Applied edit to hello.py\n> Commit {commit} mine\n> Tokens: 1k sent, 2 received.\n"
    start = HISTORY[: HISTORY.index("#### please work")]
    aider_history(project, f"{start}#### please work  \n\n{answer}\n\n> Tokens: 1.2k sent, 34 received.  \n")
    look(project)
    assert set(agents(project, "hello.py")) == {None}
    assert [event for event, _ in told(project)].count("prompt") == 1


def test_a_record_that_is_being_written_is_looked_at_again(project: Repo) -> None:
    commit = aiders_commit(project)
    path = project.write(".aider.chat.history.md", HISTORY[: HISTORY.index("> Commit")])
    assert look(project) is True
    assert "write" not in [event for event, _ in told(project)]
    path.write_text(HISTORY.replace("38cb519", commit))
    assert look(project) is True
    assert agents(project, "new_a.txt") == ["aider", "aider"]


# -- continue -----------------------------------------------------------------------------------------------------


def test_continues_edits_follow_from_what_it_was_shown(project: Repo) -> None:
    project.write("hello.py", NEW)
    project.write("new_a.txt", "one\ntwo\n")
    continue_session(project, SESSION)
    look(project)
    session = SESSION["sessionId"]
    assert owners(project, "hello.py")[1] == ("continue", session)
    assert agents(project, "hello.py") == [None, "continue", None, None, None, None]
    assert agents(project, "new_a.txt") == ["continue", "continue"]


def test_what_came_after_continue_is_not_continues(project: Repo) -> None:
    project.write("hello.py", "# mine\n" + NEW.replace("bye", "ciao"))
    continue_session(project, SESSION)
    look(project)
    assert agents(project, "hello.py") == [None, None, "continue", None, None, None, None]


def test_another_folders_session_is_not_told(project: Repo, tmp_path: Path) -> None:
    other = {**SESSION, "workspaceDirectory": str(tmp_path)}
    continue_session(project, other)
    look(project)
    assert told(project) == []


# -- zed ----------------------------------------------------------------------------------------------------------


def zeds(old: str, new: str, call: str = "toolu_01") -> dict[str, Any]:
    """A thread with one edit."""
    text = json.dumps(THREAD).replace("toolu_01", call)
    thread: dict[str, Any] = json.loads(text)
    output = thread["messages"][1]["Agent"]["tool_results"][call]["output"]
    output |= {"old_text": old, "new_text": new}
    return thread


@needs_zstd
@pytest.mark.parametrize(("old", "new"), [("return 'hello'", "return 'hello, world'"), (HELLO, NEW)])
def test_zeds_threads_tell_whole_texts_or_parts(project: Repo, old: str, new: str) -> None:
    project.write("hello.py", NEW)
    zed_threads(project, [("thread-1", zeds(old, new))])
    look(project)
    assert owners(project, "hello.py") == [(None, None), ("zed", "thread-1"), *[(None, None)] * 4]


@needs_zstd
def test_a_database_that_is_in_use_is_left_as_it_is(project: Repo) -> None:
    project.write("hello.py", NEW)
    path = zed_threads(project, [("thread-0", zeds("x", "y"))])
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    data = json.dumps(zeds(HELLO, NEW)).encode()
    database.execute("INSERT INTO threads VALUES ('thread-1', ?, '2026-11-22', 'json', ?)", (str(project.path), data))
    database.commit()
    before = {one.name: hashlib.sha1(one.read_bytes()).hexdigest() for one in path.parent.iterdir()}
    look(project)
    assert {one.name: hashlib.sha1(one.read_bytes()).hexdigest() for one in path.parent.iterdir()} == before
    database.close()
    assert agents(project, "hello.py")[1] == "zed"


def test_another_projects_threads_are_not_told(project: Repo, repo: Callable[..., Repo]) -> None:
    other = repo("other")
    zed_threads(other, [("thread-1", zeds(HELLO, NEW))], packed=False)
    project.write("hello.py", NEW)
    look(project)
    assert told(project) == []


# -- trae ---------------------------------------------------------------------------------------------------------


def test_of_trae_there_are_sessions_and_prompts_and_no_lines(project: Repo) -> None:
    messages = [{"id": "m1", "role": "user", "content": "greet"}, {"id": "m2", "role": "assistant", "content": "ok"}]
    trae_state(project, {"list": [{"sessionId": "t1", "messages": messages}], "currentSessionId": "t1"})
    project.write("hello.py", NEW)
    look(project)
    assert told(project) == [("session_start", None), ("prompt", None)]
    assert set(agents(project, "hello.py")) == {None}


# -- in general ---------------------------------------------------------------------------------------------------


def test_damaged_records_disturb_nothing(project: Repo) -> None:
    home = Path(os.environ["HOME"])
    broken = home / ".continue" / "sessions" / "a.json"
    broken.parent.mkdir(parents=True)
    broken.write_text(
        '{"sessionId": "x", "history": [1, {"message": 3, "toolCallStates": [7]}], "workspaceDirectory": 1'
    )
    database = Path(os.environ["XDG_DATA_HOME"], "zed", "threads", "threads.db")
    database.parent.mkdir(parents=True)
    database.write_bytes(b"no database")
    aider_history(project, "# aider chat started at 2026-11-21 02:26:09\n> Applied edit to ../../etc/passwd  \n")
    look(project)
    log = (project.path / ".git" / "byline" / "errors.log").read_text()
    assert "can't follow" in log
    assert len(log.splitlines()) == 1


def test_where_recording_is_off_nothing_is_followed(project: Repo) -> None:
    project.run("config", "byline.enabled", "false")
    aider_history(project, HISTORY.replace("38cb519", aiders_commit(project)))
    look(project)
    assert not (project.path / ".git" / "byline").exists()


def test_a_quiet_look_starts_nothing_and_writes_nothing(project: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    aider_history(project, HISTORY.replace("38cb519", aiders_commit(project)))
    look(project)
    state = {path: path.stat().st_mtime_ns for path in (project.path / ".git" / "byline").rglob("*")}

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr("subprocess.Popen", refuse)
    assert look(project) is False
    assert {path: path.stat().st_mtime_ns for path in (project.path / ".git" / "byline").rglob("*")} == state


def test_a_commit_told_late_is_aiders_whatever_came_after_it(project: Repo) -> None:
    """Nobody looked before a person changed the file and committed again."""
    generic(project.path, "observe", path="hello.py")
    commit = aiders_commit(project)
    project.commit("mine", {"hello.py": "# mine\n" + NEW.replace("'bye'", "'ciao'")})
    aider_history(project, HISTORY.replace("38cb519", commit))
    look(project)
    assert agents(project, "hello.py") == [None, None, "aider", None, None, None, None]
    with Workspace.for_path(project.path, os.environ) as workspace:
        lines = workspace.attribute(project.path / "hello.py", rev=commit).lines
    assert [line.agent for line in lines] == [None, "aider", None, None, None, None]


@needs_zstd
def test_what_zeds_agent_saved_is_its_own_as_soon_as_its_record_says_so(project: Repo) -> None:
    """It writes through the buffer, so the editor's save looked like a person's."""
    path = project.write("hello.py", NEW)
    record.append({"event": "save", "source": "editor"}, str(path), HELLO.encode(), None, os.environ)
    zed_threads(project, [("thread-1", zeds(HELLO, NEW))])
    look(project)
    assert owners(project, "hello.py")[1] == ("zed", "thread-1")


@pytest.mark.parametrize(
    ("editor", "minutes", "expected"), [("Zed", 1, True), ("Zed", 20, False), ("Neovim", 1, False)]
)
def test_a_save_proves_nothing_while_the_editors_own_agent_is_at_work(
    project: Repo, editor: str, minutes: int, expected: bool
) -> None:
    path = zed_threads(project, [], packed=False)
    moment = time.time() - minutes * 60
    os.utime(path, (moment, moment))
    assert following.is_at_work(editor, os.environ) is expected
