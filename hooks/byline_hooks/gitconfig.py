"""Git settings read without starting git. Imported only when a config file has a word of ours in it.

`include.path` is followed; `includeIf` where its condition names git's folder (`conditions.py`).
"""

from byline_hooks import system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DEEPEST_INCLUDE = 5
_MOST_INCLUDES = 40
"""Files that one file leads to, whatever it says: each may name many more."""
_MOST_CONDITIONS = 1 << 16
"""Characters of all conditions in them: comparing takes time for each."""
_LARGEST = 1 << 20


class Surroundings:
    """What a file that is read may refer to, and how much of what it refers to was read."""

    __slots__ = ("compared", "files", "git_dirs", "home")

    def __init__(self, home: str = "", git_dirs: "Sequence[str]" = ()) -> None:
        """`home`: "" for none. `git_dirs`: what git's folder may be called, for `includeIf`."""
        self.home = home
        self.git_dirs = git_dirs
        self.files = self.compared = 0


def settings(data: str) -> list[tuple[str, str]]:
    """`(section.key, value)` of a config file, in order: `section.subsection.key` where there is one, which alone
    keeps its case."""
    found: list[tuple[str, str]] = []
    section = ""
    for line in data.replace("\\\n", "").split("\n"):
        line = line.strip()
        if line.startswith("["):
            section, line = _section(line[1:])
        if not section or not line or line[0] in "#;":
            continue
        key, equals, value = line.partition("=")
        found.append((f"{section}.{key.strip().lower()}", _plain(value) if equals else "true"))
    return found


def _section(line: str) -> tuple[str, str]:
    """The name in brackets, of which the first is left out already, and what follows it on the line."""
    name, quote, rest = line.partition('"')
    if not quote or "]" in name:
        name, _, rest = line.partition("]")
        return name.strip().lower(), rest.strip()
    name = f"{name.strip().lower()}."
    escaped = False
    for position, character in enumerate(rest):
        if escaped or character not in '\\"':
            name += character
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            return name, rest[position:].partition("]")[2].strip()
    return "", ""


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


def lookup(text: str, path: str, key: str, around: Surroundings | None = None, depth: int = 0) -> str | None:
    """The last value of `key` in a config file's `text` and what it includes; `path` is the file's own."""
    around = around or Surroundings()
    lowered = text.lower()
    if key.partition(".")[2] not in lowered and "include" not in lowered:
        return None
    value: str | None = None
    for name, setting in settings(text):
        if name == key:
            value = setting
        elif depth < _DEEPEST_INCLUDE and around.files < _MOST_INCLUDES and _is_read(name, path, around):
            if setting.startswith("~/"):
                setting = around.home + setting[1:]
            included = system.join(system.parent(path), setting)
            around.files += 1
            inner = lookup(read(included), included, key, around, depth + 1)
            value = value if inner is None else inner
    return value


def _is_read(name: str, path: str, around: Surroundings) -> bool:
    """Whether the setting `name` of the file `path` is the name of a file to be read in its place."""
    if name == "include.path":
        return True
    if not name.startswith("includeif.") or not name.endswith(".path"):
        return False
    condition = name[len("includeif.") : -len(".path")]
    around.compared += len(condition)
    if around.compared > _MOST_CONDITIONS:
        return False
    from byline_hooks import conditions

    return conditions.holds(condition, path, around.home, around.git_dirs)


def value(sources: "Iterable[tuple[str, str]]", key: str, around: "Surroundings") -> str | None:
    """What `key` is set to; `sources` are `(path, text)` of config files, the nearest last."""
    found: str | None = None
    for path, text in sources:
        around.files = around.compared = 0
        nearer = lookup(text, path, key, around)
        found = found if nearer is None else nearer
    return found


def is_false(setting: str | None) -> bool:
    """Whether git would read the setting as false; one that is not set is not."""
    return setting is not None and setting.lower() in ("false", "no", "off", "0", "")
