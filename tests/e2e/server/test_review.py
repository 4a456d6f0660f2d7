"""Marks of a person on lines, lenses on functions, and the change behind a line: in the real server."""

import asyncio

import pytest
from lsprotocol import types

from e2e.server.conftest import SESSION, Connect, Editor, Project

pytestmark = pytest.mark.asyncio
AGENT = "import time\n\ndef get():\n    return 1\n"
TWO = "import time\n\n\ndef get():\n    time.sleep(1)\n    return 1\n\n\ndef mine():\n    return 2\n"


async def test_marks_are_counted_from_the_first_one_on(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    uri = editor.open(file)
    assert await editor.title(uri) == "Show AI lines (2 of 4 · 50% · claude)"
    done = await editor.run("byline.markReviewed", uri, 1, 1)
    assert done == {"uri": uri, "first": 1, "last": 1, "reviewed": True, "unreviewed": 1}
    assert await editor.title(uri) == "Show AI lines (2 of 4 · 50% · claude · 1 unreviewed)"
    hover = await editor.hover(uri, 0)
    assert hover is not None and hover.endswith("- reviewed just now")
    answer = await editor.attribution(uri)
    assert _listed(answer.reviewed) == [[0, 1]] and answer.summary.unreviewed == 1
    assert "Mark this line as unreviewed" in [each["title"] for each in await editor.actions(uri, 0)]
    await editor.run("byline.markReviewed", uri)
    assert await editor.title(uri) == "Show AI lines (2 of 4 · 50% · claude · 0 unreviewed)"
    await editor.run("byline.markReviewed", uri, False)
    assert await editor.title(uri) == "Show AI lines (2 of 4 · 50% · claude · 2 unreviewed)"
    assert editor.client.messages == []
    await editor.until(lambda: _true(any(what == "lens" for what, _ in editor.refreshes)))


async def test_a_changed_line_is_unreviewed_again(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("neovim")
    uri = editor.open(file)
    await editor.run("byline.markReviewed", uri)
    assert editor.client.messages[-1].message == "byline: 0 AI lines of client.py are unreviewed"
    project.agent_writes("client.py", AGENT.replace("import time", "import os, time"))
    editor.replace(uri, file.read_text())
    await editor.until(lambda: _ends(editor, uri, "1 unreviewed)"))


async def test_marks_from_a_buffer_that_is_not_saved(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    uri = editor.open(file)
    await editor.hover(uri, 0)
    editor.change(uri, (0, 0), (0, 0), "# typed\n# typed\n")
    await editor.run("byline.markReviewed", uri, 3, 3)
    assert _listed((await editor.attribution(uri)).reviewed) == [[2, 3]]
    assert await editor.run("byline.markReviewed", uri, 1, 2) is None
    assert editor.client.messages[-1].message == "byline: none of these lines is saved yet: save the file first"
    for wrong in ((uri, 0, 1), (uri, 1, 99), (uri, 1)):
        assert await editor.run("byline.markReviewed", *wrong) is None


async def test_functions_have_lenses_when_wished(project: Project, connect: Connect) -> None:
    project.repo.commit("mine", {"two.py": TWO.replace("    time.sleep(1)\n", "")})
    file = project.agent_writes("two.py", TWO)
    editor = await connect("vscode")
    uri = editor.open(file)
    assert len(await _lenses(editor, uri)) == 1
    functions = {"byline": {"codeLens": {"functions": True}}}
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=functions))
    await editor.until(lambda: _has(editor, uri, 2))
    top, function = await _lenses(editor, uri)
    assert (top.range.start.line, function.range.start.line) == (0, 3)
    resolved = await editor.client.code_lens_resolve_async(function)
    assert resolved.command is not None
    assert resolved.command.title == "AI lines: 1 of 3 · claude"
    assert (resolved.command.command, list(resolved.command.arguments or [])) == ("byline.showSession", [uri, 4])
    editor.change(uri, (0, 0), (0, 0), "x = 1\n")
    moved = (await _lenses(editor, uri))[1]
    assert moved.range.start.line == 4
    again = await editor.client.code_lens_resolve_async(moved)
    assert again.command is not None and again.command.title == "AI lines: 1 of 3 · claude"


async def test_a_lens_never_goes_while_somebody_types(project: Project, connect: Connect) -> None:
    project.repo.commit("mine", {"two.py": TWO.replace("    time.sleep(1)\n", "")})
    file = project.agent_writes("two.py", TWO)
    editor = await connect("vscode", options={"codeLens": {"functions": True}})
    uri = editor.open(file)
    assert len(await _lenses(editor, uri)) == 2
    said = "def more(:\n    '''\n    return (\n" * 3
    seen = []
    for number, char in enumerate(said):
        row = 3 + said[:number].count("\n")
        column = number - (said.rfind("\n", 0, number) + 1)
        editor.change(uri, (row, column), (row, column), char)
        seen.append([lens.range.start.line for lens in await _lenses(editor, uri)])
        if number % 25 == 24:
            await asyncio.sleep(0.4)  # long enough for the text to be looked at again
    assert all(lines and lines[0] == 0 for lines in seen)
    assert all(len(lines) == 2 for lines in seen), "the function's lens stays as well, while its code is broken"


async def test_the_change_that_wrote_a_line(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    uri = editor.open(file)
    shown = await editor.run("byline.showChange", uri, 0)
    assert shown["uri"].startswith("byline:/change/") and shown["uri"].endswith(".diff")
    assert shown["text"].splitlines()[1:] == [
        "--- a/client.py",
        "+++ b/client.py",
        "@@ -1,2 +1,4 @@",
        "+import time",
        "+",
        " def get():",
        "     return 1",
    ]
    assert shown["text"].startswith("# claude · claude-sonnet-4-5-20250929 · Edit · session 0b1c2d3e-aaa… · event ")
    content = await editor.client.workspace_text_document_content_async(types.TextDocumentContentParams(shown["uri"]))
    assert content.text == shown["text"]
    committed = await editor.run("byline.showChange", uri, 2)
    assert committed["text"].startswith("# commit ") and "\n+def get():\n" in committed["text"]
    poor = await connect("plain")
    uri = poor.open(file)
    assert (await poor.run("byline.showChange", uri, 0))["shown"] == "message"
    assert "+import time" in poor.client.messages[-1].message
    (project.path / "new.py").write_text("x\n")
    assert await poor.run("byline.showChange", poor.open(project.path / "new.py"), 0) is None


async def test_the_sessions_id(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("neovim")
    uri = editor.open(file)
    assert (await editor.run("byline.copySessionId", uri, 0))["session_id"] == SESSION
    assert editor.client.messages[-1].message == f"byline: session {SESSION}"
    assert await editor.run("byline.copySessionId", uri, 2) is None
    assert await editor.run("byline.copySessionId", uri, 99) is None


async def _lenses(editor: Editor, uri: str) -> list[types.CodeLens]:
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    return list(await editor.client.text_document_code_lens_async(params) or [])


async def _has(editor: Editor, uri: str, count: int) -> bool:
    return len(await _lenses(editor, uri)) == count


async def _ends(editor: Editor, uri: str, words: str) -> bool:
    return (await editor.title(uri) or "").endswith(words)


async def _true(value: bool) -> bool:
    return value


def _listed(pairs: list[list[int]]) -> list[list[int]]:
    return [list(pair) for pair in pairs]
