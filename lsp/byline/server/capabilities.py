"""What the client at the other end can do. Nothing is asked of a client that did not offer it."""

from typing import NamedTuple

from lsprotocol import types


class Client(NamedTuple):
    """The offers that byline makes use of; all off until a client says otherwise."""

    name: str | None = None
    hover_markdown: bool = False
    lens_refresh: bool = False
    hints: bool = False
    hint_refresh: bool = False
    action_literals: bool = False
    show_document: bool = False
    content_documents: bool = False
    """`workspace/textDocumentContent`, registered dynamically."""
    configuration: bool = False
    configuration_changes: bool = False
    progress: bool = False

    @property
    def renders_pages(self) -> bool:
        """Whether somebody draws the markdown of pages; where it is read as it is, escapes would stand in the way."""
        return self.hover_markdown and (self.name or "").lower() != "neovim"

    @property
    def shows_hints(self) -> bool:
        """Whether inlay hints appear and vanish when byline says so."""
        return self.hints and self.hint_refresh


def read_client(params: types.InitializeParams) -> Client:
    """The client's offers; a part that is missing or null is not offered."""
    text = params.capabilities.text_document or types.TextDocumentClientCapabilities()
    space = params.capabilities.workspace or types.WorkspaceClientCapabilities()
    window = params.capabilities.window or types.WindowClientCapabilities()
    formats = (text.hover.content_format if text.hover else None) or []
    known = [form for form in formats if form in (types.MarkupKind.Markdown, types.MarkupKind.PlainText)]
    return Client(
        name=params.client_info.name if params.client_info else None,
        hover_markdown=bool(known) and known[0] == types.MarkupKind.Markdown,
        lens_refresh=bool(space.code_lens and space.code_lens.refresh_support),
        hints=text.inlay_hint is not None,
        hint_refresh=bool(space.inlay_hint and space.inlay_hint.refresh_support),
        action_literals=bool(text.code_action and text.code_action.code_action_literal_support),
        show_document=bool(window.show_document and window.show_document.support),
        content_documents=bool(space.text_document_content and space.text_document_content.dynamic_registration),
        configuration=bool(space.configuration),
        configuration_changes=bool(
            space.did_change_configuration and space.did_change_configuration.dynamic_registration
        ),
        progress=bool(window.work_done_progress),
    )
