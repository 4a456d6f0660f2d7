"""A session, or the sessions of a file, as a page of markdown."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote, unquote, urlsplit

from byline.model import Session
from byline.server.words import Style, ago, clean, cut, short_id, short_model

STYLE = Style(markdown=True)
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


def session_page(session: Session, children: Iterable[Session], now: int) -> str:
    """Everything known of one run of an agent, its prompts in full."""
    model = short_model(session.model, session.agent)
    title = " · ".join(part for part in (session.agent, model, ago(session.first_started_at, now)) if part)
    facts = [
        ("session", STYLE.code(session.id)),
        ("agent", STYLE.text(" ".join(filter(None, (session.agent, session.agent_version))))),
        ("model", STYLE.text(session.model) if session.model else None),
        ("subagent", STYLE.text(session.subagent_type) if session.subagent_type else None),
        ("started by", STYLE.code(session.parent_session_id) if session.parent_session_id else None),
        ("started", _time(session.first_started_at)),
        ("last active", _time(session.last_activity)),
        ("ended", _time(session.ended_at)),
        ("status", session.status),
        ("resumed", f"{session.revival_count} times" if session.revival_count else None),
        ("tool calls", str(session.tool_calls) if session.tool_calls else None),
        ("folder", STYLE.code(session.cwd) if session.cwd else None),
        ("transcript", STYLE.code(session.transcript_path) if session.transcript_path else None),
    ]
    parts = [f"# {STYLE.text(title)}", "\n".join(f"- {name}: {value}" for name, value in facts if value)]
    parts.append("## Prompts" if session.turns else "No prompt of this session is known here.")
    for number, turn in enumerate(session.turns, 1):
        parts += [f"### {number} · {_time(turn.at)}", _quote(turn.prompt)]
    parts += _paths("Files written", session.files_written)
    parts += _paths("Files read", session.files_read)
    found = sorted(children, key=lambda child: child.first_started_at or 0)
    if found:
        parts += ["## Subagents", "\n".join(f"- {_line(child, now)}" for child in found)]
    return "\n\n".join(part for part in parts if part) + "\n"


def file_page(name: str, counted: Sequence[tuple[Session, int]], lines: int, now: int) -> str:
    """The sessions that wrote lines of a file: `counted` has each with its number of lines."""
    parts = [f"# Sessions in {STYLE.text(name)}"]
    if not counted:
        parts.append("No line of this file is known to be an agent's.")
    for session, count in counted:
        parts += [f"## {_line(session, now)}", f"{count} of {lines} lines"]
        parts += [_quote(turn.prompt) for turn in session.turns]
    return "\n\n".join(parts) + "\n"


def summary(text: str, rows: int = 12) -> str:
    """The first rows of a page as plain words, for a client that can only show a message."""
    kept = [row.lstrip("#> ").replace("\\", "") for row in text.splitlines() if row.strip()]
    return "\n".join(kept[:rows])


def _line(session: Session, now: int) -> str:
    kind = f"({session.subagent_type})" if session.subagent_type else None
    parts = (session.agent, kind, short_model(session.model, session.agent), ago(session.first_started_at, now))
    words = " · ".join(clean(part) for part in parts if part)
    return f"{STYLE.text(words)} · {STYLE.code(short_id(session.id))}"


def _quote(text: str) -> str:
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(f"> {STYLE.text(row)}  " if row.strip() else ">" for row in rows)


def _paths(title: str, paths: Sequence[str]) -> list[str]:
    if not paths:
        return []
    return [f"## {title}", "\n".join(f"- {STYLE.code(cut(path, 300))}" for path in paths)]


def _time(at: int | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at / 1e9, UTC).strftime("%Y-%m-%d %H:%M UTC")
