"""Rows of numbers and texts as bytes, and many of those as one value that says whether it is whole. Pure."""

import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence

import msgspec

Bytes = bytes | memoryview
Parts = Mapping[str, Bytes]
_ORDER = sys.byteorder.encode()
_WHOLE = msgspec.msgpack.Decoder(dict[str, memoryview])


def packed(text: str) -> bytes:
    """A text that may hold lone surrogates."""
    return text.encode("utf-8", "surrogatepass")


def unpacked(data: Bytes) -> str:
    """What `packed` was given."""
    return str(data, "utf-8", "surrogatepass")


def numbers(kind: str, data: Bytes) -> memoryview:
    """The numbers (`kind` as of `array`) that bytes hold, without copying them."""
    return memoryview(data).cast("B").cast(kind)  # type: ignore[call-overload, no-any-return]


def texts(data: bytes, ends: Sequence[int] | memoryview) -> Iterator[str]:
    """The texts that stand in a row, each up to its end."""
    start = 0
    for end in ends:
        yield unpacked(data[start:end])
        start = end


def joined(parts: Mapping[str, Bytes], version: str) -> bytes:
    """Many parts as one value."""
    body = msgspec.msgpack.encode(parts)
    return _head(version, body) + body


def parted(data: Bytes, version: str) -> dict[str, memoryview] | None:
    """The parts again; None for what is damaged, of another version or of another machine."""
    view = memoryview(data)
    size = len(_head(version, b""))
    body = view[size:]
    if bytes(view[:size]) != _head(version, body):
        return None
    try:
        return _WHOLE.decode(body)
    except (msgspec.MsgspecError, ValueError):
        return None


def below(parts: Mapping[str, memoryview], name: str) -> dict[str, memoryview]:
    """The parts of a part: those whose names begin with it and a dot."""
    return {key[len(name) + 1 :]: part for key, part in parts.items() if key.startswith(f"{name}.")}


def _head(version: str, body: Bytes) -> bytes:
    return b"%s %s %010d %010d\n" % (version.encode(), _ORDER, len(body) % 10**10, zlib.crc32(body))
