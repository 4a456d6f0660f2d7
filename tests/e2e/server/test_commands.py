"""Commands and code actions, with what each kind of client can show."""

import asyncio
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lsprotocol import types

from e2e.server.conftest import PROMPT, SESSION, Connect, Editor, Project

pytestmark = pytest.mark.asyncio
AGENT = "import time\n\ndef get():\n    return 1\n"
COMMANDS = [
    "byline.copySessionId",
    "byline.correctOwner",
    "byline.markReviewed",
    "byline.showAiLines",
    "byline.showChange",
    "byline.showFileSessions",
    "byline.showSession",
]


async def test_the_server_offers_only_what_merges_with_others(connect: Connect) -> None:
    """Answers that hide another server's (highlights, links, formatting, symbols) are not offered."""
    editor = await connect("vscode")
    offered = editor.offered
    assert offered.execute_command_provider
    assert isinstance(offered.text_document_sync, types.TextDocumentSyncOptions)
    assert sorted(offered.execute_command_provider.commands) == COMMANDS
    unused = (
        "completion_provider",
        "definition_provider",
        "document_highlight_provider",
        "document_link_provider",
        "document_formatting_provider",
        "document_symbol_provider",
        "folding_range_provider",
        "references_provider",
        "rename_provider",
        "semantic_tokens_provider",
        "diagnostic_provider",
    )
    assert [name for name in unused if getattr(offered, name)] == []
    assert offered.text_document_sync.save
    assert offered.text_document_sync.change == types.TextDocumentSyncKind.Incremental


