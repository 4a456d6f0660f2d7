"""Changes to JSON text that leave every byte outside the change alone.

`add` puts a member or an element last in its container, in the manner of what is there (indentation, line ends,
blanks after commas, on one line or many); `replace` exchanges one value; `remove` takes one out with the comma and
the blanks that belonged to it. All take a path of keys and positions from the root.
"""

import json
import re
from collections.abc import Sequence

from byline.cli.install.spans import Span, parse, without_comments

Path = Sequence[str | int]


def find(text: str, path: Path) -> Span | None:
    """The value at `path`, None where there is none."""
    span: Span | None = parse(text)
    for step in path:
        if span is None:
            return None
        if isinstance(step, str):
            span = span.members.get(step)
        else:
            span = span.items[step] if isinstance(span.value, list) and step < len(span.items) else None
    return span


def add(text: str, path: Path, value: object, key: str | None = None) -> str:
    """`text` with `value` last in the container at `path`, which must exist; `key` names it in an object."""
    root = parse(text)
    container = find(text, path)
    assert container is not None
    if container.items and not _is_spread(text, container):
        shown = _member(key, _inline(value, text), _colon(text))
        return _splice(text, container.items[-1].end, _comma(text, container) + shown)
    newline = "\r\n" if "\r\n" in text else "\n"
    unit = _unit(text, root)
    if container.items:
        outer = _indent(text, container.items[0].start)
        shown = _member(key, _spread(value, outer, unit, newline), _colon(text))
        end = container.items[-1].end
        with_comma = _splice(text, end, ",")
        return _splice(with_comma, _after_remarks(with_comma, end + 1), f"{newline}{outer}{shown}")
    if root.items and not _is_spread(text, root):
        return _splice(text, container.start + 1, _member(key, _inline(value, text), _colon(text)))
    outer = _indent(text, container.start)
    shown = _member(key, _spread(value, outer + unit, unit, newline), ": ")
    tail = "" if "\n" in text[container.start : container.end] else newline + outer
    return _splice(text, container.start + 1, f"{newline}{outer}{unit}{shown}{tail}")


def replace(text: str, path: Path, value: object) -> str:
    """`text` with the value at `path`, which must exist, exchanged for `value`."""
    span = find(text, path)
    assert span is not None
    newline = "\r\n" if "\r\n" in text else "\n"
    if "\n" in text[span.start : span.end]:
        shown = _spread(value, _indent(text, span.start), _unit(text, parse(text)), newline)
    else:
        shown = _inline(value, text)
    return text[: span.start] + shown + text[span.end :]


def remove(text: str, path: Path) -> str:
    """`text` without the value at `path` (in an object: without the member), which must exist."""
    container = find(text, path[:-1])
    assert container is not None
    step = path[-1]
    if isinstance(step, str):
        end = container.members[step].end
        place = next(place for place, item in enumerate(container.items) if item.end == end)
    else:
        place = step
    item = container.items[place]
    bare = without_comments(text)
    if place > 0:
        end = container.items[place - 1].end
        comma = bare.rindex(",", end, item.start)
        start = _before_blanks(text, item.start, comma + 1)
        if text[comma + 1 : start].strip() and place + 1 < len(container.items):
            # A comment to the end of the line would swallow the next comma: this one stays, that one goes.
            next_comma = bare.index(",", item.end)
            return text[:start] + text[item.end : next_comma] + text[next_comma + 1 :]
        between = text[end:comma].strip(" \t")  # a comment, or nothing
        return text[:end] + (text[end:comma] if between else "") + text[comma + 1 : start] + text[item.end :]
    if len(container.items) > 1:
        comma = bare.index(",", item.end)
        after = comma + 1 + len(text[comma + 1 :]) - len(text[comma + 1 :].lstrip(" \t\r\n"))
        return text[: item.start] + text[item.end : comma] + text[after:]
    start = _before_blanks(text, item.start, container.start + 1)
    left = text[container.start + 1 : start] + text[item.end : container.end - 1]
    return text[: container.start + 1] + (left if left.strip() else "") + text[container.end - 1 :]


def _splice(text: str, at: int, new: str) -> str:
    return text[:at] + new + text[at:]


def _before_blanks(text: str, at: int, least: int) -> int:
    while at > least and text[at - 1] in " \t\r\n":
        at -= 1
    return at


def _after_remarks(text: str, at: int) -> int:
    """Past comments that follow on the same line: they belong to the value before them."""
    match = re.compile(r"(?:[ \t]*/\*[^\r\n]*?\*/)*(?:[ \t]*//[^\r\n]*)?").match(text, at)
    return match.end() if match else at


def _is_spread(text: str, container: Span) -> bool:
    """Whether the container's elements stand on lines of their own."""
    return "\n" in text[container.start : container.items[0].start]


def _indent(text: str, at: int) -> str:
    """The blanks that begin the line which `at` lies on."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))].lstrip("\ufeff")


def _unit(text: str, root: Span) -> str:
    """One step of indentation: the root's own; two blanks where it shows none."""
    if root.items and _is_spread(text, root):
        return _indent(text, root.items[0].start) or "  "
    return "  "


def _colon(text: str) -> str:
    """How the text writes the colon of a member."""
    found = re.search(r'"(\s*:[ \t]*)[\["{tfn\d-]', without_comments(text))
    return found.group(1) if found else ": "


def _comma(text: str, container: Span) -> str:
    if len(container.items) > 1:
        between = without_comments(text)[container.items[0].end : container.items[1].start]
        return between if between.count(",") == 1 and "\n" not in between else ", "
    return "," if _colon(text) == ":" else ", "


def _member(key: str | None, shown: str, colon: str) -> str:
    return shown if key is None else json.dumps(key, ensure_ascii=False) + colon + shown


def _inline(value: object, text: str) -> str:
    tight = _colon(text) == ":"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":") if tight else (", ", ": "))


def _spread(value: object, outer: str, unit: str, newline: str) -> str:
    lines = json.dumps(value, ensure_ascii=False, indent=unit).split("\n")
    return (newline + outer).join(lines)
