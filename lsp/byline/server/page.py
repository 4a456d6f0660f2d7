"""The addresses of pages, and what of a page fits into a message."""

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePath
from urllib.parse import quote, unquote, urlsplit

from platformdirs import user_cache_path

from byline.server.words import bare

SCHEME = "byline"
_ENDS = {"session": ".md", "file": ".md", "change": ".diff"}


def session_uri(id: str, worktree: Path | None = None) -> str:
    """The address of a session's page. `worktree`: whose session, where several open ones know one of that id."""
    return f"{SCHEME}:/session/{quote(id, safe='')}.md" + (f"?{quote(str(worktree), safe='')}" if worktree else "")


def file_uri(document: str) -> str:
    """The address of the page with the sessions of the file `document`, itself a URI."""
    return f"{SCHEME}:/file/{quote(document, safe='')}.md"


def change_uri(name: str) -> str:
    """The address of the diff that `changes.name_of` names."""
    return f"{SCHEME}:/change/{quote(name, safe='')}.diff"


def read_uri(uri: str) -> tuple[str, str] | None:
    """`session`, `file` or `change` and what it names; None for an address that is not byline's."""
    parts = urlsplit(uri)
    # a client may have decoded the escaped name: what follows the first word is the name, slashes and all
    kind, _, name = parts.path.lstrip("/").partition("/")
    if parts.scheme != SCHEME or kind not in _ENDS or not name:
        return None
    return kind, unquote(name).removesuffix(_ENDS[kind])


def worktree_of(uri: str) -> Path | None:
    """The worktree that an address names."""
    given = unquote(urlsplit(uri).query)
    return Path(given) if given else None


def page_path(uri: str, env: Mapping[str, str]) -> Path:
    """The file in the user's cache folder that a page is rendered into."""
    given = env.get("BYLINE_CACHE_DIR")
    folder = (Path(given) if given else user_cache_path("byline")) / "pages"
    return (
        folder
        / f"{hashlib.sha256(uri.encode('utf-8', 'replace')).hexdigest()[:16]}{PurePath(urlsplit(uri).path).suffix}"
    )


def summary(text: str, rows: int = 12) -> str:
    """The first rows of a page as plain words, for a client that can only show a message."""
    kept = [bare(row.lstrip("#> ")) for row in text.splitlines() if row.strip()]
    return "\n".join(kept[:rows])
