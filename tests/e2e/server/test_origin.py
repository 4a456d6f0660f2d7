"""What a saved buffer is compared with: what it was loaded from, not what the disk got meanwhile."""

import asyncio
from collections.abc import Sequence

import pytest

from e2e.server.conftest import Connect, Editor, Project

pytestmark = pytest.mark.asyncio
START = "def get():\n    return 1\n"
LOOKED = 1.5
"""Seconds after which the server has looked at the disk again."""
Told = Sequence[tuple[str, str | None]]


async def _save(editor: Editor, project: Project, name: str, text: str) -> None:
    """The editor writes what it shows and says so."""
    (project.path / name).write_text(text)
    editor.save((project.path / name).as_uri())


async def _owned(editor: Editor, uri: str, owners: Told, *, or_else: Told | None = None) -> None:
    """Waits until the lines have these owners and sessions, each run of lines once.

    `or_else`: others that will do, where a busy server could not look in time to be sure.
    """
    found: list[tuple[str, str | None]] = []

    async def same() -> bool:
        ranges = (await editor.attribution(uri)).ranges
        found[:] = []
        for one in ranges:
            told = "unsaved" if one.state == "unsaved" else one.owner, one.session_id
            found.extend([told] if found[-1:] != [told] else [])
        return found in (list(owners), list(or_else or owners))

    try:
        await editor.until(same, seconds=20)
    except AssertionError:
        assert found == list(owners)


async def test_an_old_buffer_brings_back_lines_and_not_writers(project: Project, connect: Connect) -> None:
    """The editor did not load what S1 wrote: the line of S2 that it still shows was entered by nobody."""
    old = START.replace("1", "2") + "end\n"
    file = project.agent_writes("client.py", old, session_id="S2")
    editor = await connect("vscode")
    uri = editor.open(file)
    await editor.lens(uri)
    project.agent_writes("client.py", old.replace("2", "3"), session_id="S1")
    await asyncio.sleep(LOOKED)
    editor.change(uri, (3, 0), (3, 0), "typed\n")
    await asyncio.sleep(LOOKED)
    await _save(editor, project, "client.py", old + "typed\n")
    await _owned(editor, uri, [("unknown", None), ("session", "S2"), ("human", None)])
    await _save(editor, project, "client.py", old + "typed\n")  # once more without a change
    await _owned(editor, uri, [("unknown", None), ("session", "S2"), ("human", None)])


async def test_what_was_there_before_byline_is_not_who_saves_it(project: Project, connect: Connect) -> None:
    editor = await connect("neovim")
    uri = editor.open(project.path / "client.py")
    await editor.lens(uri)
    project.agent_writes("client.py", START.replace("get", "put"), session_id="S1")
    await asyncio.sleep(LOOKED)
    for typed in ("a\n", "a\nb\n"):  # saved as one types
        editor.replace(uri, START + typed)
        await asyncio.sleep(LOOKED)
        await _save(editor, project, "client.py", START + typed)
        await _owned(editor, uri, [("unknown", None), ("human", None)])


async def test_what_a_buffer_takes_over_from_the_disk_is_not_typed(project: Project, connect: Connect) -> None:
    """Some editors put what the disk got into a buffer with unsaved changes."""
    editor = await connect("vscode")
    uri = editor.open(project.path / "client.py")
    await editor.lens(uri)
    editor.change(uri, (0, 0), (0, 0), "typed\n")
    await asyncio.sleep(LOOKED)
    (project.path / "client.py").write_text(START + "unseen\n")
    editor.change(uri, (3, 0), (3, 0), "unseen\n")
    await asyncio.sleep(LOOKED)
    await _save(editor, project, "client.py", "typed\n" + START + "unseen\n")
    await _owned(editor, uri, [("human", None), ("unknown", None)])


