"""A repository with an agent's work in it, and clients that look like real editors."""

import asyncio
import itertools
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import converters, types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from byline_hooks import entry
from gitrepo import Repo

SERVER = [sys.executable, "-m", "byline.cli.main", "lsp", "--stdio"]
PROMPT = "add retry to the client"
SESSION = "0b1c2d3e-aaaa-bbbb-cccc-1234567890ab"
Connect = Callable[..., Awaitable["Editor"]]


def capabilities(profile: str) -> types.ClientCapabilities:
    """What a real editor offers. `vscode`: pytest-lsp's profile of 2022 and what VS Code 1.139 offers besides."""
    if profile == "plain":
        return types.ClientCapabilities()
    if profile == "neovim":
        return client_capabilities("neovim@v0.11.0")
    known = converters.get_converter().unstructure(
        client_capabilities("visual-studio-code"), types.ClientCapabilities
    )
    known["workspace"]["inlayHint"] = {"refreshSupport": True}
    known["workspace"]["codeLens"] = {"refreshSupport": True}
    known["workspace"]["textDocumentContent"] = {"dynamicRegistration": True}
    known["textDocument"]["inlayHint"] = {
        "dynamicRegistration": True,
        "resolveSupport": {
            "properties": ["tooltip", "textEdits", "label.tooltip", "label.location", "label.command"]
        },
    }
    known["window"]["showDocument"] = {"support": True}
    return converters.get_converter().structure(known, types.ClientCapabilities)


class Project:
    """A repository in which an agent writes through the real hook."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.path = repo.path
        self._calls = itertools.count()

    def hook(self, event: str, **fields: Any) -> None:
        """One event of the agent."""
        payload = {
            "v": 1,
            "agent": "claude",
            "session_id": SESSION,
            "event": event,
            "cwd": str(self.path),
            "turn_id": "t1",
            "model": "claude-sonnet-4-5-20250929",
            **fields,
        }
        assert entry.run("generic", json.dumps(payload).encode(), dict(os.environ))

    def agent_writes(self, name: str, text: str, *, prompt: str = PROMPT, **fields: Any) -> Path:
        """A prompt, then the agent's edit of one file."""
        file = self.path / name
        before = file.read_text() if file.exists() else None
        self.hook("prompt", prompt=prompt, **fields)
        call = f"c{next(self._calls)}"  # an event with the id of another is the same call, told twice
        self.hook("pre_write", path=name, call_id=call, **fields)
        self.repo.write(name, text)
        self.hook("write", path=name, call_id=call, tool="Edit", before=before, **fields)
        return file


