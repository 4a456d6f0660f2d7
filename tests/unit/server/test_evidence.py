"""Which events a save, a load and an edit leave behind."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from byline.model import Event
from byline.server import answers, evidence
from byline.server.answers import QUIET, Answers
from byline.server.documents import Document
from byline.server.jobs import Jobs
from byline.server.places import Places, file_path, worktree_of
from byline.workspace.contents import blob_id
from gitrepo import Repo
from unit.server.fake import FakeWorkspace


class Editor:
    """One document in an editor, driven by the moments that the protocol reports."""

    def __init__(self, folder: Path, text: str) -> None:
        self.file = folder / "a.py"
        self.file.write_text(text)
        self.workspace = FakeWorkspace(self.file, {})
        self.jobs = Jobs()
        self.answers = Answers(Places(lambda _path, _env: self.workspace, {}), self.jobs, lambda _: None, _patient)
        item = types.TextDocumentItem(uri=self.file.as_uri(), language_id="python", version=1, text=text)
        self.document = Document(item)

    async def open(self) -> None:
        self.answers.opened(self.document)
        await self.answers.ready(self.document)

    def load(self, text: str) -> None:
        """The editor reads the file again, or the user types all of this."""
        self.document.change(types.TextDocumentContentChangeWholeDocument(text=text), "utf-16")
        self.answers.changed(self.document)

    def write(self, text: str, age: float = 0) -> None:
        self.file.write_text(text)
        if age:
            os.utime(self.file, ns=(time.time_ns() - int(age * 1e9),) * 2)

    async def save(self) -> None:
        self.answers.saved(self.document)
        await self.settle()

    async def settle(self) -> None:
        await asyncio.sleep(0.01)
        await self.answers.settled(self.document)

    async def pause(self) -> None:
        await asyncio.sleep(QUIET + 0.05)
        await self.answers.settled(self.document)

    @property
    def events(self) -> list[tuple[str, bytes | None]]:
        return [(event, before) for event, _, before in self.workspace.recorded]


async def _patient(_document: Document, _work: "asyncio.Future[Any]") -> None:
    return


Play = Callable[[Editor], Coroutine[Any, Any, None]]


def play(folder: Path, story: Play, text: str = "one\n") -> Editor:
    async def run() -> Editor:
        editor = Editor(folder, text)
        await editor.open()
        await story(editor)
        editor.jobs.stop()
        return editor

    return asyncio.run(run())


def test_a_typed_save_is_evidence_and_knows_what_was_before(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.load("one\ntwo\n")
        editor.write("one\ntwo\n")
        await editor.save()

    assert play(tmp_path, story).events == [("observe", None), ("save", b"one\n")]


def test_a_formatter_during_a_save_is_no_person(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.load("one  \n")
        editor.document.formatted = [("one\n", "one  \n")]
        editor.write("one  \n")
        await editor.save()

    assert play(tmp_path, story).events == [("observe", None), ("format", b"one\n")]


def test_what_was_typed_before_the_formatter_ran_is_a_persons(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.load("one\ntwo")
        editor.load("one\ntwo\n\n")
        editor.document.formatted = [("one\ntwo", "one\ntwo\n\n")]
        editor.write("one\ntwo\n\n")
        await editor.save()
        editor.load("one\ntwo\nthree\n")
        editor.write("one\ntwo\nthree\n")
        await editor.save()

    editor = play(tmp_path, story)
    typed = [("save", b"one\n"), ("format", b"one\ntwo"), ("save", b"one\ntwo\n\n")]
    assert editor.events == [("observe", None), *typed]
    assert editor.workspace.afters == [None, b"one\ntwo", b"one\ntwo\n\n", b"one\ntwo\nthree\n"]


def test_what_is_typed_after_the_formatter_ran_is_a_persons_too(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.load("one \n")
        editor.document.formatted = [("one\n", "one \n")]
        editor.load("one \nmine\n")
        editor.write("one \nmine\n")
        await editor.save()
        editor.load("one \nmine\nmore\n")
        editor.write("one \nmine\nmore\n")
        await editor.save()

    editor = play(tmp_path, story)
    after = [("format", b"one\n"), ("save", b"one \n"), ("save", b"one \nmine\n")]
    assert editor.events == [("observe", None), *after]
    assert editor.workspace.afters == [None, b"one \n", b"one \nmine\n", b"one \nmine\nmore\n"]


def test_a_save_is_what_was_read_and_not_what_an_agent_makes_of_it_a_moment_later(tmp_path: Path) -> None:
    """The file is read once: between that and the record an agent may write it, and its lines are no person's."""

    async def story(editor: Editor) -> None:
        editor.load("one\ntwo\n")
        editor.write("one\ntwo\n")
        await editor.save()

    assert play(tmp_path, story).workspace.afters == [None, b"one\ntwo\n"]


