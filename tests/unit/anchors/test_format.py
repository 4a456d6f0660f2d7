"""The stored form: what is written, what is left out, what survives, and what is refused."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from byline.repo.anchors.format import (
    Anchor,
    LineRange,
    SessionLink,
    Subagent,
    Timeline,
    TurnLink,
    ai_percentage,
    json_schema,
)
from byline.repo.anchors.record import NotReadable, Record, dump, load, plain
from schemacheck import mismatches

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data" / "anchors"
EXAMPLES: list[tuple[str, type[Record]]] = [
    ("metadata.json", Anchor),
    ("session_link.json", SessionLink),
    ("session_link_short.json", SessionLink),
    ("timeline.json", Timeline),
    ("subagent.json", Subagent),
]


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(part) for key, part in value.items() if part is not None}
    return value


@pytest.mark.parametrize(("name", "kind"), EXAMPLES)
def test_the_published_examples_are_read_whole_and_written_back(name: str, kind: type[Record]) -> None:
    data = (DATA / name).read_bytes()
    record = load(kind, data)
    assert record.unknown == {}
    written = without_nulls(json.loads(dump(record)))
    assert {key: written[key] for key in without_nulls(json.loads(data))} == without_nulls(json.loads(data))
    assert load(kind, dump(record)) == record


def test_the_example_adds_up_by_our_formula() -> None:
    anchor = load(Anchor, (DATA / "metadata.json").read_bytes())
    share = ai_percentage(anchor.ai_added + anchor.ai_deleted, anchor.added + anchor.deleted)
    assert share == anchor.ai_percentage == 85.1


@pytest.mark.parametrize(("ai", "every", "share"), [(0, 10, None), (0, 0, None), (1, 3, 33.3), (3, 3, 100.0)])
def test_percentage(ai: int, every: int, share: float | None) -> None:
    assert ai_percentage(ai, every) == share


def test_unknown_fields_survive_at_every_depth() -> None:
    raw = json.loads((DATA / "metadata.json").read_bytes())
    raw["from_the_future"] = {"a": [1, None]}
    raw["file_changes"][0]["colour"] = "red"
    raw["file_changes"][0]["line_attributions"][0]["ranges"][0]["column"] = 7
    raw["turns"][0]["mood"] = None
    again = json.loads(dump(load(Anchor, json.dumps(raw).encode())))
    assert again["from_the_future"] == {"a": [1, None]}
    assert again["file_changes"][0]["colour"] == "red"
    assert again["file_changes"][0]["line_attributions"][0]["ranges"][0] == {"start": 1, "end": 40, "column": 7}
    assert again["turns"][0]["mood"] is None


def test_equal_records_are_equal_bytes_whatever_the_order_they_were_read_in() -> None:
    raw = json.loads((DATA / "metadata.json").read_bytes()) | {"z": 1, "y": 2}
    backwards = dict(reversed(list(raw.items())))
    assert dump(load(Anchor, json.dumps(raw).encode())) == dump(load(Anchor, json.dumps(backwards).encode()))


def test_what_is_null_is_left_out_but_where_null_says_something() -> None:
    link = plain(SessionLink(session_id="s", agent="a"))
    assert link == {"session_id": "s", "agent": "a", "is_subagent": False, "is_estimated": False}
    assert plain(TurnLink(id="t", session_id="s", source="a", turn_index=0))["tree_hash"] is None
    anchor = load(Anchor, (DATA / "metadata.json").read_bytes())
    pure = plain(msgspec.structs.replace(anchor, ai_percentage=None, summary=None, session_ids=(), turns=None))
    assert pure["ai_percentage"] is None
    assert pure["session_ids"] == []
    assert not {"summary", "turns"} & pure.keys()


def changed(**fields: object) -> bytes:
    return json.dumps(json.loads((DATA / "metadata.json").read_bytes()) | fields).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"[" * 100_000,
        b"\xff\xfe",
        changed(added=-1),
        changed(added=2**32),
        changed(added=1.5),
        changed(added="40"),
        changed(commit_hash="abc"),
        changed(commit_hash="A" * 40),
        changed(author_type="robot"),
        changed(ai_percentage=101),
        changed(session_ids=["x" * 513]),
        changed(file_changes=[{"path": "a"}]),
        changed(file_changes={"path": "a"}),
        changed(message=None),
    ],
)
def test_what_is_no_anchor_is_refused(data: bytes) -> None:
    with pytest.raises(NotReadable):
        load(Anchor, data)


def test_line_zero_is_refused() -> None:
    with pytest.raises(NotReadable):
        load(LineRange, b'{"start": 0, "end": 1}')


def test_a_sha256_commit_is_taken() -> None:
    assert load(Anchor, changed(commit_hash="a" * 64)).commit_hash == "a" * 64


def test_the_schema_in_the_documentation_is_the_one_of_the_code() -> None:
    ours = json.loads(msgspec.json.encode(json_schema()))
    assert json.loads((ROOT / "docs" / "anchor.schema.json").read_bytes()) == ours, (
        "run: python -m byline.repo.anchors.format > docs/anchor.schema.json"
    )


@pytest.mark.parametrize(("name", "kind"), EXAMPLES)
def test_the_schema_takes_the_published_examples(name: str, kind: type[Record]) -> None:
    schema = json_schema()
    assert (
        list(mismatches(json.loads((DATA / name).read_bytes()), schema["$defs"][kind.__name__], schema["$defs"]))
        == []
    )


def test_the_schema_refuses_what_the_code_refuses() -> None:
    definitions = json_schema()["$defs"]
    for wrong in (changed(added=-1), changed(author_type="robot"), changed(commit_hash="abc"), changed(message=None)):
        assert mismatches(json.loads(wrong), definitions["Anchor"], definitions)


@pytest.mark.parametrize(
    ("text", "written"), [("br\udce9", "br\ufffd"), ("\ud800x", "?x"), ("caf\u00e9", "caf\u00e9")]
)
def test_what_is_no_text_is_written_all_the_same(text: str, written: str) -> None:
    """A branch or a message need not be UTF-8."""
    anchor = msgspec.structs.replace(
        load(Anchor, (DATA / "metadata.json").read_bytes()), branch=text, session_ids=(text,)
    )
    again = load(Anchor, dump(anchor))
    assert (again.branch, again.session_ids) == (written, (written,))
