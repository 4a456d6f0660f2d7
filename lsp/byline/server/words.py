"""Words for people: text that strangers wrote made harmless, times, names of models.

A prompt is untrusted text: it may hold markdown, HTML, links, terminal codes or characters that reorder a line.
"""

import re
import unicodedata

from byline.sessions.shortids import ShortIds

_ALONE = ShortIds()
_ID_SIZE = 12
_MARKDOWN = re.compile(
    r"[\\`*\[\]<>|~$#]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # within a word an underscore is one
    r"|&(?=[#\w])|!(?=\[)|\^(?=\[)|^[=+-]|==|\{(?=[{%])"
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LINK = re.compile(r"(?<![\\])\[((?:\\.|[^\[\]\\])*)\]\((?:byline|file):[^()\s]*\)")
_LINKS = re.compile(r":(?=//)|(?<=www)\.|@", re.IGNORECASE)
_JOINERS = {"\u200c", "\u200d"}
_DATE = re.compile(r"[-@]20\d{6}$")
_VERSION = re.compile(r"-(\d)-(\d{1,2})(?=$|-)")


def clean(text: str) -> str:
    """One line of visible characters: white space collapsed; controls, bidirectional marks and tags dropped."""
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if category in {"Zl", "Zp", "Zs"} or char in "\t\n\v\f\r\x85":
            kept.append(" ")
        elif category not in {"Cc", "Cf", "Cs", "Cn"} or char in _JOINERS:
            kept.append(char)
    return " ".join("".join(kept).split())


def cut(text: str, size: int) -> str:
    """At most `size` characters, the last one an ellipsis when something is missing."""
    return text if len(text) <= size else text[: size - 1].rstrip() + "…"


def escape(text: str) -> str:
    """Text that no markdown reader takes for markup, HTML or a link."""
    return _LINKS.sub(lambda found: "\\" + found[0], _MARKDOWN.sub(lambda found: "\\" + found[0], text))


def bare(text: str) -> str:
    """A page's markdown without what only a renderer needs: escapes, and where links lead."""
    return _ESCAPED.sub(r"\1", _LINK.sub(r"\1", text))


def code(text: str) -> str:
    """A cleaned text as inline code."""
    return f"`{clean(text).replace('`', chr(39))}`"


def ago(at: int | None, now: int) -> str | None:
    """`3 h ago` for a time in nanoseconds; None without one, `just now` for one that lies ahead."""
    if at is None:
        return None
    seconds = (now - at) / 1e9
    if seconds < 60:
        return "just now"
    for size, limit, name in (
        (60, 3600, "min"),
        (3600, 86400, "h"),
        (86400, 86400 * 60, "d"),
        (2629800, 31557600, "mo"),
    ):
        if seconds < limit:
            return f"{int(seconds // size)} {name} ago"
    return f"{int(seconds // 31557600)} y ago"


def short_model(model: str | None, agent: str | None) -> str | None:
    """`sonnet-4.5` for claude's `claude-sonnet-4-5-20250929`: the agent's name, vendor path and date add nothing."""
    if not model:
        return None
    name = _DATE.sub("", clean(model).rsplit("/", 1)[-1])
    if agent and name.lower().startswith(agent.lower() + "-"):
        name = name[len(agent) + 1 :]
    return cut(_VERSION.sub(r"-\1.\2", name), 40) or None


def short_id(id: str, among: ShortIds | None = None) -> str:
    """The part of an id that people use: enough of it to tell it from those it is `among`."""
    head, slash, rest = clean(id).partition("/")
    first, second = (among or _ALONE).sizes(id, _ID_SIZE, _ID_SIZE)
    return cut(head, first + 1) + (slash + cut(rest, second + 1) if slash else "")


class Style:
    """How a client wants text: markdown or plain; `rendered`: whether anybody draws the markdown."""

    def __init__(self, *, markdown: bool, rendered: bool = True) -> None:
        self.markdown = markdown
        self.rendered = rendered

    def text(self, words: str) -> str:
        """Words of strangers, made harmless."""
        return escape(clean(words)) if self.markdown and self.rendered else clean(words)

    def code(self, words: str) -> str:
        """An id, a path or a name."""
        return code(words) if self.markdown else clean(words)

    def rows(self, rows: list[str]) -> str:
        """One below the other."""
        return "\n".join(f"- {row}" if self.markdown else row for row in rows)
