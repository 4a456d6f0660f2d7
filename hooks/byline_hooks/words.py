"""The words of a shell's command line, and what stands between them. Pure."""

from byline_hooks import system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 1 << 13
"""Characters of a command that are looked at, without the texts that stand in it."""
_MOST_TEXTS = 16
_MOST_TABS = 64
_SEPARATORS = {" ": "", "\t": "", "<": "", "\n": ";", **{letter: letter for letter in ";&|()>"}}
"""What ends a word, and what it is beyond that."""
_REDIRECTED = (("&>", ">"), (">|", ">"), (">&-", " "), (">&1", " "), (">&2", " "), (">&", ">"))


def pieces(command: str) -> "Iterator[tuple[str, str]]":
    """The words of a command line, each as `("", word)`, and what ends one, as `(sign, "")`.

    Signs: `;`, `&&` (`||` too), `&`, `|`, `(`, `)` or `>`.
    """
    word: str | None = None
    quote = ""
    is_escaped = is_second = False
    text = f"{_without_rest(command)}\n"
    for at, letter in enumerate(text):
        if is_escaped:
            is_escaped = False
            word = word if letter == "\n" else (word or "") + letter
        elif letter == "\\" and quote not in ("'", "\n") and not system.WINDOWS:
            is_escaped = True
        elif quote:
            if letter == quote[-1]:
                quote = ""
            elif quote != "\n":
                word = (word or "") + letter
        elif letter in "'\"":
            quote = f"${letter}" if word == "$" else letter
            word = "" if word in (None, "$") else word
        elif letter == "#" and word is None:
            quote = "\n"
            yield ";", ""
        elif letter in _SEPARATORS:
            if word is not None and not (letter in "<>" and word.isdigit()):
                yield "", word
            word = None
            sign = "" if is_second else _SEPARATORS[letter]
            is_second = sign in ("&", "|") and text[at + 1] == letter
            if sign:
                yield "&&" if is_second else sign, ""
        else:
            word = (word or "") + letter


def _without_rest(command: str) -> str:
    """A command line without the texts in it and what stands behind redirections to other descriptors."""
    command = _without_texts(command)[:_LONGEST]
    for old, new in _REDIRECTED:
        command = command.replace(old, new)
    return command


def _without_texts(command: str) -> str:
    """A command line without what stands between `<<EOF` and `EOF`, of the first few such texts."""
    start = command.find("<<")
    for _ in range(_MOST_TEXTS):
        if start < 0 or command.startswith("<<<", start):
            break
        body = command.find("\n", start)
        name = command[start + 2 : body].lstrip("- ").partition(" ")[0].rstrip(";)").strip("'\"\\")
        end = _end_of_text(command, body, name, command[start + 2] == "-") if body >= 0 and name else -1
        if end < 0:
            break
        command = command[:body] + command[end:]
        start = command.find("<<", start + 2)
    return command


def _end_of_text(command: str, body: int, name: str, has_tabs: bool) -> int:
    """Where the line that ends a text ends; of `<<-` tabs may stand before its name. -1 where there is none."""
    plain = command.find(f"\n{name}", body)
    at = command.find(f"\t{name}", body) if has_tabs else -1
    for _ in range(_MOST_TEXTS):
        if at < 0 or 0 <= plain < at:
            break
        if command[max(body, at - _MOST_TABS) : at].rstrip("\t").endswith("\n"):
            return at + 1 + len(name)
        at = command.find(f"\t{name}", at + 1)
    return plain + 1 + len(name) if plain >= 0 else -1