async def test_of_two_texts_put_together_by_hand_nothing_is_human(project: Project, connect: Connect) -> None:
    """The buffer keeps one line that the disk lost and takes another over: what of it is new is not certain."""
    project.repo.commit("more", {"client.py": "one\ntwo\nthree\n"})
    editor = await connect("vscode")
    uri = editor.open(project.path / "client.py")
    await editor.lens(uri)
    editor.change(uri, (0, 0), (0, 0), "typed\n")
    await asyncio.sleep(LOOKED)
    (project.path / "client.py").write_text("ONE\ntwo\nthree\nfour\n")
    editor.change(uri, (4, 0), (4, 0), "four\n")
    await asyncio.sleep(LOOKED)
    await _save(editor, project, "client.py", "typed\none\ntwo\nthree\nfour\n")
    await _owned(editor, uri, [("unknown", None)])
    editor.change(uri, (5, 0), (5, 0), "after\n")
    await _save(editor, project, "client.py", "typed\none\ntwo\nthree\nfour\nafter\n")
    await _owned(editor, uri, [("unknown", None), ("human", None)])


async def test_what_git_brought_before_the_server_looked_is_not_typed(project: Project, connect: Connect) -> None:
    """A merge in a terminal; the editor loads it, and a line is typed and saved before its messages are read."""
    git = project.repo.run
    git("checkout", "-qb", "theirs")
    project.repo.commit("theirs", {"client.py": "colleague\n" + START})
    git("checkout", "-q", "-")
    editor = await connect("neovim")
    uri = editor.open(project.path / "client.py")
    await editor.lens(uri)
    git("merge", "-q", "theirs")
    (project.path / "client.py").write_text("colleague\n" + START + "typed\n")
    editor.replace(uri, "colleague\n" + START)
    editor.change(uri, (3, 0), (3, 0), "typed\n")
    editor.save(uri)
    await _owned(editor, uri, [("unknown", None), ("human", None)])


async def test_a_restored_buffer_over_what_an_agent_wrote(project: Project, connect: Connect) -> None:
    """What an editor kept of another day was not typed with the server looking on; what is typed then was."""
    project.agent_writes("client.py", START.replace("1", "3"), session_id="S1")
    editor = await connect("vscode")
    uri = editor.open(project.path / "client.py", "kept\n" + START)
    await editor.lens(uri)
    editor.change(uri, (3, 0), (3, 0), "typed\n")
    await _save(editor, project, "client.py", "kept\n" + START + "typed\n")
    await _owned(editor, uri, [("unknown", None), ("human", None)])


@pytest.mark.parametrize(("profile", "text"), [("vscode", ""), ("neovim", "\n")])
@pytest.mark.parametrize("pause", [0.0, LOOKED])
async def test_a_new_file_is_who_types_it(
    project: Project, connect: Connect, profile: str, text: str, pause: float
) -> None:
    editor = await connect(profile)
    uri = editor.open((project.path / "new.py").as_uri(), text)
    await editor.lens(uri)
    editor.change(uri, (0, 0), (0, 0), "one\ntwo\n")
    await asyncio.sleep(pause)
    await _save(editor, project, "new.py", "one\ntwo\n" + text)
    await _owned(editor, uri, [("human", None)])


@pytest.mark.parametrize("agent", [True, False])
@pytest.mark.parametrize("pause", [0.0, LOOKED])
async def test_a_new_file_that_another_makes_is_theirs(
    project: Project, connect: Connect, agent: bool, pause: float
) -> None:
    editor = await connect("vscode")
    uri = editor.open((project.path / "new.py").as_uri(), "")
    await editor.lens(uri)
    if agent:
        project.agent_writes("new.py", "one\ntwo\n", session_id="S1")
    else:
        project.repo.write("new.py", "one\ntwo\n")
    await asyncio.sleep(0.1)
    editor.replace(uri, "one\ntwo\n")
    await asyncio.sleep(pause or 0.1)
    editor.change(uri, (2, 0), (2, 0), "typed\n")
    await _save(editor, project, "new.py", "one\ntwo\ntyped\n")
    first, nobody = ("session", "S1") if agent else ("unknown", None), ("unknown", None)
    unsure = None if pause else [first, nobody] if agent else [nobody]
    await _owned(editor, uri, [first, ("human", None)], or_else=unsure)


