"""Two records of one thing: what only one knows is kept, and of two values the smaller. Pure."""

from typing import Any, TypeVar

import msgspec

from byline.repo.anchors.record import Record, dump, encode

R = TypeVar("R", bound=Record)


def either(one: R, other: R) -> R:
    """What both know. Field by field, so that it makes no difference which of several are taken together first."""
    fields: dict[str, Any] = {
        name: _value(getattr(one, name), getattr(other, name)) for name in one.__struct_fields__ if name != "unknown"
    }
    extras = {name: _value(one.unknown.get(name), other.unknown.get(name)) for name in {*one.unknown, *other.unknown}}
    return msgspec.structs.replace(one, **fields, unknown=extras)


def _value(one: Any, other: Any) -> Any:
    there = [value for value in (one, other) if value is not None]
    if not there:
        return None
    return min([value for value in there if value not in ("", (), False)] or there, key=_order)


def _order(value: Any) -> tuple[bool, float, bytes]:
    """Numbers by size, all else by its JSON."""
    is_number = isinstance(value, int | float)
    return not is_number, value if is_number else 0, _json(value)


def _json(value: Any) -> bytes:
    if isinstance(value, Record):
        return dump(value)
    return b"".join(map(_json, value)) if isinstance(value, tuple) else encode(value)
