"""Records that outlive their reader: fields this version does not know survive reading and writing again."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, TypeVar

import msgspec

UNKNOWN_FIELDS = "*unknown*"
"""The name under which a record keeps what it does not know. No writer of JSON has a reason to use it."""

DEEPEST = 64
"""How deep what a record does not know may be nested: all that reads and writes it goes down by recursion."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of everything that is stored as JSON."""

    kept: ClassVar[frozenset[str]] = frozenset()
    """Fields with a default that are written even when null or empty; others are left out then."""

    unknown: dict[str, Any] = msgspec.field(default_factory=dict, name=UNKNOWN_FIELDS)


R = TypeVar("R", bound=Record)


class NotReadable(Exception):
    """Bytes that are no such record; says where and why, never what they hold."""


class OfAnother(NotReadable):
    """A record that is one, but of another commit than its place says."""


def load(kind: type[R], data: bytes) -> R:
    """The record that `data` holds. Raises NotReadable: no JSON, wrong types, values out of range, too deep."""
    try:
        raw = msgspec.json.decode(data)
        return _with_unknown(msgspec.convert(raw, kind), raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as problem:
        raise NotReadable(str(problem)[:200]) from None


def dump(record: Record) -> bytes:
    """The one way to write a record: declared order, unknown fields after them by name, two blanks of indentation."""
    return encode(plain(record))


def encode(values: Any) -> bytes:
    """The bytes of a record, or of any JSON, that is plain already. What is no text (a branch or a message in another
    encoding than UTF-8) has a replacement character for each byte that is none.
    """
    try:
        data = msgspec.json.encode(values)
    except UnicodeEncodeError:
        data = msgspec.json.encode(_as_text(values))
    return msgspec.json.format(data, indent=2) + b"\n"


def _as_text(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape" if _is_escaped(value) else "replace").decode(
            "utf-8", "replace"
        )
    if isinstance(value, Mapping):
        return {_as_text(key): _as_text(part) for key, part in value.items()}
    return [_as_text(part) for part in value] if isinstance(value, list) else value


def _is_escaped(text: str) -> bool:
    """Whether surrogates stand for bytes, and not for halves of a character."""
    return not any("\ud800" <= char < "\udc80" or "\udcff" < char <= "\udfff" for char in text)


def plain(record: Record) -> dict[str, Any]:
    """The record as built-in values, in the order in which it is written."""
    values: dict[str, Any] = {}
    for name, always in _written(type(record)):
        value = _plain(getattr(record, name))
        if always or value not in (None, [], {}):
            values[name] = value
    for name in sorted(record.unknown):
        values.setdefault(name, record.unknown[name])
    return values


@cache
def _written(kind: type[Record]) -> tuple[tuple[str, bool], ...]:
    """The fields of a record in order, and whether each is written even when null or empty."""
    fields = [field for field in msgspec.structs.fields(kind) if field.name != "unknown"]
    return tuple((field.name, field.required or field.name in kind.kept) for field in fields)


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return plain(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in sorted(value)}
    return value


def _with_unknown(record: R, raw: Any) -> R:
    """`record` with the fields of `raw` that its type lacks, in everything it contains as well."""
    known = record.__struct_encode_fields__
    changes: dict[str, Any] = {}
    for name, stored in zip(record.__struct_fields__, known, strict=True):
        value, source = getattr(record, name), raw.get(stored)
        if isinstance(value, Record):
            changes[name] = _with_unknown(value, source)
        elif isinstance(value, tuple) and value and isinstance(value[0], Record):
            changes[name] = tuple(_with_unknown(item, part) for item, part in zip(value, source, strict=True))
    changes["unknown"] = {name: value for name, value in raw.items() if name not in known}
    if changes["unknown"] and is_deep(changes["unknown"]):
        raise NotReadable("nested too deeply")
    return msgspec.structs.replace(record, **changes)


def is_deep(value: Any) -> bool:
    """Whether JSON is nested more than `DEEPEST` deep."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            part
            for one in level
            if isinstance(one, dict | list)
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
