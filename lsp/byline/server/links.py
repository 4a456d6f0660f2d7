"""Where the links of a page lead: to pages and files, in the addresses that the client can open."""

from collections.abc import Mapping
from pathlib import Path

from byline.server.capabilities import Client
from byline.server.page import page_path, session_uri
from byline.server.pagewords import Sheet
from byline.server.words import Style


class Links:
    """The addresses for one client. `sessions`: those that were linked to, whose pages are to be there then."""

    def __init__(self, client: Client, env: Mapping[str, str]) -> None:
        self._client = client
        self._env = env
        self.sessions: dict[str, None] = {}

    def sheet(self, root: Path | None) -> Sheet:
        """A page about files below `root`; without one their paths are absolute."""

        def address(kind: str, name: str) -> str | None:
            if not self._client.show_document:
                return None
            return self._session(name) if kind == "session" else _file(root, name)

        return Sheet(Style(markdown=True, rendered=self._client.renders_pages), address)

    def _session(self, id: str) -> str:
        self.sessions[id] = None
        uri = session_uri(id)
        return uri if self._client.content_documents else page_path(uri, self._env).as_uri()


def _file(root: Path | None, name: str) -> str | None:
    try:
        path = root / name if root else Path(name)
        inside = path.is_absolute() and (root is None or path.resolve().is_relative_to(root.resolve()))
        return path.as_uri() if inside and path.is_file() else None
    except (OSError, ValueError):
        return None  # a name that no file can have
