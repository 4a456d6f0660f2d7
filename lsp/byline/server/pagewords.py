"""What all pages are written with: times that do not change while one looks, quotes, lists."""

from collections.abc import Iterable
from datetime import UTC, datetime

from byline.server.words import Style

STYLE = Style(markdown=True)


def moment(at: int | None) -> str | None:
    """Nanoseconds since 1970 as a date and a time; None without one."""
    if not at:
        return None
    try:
        return datetime.fromtimestamp(at / 1e9, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return None


def quoted(text: str) -> str:
    """Words of a person or an agent, all of them, as a quote."""
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(f"> {STYLE.text(row)}  " if row.strip() else ">" for row in rows)


def listed(title: str, rows: Iterable[str]) -> list[str]:
    """A heading and a list; nothing where the list is empty."""
    found = [f"- {row}" for row in rows]
    return [f"## {title}", "\n".join(found)] if found else []
