"""Every pattern of the program against texts that patterns are slow on: time grows with the text, not its square."""

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import byline

ROOT = Path(byline.__file__).parent
METHODS = {"search", "match", "fullmatch", "sub", "subn", "findall", "finditer", "split"}
SIZE = 40_000
WORTH_ASKING = 0.1
"""Seconds of the processor for a text of `SIZE`. Whatever takes longer is compared with a quarter of the text."""
STEEPEST = 9
"""Times as long for four times the text: a line takes 4, a square 16, on whatever machine."""
TOO_LONG = 10
"""Seconds after which nothing is compared any more."""
PIECES = (
    *("a", " ", "\t", "\n", "\r\n", "/", "\\", '"', "'", "-", "=", ":", "@", "0", "9,", ".", "<", ">", "`", "~"),
    *("#", "(", "[", "{", "}", "|", "&", "*", "_", "a.", "a-", "a=", "a:", "a/", "A1", "aA", "\\n", '\\"', '{"'),
    *("git ", "git commit ", "git commit", "mv ", "rm -", "password=", "password: ", "--token ", 'token="', "://"),
    *("https://", "https://a:", "a@b", "/*", "//", "*/", "/home/", "/Users/a/", "C:\\Users\\", "www.", "@@ -1"),
    *("-----BEGIN PRIVATE KEY-----", "BEGIN ", "<user_query>", '<user_input mode="', "Content of ", "> Tokens: 1k "),
    *(
        "> Applied edit to ",
        "rebase ",
        "checkout: moving from a to ",
        "pull ",
        "^",
        "$",
        "é",
        "\u202e",
        "0" * 40 + " ",
    ),
    *(
        "byline-hook ",
        "! grep -qsF byline_hooks/shim.py ",
        '"x" ',
        "if exist ",
        "eyJ",
        "AKIA",
        "ghp_",
        "sk-",
        "xoxb-",
    ),
)


def _modules() -> Iterator[str]:
    for found in pkgutil.walk_packages([str(ROOT)], "byline."):
        if not found.name.endswith(("__main__", "cli.lsp")):
            yield found.name


def _patterns() -> dict[str, tuple["re.Pattern[str] | re.Pattern[bytes]", set[str]]]:
    """Every compiled pattern that a module keeps, also inside tables, and every literal one in a call of `re`.

    Each with the methods that the program uses: what is only matched at the start may be slow to search for.
    """
    found: dict[str, tuple[re.Pattern[str] | re.Pattern[bytes], set[str]]] = {}
    for name in _modules():
        module = importlib.import_module(name)
        text = Path(str(module.__file__)).read_text()
        for word, value in vars(module).items():
            used = set(re.findall(rf"\b{re.escape(word)}\.(\w+)\(", text)) & METHODS
            for number, one in enumerate(_inside(value)):
                found[f"{name}.{word}.{number}"] = (one, used or {"match", "search"})
        for node in ast.walk(ast.parse(text)):
            literal = _literal(node)
            if isinstance(node, ast.expr) and literal is not None:
                pattern, method = literal
                if method in METHODS:
                    found[f"{name}:{node.lineno}"] = (re.compile(pattern), {method})
    return found


def _inside(value: object) -> Iterator["re.Pattern[str] | re.Pattern[bytes]"]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, list | tuple | frozenset):
        for one in value:
            yield from _inside(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _inside(one)


def _literal(node: ast.AST) -> tuple[str | bytes, str] | None:
    """The pattern of `re.search("…", text)`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return None
    owner, first = node.func.value, node.args[0]
    is_re = isinstance(owner, ast.Name) and owner.id == "re" and node.func.attr != "escape"
    if is_re and isinstance(first, ast.Constant) and isinstance(first.value, str | bytes):
        return first.value, node.func.attr
    return None


PATTERNS = _patterns()


def test_patterns_are_found() -> None:
    assert len(PATTERNS) > 90


def _taken(pattern: Any, methods: set[str], text: str) -> float:
    is_text = isinstance(pattern.pattern, str)
    given: str | bytes = text if is_text else text.encode()
    before = time.process_time()
    for method in methods:
        if method in ("sub", "subn"):
            pattern.sub("" if is_text else b"", given)
        elif method == "finditer":
            list(pattern.finditer(given))
        else:
            getattr(pattern, method)(given)
    return time.process_time() - before


def _grows_too_fast(pattern: Any, methods: set[str], whole: str, part: str) -> bool:
    """The quickest of three runs each: a busy machine slows one."""
    whole_taken, part_taken = (min(_taken(pattern, methods, text) for _ in range(3)) for text in (whole, part))
    return whole_taken > STEEPEST * part_taken


class TooSlow(Exception):
    """The alarm rang."""


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_no_pattern_is_slow(name: str) -> None:
    pattern, methods = PATTERNS[name]

    def ring(number: int, frame: object) -> None:
        raise TooSlow

    slow: list[str] = []
    before = signal.signal(signal.SIGPROF, ring)
    try:
        for piece in PIECES:
            whole, part = ((piece * (size // len(piece))) + "\0!" for size in (SIZE, SIZE // 4))
            signal.setitimer(signal.ITIMER_PROF, TOO_LONG)
            try:
                taken = _taken(pattern, methods, whole)
                if taken > WORTH_ASKING and _grows_too_fast(pattern, methods, whole, part):
                    slow.append(f"{piece!r}: {taken:.2f} s")
            except TooSlow:
                slow.append(f"{piece!r}: over {TOO_LONG} s")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    assert not slow, f"{pattern.pattern!r}: {slow}"
