"""`-L` of `byline blame`, with the meaning it has for `git blame`. Pure.

`START,END`, `START,+COUNT`, `START,-COUNT`, `START` alone up to the end of the file, `,END` from its beginning;
either may be `/REGEX/`, and `:REGEX` is the function whose first line matches.
"""

import re
from collections.abc import Sequence

from byline.cli.terminal import counted
from byline.errors import BylineError, WrongUsage

_PART = r"(?:\^?/(?:\\.|[^\\/])*/|\d{1,12})"
_SPAN = re.compile(rf"(?P<start>{_PART})?(?P<comma>,(?P<end>[+-]\d{{1,12}}|{_PART})?)?")
_SWAPPED = frozenset("+?|(){}")


def chosen(given: Sequence[str], lines: Sequence[str], name: str) -> list[int]:
    """The 0-based lines of the file `name` that all of `given` name together, ascending; all of them for none.

    Raises WrongUsage for what is no range, BylineError where it lies beyond the end or matches nothing.
    """
    if not given:
        return list(range(len(lines)))
    found: set[int] = set()
    after = 0
    for one in given:
        start, stop = _span(one, lines, name, after)
        found.update(range(start, stop))
        after = stop
    return sorted(found)


def _span(given: str, lines: Sequence[str], name: str, after: int) -> tuple[int, int]:
    """One range, 0-based and half open; a `/REGEX/` is looked for from the line `after`."""
    count = len(lines)
    if given.startswith(":") and len(given) > 1:
        return _function(given[1:], lines, after)
    form = _SPAN.fullmatch(given)
    if form is None or not (form["start"] or form["end"]) or given == "":
        raise WrongUsage(f"-L {given!r} is no range of lines; write 3,9 or 3,+5 or /REGEX/ or :FUNCTION")
    first = _line(form["start"], lines, after, given) if form["start"] else 1
    if form["end"] is None:
        last = count
    elif form["end"][0] in "+-":
        size = int(form["end"][1:])
        if not size:
            raise WrongUsage(f"-L {given!r} names no line: it is empty")
        last = first + size - 1 if form["end"][0] == "+" else first - size + 1
    else:
        last = _line(form["end"], lines, first, given)
    if form["end"] is not None and last < first:
        first, last = max(last, 1), first
    if first > count:
        raise BylineError(f"file {name} has only {counted(count, 'line')}; -L {given} lies beyond")
    return first - 1, min(last, count)


def _line(told: str, lines: Sequence[str], after: int, given: str) -> int:
    """A line's number, from 1."""
    if told.isdigit():
        if int(told) == 0:
            raise WrongUsage(f"-L {given!r}: lines are numbered from 1")
        return int(told)
    begin = 0 if told.startswith("^") else after
    return _search(told.lstrip("^")[1:-1].replace("\\/", "/"), lines, begin) + 1


def _function(regex: str, lines: Sequence[str], after: int) -> tuple[int, int]:
    """From the first line of a function to the line before the next one, told apart as git does by default."""
    heads = [k for k, line in enumerate(lines) if line[:1].isalpha() or line[:1] in ("_", "$")]
    pattern = _compiled(regex)
    start = next((k for k in heads if k >= after and pattern.search(lines[k])), None)
    if start is None:
        raise BylineError(f"-L parameter ':{regex}' starting at line {after + 1}: no match")
    return start, next((k for k in heads if k > start), len(lines))


def _search(regex: str, lines: Sequence[str], after: int) -> int:
    pattern = _compiled(regex)
    for k in range(after, len(lines)):
        if pattern.search(lines[k]):
            return k
    raise BylineError(f"-L parameter '{regex}' starting at line {after + 1}: no match")


def _compiled(regex: str) -> re.Pattern[str]:
    """A basic regular expression, as git takes it: `+ ? | ( ) { }` mean themselves unless a backslash is before."""
    parts: list[str] = []
    for token in re.findall(r"\\.|\[\^?\]?[^\]]{0,200}\]|.", regex, re.DOTALL):
        if token in _SWAPPED:
            parts.append("\\" + token)
        elif token[0] == "\\" and token[1:] in _SWAPPED:
            parts.append(token[1])
        else:
            parts.append(token)
    try:
        return re.compile("".join(parts))
    except re.error as problem:
        raise WrongUsage(f"-L {regex!r} is no regular expression: {problem}") from None
