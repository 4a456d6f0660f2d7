"""Several descriptions of one commit become the same one, in whatever order they meet."""

from collections.abc import Sequence
from functools import reduce
from itertools import permutations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from anchorkit import anchor, shown
from byline.repo.anchors.format import (
    Anchor,
    Coverage,
    FileChange,
    LineAttribution,
    LineRange,
    SessionLink,
    Subagent,
    TurnLink,
)
from byline.repo.anchors.record import dump, load
from byline.repo.anchors.union import Span, agree
from byline.repo.anchors.whole import is_whole, one_of

COMMIT = "a" * 40
LENGTH = 5
Files = dict[str, bytes]

owners = st.text(alphabet="abh.", min_size=LENGTH, max_size=LENGTH)
details = st.fixed_dictionaries(
    {},
    optional={
        "branch": st.sampled_from(("", "main", "topic")),
        "summary": st.sampled_from(("x", "y")),
        "byline_version": st.sampled_from(("1", "2")),
        "coverage": st.sampled_from((None, Coverage(notes=("late",)), Coverage(notes=("early", "gap")))),
        "author_type_source": st.just("derived"),
        "unknown": st.sampled_from(
            ({}, {"new": 1}, {"new": [2], "other": "z"}, {"new": {"a": 1, "b": 2}}, {"new": {"b": 2, "a": 1}})
        ),
    },
)


def folder(told: str, more: dict[str, Any], tools: int) -> Files:
    """What one clone knows of the commit."""
    given = anchor(told, ".", commit_hash=COMMIT, **more)
    turns = tuple(TurnLink(id=f"t{tools}", session_id=one, source="robot", turn_index=0) for one in given.session_ids)
    files = {"metadata.json": dump(Anchor(**{**_fields(given), "turns": turns or None}))}
    for number, one in enumerate(given.session_ids, 1):
        link = SessionLink(
            session_id=one, agent="robot", link_type="explicit", tool_calls=tools, files_touched=("f0",)
        )
        files[f"{number}/metadata.json"] = dump(link)
    files["subagents/5/metadata.json"] = dump(Subagent(subagent_type="-lint"[tools:], session_id="helper"))
    return files


def _fields(record: Anchor) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


def join(parts: Sequence[Files]) -> Files:
    return reduce(lambda one, other: one_of(COMMIT, one, other), parts)


def wanted(told: Sequence[str]) -> str:
    """Each line's writer, if it has just one."""
    said = [set(line) - {"."} for line in zip(*told, strict=True)]
    return "".join(one.pop() if len(one) == 1 else "." for one in said)


@settings(max_examples=120, deadline=None)
@given(st.tuples(owners, owners, owners), st.tuples(details, details, details))
def test_three_clones_meet_in_any_order(told: tuple[str, ...], more: tuple[dict[str, Any], ...]) -> None:
    parts = [folder(*one, number) for number, one in enumerate(zip(told, more, strict=True), 1)]
    one, two, three = parts
    found = join(parts)
    assert all(join(order) == found for order in permutations(parts))
    assert one_of(COMMIT, one, one_of(COMMIT, two, three)) == found
    assert all(one_of(COMMIT, found, part) == found for part in parts), "what is known already changes nothing"
    assert is_whole(found)
    assert shown(load(Anchor, found["metadata.json"]))[0] == wanted(told)
    assert [name for name in found if name.startswith("subagents/")] == ["subagents/1/metadata.json"]


@settings(max_examples=60, deadline=None)
@given(st.tuples(owners, owners, owners))
def test_what_is_read_of_a_join_and_of_one_side_is_what_all_say(told: tuple[str, ...]) -> None:
    """A clone reads its own branch and the fetched one, of which either may be behind."""
    parts = [folder(one, {}, 1) for one in told]
    both = load(Anchor, join(parts[:2])["metadata.json"]).file_changes[0]
    last = load(Anchor, parts[2]["metadata.json"]).file_changes[0]
    lines = ["."] * LENGTH
    for span in agree([spans(both), spans(last)]):
        lines[span.start : span.stop] = [span.session_id or "h"] * (span.stop - span.start)
    assert "".join(lines) == wanted(told)


def spans(change: FileChange) -> list[Span]:
    found = [
        Span(part.start - 1, part.end, one.session_id, one.agent, one.author, "anchor")
        for one in change.line_attributions
        for part in one.ranges
    ]
    return found + [Span(part.start - 1, part.end, None, None, "contested", "anchor") for part in change.contested]


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 4)), min_size=3, max_size=3))
def test_insertions_that_were_placed_differently(placed: list[tuple[str, int]]) -> None:
    """Two lines each, of which the commit added two."""
    parts = []
    for who, start in placed:
        ranges = (LineRange(start=start, end=start + 1),)
        lines = LineAttribution(author="ai", ranges=ranges, agent="robot", session_id=who)
        file = FileChange(path="f0", added=2, deleted=0, attribution="ai", agent="robot", line_attributions=(lines,))
        whole = folder(who * 2, {}, 1)
        given = load(Anchor, whole["metadata.json"])
        changes = (file, *given.file_changes[1:])
        parts.append({**whole, "metadata.json": dump(Anchor(**{**_fields(given), "file_changes": changes}))})
    found = join(parts)
    assert all(join(order) == found for order in permutations(parts))
    for one in load(Anchor, found["metadata.json"]).file_changes[0].line_attributions:
        for part in one.ranges:
            for line in range(part.start, part.end + 1):
                assert {who for who, start in placed if start <= line <= start + 1} == {one.session_id}
