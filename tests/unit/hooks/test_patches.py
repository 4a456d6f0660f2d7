"""The patch text of `apply_patch`, and unified diffs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline_hooks import patches, texts


def parsed(*lines: str) -> list[patches.FilePatch]:
    found = patches.parse("\n".join(("*** Begin Patch", *lines, "*** End Patch")))
    assert found is not None
    return found


def hunks(*lines: str) -> list[patches.Hunk]:
    return parsed("*** Update File: f", *lines)[0].hunks


def test_several_files() -> None:
    found = parsed(
        *("*** Add File: a b.txt", "+one", "+", "+two", "*** Update File: x", "*** Move to: y", "@@ def f():", " k"),
        *("-o", "+n", "*** End of File", "*** Delete File: z"),
    )
    assert [(file.kind, file.path, file.target) for file in found] == [
        ("add", "a b.txt", None),
        ("update", "x", "y"),
        ("delete", "z", None),
    ]
    assert found[0].text() == "one\n\ntwo\n"
    (hunk,) = found[1].hunks
    assert (hunk.anchors, hunk.lines, hunk.at_end) == (["def f():"], [" k", "-o", "+n"], True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "*** Begin Patch\n*** Update File: a\n@@\n-x\n",
        "*** Begin Patch\n*** Update File: a\nxyz\n*** End Patch",
    ],
    ids=["empty", "none", "cut off", "a line without a sign"],
)
def test_no_patch(text: str) -> None:
    assert patches.parse(text) is None


def test_inside_a_shell_command() -> None:
    found = patches.parse("cd sub && apply_patch <<'EOF'\n*** Begin Patch\n*** Delete File: f\n*** End Patch\nEOF\n")
    assert found is not None
    assert [file.path for file in found] == ["f"]


@pytest.mark.parametrize(
    ("before", "lines", "after"),
    [
        pytest.param("a\nb\nc\n", ["@@", " a", "-b", "+B", " c"], "a\nB\nc\n", id="in the middle"),
        pytest.param("a\nb\nc", ["-c", "+C"], "a\nb\nC\n", id="the last newline comes"),
        pytest.param("x\nf\nx\ng\nx\n", ["@@ g", "-x", "+y"], "x\nf\nx\ng\ny\n", id="below an anchor"),
        pytest.param("x\nx\n", ["-x", "+y"], "y\nx\n", id="the first of two"),
        pytest.param("x\nx\n", ["-x", "+y", "*** End of File"], "x\ny\n", id="the last of two"),
        pytest.param("a\n", ["@@", "+b"], "a\nb\n", id="only new lines go to the end"),
        pytest.param("a  \nb\n", [" a", "-b", "+c"], "a\nc\n", id="blanks at the end of a line do not matter"),
        pytest.param("a\nb\n", ["@@", "-a", "+A", "@@", "-b", "+B"], "A\nB\n", id="two hunks"),
        pytest.param("a\n", ["-b", "+c"], None, id="not there"),
        pytest.param("b\na\n", ["@@", "-a", "+A", "@@", "-b", "+B"], None, id="not in this order"),
    ],
)
def test_apply(before: str, lines: list[str], after: str | None) -> None:
    assert patches.apply(hunks(*lines), before) == after


@pytest.mark.parametrize(
    ("lines", "after", "expected"),
    [
        (["@@", " a", "-b", "+B", "+C", " c"], "a\nB\nC\nc\n", ("a\nb\nc\n", [[2, 1, 2, 2]])),
        (["-x", "+y"], "y\nk\ny\n", None),
        (["@@ g", "-x", "+y"], "y\nf\ng\ny\n", ("y\nf\ng\nx\n", [[4, 1, 4, 1]])),
        (["@@", " k", "-gone"], "a\nk\nb\n", ("a\nk\ngone\nb\n", [[3, 1, 3, 0]])),
        (["@@", "-gone"], "a\nb\n", None),
        (["-x", "+y"], "z\n", None),
        (["-x", "+y"], "y", None),
    ],
    ids=[
        "one way",
        "two places",
        "an anchor decides",
        "kept lines tell",
        "nothing left to see",
        "changed since",
        "no end",
    ],
)
def test_undo(lines: list[str], after: str, expected: tuple[str, list[list[int]]] | None) -> None:
    assert patches.undo(hunks(*lines), after) == expected


LINES = st.lists(st.sampled_from(["", "a", "b", "    return x", "}"]), min_size=1, max_size=8)


@given(LINES, LINES, LINES, LINES)
def test_what_is_undone_was_so(head: list[str], old: list[str], new: list[str], tail: list[str]) -> None:
    """Whatever `undo` says led to a text leads there, and its positions fit both."""
    made = hunks("@@", f" {head[-1]}", *(f"-{line}" for line in old), *(f"+{line}" for line in new), f" {tail[0]}")
    before = "".join(f"{line}\n" for line in [*head, *old, *tail])
    after = patches.apply(made, before)
    assert after is not None
    found = patches.undo(made, after)
    if found is None:
        return
    assert patches.apply(made, found[0]) == after
    olds, news = found[0].split("\n"), after.split("\n")
    kept_old, kept_new = list(olds), list(news)
    for old_start, old_lines, new_start, new_lines in reversed(found[1]):
        del kept_old[old_start - 1 : old_start - 1 + old_lines]
        del kept_new[new_start - 1 : new_start - 1 + new_lines]
    assert kept_old == kept_new


@pytest.mark.parametrize(
    ("diff", "expected"),
    [
        ("--- a\n+++ b\n@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n", [[2, 1, 2, 1]]),
        ("Index: f\n===\n@@ -0,0 +1,2 @@\n+a\n+b\n", [[1, 0, 1, 2]]),
        ("@@ -3,0 +4 @@ def f():\n+x\n", [[4, 0, 4, 1]]),
        ("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n", [[1, 1, 1, 1]]),
        ("@@ -1,2 +1,2 @@\n-a\n+b\n", None),
        ("@@ what @@\n", None),
        ("", None),
        (None, None),
    ],
)
def test_unified(diff: object, expected: list[list[int]] | None) -> None:
    found = patches.unified(diff)
    assert (texts.edits(found) if found else None) == expected
