"""The words of a shell's command line, what stands between them, and how often it comes to them. Pure."""

from byline_hooks import system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Piece = tuple[str, str]
    """`("", word)`, or `(sign, "")`."""

_LONGEST = 1 << 13
"""Characters of a command that are looked at, without the texts that stand in it."""
_MOST_TEXTS = 16
_MOST_TABS = 64
_SEPARATORS = {" ": "", "\t": "", "<": "", "\n": ";", **{letter: letter for letter in ";&|()>"}}
"""What ends a word, and what it is beyond that."""
_BEGINS = ("!", "do", "elif", "else", "if", "then", "time", "until", "while", "{")
"""Words that a command comes after."""
_MOST_PIECES = 512
"""Words and signs that a loop is made of when each of its turns is written out."""
_REDIRECTED = (("&>", ">"), (">|", ">"), (">&-", " "), (">&1", " "), (">&2", " "), (">&", ">"))


def pieces(command: str) -> "Iterator[Piece]":
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


class _Loop:
    """What stands in a `for NAME in WORD …`, or in another loop, of which neither is told."""

    def __init__(self, name: str = "", words: "Iterable[str]" = ()) -> None:
        self.body: list[Piece] = []
        self._name = name
        self._words = words

    def turns(self) -> "list[Piece]":
        """What is done in all turns, the loop's variable set in each."""
        most = max(_MOST_PIECES // (len(self.body) + 1), 1)
        made: list[Piece] = [] if self._name else self.body
        for word in list(self._words)[:most] if self._name else ():
            made += [("", f"{self._name}={word}"), (";", ""), *self.body, (";", "")]
        return made


def unrolled(found: "Iterable[Piece]") -> "list[Piece]":
    """The words of a command line, those of a loop over words once for each of these."""
    loops = [_Loop()]
    head: list[str] | None = None
    is_first = True
    for sign, word in found:
        if head is not None and not sign:
            head.append(word)
            continue
        if head is not None:
            is_plain = head[1:2] == ["in"] and head[0].isidentifier()
            loops.append(_Loop(head[0], head[2:]) if is_plain else _Loop())
            head = None
        elif is_first and word == "for":
            head = []
            continue
        elif is_first and word in ("select", "until", "while"):
            loops.append(_Loop())
        elif is_first and word == "done" and len(loops) > 1:
            ended = loops.pop()
            loops[-1].body += ended.turns()
        loops[-1].body.append((sign, word))
        is_first = sign not in ("", ">") or (is_first and word in _BEGINS)
    while len(loops) > 1:
        ended = loops.pop()
        loops[-1].body += ended.body
    return loops[0].body


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