class Editor:
    """A client with one document's conveniences."""

    def __init__(self, client: LanguageClient) -> None:
        self.client = client
        self.changed: list[str] = []
        self.refreshes: list[tuple[str, float]] = []
        self.registered: list[str] = []
        self.offered = types.ServerCapabilities()
        self.version = 1

    def open(self, file: Path | str, text: str | None = None) -> str:
        uri = file if isinstance(file, str) else file.as_uri()
        if text is None:
            assert isinstance(file, Path)
            text = file.read_bytes().decode()
        item = types.TextDocumentItem(uri=uri, language_id="python", version=1, text=text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri: str, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        self.version += 1
        event = types.TextDocumentContentChangePartial(
            range=types.Range(types.Position(*start), types.Position(*end)), text=text
        )
        self._send(uri, event)

    def replace(self, uri: str, text: str) -> None:
        self.version += 1
        self._send(uri, types.TextDocumentContentChangeWholeDocument(text=text))

    def _send(self, uri: str, event: types.TextDocumentContentChangeEvent) -> None:
        identifier = types.VersionedTextDocumentIdentifier(uri=uri, version=self.version)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [event]))

    def save(self, uri: str) -> None:
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))

    async def hover(self, uri: str, line: int) -> str | None:
        params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, 0))
        found = await self.client.text_document_hover_async(params)
        if found is None:
            return None
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value

    async def lens(self, uri: str) -> types.CodeLens | None:
        """The file's lens, resolved."""
        params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
        found = await self.client.text_document_code_lens_async(params)
        if not found:
            return None
        (one,) = found
        assert one.command is None
        return await self.client.code_lens_resolve_async(one)

    async def title(self, uri: str) -> str | None:
        lens = await self.lens(uri)
        return lens.command.title if lens and lens.command else None

    async def hints(self, uri: str, lines: int = 1000) -> list[types.InlayHint]:
        whole = types.Range(types.Position(0, 0), types.Position(lines, 0))
        params = types.InlayHintParams(types.TextDocumentIdentifier(uri), whole)
        return list(await self.client.text_document_inlay_hint_async(params) or [])

    async def actions(self, uri: str, line: int = 0, only: list[str] | None = None) -> list[Any]:
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            types.Range(types.Position(line, 0), types.Position(line, 0)),
            types.CodeActionContext(diagnostics=[], only=only),
        )
        return list(await self.client.text_document_code_action_async(params) or [])

    async def run(self, command: str, *arguments: Any) -> Any:
        params = types.ExecuteCommandParams(command=command, arguments=list(arguments) if arguments else None)
        return await self.client.workspace_execute_command_async(params)

    async def attribution(self, uri: str) -> Any:
        ask: Any = self.client.protocol.send_request_async
        return await ask("byline/attribution", {"uri": uri})

    async def until(self, ask: Callable[[], Awaitable[bool]], seconds: float = 60) -> float:
        """Waits for something to become true; how long that took. Fails when it does not, on the busiest machine."""
        start = time.perf_counter()
        while not await ask():
            assert time.perf_counter() - start < seconds, "it did not become true"
            await asyncio.sleep(0.01)
        return time.perf_counter() - start


@pytest.fixture
def project(repo: Callable[..., Repo]) -> Project:
    """A repository with one commit of a person."""
    made = repo("project")
    made.commit("start", {"client.py": "def get():\n    return 1\n"})
    return Project(made)


@pytest_asyncio.fixture
async def connect(project: Project) -> AsyncIterator[Connect]:
    """Starts servers: `await connect("vscode")`, `"neovim"` or `"plain"`, with initialization options."""
    editors: list[Editor] = []

    async def start(profile: str = "vscode", options: Any = None, settings: Any = None) -> Editor:
        client = await ClientServerConfig(SERVER).start()
        assert isinstance(client, LanguageClient)
        editor = Editor(client)
        _listen(editor)
        if settings is not None:
            client.set_configuration({"byline": settings})
        result = await client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities(profile),
                client_info=types.ClientInfo(name=profile),
                initialization_options=options,
                workspace_folders=[types.WorkspaceFolder(uri=project.path.as_uri(), name="project")],
            )
        )
        editor.offered = result.capabilities
        editors.append(editor)
        return editor

    yield start
    for editor in editors:
        await editor.client.shutdown_session()


def _listen(editor: Editor) -> None:
    client: Any = editor.client
    typed = client.protocol.get_result_type
    # lsprotocol takes a code action that has a command for a bare command: leave that answer untyped
    client.protocol.get_result_type = lambda method: (
        None if method == types.TEXT_DOCUMENT_CODE_ACTION else typed(method)
    )

    def changed(params: Any) -> None:
        editor.changed.append(params.uri)

    def register(params: types.RegistrationParams) -> None:
        editor.registered += [each.method for each in params.registrations]

    def lens_refresh(params: Any) -> None:
        editor.refreshes.append(("lens", time.perf_counter()))

    def hint_refresh(params: Any) -> None:
        editor.refreshes.append(("hints", time.perf_counter()))

    client.feature("byline/changed")(changed)
    client.feature(types.CLIENT_REGISTER_CAPABILITY)(register)
    client.feature(types.WORKSPACE_CODE_LENS_REFRESH)(lens_refresh)
    client.feature(types.WORKSPACE_INLAY_HINT_REFRESH)(hint_refresh)
