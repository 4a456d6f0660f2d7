"""The addresses of pages, and what of a page fits into a message."""

from urllib.parse import quote, unquote, urlsplit

SCHEME = "byline"
_ENDS = {"session": ".md", "file": ".md", "change": ".diff"}


def session_uri(id: str) -> str:
    """The address of a session's page."""
    return f"{SCHEME}:/session/{quote(id, safe='')}.md"


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


def summary(text: str, rows: int = 12) -> str:
    """The first rows of a page as plain words, for a client that can only show a message."""
    kept = [row.lstrip("#> ").replace("\\", "") for row in text.splitlines() if row.strip()]
    return "\n".join(kept[:rows])
