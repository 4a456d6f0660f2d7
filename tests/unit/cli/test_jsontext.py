"""Spans and splices of JSON text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.cli.install import jsontext
from byline.cli.install.spans import Span, parse, without_comments

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
layouts = st.sampled_from([None, 0, 2, 4, "\t"])
separators = st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")])


def check_spans(text: str, span: Span, value: object) -> None:
    assert json.loads(text[span.start : span.end]) == value == span.value
    if isinstance(value, dict):
        assert span.members.keys() == value.keys()
        for key, member in span.members.items():
            check_spans(text, member, value[key])
    elif isinstance(value, list):
        assert len(span.items) == len(value)
        for item, each in zip(span.items, value, strict=True):
            check_spans(text, item, each)


@given(values, layouts, separators)
def test_spans_agree_with_json(value: object, indent: int | str | None, marks: tuple[str, str]) -> None:
    text = json.dumps(value, indent=indent, separators=marks, ensure_ascii=False)
    check_spans(text, parse(text), value)


@given(st.dictionaries(st.text(max_size=4), values, max_size=4), layouts, separators, values)
def test_adding_a_member_adds_only_that_and_removing_takes_it_back(
    value: dict[str, object], indent: int | str | None, marks: tuple[str, str], new: object
) -> None:
    text = json.dumps(value, indent=indent, separators=marks, ensure_ascii=False)
    added = jsontext.add(text, [], new, "added key")
    assert json.loads(added) == {**value, "added key": new}
    assert list(json.loads(added))[-1] == "added key"
    assert jsontext.remove(added, ["added key"]) == text


@given(st.lists(values, max_size=4), layouts, separators, values)
def test_adding_an_element_likewise(
    value: list[object], indent: int | str | None, marks: tuple[str, str], new: object
) -> None:
    text = json.dumps({"list": value}, indent=indent, separators=marks, ensure_ascii=False)
    added = jsontext.add(text, ["list"], new)
    assert json.loads(added) == {"list": [*value, new]}
    assert jsontext.remove(added, ["list", len(value)]) == text


@given(st.lists(values, min_size=1, max_size=5), layouts, separators, st.data())
def test_removing_any_element(
    value: list[object], indent: int | str | None, marks: tuple[str, str], data: st.DataObject
) -> None:
    text = json.dumps(value, indent=indent, separators=marks, ensure_ascii=False)
    place = data.draw(st.integers(0, len(value) - 1))
    assert json.loads(jsontext.remove(text, [place])) == value[:place] + value[place + 1 :]


@given(st.lists(values, min_size=1, max_size=5), layouts, separators, values, st.data())
def test_replacing_any_element(
    value: list[object], indent: int | str | None, marks: tuple[str, str], new: object, data: st.DataObject
) -> None:
    text = json.dumps(value, indent=indent, separators=marks, ensure_ascii=False)
    place = data.draw(st.integers(0, len(value) - 1))
    assert json.loads(jsontext.replace(text, [place], new)) == [*value[:place], new, *value[place + 1 :]]


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("{}", '{\n  "k": 1\n}'),
        ("{\n}", '{\n  "k": 1\n}'),
        ('{"a":1}', '{"a":1,"k":1}'),
        ('{"a": 1}', '{"a": 1, "k": 1}'),
        ('{"a": 1 }', '{"a": 1, "k": 1 }'),
        ('{\n\t"a": 1\n}', '{\n\t"a": 1,\n\t"k": 1\n}'),
        ('{\r\n    "a": 1\r\n}\r\n', '{\r\n    "a": 1,\r\n    "k": 1\r\n}\r\n'),
        ('{\n  "a": 1 // one\n}', '{\n  "a": 1, // one\n  "k": 1\n}'),
        ('{\n  "a": 1 /* } */\n  // last\n}', '{\n  "a": 1, /* } */\n  "k": 1\n  // last\n}'),
        ('// head\n{\n  "a": "//"\n}', '// head\n{\n  "a": "//",\n  "k": 1\n}'),
    ],
)
def test_the_manner_of_what_is_there(text: str, added: str) -> None:
    assert jsontext.add(text, [], 1, "k") == added


@pytest.mark.parametrize(
    ("text", "place", "left"),
    [
        ("[1, 2, 3]", 0, "[2, 3]"),
        ("[1, 2, 3]", 1, "[1, 3]"),
        ("[1, 2, 3]", 2, "[1, 2]"),
        ("[ 1 ]", 0, "[]"),
        ("[\n  1, // one\n  2 // two\n]", 1, "[\n  1 // one // two\n]"),
        ("[\n  1, // one\n  2\n]", 0, "[\n  // one\n  2\n]"),
        ("[\n  // none\n  1\n]", 0, "[\n  // none\n]"),
    ],
)
def test_comments_of_others_stay(text: str, place: int, left: str) -> None:
    assert jsontext.remove(text, [place]) == left


@pytest.mark.parametrize("text", ['{"a": "/* no */ // no"}', '{"a": "\\"// no"}', "[1] // x", "/* \n */ []"])
def test_blanking_comments_keeps_length_and_lines(text: str) -> None:
    bare = without_comments(text)
    assert len(bare) == len(text)
    assert bare.count("\n") == text.count("\n")
    json.loads(bare)


@pytest.mark.parametrize("text", ["", "{", "[1,]", "{'a': 1}", "[1] x", "nul", "/* [1]"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)
