"""Merging again what git merged: what `three_way` answers is git's own text, and `carry` names nobody by mistake."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from byline.attribution.marks import Mark, Text, Version, bare
from byline.attribution.merge import AMBIGUOUS, agree, carry, three_way
from byline.model import UNKNOWN, Owner


def version(text: str) -> Version:
    """`A:x A:y -:z`: the lines `x` and `y` are session A's, `z` is nobody's; every line has a mark of its own."""
    lines, marks = [], []
    for word in text.split():
        who, _, line = word.partition(":")
        lines.append(line.replace("_", " ").encode() + b"\n")
        marks.append(Mark(UNKNOWN if who == "-" else Owner("session", "write", who)))
    return Version(Text.of("", lines), marks)


def who(marks: Sequence[Mark | None]) -> str:
    """One character a line: the session, `-` nobody's, `.` open."""
    return "".join("." if mark is None else mark.owner.session_id or "-" for mark in marks)


def lines(text: str) -> list[bytes]:
    return [word.replace("_", " ").encode() + b"\n" for word in text.split()]


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "result", "expected"),
    [
        pytest.param("a b", "-:a -:b", "-:a -:b", "a b", "--", id="nothing-changed"),
        pytest.param("a b", "A:x -:a -:b", "-:a -:b B:y", "x a b y", "A--B", id="both-ends"),
        pytest.param("a b", "-:a A:x -:b", "-:a -:b", "a x b", "-A-", id="only-ours"),
        pytest.param("a b", "-:a -:b", "-:a B:x -:b", "a x b", "-B-", id="only-theirs"),
        pytest.param("a b", "-:a A:x -:b", "-:a B:x -:b", "a x b", "-A-", id="both-the-same"),
        pytest.param("a b", "-:a A:x -:b", "-:a B:y -:b", "a x b", None, id="conflict"),
        pytest.param("a b c", "-:a -:c", "-:a -:b -:c B:y", "a c y", "--B", id="ours-takes-out"),
        pytest.param("a b", "A:x -:a -:b", "-:a -:b B:y", "x a y", None, id="another-result"),
        pytest.param("a b", "A:x -:a -:b", "-:a -:b B:y", "x a b y z", None, id="one-line-more"),
        pytest.param("", "A:x", "", "x", "A", id="nothing-before"),
        pytest.param("", "A:x", "B:y", "x y", None, id="two-new-files"),
        pytest.param("a", "", "-:a", "", "", id="all-gone"),
    ],
)
def test_three_way(base: str, ours: str, theirs: str, result: str, expected: str | None) -> None:
    marks = three_way(lines(base), version(ours), version(theirs), lines(result))
    assert (None if marks is None else who(marks)) == expected


def test_three_way_looks_past_a_missing_newline() -> None:
    marks = three_way([b"a\n", b"b"], version("A:x -:a -:b"), version("-:a -:b"), [b"x\n", b"a\n", b"b"])
    assert marks is not None
    assert who(marks) == "A--"


def _edited(text: list[str], rng: Random, side: str) -> list[str]:
    text = list(text)
    for number in range(rng.randrange(4)):
        at = rng.randrange(len(text) + 1)
        gone = rng.choice((0, 0, 1, 2))
        new = [rng.choice((f"{side}{number}", "}", "", text[at - 1] if at else "x")) for _ in range(rng.randrange(3))]
        text[at : at + gone] = new
    return text


def _git_merge(
    folder: Path, base: list[str], ours: list[str], theirs: list[str], *options: str
) -> list[bytes] | None:
    """What `git merge-file` makes of it; None when it conflicts."""
    for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
        (folder / name).write_bytes(_bytes(text))
    done = subprocess.run(
        ["git", "merge-file", "-p", *options, "ours", "base", "theirs"], cwd=folder, capture_output=True, check=False
    )
    assert 0 <= done.returncode < 128, done.stderr
    return done.stdout.splitlines(keepends=True) if done.returncode == 0 else None


def _bytes(text: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in text).encode()


def _side(text: list[str], name: str) -> Version:
    return Version(
        Text.of("", _lined(text)), [Mark(Owner("session", "write", f"{name}{k}")) for k in range(len(text))]
    )


def _lined(text: list[str]) -> list[bytes]:
    return [f"{line}\n".encode() for line in text]


