"""What a shell command types: text that stands in it, word for word, and that no program has from elsewhere. Pure."""

from collections.abc import Sequence
from functools import lru_cache

from byline.attribution.bringing import prints_texts
from byline.attribution.commands import PARTS
from byline.attribution.marks import telling

_TYPING = frozenset("awk cat cd echo mkdir perl printf rm sed sleep tee touch true wait".split())
_STORING = frozenset("add commit diff log push show status".split())
"""Subcommands of git that change no file, but by a hook."""
_MAKING = frozenset(("-b", "-B", "-c", "-C", "--create", "--orphan"))
_MERGING = frozenset(("-m", "--merge", "-p", "--patch", "-k", "--keep-index"))
_STAGING = frozenset(("-n", "--no-commit"))
_MOST_TEXTS = 16


@lru_cache(maxsize=16)  # one call is asked about for each file that changed
def types(command: str | None, *, goes: bool = False) -> bool:
    """Whether a command plainly writes what stands in it: then no script can have had git bring a known text.

    `goes`: it may also have git go where no text comes from but that of the commit HEAD is at then.
    """
    told = _without_texts(command or "")
    pieces = [piece.split() for piece in PARTS.split(told.rstrip())[::2]]
    plain = all(_is_plain(piece) or (goes and _goes(piece)) for piece in pieces)
    return bool(told) and plain and not _expands(told) and not prints_texts(told)


def _is_plain(piece: Sequence[str]) -> bool:
    return bool(piece) and (piece[0] in _TYPING or (piece[0] == "git" and not _STORING.isdisjoint(piece[1:2])))


def _goes(piece: Sequence[str]) -> bool:
    name, words = " ".join(piece[:2]), piece[2:]
    plain = [word for word in words if not word.startswith("-")]
    if name in ("git checkout", "git switch"):
        makes = not _MAKING.isdisjoint(words)
        return (makes or len(plain) < 2) and _MERGING.isdisjoint(words)
    if name == "git restore":
        return not any(word.startswith(("-s", "--so", "-p", "--patch", "-m", "--merge")) for word in words)
    if name == "git stash":
        return plain in ([], ["push"]) and _MERGING.isdisjoint(words)
    if name == "git reset":
        return "--hard" in words
    return name in ("git branch", "git fetch", "git tag") or (name == "git revert" and _STAGING.isdisjoint(words))


def types_into(command: str | None, path: str, *, goes: bool = False) -> bool:
    """Whether a command plainly writes what stands in it, and names the file: other files it leaves alone."""
    return path.rpartition("/")[2] in (command or "") and types(command, goes=goes)


def typing_into(command: str | None, path: str, *, goes: bool = False) -> str | None:
    """The command, where it plainly writes what stands in it, and names the file. `goes`: as for `types`."""
    return command if types_into(command, path, goes=goes) else None


def _without_texts(command: str) -> str:
    """A command line without what stands between `<<EOF` and `EOF`; what the shell would expand there stays."""
    start = command.find("<<")
    for _ in range(_MOST_TEXTS):
        body = command.find("\n", start)
        if start < 0 or body < 0 or command.startswith("<<<", start):
            break
        word = command[start + 2 : body].lstrip("- ").partition(" ")[0].rstrip(";)")
        name = word.strip("'\"\\")
        end = command.find(f"\n{name}\n", body) if name else -1
        if end < 0 and name and command.endswith(f"\n{name}"):
            end = len(command) - len(name) - 1
        if end < 0 or (word == name and _expands(command[body:end])):
            break
        command = command[:body] + command[end + len(name) + 1 :]
        start = command.find("<<", start + 2)
    return command


def _expands(told: str) -> bool:
    """Whether the shell puts what another command prints into a command line."""
    if "`" not in told and "$(" not in told and "<(" not in told:
        return False
    quote = ""
    at = 0
    while at < len(told):
        letter = told[at]
        if letter == "\\" and quote != "'":
            at += 1
        elif letter in "'\"" and quote in ("", letter):
            quote = "" if quote else letter
        elif quote != "'" and (letter == "`" or told.startswith(("$(", "<("), at)):
            return True
        at += 1
    return False


def is_typed(line: bytes, command: str | None) -> bool:
    """Whether a line stands in a command, word for word."""
    text = line.strip().decode("utf-8", "replace")
    return bool(text and command) and any(_stands_in(text, told) for told in _spelled(command or ""))


def typed_among(lines: Sequence[bytes], asked: Sequence[bool], command: str | None) -> list[bool]:
    """Which of the lines that are asked about stand in a command.

    A bracket, a blank line or a single word stands in many: it is typed where a line beside it is.
    """
    if command is None or not any(asked):
        return [False] * len(lines)
    told = telling(line for line, is_asked in zip(lines, asked, strict=True) if is_asked)
    words = {line for line in told if not line.strip().isalnum()}
    found = [
        is_asked and line in words and is_typed(line, command) for line, is_asked in zip(lines, asked, strict=True)
    ]
    if any(found):
        for order in (range(1, len(lines)), range(len(lines) - 2, -1, -1)):
            for k in order:
                if asked[k] and not found[k] and found[k - order.step] and lines[k] not in words:
                    found[k] = not lines[k].strip() or is_typed(lines[k], command)
    return found


@lru_cache(maxsize=4)
def _spelled(command: str) -> tuple[str, ...]:
    """The command as it is, and as `printf` reads it."""
    read = command.replace("\\n", "\n").replace("\\t", "\t")
    return (command,) if read == command else (command, read)


def _stands_in(text: str, told: str) -> bool:
    at = told.find(text)
    while at >= 0:
        before, after = told[at - 1 : at], told[at + len(text) : at + len(text) + 1]
        if not (text[0].isalnum() and _is_word(before)) and not (text[-1].isalnum() and _is_word(after)):
            return True
        at = told.find(text, at + 1)
    return False


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"