async def test_what_came_and_was_loaded_before_anybody_looked(project: Project, connect: Connect) -> None:
    """The agent makes the new file, the editor loads it and saves on top before its messages are read."""
    editor = await connect("vscode")
    uri = editor.open((project.path / "new.py").as_uri(), "")
    await editor.lens(uri)
    project.agent_writes("new.py", "one\ntwo\n", session_id="S1")
    (project.path / "new.py").write_text("one\ntwo\ntyped\n")
    editor.replace(uri, "one\ntwo\n")
    editor.change(uri, (2, 0), (2, 0), "typed\n")
    editor.save(uri)
    await _owned(editor, uri, [("session", "S1"), ("human", None)])


async def test_what_a_file_of_that_name_once_held_is_not_the_new_one(project: Project, connect: Connect) -> None:
    project.agent_writes("new.py", "one\ntwo\nthree\n", session_id="S1").unlink()
    editor = await connect("vscode")
    uri = editor.open((project.path / "new.py").as_uri(), "")
    await editor.lens(uri)
    editor.change(uri, (0, 0), (0, 0), "two\nmine\n")
    await _save(editor, project, "new.py", "two\nmine\n")
    await _owned(editor, uri, [("human", None)])


async def test_text_that_nobody_saw_being_typed_stays_unknown(project: Project, connect: Connect) -> None:
    """A buffer without a file that already has text when it is opened here."""
    editor = await connect("vscode")
    uri = editor.open((project.path / "new.py").as_uri(), "one\n")
    await editor.lens(uri)
    editor.change(uri, (1, 0), (1, 0), "typed\n")
    await _save(editor, project, "new.py", "one\ntyped\n")
    await _owned(editor, uri, [("unknown", None), ("human", None)])


@pytest.mark.parametrize("between", ["DEBUG = False\n", ""])
async def test_an_agents_line_that_a_person_changed_and_types_again(
    project: Project, connect: Connect, between: str
) -> None:
    """With a line more, in an editor opened later: the file has never held that, so nothing was undone."""
    file = project.agent_writes("client.py", f"DEBUG = True\n{START}", session_id="S1")
    editor = await connect("vscode")
    uri = editor.open(file)
    await editor.lens(uri)
    editor.replace(uri, between + START)
    await _save(editor, project, "client.py", between + START)
    start = [("unknown", None)]
    await _owned(editor, uri, [("human", None), *start] if between else start)
    editor = await connect("zed")
    uri = editor.open(file)
    await editor.lens(uri)
    editor.replace(uri, f"DEBUG = True\nLEVEL = 2\n{START}")
    await _save(editor, project, "client.py", f"DEBUG = True\nLEVEL = 2\n{START}")
    await _owned(editor, uri, [("human", None), *start])


async def test_a_line_that_an_agent_wrote_in_another_worktree(project: Project, connect: Connect) -> None:
    project.repo.commit("start", {"client.py": START})
    project.repo.run("worktree", "add", "-q", "../other", "-b", "other")
    there = (project.path.parent / "other").resolve()
    told = {"path": "client.py", "cwd": str(there), "session_id": "S1", "call_id": "c"}
    project.hook("pre_write", **told)
    (there / "client.py").write_text(START + "end\n")
    project.hook("write", tool="Edit", before=START, **told)
    editor = await connect("vscode")
    uri = editor.open(project.path / "client.py")
    await editor.lens(uri)
    editor.replace(uri, START + "end\n")
    await _save(editor, project, "client.py", START + "end\n")
    await _owned(editor, uri, [("unknown", None), ("human", None)])


async def test_lines_typed_above_others_that_begin_alike(project: Project, connect: Connect) -> None:
    """The editor said where; a comparison of the texts would call the lower `@deco` new."""
    project.repo.commit("start", {"client.py": "top\nend\n"})
    file = project.agent_writes("client.py", "top\n@deco\ndef one\nend\n", session_id="S1")
    editor = await connect("vscode")
    uri = editor.open(file)
    await editor.lens(uri)
    editor.change(uri, (1, 0), (1, 0), "@deco\ndef zero\n")
    await _save(editor, project, "client.py", "top\n@deco\ndef zero\n@deco\ndef one\nend\n")
    await _owned(editor, uri, [("unknown", None), ("human", None), ("session", "S1"), ("unknown", None)])
    ranges = (await editor.attribution(uri)).ranges
    assert [(one.owner, one.end - one.start) for one in ranges][1:3] == [("human", 2), ("session", 2)]
