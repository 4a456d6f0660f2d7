"""What all pages are written with: times that do not change while one looks, quotes, lists, links."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from byline.server.words import Style, clean, cut, short_id
from byline.sessions.shortids import ShortIds

PATH = 300


def _nowhere(kind: str, name: str) -> str | None:
    return None


class Sheet(NamedTuple):
    """How the text of a page is written, and where its links lead."""

    style: Style = Style(markdown=True)
    address: Callable[[str, str], str | None] = _nowhere
    """The percent-encoded address of a `session` by its id or of a `file` by its path; None: no link."""
    among: ShortIds = ShortIds()
    """All sessions there are, from which the beginning of an id has to tell one."""

    def session(self, id: str, words: str | None = None) -> str:
        """The session's name, as a link to its page."""
        return self._link(self.style.code(words or short_id(id, self.among)), self.address("session", id))

    def file(self, path: str) -> str:
        """A file's path, as a link to the file."""
        return self._link(self.style.code(cut(clean(path), PATH)), self.address("file", path))

    def quoted(self, text: str) -> str:
        """Words of a person or an agent, all of them, as a quote."""
        rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return "\n".join(f"> {self.style.text(row)}  " if row.strip() else ">" for row in rows)

    def _link(self, label: str, target: str | None) -> str:
        return f"[{label}]({target})" if target else label


SHEET = Sheet()


def moment(at: int | None) -> str | None:
    """Nanoseconds since 1970 as a date and a time; None without one."""
    if not at:
        return None
    try:
        return datetime.fromtimestamp(at / 1e9, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return None


def listed(title: str, rows: Iterable[str]) -> list[str]:
    """A heading and a list; nothing where the list is empty."""
    found = [f"- {row}" for row in rows]
    return [f"## {title}", "\n".join(found)] if found else []
