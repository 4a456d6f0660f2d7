"""What simple shell commands read: `cat F`, `nl F`, `head -n 5 F`, `sed -n '2,9p' F`. Pure.

For agents that have no tool for reading. Anything with expansions, redirections or unknown options is left alone.
"""

from byline_hooks.observation import as_number

_MOST_WORDS = 64
_STRANGE = "$`*?[]{}()<>~#!\n\\"


def files(command: str) -> list[tuple[str, int | None, int | None]]:
    """The files that `command` prints, each with its first and last line, 1-based; None where that is not said."""
    found: list[tuple[str, int | None, int | None]] = []
    for pipe in _pipes(command):
        whole = _whole(pipe[0])
        if len(pipe) == 1:
            found += [(path, None, None) for path in whole] or _part(pipe[0])
        elif len(pipe) == 2 and len(whole) == 1:  # what else a pipe leaves of a file is not known
            found += _part([*pipe[1], *whole])
    return found


def _whole(words: list[str]) -> list[str]:
    """The files of which `cat` and `nl` print all."""
    if words and words[0].rpartition("/")[2] in ("cat", "nl"):
        return _plain(words[1:], ("-n", "-ba", "-A"))
    return []


def _part(words: list[str]) -> list[tuple[str, int | None, int | None]]:
    """The files of which `head` and `sed -n` print some lines."""
    name = words[0].rpartition("/")[2] if words else ""
    if name == "head":
        return _head(words[1:])
    return _sed(words[2:]) if name == "sed" and words[1:2] == ["-n"] else []


def folder(command: str, cwd: str) -> str:
    """The folder in which the patch of `cd F && apply_patch …` lies; `cwd` without such a start."""
    words = command.split("apply_patch", 1)[0].replace("&&", " ").replace(";", " ").split()
    if len(words) == 2 and words[0] == "cd" and not any(letter in _STRANGE for letter in words[1]):
        named = words[1].strip("'\"")
        return named if named.startswith("/") else f"{cwd}/{named}"
    return cwd


def _head(words: list[str]) -> list[tuple[str, int | None, int | None]]:
    count = 10
    rest = list(words)
    if rest and rest[0] == "-n" and len(rest) > 1:
        rest[:2] = [f"-{rest[1]}"]
    if rest and rest[0].startswith("-"):
        count = as_number(rest.pop(0).removeprefix("-").removeprefix("n")) or 0
        if not count:
            return []
    return [(word, 1, count) for word in _plain(rest)]


def _sed(words: list[str]) -> list[tuple[str, int | None, int | None]]:
    if len(words) < 2 or not words[0].endswith("p"):
        return []
    start, comma, end = words[0][:-1].partition(",")
    first, last = as_number(start), as_number(end if comma else start)
    if not first or (last is None and end != "$"):
        return []
    return [(word, first, last) for word in _plain(words[1:])]


def _plain(words: list[str], known: tuple[str, ...] = ()) -> list[str]:
    """The words that are files; none where an option is not known."""
    rest = [word for word in words if word not in known and word != "--"]
    return [] if any(word.startswith("-") for word in rest) else rest


def _pipes(command: str) -> list[list[list[str]]]:
    """The commands of each pipe, each as its words; nothing at all where a word is not plain."""
    found: list[list[list[str]]] = [[[]]]
    word: str | None = None
    quote = ""
    for letter in [*command.strip(), ";"]:
        if quote:
            if letter == quote:
                quote = ""
            elif quote == '"' and letter in "$`\\":
                return []
            else:
                word = (word or "") + letter
        elif letter in "'\"":
            quote = letter
            word = word or ""
        elif letter in " \t;|&":
            if word is not None:
                found[-1][-1].append(word)
            word = None
            if letter == "|":
                found[-1].append([])  # `a || b` becomes three of them: no pipe we know
            elif letter != " " and letter != "\t":
                found.append([[]])
        elif letter in _STRANGE:
            return []
        else:
            word = (word or "") + letter
    return [] if quote or len(found) > _MOST_WORDS else found
