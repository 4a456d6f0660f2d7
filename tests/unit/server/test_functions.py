"""Where functions are found, and how they move while somebody types."""

# ruff: noqa: E501

import pytest

from byline.server.functions import Function, Parsed, joined, moved
from byline.server.grammars import _GRAMMARS, grammar_of, parse
from byline.server.lines import Splice

TEXTS = {
    "python": ("@wrap\ndef one(\n    a,\n):\n    return '''\nx\n'''\n\n\nclass C:\n    async def two(self):\n        pass\n", [(0, 7), (10, 12)]),
    "javascript": ("export function one() {\n  return 1\n}\nconst two = async () => {\n  x\n}\nclass C {\n  three() {\n  }\n}\n[1].map(() => {\n})\n", [(0, 3), (3, 6), (7, 9)]),
    "typescript": ("export const one = (a: number): number => {\n  return a\n}\nabstract class C {\n  two = () => {\n  }\n  abstract x(): void\n}\n", [(0, 3), (4, 6)]),
    "tsx": ("function One() {\n  return <b>\n  </b>\n}\n", [(0, 4)]),
    "go": ("package a\n\nfunc one() {\n\tx()\n}\n\nfunc (t *T) two() {}\n", [(2, 5), (6, 7)]),
    "rust": ("impl A {\n    pub fn one(&self) -> u8 {\n        1\n    }\n}\n", [(1, 4)]),
    "java": ("class A {\n  A() {\n  }\n  int one()\n  {\n    return 1;\n  }\n}\n", [(1, 3), (3, 7)]),
    "c": ("int\none(void)\n{\n#if X\n  a();\n#endif\n}\n", [(0, 7)]),
    "cpp": ("template <class T>\nT one(T a) {\n  return a;\n}\n", [(0, 4)]),
    "csharp": ("class A {\n  int One() {\n    return 1;\n  }\n}\n", [(1, 4)]),
    "ruby": ("class A\n  def one\n    1\n  end\n  def self.two\n  end\nend\n", [(1, 4), (4, 6)]),
    "php": ("<?php\nfunction one() {\n  return 1;\n}\n", [(1, 4)]),
    "shell": ("one() {\n  cat <<E\n}\nE\n}\n", [(0, 5)]),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(_GRAMMARS))
def test_each_language(name: str) -> None:
    text, lines = TEXTS[name]
    assert parse(name, text.encode()) == Parsed(tuple(lines), broken=False)


def test_lines_are_ended_by_newlines_only() -> None:
    text = "x = '\u2028 \x0c'\r\n\x0c\r\ndef one():\r\n    'ä😀'\r\n    return 1"
    assert parse("python", text.encode()) == Parsed(((2, 5),), broken=False)


def test_broken_code_gives_no_range_that_may_be_wrong() -> None:
    found = parse("javascript", b"function one() {\n  if (a) {\n}\nfunction two() {\n}\n")
    assert found is not None and found.broken
    assert (0, 5) not in found.ranges


def test_text_that_is_no_code_and_no_text_at_all() -> None:
    assert parse("python", b"") == Parsed((), broken=False)
    for text in (b"\xff\xfe\x00def", b"\0" * 1000, "def \ud800".encode("utf-8", "surrogatepass"), b"(" * 5000):
        found = parse("python", text)
        assert found is not None and found.ranges == ()
    assert parse("python", b"x\n" * (2 << 20)) is None


@pytest.mark.parametrize(
    ("language", "name", "grammar"),
    [
        ("python", "a", "python"),
        ("plaintext", "a.py", "python"),
        ("typescriptreact", "a.tsx", "tsx"),
        ("plaintext", "a.txt", None),
        ("", "Makefile", None),
    ],
)
def test_which_grammar(language: str, name: str, grammar: str | None) -> None:
    from pathlib import PurePosixPath

    assert grammar_of(language, PurePosixPath(name)) == grammar


@pytest.mark.parametrize(
    ("splice", "lines"),
    [
        (Splice(0, 0, 2), [(12, 22)]),
        (Splice(0, 5, 0), [(5, 15)]),
        (Splice(12, 1, 3), [(10, 22)]),
        (Splice(10, 1, 1), [(10, 20)]),
        (Splice(19, 1, 0), [(10, 19)]),
        (Splice(20, 1, 9), [(10, 20)]),
        (Splice(10, 0, 1), [(11, 21)]),
        (Splice(5, 30, 0), []),
        (Splice(8, 4, 1), [(9, 17)]),
        (Splice(18, 4, 1), [(10, 18)]),
    ],
)
def test_a_function_moves_with_the_text(splice: Splice, lines: list[tuple[int, int]]) -> None:
    assert [(start, end) for _, start, end in moved((Function(7, 10, 20),), splice)] == lines


def test_ids_stay() -> None:
    first = joined((), Parsed(((0, 3), (5, 9)), broken=False), [])
    again = joined(first, Parsed(((1, 4), (5, 9)), broken=False), [Splice(0, 1, 0)])
    assert [(one.start, one.end) for one in again] == [(0, 3), (4, 8)]
    assert again[0].id == first[0].id


def test_a_function_keeps_its_place_while_its_code_is_broken() -> None:
    before = (Function(1, 0, 3), Function(2, 5, 9))
    assert joined(before, Parsed(((5, 9),), broken=True), []) == before
    assert joined(before, Parsed(((5, 9),), broken=False), []) == before[1:]
    assert joined(before, Parsed(((2, 9),), broken=True), [])[0].start == 2, "one that crosses a new one is gone"
    assert joined(before, None, []) == ()
