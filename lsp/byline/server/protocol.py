"""The wire: what byline does differently from the protocol library.

Text synchronisation is byline's own, because the library splits lines at characters that are no line ends for an
editor (form feed, U+2028, ...) and joins the whole text at every keystroke. A message that cannot be understood is
answered, never a reason for a pop-up.
"""

import logging
from collections.abc import Generator
from typing import Any

from cattrs import Converter
from lsprotocol import converters, types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage, LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

log = logging.getLogger(__name__)

IGNORED = "$/ignored"
MOST = 2**31 - 1
"""The largest number of a position."""


def converter() -> Converter:
    """Custom messages keep their parameters as plain JSON values."""
    made = converters.get_converter()
    for message in (JsonRPCRequestMessage, JsonRPCResponseMessage, JsonRPCNotification):
        made.register_structure_hook(message, _untyped)
    return made


def _untyped(data: dict[str, Any], cls: type[Any]) -> Any:
    known = ("id", "method", "jsonrpc", "params", "result")
    fields = {name: data.get(name) for name in known if name in cls.__annotations__}
    return cls(**fields)


def inside(value: Any, name: str = "") -> Any:
    """A message's parameters with positions that the protocol's numbers can hold.

    A negative character is a line's start; a negative line is no line at all, as one behind the last, but in a range
    the first one.
    """
    if isinstance(value, list):
        return [inside(each, name) for each in value]
    if not isinstance(value, dict):
        return value
    line, character = value.get("line"), value.get("character")
    if isinstance(line, int) and isinstance(character, int):
        nowhere = MOST if name == "position" else 0
        return {**value, "line": nowhere if line < 0 else min(line, MOST), "character": min(max(character, 0), MOST)}
    return {key: inside(each, key) for key, each in value.items()}


class BylineProtocol(LanguageServerProtocol):
    """The library's protocol with byline's own documents."""

    _is_begun = False
    """The client has sent `initialize`."""
    _is_over = False
    """The client has sent `shutdown`; the library notes that only when all of it is done."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message as a value; one that cannot be read is answered here and dropped."""
        if "jsonrpc" not in data or "method" not in data:
            return super().structure_message(data)
        if str(data["method"]).startswith("textDocument/"):
            data = {**data, "params": inside(data.get("params"))}
        try:
            return super().structure_message(data)
        except Exception as problem:
            if data.get("params", "") is None:
                return self.structure_message({**data, "params": {}})
            log.warning("%s has parameters that cannot be read: %r", data["method"], problem.__cause__)
            if "id" in data:
                refusal = self._refusal(str(data["method"]), is_request=True) or JsonRpcInvalidParams()
                self._send_response(data["id"], error=refusal.to_response_error())
            return JsonRPCNotification(method=IGNORED, jsonrpc="2.0", params=None)

    def handle_message(self, message: Any) -> None:
        """Hands a message to its handler, if it comes at its time."""
        method, is_request = getattr(message, "method", None), hasattr(message, "id")
        if method == IGNORED:
            return
        if method is not None and (refusal := self._refusal(method, is_request=is_request)) is not None:
            log.warning("%s: %s", method, refusal)
            if is_request:
                self._send_response(message.id, error=refusal.to_response_error())
            return
        self._is_begun = self._is_begun or method == types.INITIALIZE
        self._is_over = self._is_over or method == types.SHUTDOWN
        super().handle_message(message)

    def _refusal(self, method: str, *, is_request: bool) -> JsonRpcException | None:
        """What is wrong with the time at which a message comes.

        Before `initialize` nothing is known of the client, not even whether its folder is trusted. A notification may
        still come while `shutdown` is worked on: that may be a last save.
        """
        if not self._is_begun and method not in (types.INITIALIZE, types.EXIT):
            return JsonRpcServerNotInitialized("byline is still starting: `initialize` comes first")
        if self._is_over and is_request:
            return JsonRpcInvalidRequest("byline is ending: nothing is answered after `shutdown`")
        if self._is_begun and method == types.INITIALIZE:
            return JsonRpcInvalidRequest("`initialize` is sent once")
        return None

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """The client needs nothing more: what is not answered yet is given up.

        The library walks over the requests while they leave the table, which made an error of the answer.
        """
        if (handler := self.fm.features.get(types.SHUTDOWN)) is not None:
            yield handler, args, None
        own = self.msg_id
        for id, future in list(self._request_futures.items()):
            if id != own and not future.done():
                future.cancel()
        self._shutdown = True

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """A document was opened."""
        self._server.did_open(params)  # type: ignore[attr-defined]

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """A document was edited."""
        self._server.did_change(params)  # type: ignore[attr-defined]

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """A document was closed."""
        self._server.did_close(params)  # type: ignore[attr-defined]