async def test_nothing_is_asked_of_a_client_that_offers_nothing(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("plain")
    uri = editor.open(file)
    text = await editor.hover(uri, 0)
    assert text is not None and text.splitlines()[1].startswith("session ")
    assert "`" not in text and "\\" not in text
    await editor.run("byline.showAiLines")
    await asyncio.sleep(0.1)
    shown = editor.client.diagnostics[uri]
    assert [(each.range.start.line, each.severity) for each in shown] == [(0, types.DiagnosticSeverity.Hint)]
    assert shown[0].message.startswith("claude · sonnet-4.5")
    await editor.run("byline.showAiLines", uri, False)
    await asyncio.sleep(0.1)
    assert list(editor.client.diagnostics[uri]) == []
    assert (editor.refreshes, editor.registered, editor.client.messages) == ([], [], [])


async def test_words_where_hints_are_switched_off(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("neovim")
    uri = editor.open(file)
    await editor.run("byline.showAiLines", uri)
    (message,) = editor.client.messages
    assert message.message == "byline: 2 of 4 lines (50%) are an agent's: claude, 1 session"
    await editor.run("byline.showAiLines", uri)
    assert len(editor.client.messages) == 1


async def test_a_client_that_draws_gets_no_marks(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode", options={"draws": True, "commandLinks": True})
    uri = editor.open(file)
    result = await editor.run("byline.showAiLines", uri)
    assert result["shown"] is True
    assert await editor.hints(uri) == []
    assert editor.client.messages == []
    await editor.until(lambda: _any(editor.changed))
    hover = await editor.hover(uri, 0)
    assert hover is not None
    assert f"(command:byline.showSession?%5B%22{SESSION}%22%5D)" in hover


async def test_commands_without_arguments_and_without_a_file(connect: Connect) -> None:
    editor = await connect("vscode")
    for command in COMMANDS:
        assert await editor.run(command) is None
    assert len(editor.client.messages) == len(COMMANDS)


async def test_the_last_file_asked_about_is_meant(project: Project, connect: Connect) -> None:
    first = project.agent_writes("one.py", "a = 1\n")
    second = project.agent_writes("two.py", "a = 1\nb = 2\n")
    editor = await connect("vscode")
    one = editor.open(first)
    two = editor.open(second)
    assert (await editor.run("byline.showAiLines"))["uri"] == two
    await editor.hover(one, 0)
    assert (await editor.run("byline.showAiLines"))["uri"] == one


@pytest.mark.parametrize("ending", ["\n", "\r"])
async def test_the_last_line_asked_about_moves_with_the_text(project: Project, connect: Connect, ending: str) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    uri = editor.open(file)
    await editor.hover(uri, 0)
    editor.change(uri, (0, 0), (0, 0), f"a{ending}b\n")
    assert (await editor.run("byline.copySessionId"))["line"] == 2
    editor.change(uri, (5, 0), (5, 0), "below\n")
    assert (await editor.run("byline.copySessionId"))["line"] == 2
    editor.change(uri, (0, 0), (2, 0), "")
    assert (await editor.run("byline.copySessionId"))["line"] == 0


async def test_a_session_as_a_document_of_the_server(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    uri = editor.open(file)
    await editor.until(lambda: _any(editor.registered))
    assert types.WORKSPACE_TEXT_DOCUMENT_CONTENT in editor.registered
    result = await editor.run("byline.showSession", uri, 0)
    (shown,) = editor.client.shown_documents
    assert shown.uri == result["uri"] == f"byline:/session/{SESSION}.md"
    content = await editor.client.workspace_text_document_content_async(types.TextDocumentContentParams(shown.uri))
    assert content.text == result["text"]
    assert f"> {PROMPT}" in content.text
    assert "client.py" in content.text
    by_id = await editor.run("byline.showSession", SESSION)
    assert by_id["uri"] == shown.uri
    nothing = await editor.client.workspace_text_document_content_async(
        types.TextDocumentContentParams("byline:/session/none.md")
    )
    assert nothing.text == "Nothing is known here about this session.\n"


async def test_a_session_as_a_file(project: Project, connect: Connect, home: Path) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("neovim")
    uri = editor.open(file)
    result = await editor.run("byline.showFileSessions", uri)
    (shown,) = editor.client.shown_documents
    path = Path(unquote(urlsplit(shown.uri).path))
    assert path.is_relative_to(home)
    assert path.read_text() == result["text"]
    assert "2 of 4 lines" in result["text"]
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


async def test_a_session_as_a_message(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("plain")
    uri = editor.open(file)
    await editor.run("byline.showSession", uri, 0)
    (message,) = editor.client.messages
    assert message.message.startswith("claude · ")
    assert SESSION in message.message


async def test_a_line_of_nobody_has_no_session(project: Project, connect: Connect) -> None:
    editor = await connect("vscode")
    uri = editor.open(project.path / "client.py")
    assert await editor.run("byline.showSession", uri, 1) is None
    assert editor.client.messages[0].message == "byline: no session is known to have written line 2"


async def test_code_actions(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    uri = editor.open(file)
    found = await editor.actions(uri, 0)
    assert [action["title"] for action in found] == [
        "Show AI lines",
        "Show the session that wrote this line",
        "Show the change that wrote this line",
        "Show this file's sessions",
        "I wrote this line",
        "Mark this line as reviewed",
        "Mark the whole file as reviewed",
        "Copy the session's id",
    ]
    assert {action["kind"] for action in found} == {"source.byline"}
    assert len(await editor.actions(uri, 2)) == 3, "line 3 is not an agent's"
    assert len(await editor.actions(uri, 0, ["source"])) == 8
    assert await editor.actions(uri, 0, ["quickfix"]) == []
    plain = await connect("plain")
    uri = plain.open(file)
    assert all(isinstance(each["command"], str) for each in await plain.actions(uri, 0))


async def test_a_persons_word(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    uri = editor.open(file)
    await editor.hover(uri, 0)
    result = await editor.run("byline.correctOwner", uri, 1, 1, "human")
    assert result == {"uri": uri, "first": 1, "last": 1, "owner": "human"}
    text = await editor.hover(uri, 0)
    assert text is not None and text.startswith("human")
    below = await editor.hover(uri, 1)
    assert below is not None and below.startswith("claude")
    for wrong in ((uri, 0, 1, "human"), (uri, 1, 99, "human"), (uri, 1), (uri, "a", "b", "c"), (1, 2, 3, 4)):
        assert await editor.run("byline.correctOwner", *wrong) is None
    assert all(message.type == types.MessageType.Info for message in editor.client.messages)


async def test_a_persons_word_from_an_old_screen(project: Project, connect: Connect) -> None:
    """The agent put lines on top, not loaded yet: what a person points at has another number on disk."""
    file = project.path / "client.py"
    editor = await connect("neovim")
    uri = editor.open(file)
    await editor.hover(uri, 0)
    project.agent_writes("client.py", "import time\nimport os\ndef get():\n    return 1\n")
    result = await editor.run("byline.correctOwner", uri, 1, 1, "human")
    assert result == {"uri": uri, "first": 1, "last": 1, "owner": "human"}
    editor.replace(uri, file.read_text())
    await editor.until(lambda: _owned(editor, uri, ["session", "human", "unknown"]))
    await editor.run("byline.correctOwner", uri, 3, 3, "undo")
    await editor.until(lambda: _owned(editor, uri, ["session", "unknown"]))


@pytest.mark.parametrize(
    ("disk", "shown", "line"),
    [
        ("one\n", "typed\none\n", 1),  # a buffer that was never saved
        ("one\nnew\ntwo\n", "one\ntwo\n", 1),  # what came stands among the lines
        ("}\n}\n", "}\n", 1),  # which one of the two is shown nobody can tell
    ],
)
async def test_no_word_on_lines_that_are_not_on_disk(
    project: Project, connect: Connect, disk: str, shown: str, line: int
) -> None:
    file = project.agent_writes("client.py", disk)
    editor = await connect("vscode")
    uri = editor.open(file, shown)
    await editor.hover(uri, 0)
    assert await editor.run("byline.correctOwner", uri, line, line + shown.count("\n") - 1, "human") is None
    assert editor.client.messages[-1].message.startswith(
        "byline: client.py is not on disk as it is shown: save it or"
    )
    editor.replace(uri, disk)
    await editor.until(lambda: _owned(editor, uri, ["session"]))
    editor.change(uri, (0, 0), (0, 0), "typed\n")
    assert await editor.run("byline.correctOwner", uri, 2, 2, "human") is None
    said = "byline: save the file first, a correction is about what is on disk"
    assert editor.client.messages[-1].message == said


async def test_a_line_is_named_that_is_there(project: Project, connect: Connect) -> None:
    """What stands behind the last line end is no line, though a client may count it."""
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    uri = editor.open(file)
    for first, last in ((5, 5), (1, 6)):
        assert await editor.run("byline.correctOwner", uri, first, last, "human") is None
        assert editor.client.messages[-1].message == "byline: the file has lines 1 to 4"
    assert (await editor.run("byline.correctOwner", uri, 4, 5, "human"))["last"] == 4


async def test_no_name_is_no_session(project: Project, connect: Connect) -> None:
    """An empty word begins every id; a person who gave none means none of them."""
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode")
    uri = editor.open(file)
    assert await editor.run("byline.correctOwner", uri, 3, 3, "") is None
    assert editor.client.messages[-1].message == (
        "byline: no session '' is recorded here; `byline sessions` lists them"
    )
    assert [each.owner for each in (await editor.attribution(uri)).ranges] == ["session", "unknown"]
    assert await editor.run("byline.showSession", "") is None
    assert editor.client.messages[-1].message == "byline: no session '' is recorded here"
    assert (await editor.run("byline.correctOwner", uri, 3, 3, SESSION[:4]))["owner"] == SESSION[:4]


async def test_settings(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode", options={"hover": {"unknown": 7}}, settings={"hover": {"unknown": "committer"}})
    uri = editor.open(file)
    text = await editor.hover(uri, 2)
    assert text is not None and text.startswith("unknown · committed by Ada · ")
    (told,) = editor.client.messages
    assert told.type == types.MessageType.Warning
    assert told.message.startswith("byline: byline.hover.unknown ignored")
    for settings in (
        {"byline": {"codeLens": {"enabled": False}, "hover": {"unknown": 7}}},
        None,
        {"byline": None},
        {"other": 1},
    ):
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=settings))
    assert await editor.lens(uri) is None
    assert len(editor.client.messages) == 1


async def test_nothing_is_read_in_an_untrusted_folder(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await connect("vscode", options={"trusted": False})
    uri = editor.open(file)
    assert await editor.hover(uri, 0) is None
    assert await editor.lens(uri) is None
    trust = types.DidChangeConfigurationParams(settings={"byline": {"trusted": True}})
    editor.client.workspace_did_change_configuration(trust)
    await editor.until(lambda: _some(editor.hover(uri, 0)))


async def _owned(editor: Editor, uri: str, owners: list[str]) -> bool:
    return [each.owner for each in (await editor.attribution(uri)).ranges] == owners


async def _any(values: list[str]) -> bool:
    return bool(values)


async def _some(answer: object) -> bool:
    return await answer is not None  # type: ignore[misc]


async def test_lines_stay_shown_in_a_file_that_is_loaded_again(project: Project, connect: Connect) -> None:
    file = project.agent_writes("client.py", "one = 1\n")
    editor = await connect("neovim")
    uri = editor.open(file)
    await editor.run("byline.showAiLines", uri)
    assert len(await editor.hints(uri)) == 1
    editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    uri = editor.open(file)
    assert len(await editor.hints(uri)) == 1
    assert (await editor.attribution(uri)).shown
