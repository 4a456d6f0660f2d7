"""Git settings read without starting git. Imported only when a config file has a word of ours in it.

`include.path` is followed, `includeIf` is not.
"""

from byline_hooks import system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_DEEPEST_INCLUDE = 5
_MOST_INCLUDES = 40
"""Files that one file leads to, whatever it says: each may name many more."""
_LARGEST = 1 << 20


def settings(data: str) -> list[tuple[str, str]]:
    """`(section.key in lower case, value)` of a config file, in order; subsections are left out."""
    found: list[tuple[str, str]] = []
    section = ""
    for line in data.replace("\\\n", "").split("\n"):
        line = line.strip()
        if line.startswith("["):
            name, _, line = line[1:].partition("]")
            section = "" if '"' in name else name.strip().lower()
            line = line.strip()
        if not section or not line or line[0] in "#;":
            continue
        key, equals, value = line.partition("=")
        found.append((f"{section}.{key.strip().lower()}", _plain(value) if equals else "true"))
    return found


def _plain(value: str) -> str:
    """A value without its quotes and comment."""
    out = ""
    quoted = False
    escaped = False
    for character in value.strip():
        if escaped:
            out += character
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character in "#;" and not quoted:
            return out.rstrip()
        else:
            out += character
    return out


def read(path: str) -> str:
    """A config file's text; "" where there is none."""
    try:
        return system.text(system.read(path, _LARGEST))
    except OSError:
        return ""


def lookup(text: str, path: str, key: str, home: str, depth: int = 0, seen: "list[str] | None" = None) -> str | None:
    """The last value of `key` in a config file's `text` and what it includes; `path` is the file's own."""
    seen = [] if seen is None else seen
    lowered = text.lower()
    if key.partition(".")[2] not in lowered and "include" not in lowered:
        return None
    value: str | None = None
    for name, setting in settings(text):
        if name == key:
            value = setting
        elif name == "include.path" and depth < _DEEPEST_INCLUDE and len(seen) < _MOST_INCLUDES:
            if setting.startswith("~/"):
                setting = home + setting[1:]
            included = system.join(system.parent(path), setting)
            seen.append(included)
            inner = lookup(read(included), included, key, home, depth + 1, seen)
            value = value if inner is None else inner
    return value


def value(sources: "Iterable[tuple[str, str]]", key: str, home: str) -> str | None:
    """What `key` is set to; `sources` are `(path, text)` of config files, the nearest last."""
    found: str | None = None
    for path, text in sources:
        nearer = lookup(text, path, key, home)
        found = found if nearer is None else nearer
    return found


def is_false(setting: str | None) -> bool:
    """Whether git would read the setting as false; one that is not set is not."""
    return setting is not None and setting.lower() in ("false", "no", "off", "0", "")
