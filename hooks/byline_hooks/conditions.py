"""Conditions of git's `[includeIf "…"]` that name git's folder: `gitdir:` and `gitdir/i:`. No other ever holds.

Imported only when a config file has such a section. Classes with names (`[[:digit:]]`) are not known.
"""

from byline_hooks import system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    Letter = tuple[bool, list[tuple[str, str]]]
    """Whether all but these are meant, and the first and last of each range."""

_STAR = None


def holds(condition: str, file: str, home: str, git_dirs: "Sequence[str]") -> bool:
    """Whether git would read the file that such a section in the config file `file` names.

    `git_dirs`: what git's folder may be called, without symbolic links and as git was started; none outside a
    repository.
    """
    kind, colon, pattern = condition.partition(":")
    if not colon or kind not in ("gitdir", "gitdir/i") or not git_dirs or (pattern.startswith("~/") and not home):
        return False
    literal = ""
    if pattern.startswith("~/"):
        pattern = system.realpath(home).rstrip("/") + pattern[1:]
    elif pattern.startswith("./"):
        literal, pattern = system.parent(system.realpath(file)).rstrip("/"), pattern[1:]
    elif not system.is_absolute(pattern):
        pattern = f"**/{pattern}"
    parts = _bytes(f"{pattern}**" if pattern.endswith("/") else pattern, kind).split("/")
    if _is_any(parts[-1]):
        parts += ["*"]  # what is in the folder, not the folder itself
    literal = _bytes(literal, kind)
    named = [_bytes(folder, kind) for folder in git_dirs]
    wanted = [_STAR if _is_any(part) else _letters(part) for part in parts]
    return any(
        _fits(wanted, folder[len(literal) :].split("/"), _part) for folder in named if folder.startswith(literal)
    )


def _is_any(part: str) -> bool:
    """Whether it stands for any number of folders."""
    return len(part) > 1 and not part.strip("*")


def _bytes(text: str, kind: str) -> str:
    """One character for each byte, which is what git compares; of letters only those of ASCII lose their case."""
    data = text.encode("utf-8", "surrogateescape")
    return (data.lower() if kind == "gitdir/i" else data).decode("latin-1")


def _fits(wanted: "Sequence[Any]", found: "Sequence[str]", fits: "Callable[[Any, str], bool]") -> bool:
    """Whether each of `found` fits one of `wanted`, in order; a star stands for any number of them."""
    at = place = 0
    star: tuple[int, int] | None = None
    while place < len(found):
        if at < len(wanted) and wanted[at] is _STAR:
            at += 1
            star = at, place
        elif at < len(wanted) and fits(wanted[at], found[place]):
            at += 1
            place += 1
        elif star is not None:  # only the last star has to take one more: an earlier one gains nothing by it
            star = star[0], star[1] + 1
            at, place = star
        else:
            return False
    return all(one is _STAR for one in wanted[at:])


def _part(wanted: "Sequence[Letter | None]", found: str) -> bool:
    return _fits(wanted, found, _letter)


def _letter(wanted: "Letter", found: str) -> bool:
    is_not, ranges = wanted
    return any(low <= found <= high for low, high in ranges) is not is_not


def _letters(part: str) -> "list[Letter | None]":
    """The pattern of one name: `*`, `?`, `[a-z]`, `[!a]` and `\\` before a letter that means itself."""
    found: list[Letter | None] = []
    at = 0
    while at < len(part):
        letter = part[at]
        at += 1
        if letter == "*":
            found.append(_STAR)
        elif letter == "?":
            found.append((True, []))
        elif letter == "[":
            one, at = _class(part, at)
            found.append(one)
        else:
            if letter == "\\" and at < len(part):
                letter = part[at]
                at += 1
            found.append((False, [(letter, letter)]))
    return found


def _class(part: str, at: int) -> "tuple[Letter, int]":
    """The letters between brackets, from behind the first, and where they end; no letter where they never do."""
    is_not = part[at : at + 1] in ("!", "^") and at < len(part)
    at += is_not
    ranges: list[tuple[str, str]] = []
    first = at
    while at < len(part) and (part[at] != "]" or at == first):
        low, at = _plain(part, at)
        high = low
        if part[at : at + 1] == "-" and part[at + 1 : at + 2] not in ("", "]"):
            high, at = _plain(part, at + 1)
        ranges.append((low, high))
    return ((is_not, ranges), at + 1) if at < len(part) else ((False, []), at)


def _plain(part: str, at: int) -> tuple[str, int]:
    at += part[at] == "\\" and at + 1 < len(part)
    return part[at], at + 1
