"""Clients by what they really offer: the toggle works by the route each has; nothing else is asked of them."""

import asyncio
from typing import Any

import pytest
from lsprotocol import converters, types
from pytest_lsp import ClientServerConfig, LanguageClient

from e2e.server.conftest import SERVER, Editor, Project, _listen

pytestmark = pytest.mark.asyncio
AGENT = "import time\n\ndef get():\n    return 1\n"
LITERALS = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor", "source"]}}}
MARKDOWN = {"contentFormat": ["markdown", "plaintext"]}
CLIENTS: dict[str, dict[str, Any]] = {
    # no code lens, hints that are never asked for again, commands from a prompt
    "helix": {
        "general": {"positionEncodings": ["utf-8", "utf-32", "utf-16"]},
        "window": {"workDoneProgress": True, "showDocument": {"support": True}},
        "workspace": {
            "configuration": True,
            "executeCommand": {"dynamicRegistration": False},
            "inlayHint": {"refreshSupport": False},
            "didChangeConfiguration": {"dynamicRegistration": False},
            "didChangeWatchedFiles": {"dynamicRegistration": True},
        },
        "textDocument": {
            "hover": {"contentFormat": ["markdown"]},
            "codeAction": LITERALS,
            "inlayHint": {"dynamicRegistration": False},
            "publishDiagnostics": {"versionSupport": True},
        },
    },
    # one server a buffer, neither lens nor hints, plain text without markdown-mode
    "eglot": {
        "workspace": {"executeCommand": {"dynamicRegistration": False}, "configuration": True},
        "textDocument": {
            "hover": {"contentFormat": ["plaintext"]},
            "codeAction": LITERALS,
            "publishDiagnostics": {"relatedInformation": False},
        },
    },
    # lens from a picker, no refresh, no showDocument
    "vim-lsp": {
        "workspace": {"configuration": True, "applyEdit": True, "workspaceFolders": True},
        "textDocument": {
            "hover": {"contentFormat": ["plaintext", "markdown"]},
            "codeAction": LITERALS,
            "codeLens": {"dynamicRegistration": False},
            "inlayHint": {"dynamicRegistration": False},
        },
    },
    "zed": {
        "general": {"positionEncodings": ["utf-16"]},
        "window": {"workDoneProgress": True},
        "workspace": {
            "configuration": True,
            "codeLens": {"refreshSupport": True},
            "inlayHint": {"refreshSupport": True},
            "didChangeConfiguration": {"dynamicRegistration": True},
        },
        "textDocument": {
            "hover": MARKDOWN,
            "codeAction": LITERALS,
            "codeLens": {"dynamicRegistration": False},
            "inlayHint": {"dynamicRegistration": False},
        },
    },
}
DRAWN_BY = {"helix": "diagnostics", "eglot": "diagnostics", "vim-lsp": "diagnostics", "zed": "hints"}


class Asked(Editor):
    """A client that remembers every request of the server's."""

    def __init__(self, client: LanguageClient) -> None:
        super().__init__(client)
        self.requests: list[str] = []


async def start(name: str, project: Project) -> Asked:
    client = await ClientServerConfig(SERVER).start()
    assert isinstance(client, LanguageClient)
    editor = Asked(client)
    _listen(editor)
    handle: Any = client.protocol._handle_request

    def remember(id: Any, method: str, params: Any) -> Any:
        editor.requests.append(method)
        return handle(id, method, params)

    client.protocol._handle_request = remember  # type: ignore[method-assign]
    known = converters.get_converter().structure(CLIENTS[name], types.ClientCapabilities)
    result = await client.initialize_session(
        types.InitializeParams(capabilities=known, root_uri=project.path.as_uri(), process_id=None)
    )
    editor.offered = result.capabilities
    return editor


@pytest.mark.parametrize("name", sorted(CLIENTS))
async def test_ai_lines_by_the_route_each_has(name: str, project: Project) -> None:
    file = project.agent_writes("client.py", AGENT)
    editor = await start(name, project)
    try:
        uri = editor.open(file)
        text = await editor.hover(uri, 0)
        assert text is not None and text.startswith("claude · sonnet-4.5")
        assert ("`" in text) is (name in ("helix", "zed")), "plain words where a client takes only those"
        (toggle, *_) = [
            each for each in await editor.actions(uri, 0, ["source.byline"]) if "AI lines" in each["title"]
        ]
        command = toggle["command"]
        await editor.run(command["command"], *command["arguments"])
        await asyncio.sleep(0.1)
        assert len(await _shown(editor, uri, name)) == 1
        await editor.run("byline.showAiLines")
        await asyncio.sleep(0.1)
        assert await _shown(editor, uri, name) == [], "a palette sends no arguments"
        page = await editor.run("byline.showSession", uri, 0)
        assert page["shown"] == ("document" if name == "helix" else "message")
        allowed = {
            "helix": {"workspace/configuration", "window/showDocument"},
            "eglot": {"workspace/configuration"},
            "vim-lsp": {"workspace/configuration"},
            "zed": {
                "workspace/configuration",
                "client/registerCapability",
                "workspace/codeLens/refresh",
                "workspace/inlayHint/refresh",
            },
        }
        assert set(editor.requests) <= allowed[name]
    finally:
        await editor.client.shutdown_session()


async def _shown(editor: Asked, uri: str, name: str) -> list[Any]:
    if DRAWN_BY[name] == "hints":
        return list(await editor.hints(uri))
    return list(editor.client.diagnostics.get(uri, []))