def test_three_way_against_git(tmp_path: Path) -> None:
    """On random merges: never an answer where git stops, and where it answers every line is that side's own line."""
    rng = Random(20261121)
    answered = stopped = clean = 0
    for _ in range(250):
        base = [rng.choice("abcdefg}}") + rng.choice(("", "", "1", "2")) for _ in range(rng.randrange(1, 14))]
        ours, theirs = _edited(base, rng, "o"), _edited(base, rng, "t")
        merged = _git_merge(tmp_path, base, ours, theirs)
        mine, other = _side(ours, "o"), _side(theirs, "t")
        if merged is None:
            stopped += 1
            for favour in ("--ours", "--theirs", "--union"):
                settled = _git_merge(tmp_path, base, ours, theirs, favour)
                assert settled is not None
                assert three_way(_lined(base), mine, other, settled) is None
            continue
        clean += 1
        marks = three_way(_lined(base), mine, other, merged)
        if marks is None:
            continue
        answered += 1
        assert len(marks) == len(merged)
        for line, mark in zip(merged, marks, strict=True):
            name = mark.owner.session_id or ""
            source = mine if name[0] == "o" else other
            assert source.lines[int(name[1:])] == line
    assert stopped > 20
    assert answered >= 0.9 * clean


@pytest.mark.parametrize(
    ("sources", "result", "expected"),
    [
        pytest.param([], "a b", "..", id="no-source"),
        pytest.param(["A:a B:b"], "a b", "AB", id="unchanged"),
        pytest.param(["A:a B:b"], "a x b", "A.B", id="new-text-is-open"),
        pytest.param(["A:a B:b"], "b", "B", id="taken-out"),
        pytest.param(["A:a"], "_a_", "A", id="other-blanks"),
        pytest.param(["A:ab"], "a b", "AA", id="wrapped"),
        pytest.param(["A:a"], "aa", ".", id="one-character-more"),
        pytest.param(["A:a -:z", "B:b -:z"], "a b z", "AB-", id="both-sides"),
        pytest.param(["A:a -:z", "B:b -:z"], "b a z", "BA-", id="the-other-way-round"),
        pytest.param(["A:x -:z", "B:x -:z"], "x z", "--", id="disagree"),
        pytest.param(["A:x -:z", "-:x -:z"], "x z", "--", id="one-does-not-know"),
        pytest.param(["A:x -:z", "A:x -:z"], "x z", "A-", id="agree"),
    ],
)
def test_carry(sources: list[str], result: str, expected: str) -> None:
    assert who(carry(lines(result), [version(source) for source in sources])) == expected


def test_what_sources_disagree_about_says_so() -> None:
    found = carry(lines("x"), [version("A:x"), version("B:x")])
    assert found[0] is not None
    assert found[0].owner.reason == AMBIGUOUS
    assert [owner.session_id for owner in found[0].history()] == ["A"]


def test_carry_never_takes_a_line_with_other_characters() -> None:
    rng = Random(7)
    for _ in range(300):
        texts = [[rng.choice(("a", "b", "ab", " a", "}", "")) for _ in range(rng.randrange(8))] for _ in range(3)]
        sources = [_side(text, name) for text, name in zip(texts[:2], "xy", strict=True)]
        for line, mark in zip(_lined(texts[2]), carry(_lined(texts[2]), sources), strict=True):
            if mark is None or mark.owner.session_id is None:
                continue
            source = sources["xy".index(mark.owner.session_id[0])]
            taken = bare(source.lines[int(mark.owner.session_id[1:])])
            # A wrapped or joined line holds a part of its source, or the other way round.
            assert bare(line) == taken or (bare(line) and taken and (bare(line) in taken or taken in bare(line)))


def _mark(kind: str) -> Mark:
    if kind == "-":
        return Mark(UNKNOWN)
    return Mark(Owner("human", "saved") if kind == "H" else Owner("session", "write", kind))


@pytest.mark.parametrize("one", "-HAB")
@pytest.mark.parametrize("other", "-HAB")
def test_agree_names_only_whom_both_name(one: str, other: str) -> None:
    owner = agree(_mark(one), _mark(other)).owner
    if one == other:
        assert (owner.kind, owner.session_id) == (_mark(one).owner.kind, _mark(one).owner.session_id)
    else:
        assert owner.kind == "unknown"
