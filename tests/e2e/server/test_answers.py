"""Hover, lens, hints, commands and ranges over the wire, as VS Code and as Neovim."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from e2e.server.conftest import PROMPT, SESSION, Connect, Project
from gitrepo import Repo

pytestmark = pytest.mark.asyncio
EDITORS = pytest.mark.parametrize("profile", ["vscode", "neovim"])
START = "def get():\n    return 1\n"
AGENT = "import time\n\ndef get():\n    return 1\n\ndef retry():\n    time.sleep(1)\n"


@EDITORS
async def test_hover_names_agent_session_and_prompt(project: Project, connect: Connect, profile: str) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect(profile)
    uri = editor.open(file)
    text = await editor.hover(uri, 5)
    assert text is not None
    assert text.splitlines()[0] == f'claude · sonnet-4.5 · just now · "{PROMPT}"'
    assert f"session `{SESSION[:12]}…`" in text
    assert "tool `Edit`" in text
    assert await editor.hover(uri, 2) is None, "nobody knows who wrote the first commit"
    assert await editor.hover(uri, 99) is None


@EDITORS
async def test_the_lens_counts_and_toggles(project: Project, connect: Connect, profile: str) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect(profile)
    uri = editor.open(file)
    lens = await editor.lens(uri)
    assert lens is not None and lens.command is not None
    assert lens.range == types.Range(types.Position(0, 0), types.Position(0, 0))
    assert lens.command.title == "Show AI lines (5 of 7 · 71% · claude)"
    assert await editor.hints(uri) == []
    result = await editor.run(lens.command.command, *(lens.command.arguments or []))
    assert (result["shown"], result["ai_lines"], result["lines"]) == (True, 5, 7)
    hints = await editor.hints(uri)
    assert [(hint.position.line, hint.position.character) for hint in hints] == [(0, 11), (5, 12)]
    assert hints[0].label == 'claude "add retry to the cli…"'
    await editor.until(lambda: _done(any(what == "hints" for what, _ in editor.refreshes)))
    assert editor.client.diagnostics == {}
    assert editor.client.messages == [], "the hints say it"
    await editor.run("byline.showAiLines")
    assert await editor.hints(uri) == []


async def test_a_file_without_ai_lines_is_left_in_peace(project: Project, connect: Connect) -> None:
    editor = await connect("vscode")
    uri = editor.open(project.path / "client.py")
    assert await editor.lens(uri) is None
    assert await editor.hover(uri, 0) is None
    assert await editor.actions(uri) == []
    result = await editor.attribution(uri)
    assert [(r.start, r.end, r.owner) for r in result.ranges] == [(0, 2, "unknown")]
    assert editor.client.messages == []


@EDITORS
async def test_unsaved_edits_above_move_the_answer(project: Project, connect: Connect, profile: str) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect(profile)
    uri = editor.open(file)
    assert await editor.hover(uri, 6) is not None
    editor.change(uri, (0, 0), (0, 0), "# one\n# two\n")
    moved = await editor.hover(uri, 8)
    assert moved is not None and PROMPT in moved
    assert await editor.hover(uri, 0) is None, "the user's own unsaved line"
    ranges = (await editor.attribution(uri)).ranges
    assert (ranges[0].start, ranges[0].end, ranges[0].state) == (0, 2, "unsaved")
    await asyncio.sleep(0.6)  # the answer computed after the pause says the same
    again = (await editor.attribution(uri)).ranges
    assert [(r.start, r.end, r.owner, r.state) for r in again] == [(r.start, r.end, r.owner, r.state) for r in ranges]


async def test_a_new_write_reaches_the_open_file(project: Project, connect: Connect) -> None:
    editor = await connect("vscode")
    file = project.path / "client.py"
    uri = editor.open(file)
    assert await editor.lens(uri) is None
    await asyncio.sleep(1)
    for size in (3, 4, 5):
        editor.refreshes.clear()
        text = START + "".join(f"x{number} = 1\n" for number in range(size))
        project.agent_writes("client.py", text)
        start = time.perf_counter()
        await editor.until(lambda: _done(bool(editor.refreshes)))
        took = editor.refreshes[0][1] - start
        print(f"agent write to refresh: {took * 1000:.0f} ms")
        assert took < 1, "the budget of 0.2 s is measured by tests/bench/server.py"
        title = f"Show AI lines ({size} of {size + 2} · {round(100 * size / (size + 2))}% · claude)"
        await editor.until(lambda title=title: _is(editor.title(uri), title))  # type: ignore[misc]
        editor.replace(uri, text)
        took = await editor.until(lambda line=size + 1: _not_none(editor.hover(uri, line)))  # type: ignore[misc]
        print(f"loaded by the editor to hover: {took * 1000:.0f} ms")
        assert took < 0.25, "a load is not typing: it is answered before the pause of 0.3 s"
        await asyncio.sleep(0.5)
    assert uri in editor.changed


async def test_a_file_that_is_gone_for_a_while(project: Project, connect: Connect) -> None:
    """`git stash pop` writes the file and no event: what was put away is back, and nobody says so."""
    file = project.agent_writes("client.py", "import time\n\ndef get():\n    return 1\n")
    editor = await connect("neovim")
    uri = editor.open(file)
    title = "Show AI lines (2 of 4 · 50% · claude)"
    await editor.until(lambda: _is(editor.title(uri), title))
    project.repo.run("stash", "-q")
    await editor.until(lambda: _is(editor.hover(uri, 0), None))
    project.repo.run("stash", "pop", "-q")
    took = await editor.until(lambda: _not_none(editor.hover(uri, 0)), 10)
    assert took < 5, "half a second, and what a busy machine needs"
    assert await editor.title(uri) == title
    told = len(editor.changed)
    await asyncio.sleep(1.2)
    assert len(editor.changed) == told, "a file that is what is shown is not looked at"


async def test_a_commit_reaches_the_open_file(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    uri = editor.open(file)
    assert (await editor.attribution(uri)).ranges[0].state == "uncommitted"
    await asyncio.sleep(0.5)
    project.repo.commit("retry")

    async def committed() -> bool:
        first = (await editor.attribution(uri)).ranges[0]
        return bool(first.state == "committed" and first.session_id == SESSION)

    await editor.until(committed)


@EDITORS
async def test_a_typed_save_is_a_humans_line(project: Project, connect: Connect, profile: str) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect(profile)
    uri = editor.open(file)
    await editor.hover(uri, 0)
    editor.change(uri, (7, 0), (7, 0), "mine = 1\n")
    file.write_text(AGENT + "mine = 1\n")
    editor.save(uri)
    await editor.until(lambda: _not_none(editor.hover(uri, 7)))
    text = await editor.hover(uri, 7)
    assert text is not None and text.startswith("human · just now")
    ai = await editor.hover(uri, 6)
    assert ai is not None and ai.startswith("claude")


async def test_what_a_formatter_makes_of_an_agents_lines_is_no_humans(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    uri = editor.open(file)
    await editor.hover(uri, 0)
    typed = AGENT + "mine = (1,2)\n"
    made = typed.replace("sleep(1)", "sleep(\n        1\n    )").replace("(1,2)", "(1, 2)")
    editor.change(uri, (7, 0), (7, 0), "mine = (1,2)\n")
    editor.replace(uri, made)
    file.write_text(made)
    editor.client.protocol.notify("byline/formatted", {"uri": uri, "before": typed})
    editor.save(uri)

    async def saved() -> bool:
        ranges = (await editor.attribution(uri)).ranges
        return all(row.state != "unsaved" for row in ranges)

    await editor.until(saved)
    owners = [(row.start, row.end, row.owner) for row in (await editor.attribution(uri)).ranges]
    assert owners[-1] == (9, 10, "human"), "typed by a person, spaced by the formatter"
    assert all(owner != "human" for _, _, owner in owners[:-1])


async def test_nonsense_about_a_formatter_is_ignored(project: Project, connect: Connect) -> None:
    editor = await connect("vscode")
    uri = editor.open(project.agent_writes("client.py", AGENT))
    for params in ({}, {"uri": 1, "before": "x"}, {"uri": uri}, {"uri": "file:///no", "before": "x"}, [1]):
        editor.client.protocol.notify("byline/formatted", params)
    hover = await editor.hover(uri, 5)
    assert hover is not None and hover.startswith("claude")


async def test_what_the_editor_loads_after_the_agent_is_the_agents(project: Project, connect: Connect) -> None:
    editor = await connect("vscode")
    file = project.path / "client.py"
    uri = editor.open(file)
    await editor.hover(uri, 0)
    project.agent_writes("client.py", AGENT)
    editor.replace(uri, AGENT)
    editor.save(uri)
    await editor.until(lambda: _not_none(editor.hover(uri, 6)))
    text = await editor.hover(uri, 6)
    assert text is not None and text.startswith("claude")


async def test_bytes_that_came_from_nowhere_are_nobodys(project: Project, connect: Connect) -> None:
    editor = await connect("vscode")
    file = project.path / "client.py"
    uri = editor.open(file)
    await editor.hover(uri, 0)
    file.write_text(START + "curl = 1\n")
    await asyncio.sleep(0.05)
    editor.replace(uri, START + "curl = 1\n")
    await asyncio.sleep(0.6)
    editor.save(uri)
    await asyncio.sleep(0.3)
    assert (await editor.attribution(uri)).ranges[-1].owner == "unknown"


async def test_lines_are_those_of_the_editor(project: Project, connect: Connect) -> None:
    text = "a = 1\n\f\nb = '\u2028'\n😀 = 1\nend\n"
    project.repo.commit("odd", {"odd.py": text})
    file = project.agent_writes("odd.py", text + "agent = '😀'\n")
    for profile, column in (("vscode", 12), ("neovim", 14)):
        editor = await connect(profile)
        uri = editor.open(file)
        assert [await editor.hover(uri, line) is None for line in range(7)] == [True] * 5 + [False, True]
        editor.change(uri, (2, 0), (2, 0), "x")
        hover = await editor.hover(uri, 5)
        assert hover is not None and hover.startswith("claude")
        await editor.run("byline.showAiLines", uri, True)
        assert [(hint.position.line, hint.position.character) for hint in await editor.hints(uri)] == [(5, column)]


async def test_crlf_and_latin_1(project: Project, connect: Connect) -> None:
    file = project.agent_writes("dos.py", "a = 1\r\nb = 2\r\n")
    editor = await connect("vscode")
    uri = editor.open(file, "a = 1\r\nb = 2\r\n")
    assert await editor.title(uri) == "Show AI lines (2 of 2 · 100% · claude)"
    project.repo.write("latin.py", b"caf\xe9\n")
    uri = editor.open(project.path / "latin.py", "caf\ufffd\n")
    editor.change(uri, (1, 0), (1, 0), "x\n")
    result = await editor.attribution(uri)
    assert [(r.start, r.end) for r in result.ranges][-1][1] == 2


@pytest.mark.parametrize(
    "uri",
    [
        "untitled:Untitled-1",
        "git:/repo/a.py?%7B%7D",
        "file:///nowhere/at/all.py",
        "vscode-userdata:/settings.json",
        "",
    ],
)
async def test_what_is_no_file_here_has_no_answer(connect: Connect, uri: str) -> None:
    editor = await connect("vscode")
    editor.open(uri, "a\nb\n")
    assert await editor.hover(uri, 0) is None
    assert await editor.lens(uri) is None
    assert await editor.hints(uri) == []
    assert await editor.actions(uri) == []
    ranges = (await editor.attribution(uri)).ranges
    assert all(r.owner == "unknown" for r in ranges)
    assert editor.client.messages == []


async def test_files_of_all_kinds_do_no_harm(project: Project, connect: Connect, tmp_path: Path) -> None:
    outside = tmp_path / "settings.json"
    outside.write_text("{}\n")
    project.repo.write("empty.py", "")
    project.repo.write("binary.bin", b"\0\1\2\n")
    project.repo.write(".gitignore", "ignored.txt\n")
    project.repo.write("ignored.txt", "x\n")
    editor = await connect("vscode")
    for file in (outside, *(project.path / name for name in ("empty.py", "binary.bin", "ignored.txt"))):
        uri = editor.open(file, file.read_bytes().decode("latin-1"))
        assert await editor.hover(uri, 0) is None
        assert await editor.lens(uri) is None
        editor.change(uri, (0, 0), (0, 0), "x")
        assert await editor.hover(uri, 0) is None
    gone = project.path / "client.py"
    uri = editor.open(gone)
    gone.unlink()
    editor.save(uri)
    assert await editor.hover(uri, 0) is None
    assert editor.client.messages == []
    assert not list(Path(tmp_path).glob("**/files/spool/*")), "a private file was recorded"


async def test_two_repositories_and_a_symbolic_link(project: Project, connect: Connect, repo: Any) -> None:
    other = Project(repo("other"))
    other.repo.commit("start", {"a.py": "a\n"})
    other.agent_writes("a.py", "a\nother\n", prompt="other prompt")
    link = project.path / "link.py"
    link.symlink_to(other.path / "a.py")
    project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    for file, line, prompt in ((other.path / "a.py", 1, "other prompt"), (project.path / "client.py", 0, PROMPT)):
        text = await editor.hover(editor.open(file), line)
        assert text is not None and prompt in text
    text = await editor.hover(editor.open(link), 1)
    assert text is not None and "other prompt" in text


async def test_a_repository_is_made_around_an_open_file(connect: Connect, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    project, editor = Project(Repo(folder)), await connect()
    uri = editor.open(project.agent_writes("a.py", "x = 1\n"))
    assert PROMPT in (await editor.hover(uri, 0) or "")
    project.repo.run("init", "-q", "--template=")
    commit = project.repo.commit("one")
    project.agent_writes("a.py", "x = 1\ny = 2\n", prompt="and y", turn_id="t2")
    editor.replace(uri, "x = 1\ny = 2\n")

    async def is_known() -> bool:
        first, second = [await editor.hover(uri, line) or "" for line in (0, 1)]
        return PROMPT in first and commit[:7] in first and "and y" in second

    await editor.until(is_known)


async def test_a_hostile_prompt_is_text(project: Project, connect: Connect) -> None:
    prompt = "](command:evil) <img src=x onerror=alert(1)>\n\n# big \u202etxt https://evil.example \x1b[31m"
    file = project.agent_writes("client.py", AGENT, prompt=prompt)
    editor = await connect("vscode")
    uri = editor.open(file)
    text = await editor.hover(uri, 0)
    assert text is not None
    assert "\u202e" not in text and "\x1b" not in text
    assert text.splitlines()[0].count('"') == 2
    assert r"\](command:evil) \<img src=x" in text
    assert r"https\://" in text


async def test_fifty_thousand_lines(project: Project, connect: Connect) -> None:
    body = "".join(f"line {number}\n" for number in range(50_000))
    project.repo.commit("big", {"big.txt": body})
    file = project.agent_writes("big.txt", body + "agent\n")
    editor = await connect("vscode")
    uri = editor.open(file)
    text = await editor.hover(uri, 50_000)
    assert text is not None and text.startswith("claude")
    editor.change(uri, (0, 0), (0, 0), "typed\n")
    start = time.perf_counter()
    text = await editor.hover(uri, 50_001)
    assert text is not None and text.startswith("claude")
    assert time.perf_counter() - start < 1


async def _done(value: bool) -> bool:
    return value


async def _is(answer: Any, wanted: Any) -> bool:
    return bool(await answer == wanted)


async def _not_none(answer: Any) -> bool:
    return await answer is not None
