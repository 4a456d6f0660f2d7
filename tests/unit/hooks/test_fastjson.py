"""`fastjson` against the standard library's `json`."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline_hooks import fastjson

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
BROKEN = st.one_of(
    st.text(max_size=30),
    st.builds(lambda value, cut: json.dumps(value)[:cut], VALUES, st.integers(0, 40)),
    st.builds(
        lambda value, tail: json.dumps(value) + tail, VALUES, st.sampled_from([",", "]", " x", "\n", "{}", "\x00"])
    ),
    st.text(alphabet='{}[]",:\\u0123eE+-.tfn NaInity\t\n', max_size=20),
)


def outcome(loads: object, text: str) -> object:
    try:
        return repr(loads(text))  # type: ignore[operator]
    except ValueError:
        return ValueError


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_reads_what_json_writes(value: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert outcome(fastjson.loads, text) == outcome(json.loads, text)


@given(BROKEN)
def test_rejects_what_json_rejects(text: str) -> None:
    assert outcome(fastjson.loads, text) == outcome(json.loads, text)


@given(BROKEN)
def test_lenient_is_json_with_strict_off(text: str) -> None:
    assert outcome(lambda t: fastjson.loads(t, strict=False), text) == outcome(
        lambda t: json.loads(t, strict=False), text
    )


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000], ids=["lists", "objects"])
def test_endless_nesting_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        fastjson.loads(text)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_writes_what_json_reads(value: dict[str, object]) -> None:
    def held(item: object) -> object:
        """Integers and floats that readers cannot hold are null in a record."""
        if isinstance(item, dict):
            return {key: held(inner) for key, inner in item.items()}
        if isinstance(item, list):
            return [held(inner) for inner in item]
        if isinstance(item, int) and not isinstance(item, bool) and not -(1 << 63) <= item < 1 << 63:
            return None
        return None if isinstance(item, float) and not -1e308 < item < 1e308 else item

    line = fastjson.dumps(value)
    assert json.loads(line) == held(value)
    assert line.isascii()
    assert "\n" not in line


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 1 << 63, object(), b"x"], ids=["nan", "inf", "large", "object", "bytes"]
)
def test_what_no_reader_can_hold_is_null(value: object) -> None:
    assert fastjson.dumps([value, 1]) == "[null,1]"
