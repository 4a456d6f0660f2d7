"""A text that was indented anew: blanks are nobody's writing, whatever its lines happen to equal."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.attribution import lineage, sources, step
from byline.attribution.marks import split
from byline.attribution.step import Rule, compare

NESTED = """\
f(a) {
  if (a) {
    if (b) {
      x();
    }
    y();
  }
  z();
  for (c) {
    if (d) {
      x();
    }
  }
}
"""


def indented(text: str, old: int, new: int) -> str:
    """Each `old` blanks in front of a line as `new` ones."""
    lines = text.split("\n")
    return "\n".join(" " * ((len(line) - len(line.lstrip(" "))) // old * new) + line.lstrip(" ") for line in lines)


def unexplained(old: str, new: str, rule: Rule = Rule.OTHER) -> list[str]:
    """The lines that a step makes its writer's."""
    before, after = split(old.encode()), split(new.encode())
    kept = compare(before, after, rule)
    fresh = [k for gap in kept.gaps for k in range(gap.new_start, gap.new_stop) if k not in kept.sources]
    return [after[k].decode() for k in fresh]


@pytest.mark.parametrize("rule", [Rule.OTHER, Rule.FORMAT])
@pytest.mark.parametrize("widths", [(2, 4), (2, 3), (2, 8)])
def test_deeper_and_back(widths: tuple[int, int], rule: Rule) -> None:
    deeper = indented(NESTED, *widths)
    assert unexplained(NESTED, deeper, rule) == []
    assert unexplained(deeper, NESTED, rule) == []


@pytest.mark.parametrize("module", [lineage, sources, step])
@pytest.mark.parametrize("width", [2, 3, 8])
def test_whole_modules(module: object, width: int) -> None:
    text = Path(str(module.__file__)).read_text()  # type: ignore[attr-defined]
    assert unexplained(text, indented(text, 4, width)) == []


def test_what_was_written_besides_is_new() -> None:
    new = indented(NESTED, 2, 4).replace("    z();\n", "    z();\n    new();\n")
    assert unexplained(NESTED, new) == ["    new();\n"]


def test_an_edit_tool_owns_what_it_indents() -> None:
    assert "    if (a) {\n" in unexplained(NESTED, indented(NESTED, 2, 4), Rule.EDIT)


def test_a_new_block_like_an_old_one_is_new() -> None:
    block = "  for (c) {\n    if (d) {\n      x();\n    }\n  }\n"
    assert "".join(unexplained(NESTED, NESTED.replace(block, block + block))) == block


LINES = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab}")), min_size=1, max_size=12)


@given(LINES, st.sampled_from([2, 4, 6]))
def test_any_text(lines: list[tuple[int, str]], width: int) -> None:
    text = "".join(f"{' ' * 4 * depth}{word}\n" for depth, word in lines)
    assert unexplained(text, indented(text, 4, width)) == []
