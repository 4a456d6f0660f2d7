"""Words of strangers in Markdown that a code host renders: nothing of them becomes markup, HTML, a link or a mention.

A backslash is not enough: hosts look for `@name`, `#12` and addresses in the finished page. A word joiner, which has
no width and no meaning, stands behind the sign that would begin one.
"""

import re

from byline.cli.terminal import clean, shorten

_JOINER = "\u2060"
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKUP = re.compile(r"[\\`*_\[\]|~$!]|(?<![^\s])[#+=-](?=\s|$)|(?<=\d)[.)](?=\s|$)")
_FOUND_BY_HOSTS = re.compile(r"[@#](?=[\w/])|:(?=//)|(?<=www)(?=\.)|(?<=GH-)(?=\d)|(?<=mailto:)", re.IGNORECASE)
_PLAIN = re.compile(r"[\w ./+,=()-]+")


def text(words: str, longest: int = 300) -> str:
    """One line of `words`, at most `longest` characters of them."""
    line = shorten(clean(" ".join(words.split())), longest)
    line = _MARKUP.sub(lambda found: "\\" + found[0], line)
    line = "".join(_HTML.get(char, char) for char in line)
    return _FOUND_BY_HOSTS.sub(lambda found: found[0] + _JOINER, line)


def code(words: str, longest: int = 200) -> str:
    """A name, a path or an id, as code."""
    line = shorten(clean(words), longest)
    if _PLAIN.fullmatch(line) and line == line.strip() and "www." not in line.lower():
        return f"`{line}`"
    return f"<code>{text(line, longest)}</code>"


def table(titles: list[str], rows: list[list[str]]) -> list[str]:
    """The lines of a table; numbers stand at the right. Cells are Markdown already."""
    numeric = [all(re.fullmatch(r"[\d,.]*(?: %)?|–", row[place]) for row in rows) for place in range(len(titles))]
    rule = [" ---: " if right else " --- " for right in numeric]
    return [f"| {' | '.join(titles)} |", f"|{'|'.join(rule)}|", *(f"| {' | '.join(row)} |" for row in rows)]