def test_a_save_after_a_pause_is_the_same(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.load("one\ntwo\n")
        await editor.pause()
        editor.write("one\ntwo\n")
        await editor.save()

    assert play(tmp_path, story).events == [("observe", None), ("save", b"one\n")]


def test_a_save_of_a_buffer_nobody_edited_says_nothing(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        await editor.save()
        editor.load("one\n")
        await editor.save()

    assert play(tmp_path, story).events == [("observe", None)]


def test_typing_and_taking_it_back_says_nothing(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.load("one\ntwo\n")
        editor.load("one\n")
        await editor.pause()
        assert editor.document.edited_at is None
        await editor.save()

    assert play(tmp_path, story).events == [("observe", None)]


def test_what_the_editor_loads_from_disk_is_not_typing(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.write("one\nagent\n", age=1)
        editor.load("one\nagent\n")
        await editor.pause()
        assert editor.document.edited_at is None
        await editor.save()

    assert play(tmp_path, story).events == [("observe", None), ("observe", None)]


def test_loading_then_typing_at_once_starts_from_what_was_loaded(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.write("one\nagent\n", age=1)
        editor.load("one\nagent\n")
        editor.load("one\nagent\nme\n")
        await editor.settle()
        editor.write("one\nagent\nme\n")
        await editor.save()

    assert play(tmp_path, story).events[-1] == ("save", b"one\nagent\n")


def test_where_something_was_typed_right_after_a_load(tmp_path: Path) -> None:
    """Above an equal line that was loaded: a comparison of the texts would call that one new."""

    async def story(editor: Editor) -> None:
        editor.write("one\nend\n")
        editor.load("one\nend\n")
        at = types.Position(1, 0)
        typed = types.TextDocumentContentChangePartial(range=types.Range(at, at), text="end\n")
        editor.document.change(typed, "utf-16")
        editor.answers.changed(editor.document)
        assert editor.document.kept == [0, -1, 1]
        await editor.settle()
        assert editor.document.kept == [0, -1, 1]

    play(tmp_path, story)


def test_loading_twice_and_typing_at_once_starts_from_what_was_loaded_last(tmp_path: Path) -> None:
    """The disk changed again before anybody looked at what had been loaded."""

    async def story(editor: Editor) -> None:
        editor.write("one\nagent\n", age=1)
        editor.load("one\nagent\n")
        editor.write("unseen\none\nagent\n", age=0.5)
        await editor.pause()
        editor.load("unseen\none\nagent\n")
        editor.load("unseen\none\nagent\nme\n")
        await editor.settle()
        editor.write("unseen\none\nagent\nme\n")
        await editor.save()

    assert play(tmp_path, story).events[-1] == ("save", b"unseen\none\nagent\n")


def test_a_key_that_is_pressed_while_a_save_is_looked_at_is_a_persons(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        begun, typed, record = threading.Event(), threading.Event(), editor.workspace.record

        def slow(*given: Any, **named: Any) -> None:
            begun.set()
            assert typed.wait(10)
            record(*given, **named)

        editor.workspace.record = slow  # type: ignore[method-assign]
        editor.load("one\ntwo\n")
        editor.write("one\ntwo\n")
        editor.answers.saved(editor.document)
        while not begun.is_set():
            await asyncio.sleep(0.001)
        editor.load("one\ntwo\nthree\n")
        typed.set()
        await editor.settle()
        editor.write("one\ntwo\nthree\n")
        await editor.save()

    assert play(tmp_path, story).events[1:] == [("save", b"one\n"), ("save", b"one\ntwo\n")]


def test_what_is_typed_and_saved_before_the_file_was_looked_at_is_a_persons(tmp_path: Path) -> None:
    async def story() -> Editor:
        editor = Editor(tmp_path, "one\n")
        editor.answers.opened(editor.document)
        editor.load("one\ntwo\n")
        editor.write("one\ntwo\n")
        await editor.save()
        editor.jobs.stop()
        return editor

    assert asyncio.run(story()).events == [("save", b"one\n")]


def test_what_came_to_the_disk_before_the_file_was_looked_at_is_no_persons(tmp_path: Path) -> None:
    async def story() -> Editor:
        editor = Editor(tmp_path, "one\n")
        editor.answers.opened(editor.document)
        editor.write("one\nagent\n", age=1)
        await editor.answers.ready(editor.document)
        editor.load("one\nagent\n")
        await editor.pause()
        await editor.save()
        editor.jobs.stop()
        return editor

    assert asyncio.run(story()).events == [("observe", None)]


def test_a_file_that_is_being_written_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "UNFINISHED", 100_000_000)
    monkeypatch.setattr(evidence, "UNFINISHED", 10_000_000_000)

    async def story(editor: Editor) -> None:
        editor.load("one\nme\n")
        editor.write("")
        await editor.pause()
        assert len(editor.events) == 1
        editor.write("unseen\none\n")
        await editor.pause()
        assert editor.workspace.afters == [None, None]

    assert play(tmp_path, story).events == [("observe", None), ("observe", None)]


def test_a_file_that_stays_empty_is_empty(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.load("one\nme\n")
        editor.write("", age=5)
        await editor.pause()

    assert play(tmp_path, story).events == [("observe", None), ("observe", None)]


def test_a_change_from_outside_under_a_dirty_buffer_is_observed(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.load("one\nme\n")
        editor.write("outside\n", age=1)
        await editor.pause()

    assert play(tmp_path, story).events == [("observe", None), ("observe", None)]


def test_a_file_nobody_touched_outside_a_repository_is_left_alone(tmp_path: Path) -> None:
    async def run(events: list[Event]) -> Editor:
        editor = Editor(tmp_path, "one\n")
        editor.workspace.worktree = None
        editor.workspace.events = lambda: events  # type: ignore[method-assign]
        await editor.open()
        return editor

    assert asyncio.run(run([])).events == []
    known = Event(v=1, id="e", at=1, event="write", path=str(tmp_path / "a.py"))
    assert asyncio.run(run([known])).events == [("observe", None)]


def test_an_edit_is_shown_at_once_and_computed_after_a_pause(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.load("typed\nai:s1 x\n")
        asked = len(editor.workspace.asked)
        above, below = editor.document.attribution(0), editor.document.attribution(1)
        assert above is not None and above.state == "unsaved"
        assert below is not None and below.session_id == "s1"
        assert len(editor.workspace.asked) == asked
        for _ in range(3):
            await asyncio.sleep(0.05)
            editor.load(editor.document.text.join() + "x")
        assert len(editor.workspace.asked) == asked
        await editor.pause()
        assert len(editor.workspace.asked) == asked + 1

    play(tmp_path, story, "ai:s1 x\n")


def test_where_nothing_can_be_written_there_still_is_an_answer(tmp_path: Path) -> None:
    async def run() -> None:
        editor = Editor(tmp_path, "ai:s1 x\n")

        def refuse(*_given: object, **_named: object) -> None:
            raise PermissionError

        editor.workspace.record = refuse  # type: ignore[method-assign]
        await editor.open()
        line = editor.document.attribution(0)
        assert line is not None and line.session_id == "s1"

    asyncio.run(run())


def test_a_commit_message_is_no_file_of_the_repository(tmp_path: Path) -> None:
    uri = (tmp_path / ".git" / "COMMIT_EDITMSG").as_uri()
    assert Document(types.TextDocumentItem(uri=uri, language_id="x", version=1, text="")).path is None


def test_an_answer_that_fails_keeps_the_old_one(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.workspace.broken = True
        editor.answers.stale(editor.document)
        await editor.settle()
        line = editor.document.attribution(0)
        assert line is not None and line.session_id == "s1"

    play(tmp_path, story, "ai:s1 x\n")


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///tmp/a%20b.py", "/tmp/a b.py"),
        ("file:///tmp/%C3%BC.py", "/tmp/ü.py"),
        ("file://localhost/tmp/a", "/tmp/a"),
        ("untitled:Untitled-1", None),
        ("git:/tmp/a.py?ref", None),
        ("", None),
        ("file://", None),
        ("file:///a%00b", None),
        ("http://[broken", None),
    ],
)
def test_paths_of_uris(uri: str, path: str | None) -> None:
    assert file_path(uri) == (Path(path) if path else None)


def test_the_repository_of_a_file(tmp_path: Path, repo: Callable[..., Repo]) -> None:
    assert worktree_of(tmp_path / "a") is None
    made = repo()
    made.write("sub/a", "")
    (tmp_path / "link").symlink_to(made.path / "sub" / "a")
    assert worktree_of(made.path / "sub" / "a") == worktree_of(tmp_path / "link") == str(made.path)


def test_a_save_told_late_does_not_hide_what_an_agent_made_of_it(tmp_path: Path) -> None:
    """On a busy machine the server tells of a save after an agent has built on it, and the editor has loaded that."""

    def event(name: str, text: bytes, session: str | None) -> Event:
        at = time.time_ns()
        return Event(v=1, id=name, at=at, event=name, path="a.py", session_id=session, after_id=blob_id(text))

    mine, theirs = b"one\nmine\n", b"one\nmine\nagent\n"

    async def story(editor: Editor) -> None:
        told = [event("write", theirs, "s1"), event("save", mine, None)]
        editor.workspace.events = lambda: told  # type: ignore[method-assign]
        editor.workspace.snapshots = {blob_id(theirs): theirs}
        editor.document.disk = mine
        editor.load("one\nmine\nagent\nmore\n")
        editor.write("one\nmine\nagent\nmore\n")
        await editor.save()
        told += [event("save", b"one\nmine\nagent\nmore\n", None)]
        editor.load("one\nmine\nagent\nmore\nstill\n")
        editor.write("one\nmine\nagent\nmore\nstill\n")
        await editor.save()

    assert play(tmp_path, story).events[1:] == [("save", theirs), ("save", b"one\nmine\nagent\nmore\n")]


@pytest.mark.parametrize(("name", "recorded"), [("Visual Studio Code", []), ("Neovim", ["save"])])
def test_a_save_right_after_a_load(tmp_path: Path, name: str, recorded: list[str]) -> None:
    """Where each change is told when it happens, bytes written well before it came from outside."""

    async def story() -> list[str]:
        editor = Editor(tmp_path, "one\n")
        editor.answers.editor = name
        await editor.open()
        already = len(editor.workspace.recorded)
        editor.write("one\noutside\n", age=0.2)
        editor.load("one\noutside\n")
        await editor.save()
        return [event for event, _, _ in editor.workspace.recorded[already:] if event == "save"]

    assert asyncio.run(story()) == recorded


@pytest.mark.parametrize("name", ["Visual Studio Code", "Neovim"])
@pytest.mark.parametrize("look", [False, True])
def test_a_load_that_is_saved_without_typing(tmp_path: Path, name: str, look: bool) -> None:
    """The save writes again what had been there before it: the change before was no typing."""

    async def story(editor: Editor) -> None:
        editor.answers.editor = name
        editor.write("one\noutside\n")
        editor.load("one\noutside\n")
        if look:
            await editor.pause()
        await asyncio.sleep(0.01)
        editor.write("one\noutside\n")
        await editor.save()

    assert [event for event, _ in play(tmp_path, story).events if event == "save"] == []


def test_a_load_that_no_save_follows_is_none_later(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        editor.write("one\noutside\n")
        editor.load("one\noutside\n")
        await editor.pause()
        assert editor.document.edited_at is not None, "it may be a save's"
        await asyncio.sleep(evidence.UNFINISHED / 1e9 + 0.1)
        await editor.answers.settled(editor.document)
        assert editor.document.edited_at is None
        await editor.save()

    assert [event for event, _ in play(tmp_path, story).events if event == "save"] == []


def test_a_file_that_cannot_be_asked_about_is_answered_for(tmp_path: Path) -> None:
    async def story() -> None:
        editor = Editor(tmp_path, "one\n")
        item = types.TextDocumentItem(uri=(tmp_path / ("n" * 300)).as_uri(), language_id="", version=1, text="one\n")
        editor.document = Document(item)
        await asyncio.wait_for(editor.open(), 10)

    asyncio.run(story())


def test_saves_that_nobody_wrote_down_are_written_at_the_end(tmp_path: Path) -> None:
    async def story(editor: Editor) -> None:
        await editor.open()
        editor.load("one\ntyped\n")
        editor.write("one\ntyped\n")
        editor.answers.saved(editor.document)
        editor.jobs.stop()
        await asyncio.sleep(0)

    editor = Editor(tmp_path, "one\n")
    asyncio.run(story(editor))
    editor.answers.finish()
    assert [event for event, _, _ in editor.workspace.recorded].count("save") == 1
    editor.answers.finish()
    assert [event for event, _, _ in editor.workspace.recorded].count("save") == 1
