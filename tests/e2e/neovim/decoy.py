"""The user's other language server: it answers hover and has a code lens of its own."""

from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("decoy", "1")


@server.feature(types.TEXT_DOCUMENT_HOVER)
def hover(params: types.HoverParams) -> types.Hover:
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "a type, says the decoy"))


@server.feature(types.TEXT_DOCUMENT_CODE_LENS)
def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
    top = types.Range(types.Position(0, 0), types.Position(0, 0))
    return [types.CodeLens(top, types.Command(title="decoy lens", command="decoy.run"))]


@server.command("decoy.run")
def run(*_given: object) -> None:
    return None


if __name__ == "__main__":
    server.start_io()
