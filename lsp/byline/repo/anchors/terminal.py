"""Texts as a terminal shows them: without colours and the like, which part a name from its secret. Pure."""

import re
from collections.abc import Callable

_ESCAPES = re.compile(
    r"\x1b\[[0-?]{0,60}[ -/]{0,4}[@-~]|\x9b(?:[0-9;?]{1,60}[A-Za-z]|[mK])"
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]{0,2000}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b(?:[()*+][0-9AB]|[78<=>\\])?"
)
_WRITTEN = re.compile(r"(?:\\{1,8}(?:[uU]0{0,4}1[bB]|x1[bB]|0?33|e)|\^\[)(?:\[[0-?]{0,60}[ -/]{0,4}[@-~]|[()][0AB])")
_GAP = "\0"
_CONTROL = re.compile(r"(\\[nrt]|%0[AaDd9]|%20)(?=[A-Za-z0-9])")
_MARKED = re.compile(rf"(\\[nrt]|%0[AaDd9]|%20){_GAP}")


def without_escapes(text: str, free: Callable[[str], str]) -> str:
    """What `free` makes of a text without its escape sequences, which are left out: first as if they parted words
    (`done<colour>token`), then as if there were none (`PASS<colour>WORD`).
    """
    if "\x1b" not in text and "\x9b" not in text:
        return free(text)
    return free(free(_ESCAPES.sub(_GAP, text)).replace(_GAP, ""))


def unspelled(text: str, free: Callable[[str], str]) -> str:
    """The same of those that a text only spells (`\\033[31m`, `^[[K`): they stay where nothing hides behind them."""
    freed = free(text)
    if "\\" not in freed and "^[" not in freed:
        return freed
    bare = _WRITTEN.sub("", freed)
    if bare == freed:
        return freed
    again = free(bare)
    return again if again != bare else freed


def apart(text: str, free: Callable[[str], str]) -> str:
    """What `free` makes of a text in which a written-out newline, tab or blank parts words like one that is none."""
    if "\\" not in text and "%" not in text:
        return free(text)
    return _MARKED.sub(r"\1", free(_CONTROL.sub(rf"\1{_GAP}", text)))
